//! The parent's side: starts cells, hands matters to them, and goes around what
//! they are lost at.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use super::confine::Confinement;
use super::known::Known;
use super::protocol::{Answer, Order, Ordered, receive, send, send_file};
use super::worker::lost_at;
use crate::model::{Examination, Gap, GapKind, Limit, Losses, Quarantined};
use crate::pipeline::in_order;

/// How long a cell may take until it stands.
const START: Duration = Duration::from_secs(60);

/// How often a cell is started that is lost before it stands.
const ATTEMPTS: usize = 5;

/// Why a cell was ended by a clock.
pub(super) const TOO_LONG: &str = "more time than a matter may take";

/// Parts of one matter that cells may be lost at; then the matter is given up.
const SKIPPED: usize = 16;

/// How cells are started and what each may have.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that becomes a cell; it calls [`super::work`] in the end.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Bytes of address space of one cell.
    pub memory: u64,
    /// Seconds of processor time for one matter.
    pub processor_seconds: u64,
    /// Time on the wall for one matter.
    pub wall: Duration,
    /// Matters after which a cell is replaced by a new one.
    pub recycle: u64,
    /// Bytes of examinations that are remembered, so that what comes again under the
    /// same name is not examined again.
    pub remember: u64,
    /// Whether the first cell may write into a file of no name what it made ready, for
    /// all others to read: their standard output. It is sealed before any document is
    /// handed over.
    pub share: bool,
}

impl Settings {
    /// What is enough for every document that the limits of reading let through.
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self {
            program,
            arguments,
            memory: 8 << 30,
            processor_seconds: 300,
            wall: Duration::from_secs(900),
            recycle: 2000,
            remember: 64 << 20,
            share: false,
        }
    }
}

/// A matter, ready to be handed to a cell: the means to open it, not its bytes.
pub struct Handed {
    /// What it is called.
    pub source: String,
    /// Its submissions.
    pub items: Vec<Item>,
}

/// One submission of a matter.
pub struct Item {
    /// Its name as a person would read it.
    pub name: String,
    /// Where its bytes are.
    pub content: Content,
    /// What was lost of it before: all, where there are no bytes.
    pub gap: Option<Gap>,
}

/// Where the bytes of a submission are.
pub enum Content {
    /// In a file that is opened when its turn comes: a matter may have more of
    /// them than may be open at once. Called again where a cell was lost.
    File(Box<dyn Fn() -> Result<File, Gap> + Send>),
    /// In memory.
    Bytes(Vec<u8>),
    /// Nowhere.
    Nothing,
}

/// A pool of cells.
#[derive(Debug)]
pub struct Cells {
    settings: Settings,
    /// What the first cell said it works by, and every other must say.
    identity: String,
    confinement: Confinement,
    /// What cells share.
    shared: Option<File>,
    /// The first cell, until a worker takes it.
    spare: Mutex<Option<Cell>>,
    /// Held by whoever tries a part again alone; shared by all others.
    alone: RwLock<()>,
    known: Known,
}

/// One process.
#[derive(Debug)]
pub(super) struct Cell {
    child: Child,
    pub(super) socket: UnixStream,
    matters: u64,
    /// How many were lost before one stood, until a matter's losses tell it.
    lost_before: u64,
}

/// How a cell was lost.
#[derive(Debug)]
struct Loss {
    /// The part it was at: its place in the examination.
    part: Option<u64>,
    kind: GapKind,
    why: String,
}

