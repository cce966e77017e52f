//! Contents on their way in: written into memory that has no name, counted against
//! what all of them may have together, and sealed once they are whole, so that what was
//! examined can never be other than what goes on.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use sha2::{Digest, Sha256};

use super::clock;
use crate::model::hex;

/// What is taken of the room at one time.
const STEP: u64 = 64 << 10;

/// What is gathered before it is written.
const BUFFER: usize = 64 << 10;

/// Memory that all contents share.
#[derive(Debug)]
pub struct Room {
    most: u64,
    taken: Mutex<u64>,
    freed: Condvar,
    /// How long a content waits for room.
    patience: Duration,
}

impl Room {
    /// Room for so many bytes.
    pub fn new(most: u64, patience: Duration) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::new(0), freed: Condvar::new(), patience })
    }

    /// Bytes that are taken.
    pub fn taken(&self) -> u64 {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room, waiting for it where there is none: a peer then waits as well.
    fn take(&self, bytes: u64) -> Result<(), Full> {
        let until = clock::moment() + self.patience;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.saturating_add(bytes) > self.most {
            let left = until.saturating_duration_since(clock::moment());
            if left.is_zero() {
                return Err(Full::Room);
            }
            let waited = self.freed.wait_timeout(taken, left);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += bytes;
        Ok(())
    }

    fn give_back(&self, bytes: u64) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.freed.notify_all();
    }
}

/// Why a content could not be taken in.
#[derive(Debug)]
pub enum Full {
    /// It is larger than one may be.
    Content,
    /// There is no room beside the others.
    Room,
    /// The machine has no memory.
    Machine(io::Error),
}

/// Room that is taken, given back when this is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    room: Arc<Room>,
    bytes: u64,
}

impl Taken {
    /// None yet.
    pub(super) fn none(room: &Arc<Room>) -> Self {
        Self { room: Arc::clone(room), bytes: 0 }
    }

    /// Takes more, or gives some back, so that it is so much.
    ///
    /// # Errors
    /// That there is no room for it; then it is what it was.
    pub(super) fn resize(&mut self, bytes: u64) -> Result<(), Full> {
        match bytes.checked_sub(self.bytes) {
            Some(0) => {}
            Some(more) => self.room.take(more)?,
            None => self.room.give_back(self.bytes - bytes),
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.give_back(self.bytes);
    }
}

/// A content that is coming in.
#[derive(Debug)]
pub struct Spool {
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    /// Bytes elsewhere that go with it.
    beside: u64,
    most: u64,
    taken: Taken,
}

impl Spool {
    /// An empty one, of at most so many bytes.
    ///
    /// # Errors
    /// That the machine has no memory.
    pub fn new(room: &Arc<Room>, most: u64) -> Result<Self, Full> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("vetmark", flags).map_err(|error| Full::Machine(error.into()))?;
        Ok(Self {
            out: BufWriter::with_capacity(BUFFER, file.into()),
            hash: Sha256::new(),
            bytes: 0,
            beside: 0,
            most,
            taken: Taken::none(room),
        })
    }

