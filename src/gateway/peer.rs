//! The other end of a connection: read and written within a deadline, with the files that
//! come beside its bytes.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

use super::clock::{self, Duration, Instant};

/// The longest wait for a peer to take an answer.
const WRITE: Duration = Duration::from_secs(30);

/// How long what a peer still sends is read, so that it sees the answer before the end.
const LINGER: Duration = Duration::from_secs(2);

/// Files that a peer may have handed over and not asked about.
const FILES: usize = 4;

/// A connection, by whichever way it came.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The other end of a connection: read and written within a deadline, however slowly
/// it speaks.
#[derive(Debug)]
pub struct Peer {
    stream: Stream,
    /// Where it is: an address, or `local`.
    pub client: String,
    files: VecDeque<OwnedFd>,
    until: Instant,
    silence: Duration,
}

impl Peer {
    pub(super) fn new(stream: Stream, client: String) -> Self {
        let silence = Duration::from_secs(60);
        Self { stream, client, files: VecDeque::new(), until: clock::moment() + silence, silence }
    }

    /// A peer on this machine, for whoever has the other end.
    pub fn of_socket(stream: UnixStream) -> Self {
        Self::new(Stream::Unix(stream), "local".into())
    }

    /// From now on it may be silent for so long, and must be done in so long.
    pub fn allow(&mut self, silence: Duration, whole: Duration) {
        self.silence = silence;
        self.until = clock::moment() + whole;
    }

    /// Whether it came by a socket's file.
    pub fn is_local(&self) -> bool {
        matches!(self.stream, Stream::Unix(_))
    }

    /// A file that it handed over.
    pub fn take_file(&mut self) -> Option<OwnedFd> {
        self.files.pop_front()
    }

    /// Writes to it from elsewhere than where it is read.
    ///
    /// # Errors
    /// That no more files may be open.
    pub(super) fn writer(&self) -> io::Result<Writer> {
        Ok(Writer(match &self.stream {
            Stream::Tcp(stream) => Stream::Tcp(stream.try_clone()?),
            Stream::Unix(stream) => Stream::Unix(stream.try_clone()?),
        }))
    }

    /// Says that nothing more comes, and waits a moment for the peer to have read it:
    /// an end at once would take back what was not read yet.
    pub fn finish(mut self) {
        let _ = match &self.stream {
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Stream::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
        self.allow(LINGER, LINGER);
        let mut sink = [0; 16 << 10];
        while self.read(&mut sink).is_ok_and(|read| read > 0) {
            self.files.clear();
        }
    }

    /// Reads from a socket's file, and takes what files come beside.
    fn receive(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Stream::Unix(stream) = &self.stream else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
        let mut beside = RecvAncillaryBuffer::new(&mut space);
        let got = rustix::net::recvmsg(
            stream.as_fd(),
            &mut [IoSliceMut::new(into)],
            &mut beside,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        for message in beside.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = message {
                for file in files {
                    // Those that are too many are closed here.
                    if self.files.len() < FILES {
                        self.files.push_back(file);
                    }
                }
            }
        }
        Ok(got.bytes)
    }
}

impl Read for Peer {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(clock::moment()).min(self.silence);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        loop {
            let read = match &mut self.stream {
                Stream::Tcp(stream) => {
                    stream.set_read_timeout(Some(left))?;
                    stream.read(into)
                }
                Stream::Unix(stream) => {
                    stream.set_read_timeout(Some(left))?;
                    self.receive(into)
                }
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                read => return read,
            }
        }
    }
}

impl Write for Peer {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.stream.write(from)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to a peer whom somebody else reads.
#[derive(Debug)]
pub(super) struct Writer(Stream);

impl Writer {
    /// Ends the connection, for whoever reads it too.
    pub(super) fn shut(&self) {
        let _ = match &self.0 {
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Stream::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

impl Write for Writer {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.0.write(from)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream {
    /// Writes for as long as a peer may take to read.
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.write(from)
            }
            Self::Unix(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.write(from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_is_silent_is_given_up_and_files_come_beside() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut peer = Peer::of_socket(ours);
        peer.allow(Duration::from_millis(20), Duration::from_secs(5));
        let error = peer.read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let mut theirs = theirs;
        theirs.write_all(b"abc").unwrap();
        let mut read = [0; 8];
        assert_eq!(peer.read(&mut read).unwrap(), 3);
        assert!(peer.take_file().is_none());
        drop(theirs);
        assert_eq!(peer.read(&mut read).unwrap(), 0);
    }
}