impl Cells {
    /// A pool of cells. One is started at once, so that what is wrong is known before
    /// any document is read; all others must work by the same rules as this one.
    ///
    /// # Errors
    /// Why a cell cannot be started or confined.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let shared = settings.share.then(shared_file).transpose()?;
        let (cell, confinement, identity) = Cell::start(&settings, shared.as_ref())?;
        shared.as_ref().map(seal).transpose()?;
        Ok(Self {
            shared,
            known: Known::new(settings.remember),
            settings,
            identity,
            confinement,
            spare: Mutex::new(Some(cell)),
            alone: RwLock::new(()),
        })
    }

    /// What is enforced of its cells.
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Examines every matter in `jobs` cells and hands each examination to `keep`,
    /// in the order of `matters`, as [`crate::pipeline::Pipeline::examine_all`] does;
    /// with it, what was lost on the way.
    ///
    /// # Errors
    /// The first error of `keep`, or that no cell could be started any more.
    pub fn examine_all<Open: FnOnce() -> Handed + Send>(
        &self,
        jobs: usize,
        matters: impl IntoIterator<Item = (String, Open)>,
        mut keep: impl FnMut(Examination, Losses) -> io::Result<()>,
    ) -> io::Result<()> {
        let worker = || {
            let mut cell = None;
            move |_: &str, open: Open| self.examine_in(&mut cell, open(), true)
        };
        in_order(jobs, matters, &worker, |(examination, losses)| keep(examination, losses))
    }

    /// Examines one matter in a cell of its own; with it, what was lost on the way.
    ///
    /// # Errors
    /// That no cell could be started, or that it was lost at nothing at all.
    pub fn examine(&self, matter: Handed) -> io::Result<(Examination, Losses)> {
        self.examine_in(&mut None, matter, true)
    }

    /// What its cells work by: two pools of one identity say the same of the same matter.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// What came before under the same name is known; what was lost at, is never.
    fn examine_in(
        &self,
        cell: &mut Option<Cell>,
        matter: Handed,
        again_alone: bool,
    ) -> io::Result<(Examination, Losses)> {
        let same = self.known.same(&matter);
        if let Some(known) = same.as_ref().and_then(|same| self.known.get(same, &matter)) {
            return Ok((known, Losses::default()));
        }
        let (examination, losses) = self.examine_anew(cell, matter, again_alone)?;
        if let Some(same) = same
            && losses == Losses::default()
        {
            self.known.keep(same, &examination);
        }
        Ok((examination, losses))
    }

    /// Each turn of the loop ends it or makes `tried` or `skip` longer, and both
    /// are bounded: nothing is tried without end.
    fn examine_anew(
        &self,
        cell: &mut Option<Cell>,
        matter: Handed,
        again_alone: bool,
    ) -> io::Result<(Examination, Losses)> {
        let mut losses = Losses::default();
        let mut skip: Vec<(u64, Gap)> = Vec::new();
        let mut tried = BTreeSet::new();
        loop {
            let examined = match tried.is_empty() || !again_alone {
                true => {
                    let _shared = self.alone.read().unwrap_or_else(PoisonError::into_inner);
                    self.try_once(cell, &matter, &skip, &mut losses)?
                }
                false => {
                    let _alone = self.alone.write().unwrap_or_else(PoisonError::into_inner);
                    self.try_once(cell, &matter, &skip, &mut losses)?
                }
            };
            let loss = match examined {
                Ok(examination) => {
                    losses.quarantined = quarantined(&examination, skip);
                    return Ok((examination, losses));
                }
                Err(loss) => loss,
            };
            *cell = None;
            match loss.part {
                None if tried.insert(None) => {}
                Some(place) if tried.insert(Some(place)) => {}
                Some(place) if skip.len() < SKIPPED => {
                    skip.push((place, lost_at(loss.kind, &loss.why)));
                }
                _ => return self.give_up(cell, matter, &loss, losses),
            }
        }
    }

    /// Hands a matter to a cell, starting one where there is none, and counts those
    /// that are lost.
    fn try_once(
        &self,
        cell: &mut Option<Cell>,
        matter: &Handed,
        skip: &[(u64, Gap)],
        losses: &mut Losses,
    ) -> io::Result<Result<Examination, Loss>> {
        if cell.as_ref().is_some_and(|cell| cell.matters >= self.settings.recycle) {
            *cell = None;
        }
        if cell.is_none() {
            *cell = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        let cell = match cell {
            Some(cell) => cell,
            none => none.insert(self.another()?),
        };
        let examined = cell.examine(matter, skip, self.settings.wall);
        losses.retries += std::mem::take(&mut cell.lost_before) + u64::from(examined.is_err());
        Ok(examined)
    }

    /// Another cell than the first.
    fn another(&self) -> io::Result<Cell> {
        let (cell, _, identity) = Cell::start(&self.settings, self.shared.as_ref())?;
        if identity != self.identity {
            return Err(io::Error::other(
                "a cell works by other rules than this run: its files were changed meanwhile",
            ));
        }
        Ok(cell)
    }

    /// The matter as one of which nothing could be read.
    fn give_up(
        &self,
        cell: &mut Option<Cell>,
        matter: Handed,
        loss: &Loss,
        mut losses: Losses,
    ) -> io::Result<(Examination, Losses)> {
        let unread = |item: Item| {
            let gap = lost_at(loss.kind, &loss.why);
            Item { name: item.name, content: Content::Nothing, gap: Some(gap) }
        };
        let items = matter.items.into_iter().map(unread).collect();
        let matter = Handed { source: matter.source, items };
        let examined = self.try_once(cell, &matter, &[], &mut losses)?;
        let examination = examined.map_err(|loss| gone(&loss.why))?;
        let gap = lost_at(loss.kind, &loss.why);
        losses.quarantined = vec![Quarantined { source: matter.source, path: Vec::new(), gap }];
        Ok((examination, losses))
    }
}

