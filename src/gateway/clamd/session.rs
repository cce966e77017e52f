//! A connection that speaks clamd's protocol: commands in, one line out for each.
//!
//! In a session (IDSESSION … END) answers bear the number of what was asked: contents are
//! then examined beside each other, and each is answered when it is done. A peer that asks
//! for more than may be under way is not read meanwhile. What was asked before END is answered
//! before the connection ends.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, Scope};

use super::answers::Answers;
use super::codec::{Command, Form, LONGEST, chunk, command};
use super::contents::{Contents, FAILED, Going, why};
use crate::gateway::below::kind;
use crate::gateway::buffer::Buffer;
use crate::gateway::decide::Desk;
use crate::gateway::peer::Peer;
use crate::gateway::serve::{Gate, STACK};
use crate::gateway::spool::{Full, Sealed, Spool};

/// What a stream without a name is called.
const STREAM: &str = "stream";

/// Said of a content that is too large, in clamd's own words.
const TOO_LARGE: &str = "INSTREAM size limit exceeded.";

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
    // Where no more files may be open it ends here, and the peer tries again.
    let Ok(writer) = peer.writer() else { return };
    let answers = Answers::new(writer);
    let contents = Contents { clamd, client: peer.client.clone(), is_local: peer.is_local() };
    let buffer = Buffer::new(&clamd.desk.room);
    let ended = thread::scope(|scope| {
        let (answers, contents) = (&answers, &contents);
        let mut session = Session { scope, contents, answers, peer, buffer, number: None };
        let ran = session.run();
        ran.map(|()| session.peer)
    });
    // What a peer does wrong ends its connection, and is answered where it still listens.
    if let Ok(peer) = ended {
        peer.finish();
    }
}

struct Session<'s, 'e> {
    /// Ends once every answer that is to come was given.
    scope: &'s Scope<'s, 'e>,
    contents: &'e Contents<'e>,
    answers: &'e Answers,
    peer: Peer,
    /// Read and not yet taken.
    buffer: Buffer,
    /// The number of the last command of an IDSESSION.
    number: Option<u64>,
}