    /// All that can be read of something, sealed.
    ///
    /// # Errors
    /// Those of reading it, and that there is no room.
    pub fn copy(mut from: impl Read, room: &Arc<Room>, most: u64) -> Result<Sealed, Full> {
        let mut spool = Self::new(room, most)?;
        let mut piece = vec![0; BUFFER];
        loop {
            match from.read(&mut piece) {
                Ok(0) => return spool.seal(),
                Ok(read) => spool.add(&piece[..read])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Full::Machine(error)),
            }
        }
    }

    /// Adds to it.
    ///
    /// # Errors
    /// That there is no room for it.
    pub fn add(&mut self, more: &[u8]) -> Result<(), Full> {
        let bytes = self.bytes + more.len() as u64;
        if bytes > self.most {
            return Err(Full::Content);
        }
        self.make_room(bytes)?;
        self.out.write_all(more).map_err(Full::Machine)?;
        self.hash.update(more);
        self.bytes = bytes;
        Ok(())
    }

    /// Counts bytes that are kept elsewhere for as long as this is: an envelope's.
    ///
    /// # Errors
    /// That there is no room for them.
    pub(super) fn count_beside(&mut self, bytes: usize) -> Result<(), Full> {
        self.beside += bytes as u64;
        self.make_room(self.bytes)
    }

    fn make_room(&mut self, bytes: u64) -> Result<(), Full> {
        let needed = bytes.next_multiple_of(STEP).min(self.most.max(bytes)) + self.beside;
        if needed > self.taken.bytes { self.taken.resize(needed) } else { Ok(()) }
    }

    /// Ends it: nobody changes it any more, this process included.
    ///
    /// # Errors
    /// What the system says.
    pub fn seal(self) -> Result<Sealed, Full> {
        let file = self.out.into_inner().map_err(|error| Full::Machine(error.into_error()))?;
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        fcntl_add_seals(&file, seals).map_err(|error| Full::Machine(error.into()))?;
        let sha256 = hex(&self.hash.finalize());
        let taken = Arc::new(self.taken);
        Ok(Sealed { file: Arc::new(file), sha256, bytes: self.bytes, _taken: taken })
    }
}

/// A content that is whole. Cloning it copies no bytes.
#[derive(Clone, Debug)]
pub struct Sealed {
    file: Arc<File>,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    _taken: Arc<Taken>,
}

impl Sealed {
    /// The content from its beginning. All that were given share one place in it.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// Reads it from its beginning, from a place of the reader's own.
    pub fn reader(&self) -> impl Read {
        Reader { file: &self.file, at: 0 }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of reading it and of the writer.
    pub fn copy(&self, to: &mut impl Write) -> io::Result<()> {
        let mut reader = self.reader();
        let mut piece = vec![0; BUFFER];
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(()),
                read => to.write_all(&piece[..read])?,
            }
        }
    }
}

/// A place in a content.
struct Reader<'f> {
    file: &'f File,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = std::os::unix::fs::FileExt::read_at(self.file, into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(most: u64) -> Arc<Room> {
        Room::new(most, Duration::ZERO)
    }

    #[test]
    fn a_content_is_what_was_written_and_stays_so() {
        let room = room(8 << 20);
        let mut spool = Spool::new(&room, 4 << 20).unwrap();
        for _ in 0..3 {
            spool.add(&[b'x'; 500_000]).unwrap();
        }
        let sealed = spool.seal().unwrap();
        assert_eq!((sealed.bytes, room.taken()), (1_500_000, 23 << 16));
        let mut read = Vec::new();
        sealed.open().unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, vec![b'x'; 1_500_000]);
        assert!(sealed.open().unwrap().write_all(b"y").is_err(), "it was sealed");
        let mut copied = Vec::new();
        sealed.copy(&mut copied).unwrap();
        assert_eq!(copied, read);
        drop(sealed);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn what_is_too_large_or_too_much_is_refused_and_gives_its_room_back() {
        let room = room(3 << 20);
        let mut first = Spool::new(&room, 2 << 20).unwrap();
        first.add(&vec![0; 2 << 20]).unwrap();
        assert!(matches!(first.add(b"1"), Err(Full::Content)));
        let mut second = Spool::new(&room, 2 << 20).unwrap();
        second.add(b"1").unwrap();
        assert!(matches!(second.add(&vec![0; 1 << 20]), Err(Full::Room)));
        assert!(matches!(second.count_beside(1 << 20), Err(Full::Room)));
        drop(first);
        second.add(&vec![0; 1 << 20]).unwrap();
        assert_eq!(room.taken(), (2 << 20) + (1 << 16), "the content and what is beside it");
        drop(second);
        assert_eq!(room.taken(), 0);
    }
}
