//! A connection that speaks clamd's protocol: commands in, one line out for each.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::codec::{Command, Form, LONGEST, chunk, command};
use crate::gateway::below::{Root, kind, no_file};
use crate::gateway::decide::{Answer, Desk, Request, Settled};
use crate::gateway::envelope::Envelope;
use crate::gateway::policy::Action;
use crate::gateway::serve::{Gate, Peer};
use crate::gateway::spool::{Full, Sealed, Spool};
use crate::record::Answered;

/// What a stream without a name is called.
const STREAM: &str = "stream";

/// Said of a content that is too large, in clamd's own words.
const TOO_LARGE: &str = "INSTREAM size limit exceeded.";

/// What is read at one time.
const PIECE: usize = 64 << 10;

/// What clamd's protocol is served with.
#[derive(Clone)]
pub struct Clamd {
    /// Who decides.
    pub desk: Arc<Desk>,
    /// What holds a stop back while a request is in hand.
    pub gate: Arc<Gate>,
    /// The folder that peers on this machine may name files of; none where they may not.
    pub root: Option<std::path::PathBuf>,
    /// Asks for the rules to be loaded anew.
    pub reload: Arc<dyn Fn() + Send + Sync>,
}

/// Serves one connection.
pub fn session(clamd: &Clamd, peer: Peer) {
    let mut session = Session { clamd, peer, buffer: Vec::new(), number: None };
    // What a peer does wrong ends its connection, and is answered where it still listens.
    if let Ok(()) = session.run() {
        session.peer.finish();
    }
}

struct Session<'c> {
    clamd: &'c Clamd,
    peer: Peer,
    /// Read and not yet taken.
    buffer: Vec<u8>,
    /// The number of the last command of an IDSESSION.
    number: Option<u64>,
}

/// What is said of a content: its name, and clamd's three words.
enum Line {
    Ok,
    Found(String),
    Error(String),
}

impl Line {
    /// What is said behind a content's name.
    fn text(&self) -> String {
        match self {
            Self::Ok => "OK".into(),
            Self::Found(name) => format!("{name} FOUND"),
            Self::Error(why) => format!("{why} ERROR"),
        }
    }
}

