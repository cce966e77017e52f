//! Listeners and connections: how many there may be, how long each may be silent, and
//! how all of them come to an end.

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

use super::clock::{self, Duration, Instant};
use super::metrics::Metrics;

/// Stack of a session: it holds a few buffers and no documents.
const STACK: usize = 1 << 20;

/// The longest wait for a peer to take an answer.
const WRITE: Duration = Duration::from_secs(30);

/// How long what a peer still sends is read, so that it sees the answer before the end.
const LINGER: Duration = Duration::from_secs(2);

/// Files that a peer may have handed over and not asked about.
const FILES: usize = 4;

/// Where a listener listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `host:port`; an IPv6 address stands in brackets.
    Tcp(String),
    /// `unix:/path`.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return match path.is_absolute() {
                true => Ok(Self::Unix(path)),
                false => Err("a socket's path begins with /".into()),
            };
        }
        let address = text.strip_prefix("inet:").unwrap_or(text);
        match address.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(address.to_owned()))
            }
            _ => Err("HOST:PORT or unix:/PATH is wanted".into()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// What listens.
#[derive(Debug)]
pub enum Listener {
    /// On a port.
    Tcp(TcpListener),
    /// On a socket's file.
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// Where it can be reached: the port that was given, where any was asked for.
    pub fn address(&self) -> Address {
        match self {
            Self::Tcp(listener) => Address::Tcp(
                listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string()),
            ),
            Self::Unix(_, path) => Address::Unix(path.clone()),
        }
    }

    /// Whether peers elsewhere than on this machine reach it.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Tcp(listener) => {
                listener.local_addr().is_ok_and(|address| !address.ip().is_loopback())
            }
            Self::Unix(..) => false,
        }
    }

    fn accept(&self) -> io::Result<(Stream, String)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, from) = listener.accept()?;
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), from.ip().to_string()))
            }
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept()?;
                Ok((Stream::Unix(stream), "local".to_owned()))
            }
        }
    }

    /// Wakes whoever waits for a peer, for good.
    fn shut(&self) {
        let _ = match self {
            Self::Tcp(listener) => rustix::net::shutdown(listener, rustix::net::Shutdown::Both),
            Self::Unix(listener, _) => rustix::net::shutdown(listener, rustix::net::Shutdown::Both),
        };
    }
}

/// Listens at an address. A socket's file that nobody listens at any more is replaced;
/// its owner and group alone may use the new one.
///
/// # Errors
/// What the system says.
pub fn bind(address: &Address) -> io::Result<Listener> {
    match address {
        Address::Tcp(address) => Ok(Listener::Tcp(TcpListener::bind(address.as_str())?)),
        Address::Unix(path) => {
            take_away_old(path)?;
            let listener = UnixListener::bind(path)?;
            fs::set_permissions(path, fs::Permissions::from_mode(0o660))?;
            Ok(Listener::Unix(listener, path.clone()))
        }
    }
}

fn take_away_old(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => match UnixStream::connect(path) {
            Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
            Err(_) => fs::remove_file(path),
        },
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => Ok(()),
    }
}

/// What all listeners share: whether they go on, and how much is in hand.
#[derive(Debug, Default)]
pub struct Gate {
    inside: Mutex<Inside>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    shut: bool,
    /// Requests in hand.
    busy: usize,
}

impl Gate {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a stop was asked for.
    pub fn is_shut(&self) -> bool {
        self.inside().shut
    }

    /// Asks for a stop.
    pub fn shut(&self) {
        self.inside().shut = true;
        self.changed.notify_all();
    }

