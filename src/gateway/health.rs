//! `/health` and `/metrics` over HTTP, for this machine alone: as much of RFC 9112 as a
//! monitor needs, which is one request with no body.

use std::io::{self, Read, Write};
use std::sync::Arc;

use super::clock::Duration;
use super::decide::Desk;
use super::peer::Peer;

/// The longest request.
const LONGEST: usize = 8 << 10;

/// How long one may take.
const TIME: Duration = Duration::from_secs(5);

/// Answers one request.
pub fn session(desk: &Arc<Desk>, mut peer: Peer) {
    peer.allow(TIME, TIME);
    if let Ok(asked) = request(&mut peer) {
        let (status, kind, text) = answer(desk, &asked);
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n",
            text.len()
        );
        if peer.write_all(format!("{head}{text}").as_bytes()).is_ok() {
            peer.finish();
        }
    }
}

/// The first line of a request, once all of its head is there.
fn request(peer: &mut Peer) -> io::Result<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = peer.read(&mut chunk)?;
        if read == 0 || head.len() + read > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(&chunk[..read]);
    }
    Ok(String::from_utf8_lossy(head.split(|byte| *byte == b'\r').next().unwrap_or_default())
        .into_owned())
}

fn answer(desk: &Arc<Desk>, asked: &str) -> (&'static str, &'static str, String) {
    let mut words = asked.split(' ');
    let text = "text/plain; charset=utf-8";
    match (words.next(), words.next()) {
        (Some("GET"), Some("/health")) => match desk.is_ready() {
            true => ("200 OK", text, "ready\n".into()),
            false => ("503 Service Unavailable", text, "not ready\n".into()),
        },
        (Some("GET"), Some("/metrics")) => {
            let (queue, examined) = desk.scans.load_now();
            desk.metrics.set("vetmark_gateway_queue", queue as i64);
            desk.metrics.set("vetmark_gateway_in_cells", examined as i64);
            desk.metrics.set("vetmark_gateway_content_bytes", desk.room.taken() as i64);
            desk.metrics.set("vetmark_gateway_ready", i64::from(desk.is_ready()));
            ("200 OK", "text/plain; version=0.0.4; charset=utf-8", desk.metrics.render())
        }
        (Some("GET"), _) => ("404 Not Found", text, "/health or /metrics\n".into()),
        _ => ("405 Method Not Allowed", text, "GET\n".into()),
    }
}
