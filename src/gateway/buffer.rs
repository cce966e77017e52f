//! What came from a peer and was not taken yet: no more than has come, whatever was
//! announced, and counted with the contents where it is more than every connection may have.

use std::io::{self, Read};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::spool::{Full, Room, Taken};

/// What every connection may have without being counted: with as many as a listener lets
/// in, that is a bound of its own.
const OWN: usize = 32 << 10;

/// What is read at one time, at most.
const PIECE: usize = 16 << 10;

/// A buffer of one connection.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    taken: Taken,
}

impl Buffer {
    /// An empty one, which takes nothing yet.
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self { bytes: Vec::new(), taken: Taken::none(room) }
    }

    /// Reads what has come, at most so much, and says how much that was: nothing where
    /// nothing more will come.
    ///
    /// # Errors
    /// Those of reading, and that there is no room for what came.
    pub(super) fn fill(&mut self, from: &mut impl Read, most: usize) -> io::Result<usize> {
        self.give_back()?;
        let mut piece = [0; PIECE];
        let read = from.read(&mut piece[..most.min(PIECE)])?;
        let length = self.bytes.len() + read;
        if length > self.bytes.capacity() {
            let capacity = length.next_power_of_two();
            self.count(capacity)?;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(&piece[..read]);
        Ok(read)
    }

    /// Gives back what was needed for something that is taken by now.
    fn give_back(&mut self) -> io::Result<()> {
        if self.bytes.capacity() > OWN && self.bytes.len() <= OWN / 2 {
            self.bytes.shrink_to(OWN);
            self.count(self.bytes.capacity())?;
        }
        Ok(())
    }

    /// Twice: what is taken out of it is a copy that stands beside it for a while.
    fn count(&mut self, capacity: usize) -> io::Result<()> {
        let counted = if capacity > OWN { 2 * capacity as u64 } else { 0 };
        self.taken.resize(counted).map_err(|full| match full {
            Full::Machine(error) => error,
            Full::Content | Full::Room => {
                io::Error::new(io::ErrorKind::OutOfMemory, "no room for what came")
            }
        })
    }
}

impl Deref for Buffer {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn room(most: u64) -> Arc<Room> {
        Room::new(most, Duration::ZERO)
    }

    /// Feeds it so many bytes.
    fn feed(buffer: &mut Buffer, bytes: usize) -> io::Result<()> {
        let mut from = io::repeat(7).take(bytes as u64);
        while buffer.fill(&mut from, usize::MAX)? > 0 {}
        Ok(())
    }

    #[test]
    fn what_was_announced_costs_nothing_before_it_comes() {
        let room = room(1 << 20);
        let mut many: Vec<_> = (0..1000).map(|_| Buffer::new(&room)).collect();
        for buffer in &mut many {
            // Two mebibytes are to come, the packet says.
            buffer.fill(&mut &b"\0\x20\0\0B"[..], usize::MAX).unwrap();
            assert!(buffer.capacity() < 64, "{}", buffer.capacity());
        }
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn what_came_is_counted_and_given_back_once_it_is_taken() {
        let room = room(4 << 20);
        let mut first = Buffer::new(&room);
        feed(&mut first, OWN).unwrap();
        assert_eq!((first.len(), room.taken()), (OWN, 0));
        feed(&mut first, 1 << 20).unwrap();
        assert_eq!(room.taken(), 4 << 20, "its capacity, twice");
        let mut second = Buffer::new(&room);
        let error = feed(&mut second, 1 << 20).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        assert!(second.len() <= OWN, "{}", second.len());
        first.drain(..);
        feed(&mut first, 1).unwrap();
        assert!(first.capacity() <= OWN);
        assert_eq!(room.taken(), 0);
        feed(&mut second, 1 << 20).unwrap();
        drop(second);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn no_more_is_read_than_was_asked_for() {
        let mut buffer = Buffer::new(&room(1 << 20));
        let mut from = &b"abc"[..];
        assert_eq!(buffer.fill(&mut from, 1).unwrap(), 1);
        assert_eq!((&**buffer, from), (&b"a"[..], &b"bc"[..]));
        assert_eq!(buffer.fill(&mut from, 10).unwrap(), 2);
        assert_eq!(buffer.fill(&mut from, 10).unwrap(), 0);
    }
}