    /// Waits until a stop is asked for or the time is over, and says whether it was.
    pub fn wait(&self, time: Duration) -> bool {
        let until = clock::moment() + time;
        let mut inside = self.inside();
        while !inside.shut {
            let left = until.saturating_duration_since(clock::moment());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(inside, left);
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Waits until a stop is asked for.
    pub fn wait_for_stop(&self) {
        while !self.wait(Duration::from_secs(3600)) {}
    }

    /// Says that a request is in hand, for as long as what is given lives.
    pub fn busy(self: &Arc<Self>) -> Busy {
        self.inside().busy += 1;
        Busy(Arc::clone(self))
    }

    /// Waits until nothing is in hand, and says whether that came to be.
    pub fn settle(&self, grace: Duration) -> bool {
        let until = clock::moment() + grace;
        let mut inside = self.inside();
        while inside.busy > 0 {
            let left = until.saturating_duration_since(clock::moment());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(inside, left);
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// A request in hand.
#[derive(Debug)]
pub struct Busy(Arc<Gate>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.inside().busy -= 1;
        self.0.changed.notify_all();
    }
}

/// Serves a listener until the gate is shut: a thread for each connection, and no more
/// than `most`; others wait in the system's queue, where they cost nothing here.
///
/// # Errors
/// That a thread could not be started.
pub fn serve(
    listener: Listener,
    protocol: &'static str,
    most: usize,
    gate: &Arc<Gate>,
    metrics: &Arc<Metrics>,
    session: impl Fn(Peer) + Send + Sync + 'static,
) -> io::Result<()> {
    let listener = Arc::new(listener);
    {
        let (listener, gate) = (Arc::clone(&listener), Arc::clone(gate));
        thread::Builder::new().name(format!("{protocol}-stop")).spawn(move || {
            gate.wait_for_stop();
            listener.shut();
        })?;
    }
    let (gate, metrics, session) = (Arc::clone(gate), Arc::clone(metrics), Arc::new(session));
    let seats = Arc::new((Mutex::new(0_usize), Condvar::new()));
    thread::Builder::new().name(format!("{protocol}-listen")).spawn(move || {
        loop {
            let seat = Seat::take(&seats, most);
            if gate.is_shut() {
                return;
            }
            let (stream, client) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(_) if gate.is_shut() => return,
                Err(_) => {
                    // No more files may be open, or the peer is gone: others may be served later.
                    metrics.count("vetmark_gateway_accept_errors_total", &[]);
                    gate.wait(Duration::from_millis(100));
                    continue;
                }
            };
            let peer = Peer::new(stream, client);
            let (session, metrics) = (Arc::clone(&session), Arc::clone(&metrics));
            let run = move || {
                let _seat = seat;
                let label = [("protocol", protocol)];
                metrics.add("vetmark_gateway_connections", &label, 1);
                // What goes wrong in one session ends that session.
                let _ = catch_unwind(AssertUnwindSafe(|| session(peer)));
                metrics.add("vetmark_gateway_connections", &label, -1);
            };
            // Where no thread can be had the connection is closed, and the peer tries again.
            let name = format!("{protocol}-session");
            if thread::Builder::new().name(name).stack_size(STACK).spawn(run).is_err() {
                gate.wait(Duration::from_millis(100));
            }
        }
    })?;
    Ok(())
}

/// One of the connections a listener may have.
struct Seat(Arc<(Mutex<usize>, Condvar)>);

impl Seat {
    fn take(seats: &Arc<(Mutex<usize>, Condvar)>, most: usize) -> Self {
        let (taken, freed) = &**seats;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= most.max(1) {
            taken = freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Self(Arc::clone(seats))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let (taken, freed) = &*self.0;
        *taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        freed.notify_all();
    }
}

#[derive(Debug)]
enum Stream {
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
    fn new(stream: Stream, client: String) -> Self {
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
        match &mut self.stream {
            Stream::Tcp(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.write(from)
            }
            Stream::Unix(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.write(from)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, want) in [
            ("127.0.0.1:3310", Ok(Address::Tcp("127.0.0.1:3310".into()))),
            ("inet:localhost:0", Ok(Address::Tcp("localhost:0".into()))),
            ("[::1]:3310", Ok(Address::Tcp("[::1]:3310".into()))),
            ("unix:/run/v.sock", Ok(Address::Unix("/run/v.sock".into()))),
            ("unix:v.sock", Err("a socket's path begins with /".to_owned())),
            ("3310", Err("HOST:PORT or unix:/PATH is wanted".to_owned())),
            ("host:99999", Err("HOST:PORT or unix:/PATH is wanted".to_owned())),
        ] {
            assert_eq!(text.parse(), want, "{text}");
        }
    }

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

    #[test]
    fn a_stop_waits_for_what_is_in_hand() {
        let gate = Arc::new(Gate::default());
        let busy = gate.busy();
        assert!(!gate.settle(Duration::ZERO));
        drop(busy);
        assert!(gate.settle(Duration::ZERO));
        assert!(!gate.wait(Duration::ZERO));
        gate.shut();
        assert!(gate.wait(Duration::ZERO) && gate.is_shut());
    }
}