impl<'e> Session<'_, 'e> {
    fn run(&mut self) -> io::Result<()> {
        loop {
            let Some((form, asked)) = self.next()? else { return Ok(()) };
            if let Some(number) = &mut self.number
                && asked != Command::End
            {
                *number += 1;
            }
            let gate = &self.contents.clamd.gate;
            let _busy = gate.busy();
            let goes_on = match asked {
                Command::Idsession if self.number.is_none() && form != Form::Bare => {
                    self.number = Some(0);
                    true
                }
                Command::End if self.number.is_some() => return Ok(()),
                asked => self.answer(form, asked)?,
            };
            // As clamd does: one command a connection, unless a session was opened.
            if !goes_on || self.number.is_none() || gate.is_shut() {
                return Ok(());
            }
        }
    }

    fn desk(&self) -> &'e Desk {
        &self.contents.clamd.desk
    }

    /// The next command; nothing where the peer is done.
    fn next(&mut self) -> io::Result<Option<(Form, Command)>> {
        let limits = &self.desk().limits;
        self.peer.allow(limits.idle, limits.idle);
        let (mut ended, mut begun) = (false, false);
        loop {
            match command(&mut self.buffer, ended) {
                Ok(Some(asked)) => return Ok(Some(asked)),
                Ok(None) if ended => return Ok(None),
                Ok(None) => {}
                Err(_) => {
                    self.answers.say(None, Form::Newline, "COMMAND READ ERROR")?;
                    return Ok(None);
                }
            }
            if !self.buffer.is_empty() && !begun {
                // What is begun is to be ended soon, however it trickles in.
                begun = true;
                self.peer.allow(limits.silence, limits.silence);
            }
            ended = self.buffer.fill(&mut self.peer, LONGEST)? == 0;
        }
    }

    /// Answers a command, now or when its content was examined, and says whether another
    /// may come.
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
                (self.contents.clamd.reload)();
                self.say(form, "RELOADING")?;
            }
            Command::Instream => return self.stream(form),
            Command::Fildes => self.file(form)?,
            Command::Scan(path) => self.paths(form, path, Going::ToTheFirst)?,
            Command::ContScan(path) => self.paths(form, path, Going::On)?,
            Command::MultiScan(path) => self.paths(form, path, Going::Beside)?,
            Command::Idsession | Command::End | Command::Unknown => {
                self.say(form, "UNKNOWN COMMAND")?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn say(&self, form: Form, text: &str) -> io::Result<()> {
        self.answers.say(self.number, form, text)
    }

    /// Says what comes of some work: here, or in a session beside what else is asked.
    ///
    /// A session has more than one under way only while there are places to spare: its peer
    /// waits where there are none, and nobody is put off for it.
    fn work(
        &self,
        form: Form,
        work: impl FnOnce(&Contents<'_>) -> String + Send + 'e,
    ) -> io::Result<()> {
        let (answers, contents, desk) = (self.answers, self.contents, self.desk());
        let Some(number) = self.number else { return self.say(form, &work(contents)) };
        let place = answers.place(|| desk.scans.spare());
        let busy = contents.clamd.gate.busy();
        let work = move || {
            let _held = (place, busy);
            let said = catch_unwind(AssertUnwindSafe(|| work(contents)));
            if !said.is_ok_and(|said| answers.say(Some(number), form, &said).is_ok()) {
                answers.shut();
            }
        };
        let name = "clamd-content".to_owned();
        thread::Builder::new().name(name).stack_size(STACK).spawn_scoped(self.scope, work)?;
        Ok(())
    }

    /// In the shape of clamd's own: some peers look for its first words.
    fn stats(&self) -> String {
        let (queue, live) = self.desk().scans.load_now();
        let memory = self.desk().room.taken();
        let most = self.desk().limits.content;
        format!(
            "POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live {live}  idle 0 max 0 \
             idle-timeout 0\nQUEUE: {queue} items\n\nMEMSTATS: content {memory} bytes, at most \
             {most} for one\nEND"
        )
    }

    fn stream(&mut self, form: Form) -> io::Result<bool> {
        match self.receive()? {
            Ok(content) => {
                let line = |of: &Contents<'_>| of.scan(STREAM, content).text();
                self.work(form, move |of| format!("{STREAM}: {}", line(of)))?;
                Ok(true)
            }
            Err(Full::Content) => {
                self.say(form, &format!("{STREAM}: {TOO_LARGE} {FAILED}"))?;
                Ok(false)
            }
            Err(full) => {
                self.say(form, &format!("{STREAM}: {} {FAILED}", why(&full)))?;
                Ok(false)
            }
        }
    }

    /// Takes in the chunks of a stream.
    fn receive(&mut self) -> io::Result<Result<Sealed, Full>> {
        let desk = self.desk();
        self.peer.allow(desk.limits.silence, desk.limits.arrival);
        let mut spool = match Spool::new(&desk.room, desk.limits.content) {
            Ok(spool) => spool,
            Err(full) => return Ok(Err(full)),
        };
        loop {
            let mut left = loop {
                match chunk(&mut self.buffer) {
                    Some(length) => break length as usize,
                    None => self.more(usize::MAX)?,
                }
            };
            if left == 0 {
                return Ok(spool.seal());
            }
            while left > 0 {
                if self.buffer.is_empty() {
                    self.more(usize::MAX)?;
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

    /// Reads more, of which there must be some.
    fn more(&mut self, most: usize) -> io::Result<()> {
        match self.buffer.fill(&mut self.peer, most)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// A file that was handed over beside a byte of its own.
    fn file(&mut self, form: Form) -> io::Result<()> {
        if !self.peer.is_local() {
            return self.say(form, "fd: only on a local socket ERROR");
        }
        let limits = &self.desk().limits;
        self.peer.allow(limits.silence, limits.silence);
        let file = loop {
            match self.peer.take_file() {
                Some(file) => break file,
                None => self.more(1)?,
            }
        };
        // The byte that carried it says nothing.
        if self.buffer.is_empty() {
            self.more(1)?;
        }
        self.buffer.drain(..1);
        let is_file = kind(&file)? == rustix::fs::FileType::RegularFile;
        let file = File::from(file);
        self.work(form, move |of| {
            let line = if is_file { of.scan_file("file", file) } else { Contents::no_file() };
            format!("fd[0]: {}", line.text())
        })
    }

    fn paths(&self, form: Form, named: Vec<u8>, going: Going) -> io::Result<()> {
        self.work(form, move |of| of.paths(&named, going, form.end()))
    }
}
