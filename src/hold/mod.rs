//! The hold: originals kept by the digest of their bytes, in a folder beside the store.
//!
//! `ab/cdef…` is the file whose SHA-256 is `abcdef…`. A file is written whole under another
//! name, forced to the disk and only then given its own: what has a name is complete,
//! whenever the machine stopped. It is its owner's alone, and read back only if it still has
//! its digest. A limit in bytes is for the folder as a whole; who writes holds its lock.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::{Words, hex};

/// The file that whoever writes has locked, with the bytes of all others in it.
const LOCK: &str = "lock";

/// The file that is being written. There is one at a time, and what a writer that was
/// ended left of it the next writes over.
const INCOMING: &str = "incoming";

/// Why something was not kept, or is not given.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no room for it.
    #[error("it is larger than the {left} bytes that are left of the hold's {limit}")]
    Full {
        /// Bytes that are left.
        left: u64,
        /// Bytes that all may have together.
        limit: u64,
    },
    /// The bytes are not those of the digest.
    #[error("the bytes are not those that were examined")]
    Differs,
    /// The file that is kept has another digest than its name says.
    #[error("the kept file was changed")]
    Tampered,
    /// It is not kept.
    #[error("it is not kept")]
    Unknown,
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl Error {
    /// The error in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            Self::Full { left, limit } => {
                format!("文件大于留存空间的余量{left}字节（限额{limit}字节）")
            }
            Self::Differs => "文件内容已不是审查时的内容".to_owned(),
            Self::Tampered => "留存文件被改动".to_owned(),
            Self::Unknown => "未留存该文件".to_owned(),
            Self::File(error) => error.to_string(),
        };
        Words::new(self.to_string(), zh)
    }
}

/// What became of something that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Kept,
    /// It was there.
    Known,
}

/// A hold that is open.
#[derive(Clone, Debug)]
pub struct Hold {
    folder: PathBuf,
    limit: u64,
}

