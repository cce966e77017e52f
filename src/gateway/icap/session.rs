//! A connection of a proxy: one request after the other, each body examined before it
//! goes on.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use super::codec::{Broken, Chunk, Head, Method, chunk, head};
use super::http::{About, page};
use crate::gateway::buffer::Buffer;
use crate::gateway::decide::{Answer, Desk, Request};
use crate::gateway::envelope::{Direction, Envelope};
use crate::gateway::peer::Peer;
use crate::gateway::policy::Action;
use crate::gateway::serve::Gate;
use crate::gateway::spool::{Full, Sealed, Spool, Taken};
use crate::model::Words;
use crate::record::Answered;

/// What ICAP is served with.
#[derive(Clone)]
pub struct Icap {
    /// Who decides.
    pub desk: Arc<Desk>,
    /// What holds a stop back while a request is in hand.
    pub gate: Arc<Gate>,
}

/// Serves one connection.
pub fn session(icap: &Icap, peer: Peer) {
    let mut session = Session { icap, peer, buffer: Buffer::new(&icap.desk.room) };
    match session.run() {
        Ok(()) => session.peer.finish(),
        Err(error) => {
            let why = error.to_string();
            icap.desk.log.say("broken", json!({ "protocol": "icap", "why": why }));
            if error.kind() == io::ErrorKind::InvalidData {
                let _ = session
                    .peer
                    .write_all(b"ICAP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n");
                session.peer.finish();
            }
        }
    }
}

struct Session<'i> {
    icap: &'i Icap,
    peer: Peer,
    buffer: Buffer,
}

/// What becomes of what was handed over.
enum Outcome {
    Unchanged,
    /// Why it does not go, as a name and in words.
    Blocked(String, Words),
    /// There is no verdict and none will come.
    Failed,
}

impl From<Broken> for io::Error {
    fn from(Broken(why): Broken) -> Self {
        Self::new(io::ErrorKind::InvalidData, why)
    }
}