/// Somebody who has matters examined one after another and keeps a cell in between.
///
/// A part that a cell was lost at is tried again beside the others and not alone:
/// where strangers send documents at any time, one of them must not make all wait.
#[derive(Debug)]
pub struct Bench {
    cells: Arc<Cells>,
    cell: Option<Cell>,
}

impl Bench {
    /// One in this pool; its cell is started when it is first needed.
    pub fn new(cells: Arc<Cells>) -> Self {
        Self { cells, cell: None }
    }

    /// Examines one matter; with it, what was lost on the way.
    ///
    /// # Errors
    /// As [`Cells::examine`].
    pub fn examine(&mut self, matter: Handed) -> io::Result<(Examination, Losses)> {
        self.cells.examine_in(&mut self.cell, matter, false)
    }
}

/// What was not read since cells were lost at it, in the order of the parts.
fn quarantined(examination: &Examination, mut skipped: Vec<(u64, Gap)>) -> Vec<Quarantined> {
    skipped.sort_by_key(|(place, _)| *place);
    let named = |(place, gap): (u64, Gap)| {
        let part = usize::try_from(place).ok().and_then(|place| examination.parts.get(place));
        let path = part.map(|part| part.path.clone()).unwrap_or_default();
        Quarantined { source: examination.source.clone(), path, gap }
    };
    skipped.into_iter().map(named).collect()
}