impl Session<'_> {
    fn run(&mut self) -> io::Result<()> {
        loop {
            let Some((form, asked)) = self.next()? else { return Ok(()) };
            if let Some(number) = &mut self.number
                && asked != Command::End
            {
                *number += 1;
            }
            let _busy = self.clamd.gate.busy();
            let goes_on = match asked {
                Command::Idsession if self.number.is_none() && form != Form::Bare => {
                    self.number = Some(0);
                    true
                }
                Command::End if self.number.is_some() => return Ok(()),
                asked => self.answer(form, asked)?,
            };
            // As clamd does: one command a connection, unless a session was opened.
            if !goes_on || self.number.is_none() || self.clamd.gate.is_shut() {
                return Ok(());
            }
        }
    }

    /// The next command; nothing where the peer is done.
    fn next(&mut self) -> io::Result<Option<(Form, Command)>> {
        let limits = &self.clamd.desk.limits;
        self.peer.allow(limits.idle, limits.idle);
        let (mut ended, mut begun) = (false, false);
        loop {
            match command(&mut self.buffer, ended) {
                Ok(Some(asked)) => return Ok(Some(asked)),
                Ok(None) if ended => return Ok(None),
                Ok(None) => {}
                Err(_) => {
                    self.peer.write_all(b"COMMAND READ ERROR\n")?;
                    return Ok(None);
                }
            }
            if !self.buffer.is_empty() && !begun {
                // What is begun is to be ended soon, however it trickles in.
                begun = true;
                self.peer.allow(limits.silence, limits.silence);
            }
            ended = self.fill(LONGEST)? == 0;
        }
    }

    fn fill(&mut self, most: usize) -> io::Result<usize> {
        let mut piece = vec![0; most.min(PIECE)];
        let read = self.peer.read(&mut piece)?;
        self.buffer.extend_from_slice(&piece[..read]);
        Ok(read)
    }

    /// Answers a command, and says whether another may come.
    fn answer(&mut self, form: Form, asked: Command) -> io::Result<bool> {
        let version = concat!("vetmark ", env!("CARGO_PKG_VERSION"));
        match asked {
            Command::Ping => self.say(form, "PONG")?,
            Command::Version => self.say(form, version)?,
            Command::VersionCommands => {
                let commands = "SCAN CONTSCAN MULTISCAN FILDES PING VERSION VERSIONCOMMANDS \
                                INSTREAM IDSESSION END STATS RELOAD";
                self.say(form, &format!("{version}| COMMANDS: {commands}"))?;
            }
            Command::Stats => {
                let stats = self.stats();
                self.say(form, &stats)?;
            }
            Command::Reload => {
                (self.clamd.reload)();
                self.say(form, "RELOADING")?;
            }
            Command::Instream => return self.stream(form),
            Command::Fildes => self.file(form)?,
            Command::Scan(path) => self.paths(form, &path, true)?,
            Command::ContScan(path) | Command::MultiScan(path) => self.paths(form, &path, false)?,
            Command::Idsession | Command::End | Command::Unknown => {
                self.say(form, "UNKNOWN COMMAND")?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn say(&mut self, form: Form, text: &str) -> io::Result<()> {
        // In one write: some peers read once.
        let mut line = match self.number {
            Some(number) => format!("{number}: {text}").into_bytes(),
            None => text.as_bytes().to_vec(),
        };
        line.push(form.end());
        self.peer.write_all(&line)
    }

    /// In the shape of clamd's own: some peers look for its first words.
    fn stats(&self) -> String {
        let (queue, live) = self.clamd.desk.scans.load_now();
        let memory = self.clamd.desk.room.taken();
        let most = self.clamd.desk.limits.content;
        format!(
            "POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live {live}  idle 0 max 0 \
             idle-timeout 0\nQUEUE: {queue} items\n\nMEMSTATS: content {memory} bytes, at most \
             {most} for one\nEND"
        )
    }

    fn stream(&mut self, form: Form) -> io::Result<bool> {
        match self.receive()? {
            Ok(content) => {
                let line = self.scan(STREAM, content);
                self.say(form, &format!("{STREAM}: {}", line.text()))?;
                Ok(true)
            }
            Err(Full::Content) => {
                self.say(form, &format!("{TOO_LARGE} ERROR"))?;
                Ok(false)
            }
            Err(full) => {
                self.say(form, &format!("{STREAM}: {} ERROR", why(&full)))?;
                Ok(false)
            }
        }
    }

    /// Takes in the chunks of a stream.
    fn receive(&mut self) -> io::Result<Result<Sealed, Full>> {
        let limits = &self.clamd.desk.limits;
        self.peer.allow(limits.silence, limits.arrival);
        let mut spool = match Spool::new(&self.clamd.desk.room, limits.content) {
            Ok(spool) => spool,
            Err(full) => return Ok(Err(full)),
        };
        loop {
            let mut left = loop {
                match chunk(&mut self.buffer) {
                    Some(length) => break length as usize,
                    None if self.fill(PIECE)? == 0 => {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    None => {}
                }
            };
            if left == 0 {
                return Ok(spool.seal());
            }
            while left > 0 {
                if self.buffer.is_empty() && self.fill(PIECE)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let taken = left.min(self.buffer.len());
                if let Err(full) = spool.add(&self.buffer[..taken]) {
                    return Ok(Err(full));
                }
                self.buffer.drain(..taken);
                left -= taken;
            }
        }
    }

    /// A file that was handed over beside a byte of its own.
    fn file(&mut self, form: Form) -> io::Result<()> {
        if !self.peer.is_local() {
            return self.say(form, "fd: only on a local socket ERROR");
        }
        let limits = &self.clamd.desk.limits;
        self.peer.allow(limits.silence, limits.silence);
        let file = loop {
            match self.peer.take_file() {
                Some(file) => break file,
                None if self.fill(1)? == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => {}
            }
        };
        // The byte that carried it says nothing.
        if self.buffer.is_empty() {
            self.fill(1)?;
        }
        self.buffer.drain(..1);
        let line = match kind(&file)? {
            rustix::fs::FileType::RegularFile => self.scan_file("file", File::from(file)),
            _ => Line::Error(no_file().to_string()),
        };
        self.say(form, &format!("fd[0]: {}", line.text()))
    }

    fn paths(&mut self, form: Form, named: &[u8], to_the_first: bool) -> io::Result<()> {
        let root = match &self.clamd.root {
            Some(root) if self.peer.is_local() => Root(root.clone()),
            _ => return self.say(form, &one(named, "paths are not allowed here ERROR")),
        };
        let found = match root.list(named) {
            Ok(found) if found.is_empty() => {
                // Where nothing was read, nothing is said to be in order.
                return self.say(form, &one(named, "no file there ERROR"));
            }
            Ok(found) => found,
            Err(error) => return self.say(form, &one(named, &format!("{error}. ERROR"))),
        };
        let mut lines = Vec::new();
        for path in found {
            let line = match root.open(&path) {
                Ok(file) => self.scan_file(&name_of(&path), file),
                Err(error) => Line::Error(error.to_string()),
            };
            let is_hit = matches!(line, Line::Found(_));
            lines.push(one(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()), &line.text()));
            if is_hit && to_the_first {
                break;
            }
        }
        let end = char::from(form.end()).to_string();
        self.say(form, &lines.join(&end))
    }

    /// Copies a file before it is examined: it may change meanwhile.
    fn scan_file(&self, name: &str, file: File) -> Line {
        let desk = &self.clamd.desk;
        match Spool::copy(file, &desk.room, desk.limits.content) {
            Ok(content) => self.scan(name, content),
            Err(full) => Line::Error(why(&full).into()),
        }
    }

    fn scan(&self, name: &str, content: Sealed) -> Line {
        let source = format!("clamd/{}/{name}", &content.sha256[..16]);
        let client = self.peer.client.clone();
        let envelope = Envelope { protocol: "clamd", client, ..Envelope::default() };
        let request = Request { name: name.to_owned(), source, content, envelope };
        said(&self.clamd.desk.decide(request, Answered::Later))
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A path and what is said of it; a name with a line's end in it makes no second line.
fn one(path: &[u8], text: &str) -> String {
    let shown = String::from_utf8_lossy(path);
    let shown: String = shown.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("{shown}: {text}")
}

fn why(full: &Full) -> &'static str {
    match full {
        Full::Content => "larger than the limit.",
        Full::Room => "no room, try again.",
        Full::Machine(_) => "no memory, try again.",
    }
}

/// clamd's three words. What was not wholly read for a reason that may pass is an
/// error and no find: peers then try again, or defer.
fn said(answer: &Answer) -> Line {
    match answer {
        Answer::Settled(settled) => match &**settled {
            Settled { action: Action::Pass, .. } => Line::Ok,
            Settled { cut_short: true, name, .. } => Line::Error(name.clone()),
            Settled { name, .. } => Line::Found(name.clone()),
        },
        Answer::NotYet => Line::Error("not yet examined, try again.".into()),
        Answer::Refused(refused) => Line::Error(format!("{}, try again.", refused.name())),
    }
}