impl Hold {
    /// Where the hold of a store is: beside it.
    pub fn beside(store: &Path) -> PathBuf {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".hold");
        store.with_file_name(name)
    }

    /// Opens a hold that is there, to read from it.
    ///
    /// # Errors
    /// That there is none.
    pub fn open_at(folder: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(folder)?.is_dir() {
            true => Ok(Self { folder: folder.to_path_buf(), limit: 0 }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// Opens a hold to add to it within `limit` bytes, and makes one where there is none.
    ///
    /// # Errors
    /// What the system says.
    pub fn open_or_make(folder: &Path, limit: u64) -> io::Result<Self> {
        own_folder(folder)?;
        let hold = Self { folder: folder.to_path_buf(), limit };
        // What a writer that was ended did not count is counted now.
        let mut lock = hold.lock()?;
        let used = hold.all()?.values().sum();
        set_used(&mut lock, used)?;
        Ok(hold)
    }

    /// Keeps what is read from `from`, which has to have this digest.
    ///
    /// # Errors
    /// That it has not, that there is no room, or what the system says; then nothing is kept.
    pub fn put(&self, from: &mut impl Read, sha256: &str) -> Result<Put, Error> {
        let place = self.place(sha256)?;
        let mut lock = self.lock()?;
        match self.open(sha256) {
            Ok(_) => return Ok(Put::Known),
            // What was changed is replaced by what it should be.
            Err(Error::Unknown | Error::Tampered) => {}
            Err(error) => return Err(error),
        }
        let used = used(&mut lock)?;
        let incoming = self.folder.join(INCOMING);
        let kept = self.take_in(from, sha256, used, &incoming).and_then(|bytes| {
            let folder = place.parent().unwrap_or(&self.folder);
            own_folder(folder)?;
            fs::rename(&incoming, &place)?;
            // The name is on the disk only once its folder is.
            File::open(folder)?.sync_all()?;
            File::open(&self.folder)?.sync_all()?;
            set_used(&mut lock, used.saturating_add(bytes))?;
            Ok(Put::Kept)
        });
        if kept.is_err() {
            let _ = fs::remove_file(&incoming);
        }
        kept
    }

    fn take_in(
        &self,
        from: &mut impl Read,
        sha256: &str,
        used: u64,
        to: &Path,
    ) -> Result<u64, Error> {
        let room = self.limit.saturating_sub(used);
        match fs::remove_file(to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut file = own_file(OpenOptions::new().write(true).create_new(true), to)?;
        let mut through = Through { to: &mut file, hash: Sha256::new() };
        let bytes = io::copy(&mut from.take(room.saturating_add(1)), &mut through)?;
        if bytes > room {
            return Err(Error::Full { left: room, limit: self.limit });
        }
        if hex(&through.hash.finalize()) != sha256 {
            return Err(Error::Differs);
        }
        file.sync_all()?;
        Ok(bytes)
    }

    /// Opens what is kept under a digest, if it still has it. The file stands at its
    /// beginning.
    ///
    /// # Errors
    /// That it is not kept or was changed, or what the system says.
    pub fn open(&self, sha256: &str) -> Result<File, Error> {
        let place = self.place(sha256)?;
        match fs::symlink_metadata(&place) {
            Ok(there) if there.is_file() => {}
            Ok(_) => return Err(Error::Tampered),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::Unknown),
            Err(error) => return Err(error.into()),
        }
        let mut file = File::open(place)?;
        let (found, _) = digest_of(&mut file)?;
        if found != sha256 {
            return Err(Error::Tampered);
        }
        file.rewind()?;
        Ok(file)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All that is kept, by digest, with its size.
    ///
    /// # Errors
    /// What the system says.
    pub fn all(&self) -> io::Result<BTreeMap<String, u64>> {
        let mut all = BTreeMap::new();
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            let head = folder.file_name().to_string_lossy().into_owned();
            if !folder.file_type()?.is_dir() || head.len() != 2 {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let sha256 = format!("{head}{}", file.file_name().to_string_lossy());
                if is_digest(&sha256) {
                    all.insert(sha256, file.metadata()?.len());
                }
            }
        }
        Ok(all)
    }

    /// Takes out what `sha256` names: how many files and bytes that were.
    ///
    /// # Errors
    /// What the system says; what was taken out before stays so.
    pub fn take_out<'a>(&self, sha256: impl Iterator<Item = &'a str>) -> Result<(u64, u64), Error> {
        let mut lock = self.lock()?;
        let (mut files, mut bytes) = (0, 0);
        for sha256 in sha256 {
            let place = self.place(sha256)?;
            let Ok(there) = fs::symlink_metadata(&place) else { continue };
            fs::remove_file(&place)?;
            files += 1;
            bytes += there.len();
        }
        set_used(&mut lock, self.all()?.values().sum())?;
        Ok((files, bytes))
    }

    /// The name of what has this digest.
    fn place(&self, sha256: &str) -> Result<PathBuf, Error> {
        match (is_digest(sha256), sha256.split_at_checked(2)) {
            (true, Some((head, rest))) => Ok(self.folder.join(head).join(rest)),
            _ => Err(Error::Unknown),
        }
    }

    /// Waits for whoever writes.
    fn lock(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let file = own_file(
            options.read(true).write(true).create(true).truncate(false),
            &self.folder.join(LOCK),
        )?;
        file.lock()?;
        Ok(file)
    }
}

/// Lower-case hex of 32 bytes, and nothing that leads out of the folder.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

/// The bytes in use, as the last writer left them.
fn used(lock: &mut File) -> io::Result<u64> {
    lock.rewind()?;
    let mut text = String::new();
    lock.take(32).read_to_string(&mut text)?;
    text.trim().parse().map_err(|_| io::Error::other("the hold's lock holds no number"))
}

fn set_used(lock: &mut File, used: u64) -> io::Result<()> {
    lock.rewind()?;
    // As many digits as any number has: a shorter one would leave some of a longer.
    lock.write_all(format!("{used:020}\n").as_bytes())
}

/// The digest and the number of bytes of what is read to its end.
///
/// # Errors
/// What reading says.
pub fn digest_of(from: &mut impl Read) -> io::Result<(String, u64)> {
    let mut through = Through { to: &mut io::sink(), hash: Sha256::new() };
    let bytes = io::copy(from, &mut through)?;
    Ok((hex(&through.hash.finalize()), bytes))
}

/// Hashes what is written.
struct Through<'a, W> {
    to: &'a mut W,
    hash: Sha256,
}

impl<W: Write> Write for Through<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file that its owner alone can read.
fn own_file(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// A folder that its owner alone can enter, made where there is none.
fn own_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            match fs::symlink_metadata(path)?.is_dir() {
                true => Ok(()),
                false => Err(io::ErrorKind::NotADirectory.into()),
            }
        }
        made => made,
    }
}

#[cfg(test)]
mod tests;
