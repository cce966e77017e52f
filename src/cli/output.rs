//! Where a report goes: to standard output as it comes, or to a file that is
//! written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

/// A place to write to.
#[derive(Debug)]
pub(super) enum Output {
    /// Standard output.
    Standard(BufWriter<io::Stdout>),
    /// A file that does not exist under its name before [`Output::finish`].
    File {
        /// Its name in the end.
        target: PathBuf,
        /// What has been written so far: a file without a name in the same
        /// folder, so that a run over that folder does not meet its own report
        /// and nothing is left behind however the run ends.
        gathered: BufWriter<File>,
    },
}

impl Output {
    /// Standard output, or a file to be written whole.
    pub(super) fn open(target: Option<&Path>) -> anyhow::Result<Self> {
        let Some(target) = target else {
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        };
        let what = || format!("cannot write {}", target.display());
        // Where a link leads is for whoever may write in that folder to say. One that
        // is put there later is replaced in the end, and not what it leads to.
        let what_is_there = fs::symlink_metadata(target);
        if what_is_there.as_ref().is_ok_and(fs::Metadata::is_symlink) {
            bail!("{}: it is a symbolic link: name the file itself", what());
        }
        if what_is_there.is_ok_and(|found| !found.is_file()) {
            bail!("{}: it is not a regular file", what());
        }
        let target = target.to_path_buf();
        let gathered = tempfile::tempfile_in(folder_of(&target)).with_context(what)?;
        Ok(Self::File { target, gathered: BufWriter::new(gathered) })
    }

    /// Makes what is written there for good.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush()?),
            Self::File { target, gathered } => place(gathered, &target)
                .with_context(|| format!("cannot write {}", target.display())),
        }
    }
}

fn place(gathered: BufWriter<File>, target: &Path) -> io::Result<()> {
    let mut gathered = gathered.into_inner()?;
    gathered.seek(SeekFrom::Start(0))?;
    let mut named = NamedTempFile::new_in(folder_of(target))?;
    io::copy(&mut gathered, &mut named)?;
    named.as_file().sync_all()?;
    named.persist(target)?;
    Ok(())
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File { gathered, .. } => gathered.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            // The file is nobody's to read before it is whole.
            Self::File { .. } => Ok(()),
        }
    }
}
