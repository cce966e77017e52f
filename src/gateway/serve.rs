//! Listeners and their connections: how many there may be, and how all of them come to
//! an end.

use std::fmt;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::clock::{self, Duration};
use super::metrics::Metrics;
use super::peer::{Peer, Stream};

/// Stack of a session: it holds a few buffers and no documents.
pub(super) const STACK: usize = 1 << 20;

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
