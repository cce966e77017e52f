//! Bytes of one file, up to a limit. A file that is written, cut short or taken
//! away while it is read is a gap and never an error of the run.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::fs::OFlags;

use crate::model::{Gap, GapKind, Limit};

/// The bytes of a file, or as many as could be read and why not all.
pub(super) fn file(path: &Path, limit: u64) -> (Vec<u8>, Option<Gap>) {
    match open(path) {
        Ok(file) => open_file(file, limit),
        Err(gap) => (Vec::new(), Some(gap)),
    }
}

/// Opens a file to read it, here or elsewhere.
///
/// # Errors
/// The gap that it is then: it is not there, may not be read, or is no regular file.
pub fn open(path: &Path) -> Result<File, Gap> {
    let mut options = OpenOptions::new();
    // A pipe that was put in the file's place since it was listed would wait here for
    // somebody to write, and a link lead anywhere; to a regular file this makes no difference.
    #[cfg(target_os = "linux")]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW).bits() as i32,
    );
    let opened = options.read(true).open(path).and_then(|file| Ok((file.metadata()?, file)));
    match opened {
        Ok((metadata, file)) if metadata.is_file() => Ok(file),
        Ok(_) => Err(Gap::new(GapKind::Unsupported, "no longer a regular file when it was opened")),
        #[cfg(target_os = "linux")]
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Err(Gap::new(GapKind::Unsupported, "a symbolic link when it was opened"))
        }
        Err(error) => Err(failed("open", &error)),
    }
}

/// The bytes of an open file, or as many of the first `limit` as could be read and
/// why not all.
pub fn open_file(mut file: File, limit: u64) -> (Vec<u8>, Option<Gap>) {
    let before = match file.metadata() {
        Ok(metadata) => metadata,
        Err(error) => return (Vec::new(), Some(failed("read", &error))),
    };
    if before.len() > limit {
        return (Vec::new(), Some(too_long(limit)));
    }
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(before.len() as usize + 1).is_err() {
        let gap = Gap::new(GapKind::Limit(Limit::Memory), "no memory left to read it into");
        return (Vec::new(), Some(gap));
    }
    let gap = fill(&mut bytes, &mut file, limit).or_else(|| changed(&before, &file));
    (bytes, gap)
}

/// The bytes of standard input.
pub(super) fn standard_input(limit: u64) -> (Vec<u8>, Option<Gap>) {
    let mut bytes = Vec::new();
    let gap = fill(&mut bytes, io::stdin().lock(), limit);
    (bytes, gap)
}

/// Reads to the end or to the limit; what is longer is given up whole, since
/// the head of a file is not the file.
/// Bytes that are here already, where they are not too many.
pub(super) fn within(bytes: Vec<u8>, limit: u64) -> (Vec<u8>, Option<Gap>) {
    match bytes.len() as u64 > limit {
        true => (Vec::new(), Some(too_long(limit))),
        false => (bytes, None),
    }
}

fn fill(bytes: &mut Vec<u8>, from: impl Read, limit: u64) -> Option<Gap> {
    if let Err(error) = from.take(limit.saturating_add(1)).read_to_end(bytes) {
        return Some(failed("read", &error));
    }
    if bytes.len() as u64 > limit {
        *bytes = Vec::new();
        return Some(too_long(limit));
    }
    None
}

fn changed(before: &Metadata, file: &File) -> Option<Gap> {
    let after = file.metadata().ok()?;
    let same = after.len() == before.len() && after.modified().ok() == before.modified().ok();
    (!same).then(|| Gap::new(GapKind::Damaged, "the file changed while it was being read"))
}

fn too_long(limit: u64) -> Gap {
    let detail = format!("longer than the {limit} bytes left to read for this matter");
    Gap::new(GapKind::Limit(Limit::Bytes), detail)
}

/// A gap for something the system would not do.
pub(super) fn failed(what: &str, error: &io::Error) -> Gap {
    Gap::new(GapKind::Damaged, format!("cannot {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_up_to_the_limit_and_not_beyond() {
        for (limit, want, gap) in [(5, b"12345".as_slice(), false), (4, b"", true)] {
            let mut bytes = Vec::new();
            let found = fill(&mut bytes, b"12345".as_slice(), limit);
            assert_eq!(bytes, want);
            assert_eq!(found.is_some(), gap, "limit {limit}: {found:?}");
        }
    }

    #[test]
    fn bytes_before_an_error_are_kept() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("pulled out"))
            }
        }
        let mut bytes = Vec::new();
        let gap = fill(&mut bytes, b"head".chain(Broken), 100).expect("a gap");
        assert_eq!(bytes, b"head");
        assert_eq!(gap, Gap::new(GapKind::Damaged, "cannot read: pulled out"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_link_put_in_the_place_of_a_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "text").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(open(&file).is_ok());
        let gap = open(&link).expect_err("a gap");
        assert_eq!(gap, Gap::new(GapKind::Unsupported, "a symbolic link when it was opened"));
    }

    #[test]
    fn a_file_that_changed_is_told() {
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), "before").unwrap();
        let file = File::open(path.path()).unwrap();
        let before = file.metadata().unwrap();
        assert_eq!(changed(&before, &file), None);
        std::fs::write(path.path(), "").unwrap();
        assert!(changed(&before, &file).is_some());
    }

    /// It was a file when it was listed: nobody waits for whoever writes to a pipe.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_took_the_place_of_a_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, rustix::fs::Mode::RUSR, 0).unwrap();
        for path in [pipe.as_path(), Path::new("/dev/zero"), folder.path()] {
            let gap = open(path).expect_err("no file");
            assert_eq!(gap.kind, GapKind::Unsupported, "{}", path.display());
        }
    }
}