impl Session<'_> {
    fn run(&mut self) -> io::Result<()> {
        while let Some(asked) = self.next()? {
            let _busy = self.icap.gate.busy();
            match asked.method {
                Method::Options => self.options()?,
                Method::Reqmod | Method::Respmod => {
                    if !self.modify(&asked)? {
                        break;
                    }
                }
            }
            let closes = asked.field("connection").is_some_and(|c| c.eq_ignore_ascii_case("close"));
            if closes || self.icap.gate.is_shut() {
                break;
            }
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<Head>> {
        let limits = &self.icap.desk.limits;
        self.peer.allow(limits.idle, limits.idle);
        let mut begun = false;
        loop {
            if let Some(head) = head(&mut self.buffer)? {
                self.peer.allow(limits.silence, limits.arrival);
                return Ok(Some(head));
            }
            if !self.buffer.is_empty() && !begun {
                begun = true;
                self.peer.allow(limits.silence, limits.silence);
            }
            if self.fill()? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.fill(&mut self.peer, usize::MAX)
    }

    /// Reads more, of which there must be some.
    fn more(&mut self) -> io::Result<()> {
        if self.fill()? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Other rules have another tag: what was remembered by it is asked for anew.
    fn tag(&self) -> String {
        let identity = self.icap.desk.scans.identity();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in identity.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("\"vetmark-{hash:016x}\"")
    }

    fn options(&mut self) -> io::Result<()> {
        let tag = self.tag();
        let most = self.icap.desk.limits.connections;
        let text = format!(
            "ICAP/1.0 200 OK\r\nMethods: REQMOD, RESPMOD\r\nService: vetmark {}\r\nISTag: {tag}\r\n\
             Encapsulated: null-body=0\r\nMax-Connections: {most}\r\nOptions-TTL: 300\r\n\
             Allow: 204\r\nPreview: 0\r\nTransfer-Preview: *\r\n\
             X-Include: X-Client-IP, X-Authenticated-User\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        );
        self.peer.write_all(text.as_bytes())
    }

    /// Does a request, and says whether another may come on this connection.
    fn modify(&mut self, asked: &Head) -> io::Result<bool> {
        while self.buffer.len() < asked.heads {
            self.more()?;
        }
        // Heads stand beside the body until it was examined, and what was read out of them too.
        let mut beside = Taken::none(&self.icap.desk.room);
        if beside.resize(2 * asked.heads as u64).is_err() {
            self.failed()?;
            return Ok(false);
        }
        let heads: Vec<u8> = self.buffer.drain(..asked.heads).collect();
        if !asked.has_body {
            // There is nothing in it to be read.
            return self.unchanged(asked, &heads, None, false).map(|()| true);
        }
        let about = About::of(&heads, asked.response)?;
        let desk = &self.icap.desk;
        let mut spools = vec![Spool::new(&desk.room, desk.limits.content)];
        if about.is_form() {
            // What a form's parts are cut by stands in its head: its type goes before it.
            let lead = format!("Content-Type: {}\r\n\r\n", about.kind.replace(['\r', '\n'], " "));
            let mut form = Spool::new(&desk.room, desk.limits.content);
            add(&mut form, lead.as_bytes());
            spools.push(form);
        }
        let in_preview = self.body(&mut spools, asked.preview.is_some())?;
        if !in_preview && spools.iter().all(Result::is_ok) {
            self.peer.write_all(b"ICAP/1.0 100 Continue\r\n\r\n")?;
            self.body(&mut spools, false)?;
        }
        let sealed = spools.into_iter().map(|spool| spool.and_then(Spool::seal));
        let sealed = match sealed.collect::<Result<Vec<Sealed>, Full>>() {
            Ok(sealed) => sealed,
            Err(full) => {
                // What was not taken in is still on its way: the connection is over.
                self.answer_full(&full)?;
                return Ok(false);
            }
        };
        let (Some(whole), Some(content)) = (sealed.first(), sealed.last()) else {
            return Ok(false);
        };
        let in_preview = in_preview && asked.preview.is_some();
        match self.decide(asked, &about, content.clone()) {
            Outcome::Unchanged => self.unchanged(asked, &heads, Some(whole), in_preview)?,
            Outcome::Blocked(name, slip) => self.blocked(&name, &slip)?,
            Outcome::Failed => self.failed()?,
        }
        Ok(true)
    }

    /// Takes in a body, or the preview of one, and says whether that was all of it.
    fn body(&mut self, into: &mut [Result<Spool, Full>], preview: bool) -> io::Result<bool> {
        loop {
            match chunk(&mut self.buffer)? {
                None => self.more()?,
                Some(Chunk::End { whole }) => return Ok(whole || !preview),
                Some(Chunk::Bytes(size)) => {
                    let mut left = size;
                    while left > 0 {
                        if self.buffer.is_empty() {
                            self.more()?;
                        }
                        let taken = left.min(self.buffer.len());
                        for spool in into.iter_mut() {
                            add(spool, &self.buffer[..taken]);
                        }
                        self.buffer.drain(..taken);
                        left -= taken;
                        if into.iter().any(|spool| spool.is_err()) {
                            return Ok(true);
                        }
                    }
                    while self.buffer.len() < 2 {
                        self.more()?;
                    }
                    if !self.buffer.starts_with(b"\r\n") {
                        return Err(Broken("a chunk that is longer than it says").into());
                    }
                    self.buffer.drain(..2);
                }
            }
        }
    }

    fn decide(&self, asked: &Head, about: &About, content: Sealed) -> Outcome {
        let direction = match asked.method {
            Method::Respmod => Direction::In,
            _ => Direction::Out,
        };
        let shown = |name: &str| {
            let value = asked.field(name).filter(|value| !value.is_empty())?;
            Some(value.chars().take(200).collect::<String>())
        };
        let envelope = Envelope {
            protocol: "icap",
            direction,
            account: shown("x-authenticated-user"),
            client: shown("x-client-ip").unwrap_or_else(|| self.peer.client.clone()),
            ..Envelope::default()
        };
        let name = if about.is_form() { "form.eml".to_owned() } else { about.name.clone() };
        let source = format!("icap/{}/{name}", &content.sha256[..16]);
        let request = Request { name, source, content, envelope };
        match self.icap.desk.decide(request, Answered::Later) {
            Answer::Settled(settled) => match settled.action {
                // What was read was not what a reader at the other end will see.
                Action::Pass if about.is_coded => blocked(
                    "Review.Unread.Unsupported",
                    "This did not go on: it is coded in a way that cannot be read here.",
                    "未予放行：内容编码无法读取。",
                ),
                Action::Pass if about.is_piece => blocked(
                    "Review.Unread.MissingPart",
                    "This did not go on: it is a piece of a larger file.",
                    "未予放行：仅为文件的一部分。",
                ),
                Action::Pass => Outcome::Unchanged,
                Action::Hold | Action::Reject => Outcome::Blocked(settled.name, settled.slip),
            },
            Answer::NotYet => blocked(
                "Review.Pending",
                "This is still being examined: try again in a minute.",
                "正在审查，请稍后重试。",
            ),
            Answer::Refused(_) => Outcome::Failed,
        }
    }

    /// As it was: in a word where that is allowed, and otherwise whole.
    fn unchanged(
        &mut self,
        asked: &Head,
        heads: &[u8],
        body: Option<&Sealed>,
        in_preview: bool,
    ) -> io::Result<()> {
        let tag = self.tag();
        // Where a preview was all there is, it always is (RFC 3507, 4.6).
        if asked.allows_204() || in_preview {
            let text = format!("ICAP/1.0 204 No Content\r\nISTag: {tag}\r\n\r\n");
            return self.peer.write_all(text.as_bytes());
        }
        // Of a response, its own head alone; of a request, the request's.
        let (kind, head) = match asked.response {
            Some(at) => ("res", heads.get(at..).unwrap_or_default()),
            None => ("req", heads),
        };
        let last = if body.is_some() { format!("{kind}-body") } else { "null-body".into() };
        let text = format!(
            "ICAP/1.0 200 OK\r\nISTag: {tag}\r\nEncapsulated: {kind}-hdr=0, {last}={}\r\n\r\n",
            head.len()
        );
        self.peer.write_all(text.as_bytes())?;
        self.peer.write_all(head)?;
        match body {
            Some(body) => {
                body.copy(&mut Chunked(&mut self.peer))?;
                self.peer.write_all(b"0\r\n\r\n")
            }
            None => Ok(()),
        }
    }

    fn blocked(&mut self, name: &str, slip: &Words) -> io::Result<()> {
        let page = page(slip);
        let http = format!(
            "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
            page.len()
        );
        let text = format!(
            "ICAP/1.0 200 OK\r\nISTag: {}\r\nX-Infection-Found: Type=1; Resolution=2; \
             Threat={name};\r\nX-Virus-ID: {name}\r\nEncapsulated: res-hdr=0, res-body={}\r\n\r\n{http}",
            self.tag(),
            http.len()
        );
        self.peer.write_all(text.as_bytes())?;
        Chunked(&mut self.peer).write_all(&page)?;
        self.peer.write_all(b"0\r\n\r\n")
    }

    fn failed(&mut self) -> io::Result<()> {
        let text = format!("ICAP/1.0 500 Server Error\r\nISTag: {}\r\n\r\n", self.tag());
        self.peer.write_all(text.as_bytes())
    }

    fn answer_full(&mut self, full: &Full) -> io::Result<()> {
        match full {
            Full::Content => self.blocked(
                "Review.Unread.Limit.Bytes",
                &Words::new(
                    "This did not go on: it is larger than can be reviewed here.",
                    "未予放行：超过可审查的大小。",
                ),
            ),
            _ => self.failed(),
        }
    }
}

fn blocked(name: &str, en: &str, zh: &str) -> Outcome {
    Outcome::Blocked(name.to_owned(), Words::new(en, zh))
}

fn add(spool: &mut Result<Spool, Full>, more: &[u8]) {
    if let Ok(open) = spool
        && let Err(full) = open.add(more)
    {
        *spool = Err(full);
    }
}

/// Writes each piece as a chunk of its own.
struct Chunked<'p>(&'p mut Peer);

impl Write for Chunked<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        if !from.is_empty() {
            let chunk = [format!("{:x}\r\n", from.len()).as_bytes(), from, b"\r\n"].concat();
            self.0.write_all(&chunk)?;
        }
        Ok(from.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
