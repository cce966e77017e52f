//! Connections: how many, how large a head, how long without a word. Whoever holds one open
//! and says nothing, or says it a byte at a time, costs their own connection only.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many at once; further ones wait to be accepted.
    pub connections: usize,
    /// How long a head may take to arrive, and a connection be idle.
    pub head: Duration,
    /// How long a connection lasts, whatever is done on it.
    pub whole: Duration,
    /// How long the end waits for what is in hand.
    pub end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 200,
            head: Duration::from_secs(10),
            whole: Duration::from_secs(120),
            end: Duration::from_secs(10),
        }
    }
}

/// Bytes of a request's head.
const HEAD: usize = 32 << 10;

/// Lines of a request's head.
const HEAD_LINES: usize = 64;

/// Where connections come from.
#[derive(Debug)]
pub enum Listener {
    /// An address of the machine.
    Tcp(TcpListener),
    /// A file.
    #[cfg(unix)]
    Unix(UnixListener),
}

/// Serves until `stop` comes, then finishes what is in hand.
pub async fn serve(
    listener: Listener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let turns = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stop => break,
        };
        let Some(stream) = accepted else {
            // No descriptor left, or the peer has gone: neither is a reason to end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(HEAD)
            .max_headers(HEAD_LINES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // An error here is the peer's: it went away, was too slow, or spoke no HTTP.
            let _ = timeout(limits.whole, connection).await;
            drop(turn);
        });
    }
    drop(listener);
    let _ = timeout(limits.end, graceful.shutdown()).await;
}

/// Either kind of stream.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn accept(listener: &Listener) -> Option<Box<dyn Stream>> {
    match listener {
        Listener::Tcp(listener) => {
            let (stream, _) = listener.accept().await.ok()?;
            let _ = stream.set_nodelay(true);
            Some(Box::new(stream))
        }
        #[cfg(unix)]
        Listener::Unix(listener) => {
            let (stream, _) = listener.accept().await.ok()?;
            Some(Box::new(stream))
        }
    }
}