/// A file of no name that holds what stands in memory.
fn spooled(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("vetmark", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// A file of no name that cells write to and read from.
fn shared_file() -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    Ok(File::from(memfd_create("vetmark-shared", flags)?))
}

/// From here on nobody changes it, whatever takes a cell over.
fn seal(file: &File) -> io::Result<()> {
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    Ok(fcntl_add_seals(file, seals)?)
}

fn gone(why: &str) -> io::Error {
    io::Error::other(format!("a matter could not be examined, nor could that be reported {why}"))
}

impl Cell {
    /// Starts one; one that is lost before it stands is no reason to give up yet.
    pub(super) fn start(
        settings: &Settings,
        shared: Option<&File>,
    ) -> io::Result<(Self, Confinement, String)> {
        let mut started = Self::start_once(settings, shared);
        for lost in 1..ATTEMPTS {
            match started {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    // What was half written is of no use; what is sealed stays.
                    let _ = shared.map(|file| file.set_len(0));
                    started = Self::start_once(settings, shared);
                    if let Ok((cell, ..)) = &mut started {
                        cell.lost_before = lost as u64;
                    }
                }
                _ => break,
            }
        }
        started
    }

    fn start_once(
        settings: &Settings,
        shared: Option<&File>,
    ) -> io::Result<(Self, Confinement, String)> {
        let (socket, inside) = UnixStream::pair()?;
        let stdout = match shared {
            Some(file) => Stdio::from(file.try_clone()?),
            None => Stdio::null(),
        };
        let child = Command::new(&settings.program)
            .args(&settings.arguments)
            .env_clear()
            .stdin(OwnedFd::from(inside))
            .stdout(stdout)
            .stderr(Stdio::piped())
            // What a terminal sends to stop the run is for the parent alone.
            .process_group(0)
            .spawn()?;
        let mut cell = Self { child, socket, matters: 0, lost_before: 0 };
        match cell.answer(Instant::now() + START) {
            Ok(Answer::Ready(confinement, identity)) => Ok((cell, confinement, identity)),
            Ok(_) => Err(io::Error::other("a cell answered before it was asked")),
            Err(error) => {
                let lost = cell.child.try_wait().ok().flatten().is_none_or(|s| s.code().is_none());
                let (_, why) = cell.end();
                let kind = if lost { io::ErrorKind::Interrupted } else { io::ErrorKind::Other };
                let why = format!("a cell could not be started: {error} ({why})");
                Err(io::Error::new(kind, why))
            }
        }
    }

    fn answer(&mut self, deadline: Instant) -> io::Result<Answer> {
        receive(&mut Timed { socket: &self.socket, deadline })
    }

    fn examine(
        &mut self,
        matter: &Handed,
        skip: &[(u64, Gap)],
        wall: Duration,
    ) -> Result<Examination, Loss> {
        let deadline = Instant::now() + wall;
        let mut part = None;
        let ended = self.hand_over(matter, skip).and_then(|()| {
            loop {
                match self.answer(deadline)? {
                    Answer::Begun(place) => part = Some(place),
                    Answer::Done(examination, _) if examination.source == matter.source => {
                        return Ok(*examination);
                    }
                    _ => return Err(io::Error::other("an answer to nothing that was asked")),
                }
            }
        });
        self.matters += 1;
        ended.map_err(|error| {
            let late = error.kind() == io::ErrorKind::TimedOut;
            let (kind, why) = self.end();
            match late {
                true => {
                    let why = TOO_LONG.to_owned();
                    Loss { part, kind: GapKind::Limit(Limit::Time), why }
                }
                false => Loss { part, kind, why },
            }
        })
    }

    fn hand_over(&mut self, matter: &Handed, skip: &[(u64, Gap)]) -> io::Result<()> {
        let ordered = |item: &Item| Ordered {
            name: item.name.clone(),
            is_there: !matches!(item.content, Content::Nothing),
            gap: item.gap.clone(),
        };
        let order = Order {
            source: matter.source.clone(),
            items: matter.items.iter().map(ordered).collect(),
            skip: skip.to_vec(),
        };
        send(&mut self.socket, &order)?;
        for item in &matter.items {
            let opened = match &item.content {
                Content::File(open) => open(),
                Content::Bytes(bytes) => Ok(spooled(bytes)?),
                Content::Nothing => continue,
            };
            send(&mut self.socket, &opened.as_ref().err())?;
            if let Ok(file) = opened {
                send_file(&self.socket, &file)?;
            }
        }
        Ok(())
    }

    /// Ends the process, and says what became of it.
    pub(super) fn end(&mut self) -> (GapKind, String) {
        // It may have ended by itself: what the system says of that is wanted then.
        let ended = match self.child.try_wait() {
            Ok(Some(status)) => Some(status),
            _ => {
                std::thread::sleep(Duration::from_millis(20));
                self.child.try_wait().ok().flatten()
            }
        };
        let status = ended.or_else(|| {
            let _ = self.child.kill();
            self.child.wait().ok()
        });
        let mut last_words = Vec::new();
        if let Some(stderr) = self.child.stderr.take() {
            let _ = stderr.take(4096).read_to_end(&mut last_words);
        }
        let last_words = String::from_utf8_lossy(&last_words);
        let signal = status.and_then(|status| status.signal());
        // Its words only tell one kind of gap from another.
        let kind = match signal {
            Some(libc::SIGXCPU) => GapKind::Limit(Limit::Time),
            _ if last_words.contains("memory allocation of") => GapKind::Limit(Limit::Memory),
            _ => GapKind::Crashed,
        };
        let why = match (signal, status.and_then(|status| status.code())) {
            // Which clock ended it is the machine's business.
            (Some(libc::SIGXCPU), _) => TOO_LONG.to_owned(),
            (Some(signal), _) => format!("signal {signal}"),
            (None, Some(code)) => format!("exit status {code}"),
            (None, None) => "no status".to_owned(),
        };
        (kind, why)
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        // It ends when its socket is closed, and would be a zombie if nobody looked.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads from a socket until a moment, however slowly it comes.
pub(super) struct Timed<'s> {
    socket: &'s UnixStream,
    deadline: Instant,
}

impl<'s> Timed<'s> {
    /// Until so long from now.
    pub(super) fn within(socket: &'s UnixStream, time: Duration) -> Self {
        Self { socket, deadline: Instant::now() + time }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        let mut socket = self.socket;
        socket.read(into).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}
