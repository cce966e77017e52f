//! A watched folder: what is put in goes to the folder of what may go on, or to the
//! folder of what waits for a person, with a slip beside it.
//!
//! What goes on is written from the bytes that were examined and not from the file, which
//! might have changed; it appears under its name at once and whole. Nothing is written over.
//! A file is taken up once it has been the same for a while, and what a stop or
//! a crash left in the middle is simply done again.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::json;

use super::below::Root;
use super::clock::{self, Duration, Instant};
use super::decide::{Answer, Desk, Request};
use super::envelope::Envelope;
use super::policy::Action;
use super::serve::Gate;
use super::spool::{Full, Sealed, Spool};
use crate::model::Words;
use crate::record::Answered;

/// What the slip beside a held file is called, behind the file's own name.
const SLIP: &str = ".slip.txt";

/// Files that are examined at the same time.
const HANDS: usize = 4;

/// The folders.
#[derive(Clone)]
pub struct Folder {
    /// Who decides.
    pub desk: Arc<Desk>,
    /// What ends it.
    pub gate: Arc<Gate>,
    /// What is put in.
    pub input: PathBuf,
    /// What may go on.
    pub pass: PathBuf,
    /// What waits for a person; on the same file system as `input`.
    pub hold: PathBuf,
    /// How long a file must have been the same before it is taken up.
    pub stable: Duration,
    /// How often the folder is looked at.
    pub every: Duration,
    /// The channel that a person's decision must be for.
    pub channel: String,
}

/// What tells whether a file is still the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl Look {
    fn at(meta: &fs::Metadata) -> Self {
        Self { inode: meta.ino(), bytes: meta.size(), changed: (meta.mtime(), meta.mtime_nsec()) }
    }
}

/// What became of a file that was taken up.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    /// It is where it belongs.
    Moved,
    /// It stays, and is taken up another time.
    Stays,
}

impl Folder {
    /// Starts to watch.
    ///
    /// # Errors
    /// That a folder is none, that they stand in each other, or that what waits could not
    /// be moved in one piece.
    pub fn start(self) -> io::Result<()> {
        self.check()?;
        thread::Builder::new().name("folder".into()).spawn(move || {
            let mut known = HashMap::new();
            while !self.gate.wait(self.every) {
                self.look(&mut known);
                self.release();
            }
        })?;
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        let whole = |path: &Path| {
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            };
            let path = fs::canonicalize(path).map_err(named)?;
            match path.is_dir() {
                true => Ok(path),
                false => Err(io::Error::other(format!("{} is no folder", path.display()))),
            }
        };
        let (input, pass, hold) = (whole(&self.input)?, whole(&self.pass)?, whole(&self.hold)?);
        for (one, other) in [(&input, &pass), (&input, &hold), (&pass, &hold)] {
            if one.starts_with(other) || other.starts_with(one) {
                let (one, other) = (one.display(), other.display());
                return Err(io::Error::other(format!("{one} and {other} stand in each other")));
            }
        }
        if fs::metadata(&input)?.dev() != fs::metadata(&hold)?.dev() {
            return Err(io::Error::other(
                "what is put in and what is held must be on one file system",
            ));
        }
        Ok(())
    }

    /// Looks once: takes up all files that have been the same for long enough.
    fn look(&self, known: &mut HashMap<PathBuf, (Look, Instant)>) {
        let root = Root(self.input.clone());
        let found = match root.list(self.input.as_os_str().as_bytes()) {
            Ok(found) => found,
            Err(error) => return self.say("folder-error", &self.input, &error.to_string()),
        };
        known.retain(|path, _| found.contains(path));
        let mut ready = Vec::new();
        for path in found {
            // Programs that copy files in give them such names until they are whole.
            let name = path.file_name().unwrap_or_default();
            if name.as_bytes().starts_with(b".") {
                continue;
            }
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            let look = Look::at(&meta);
            let (seen, since) = *known.entry(path.clone()).or_insert((look, clock::moment()));
            if seen != look {
                known.insert(path, (look, clock::moment()));
            } else if clock::moment() - since >= self.stable {
                ready.push((path, look));
            }
        }
        thread::scope(|scope| {
            for hand in ready.chunks(ready.len().div_ceil(HANDS).max(1)) {
                let root = &root;
                scope.spawn(move || {
                    for (path, look) in hand.iter().take_while(|_| !self.gate.is_shut()) {
                        let _busy = self.gate.busy();
                        if let Err(error) = self.take_up(root, path, *look) {
                            self.say("folder-error", path, &error.to_string());
                        }
                    }
                });
            }
        });
    }

    fn take_up(&self, root: &Root, path: &Path, look: Look) -> io::Result<Became> {
        let below = path.strip_prefix(&self.input).map_err(io::Error::other)?;
        let held = free_name(&self.hold.join(below))?;
        let file = match root.open(path) {
            Ok(file) => file,
            Err(error) => {
                // A link, a pipe: it is moved as it is, and read by nobody.
                let why = Words::new(
                    format!("This is held: it cannot be read ({error})."),
                    "已扣留：无法读取。",
                );
                return self.hold(path, &held, &why);
            }
        };
        let copied = Spool::copy(&file, &self.desk.room, self.desk.limits.content);
        if Look::at(&file.metadata()?) != look {
            return Ok(Became::Stays);
        }
        let content = match copied {
            Ok(content) => content,
            Err(Full::Content) => {
                let why = Words::new(
                    "This is held: it is larger than can be reviewed here.",
                    "已扣留：超过可审查的大小。",
                );
                return self.hold(path, &held, &why);
            }
            Err(_) => return Ok(Became::Stays),
        };
        let envelope = Envelope {
            protocol: "folder",
            client: self.input.display().to_string(),
            queue: Some(held.display().to_string()),
            ..Envelope::default()
        };
        let request = Request {
            name: below.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            source: held.display().to_string(),
            content: content.clone(),
            envelope,
        };
        match self.desk.decide(request, Answered::Later) {
            Answer::Settled(settled) => match settled.action {
                Action::Pass => self.pass(path, below, &content, look),
                Action::Hold | Action::Reject => self.hold(path, &held, &settled.slip),
            },
            Answer::NotYet | Answer::Refused(_) => Ok(Became::Stays),
        }
    }

    /// Writes what was examined where it may go on, and takes the file away.
    fn pass(&self, path: &Path, below: &Path, content: &Sealed, look: Look) -> io::Result<Became> {
        let to = self.pass.join(below);
        match put(content, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // What a crash left behind is the same; anything else keeps its name.
                if !is_same(&to, content)? {
                    self.say("name-taken", path, "it stays until the name is free");
                    return Ok(Became::Stays);
                }
            }
            Err(error) => return Err(error),
        }
        // One that was put in meanwhile under this name is another file.
        if fs::symlink_metadata(path).is_ok_and(|meta| Look::at(&meta) == look) {
            fs::remove_file(path)?;
        }
        Ok(Became::Moved)
    }

    fn hold(&self, path: &Path, held: &Path, slip: &Words) -> io::Result<Became> {
        if let Some(folder) = held.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut beside = held.as_os_str().to_owned();
        beside.push(SLIP);
        // The slip first: what is held without one says nothing of why.
        write_new(Path::new(&beside), format!("{}\n\n{}\n", slip.en, slip.zh).as_bytes())?;
        renameat_with(CWD, path, CWD, held, RenameFlags::NOREPLACE)?;
        if let Some(folder) = held.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Became::Moved)
    }

    /// Moves on what a person decided may go.
    fn release(&self) {
        let root = Root(self.hold.clone());
        let Ok(found) = root.list(self.hold.as_os_str().as_bytes()) else { return };
        for path in found {
            if path.as_os_str().as_bytes().ends_with(SLIP.as_bytes()) {
                continue;
            }
            if let Err(error) = self.release_one(&root, &path) {
                self.say("folder-error", &path, &error.to_string());
            }
        }
    }

    fn release_one(&self, root: &Root, path: &Path) -> io::Result<()> {
        let name = path.display().to_string();
        let released = self.desk.with_store(|store| {
            let Some(passed) = store.passage_of(&name)? else { return Ok(None) };
            let seen = store.seen(passed.matter)?;
            let released = store.released(&passed, &self.channel)?;
            Ok(released.map(|released| (passed, seen, released)))
        });
        let released = released.map_err(io::Error::other)?.flatten();
        let Some((passed, seen, released)) = released else { return Ok(()) };
        let file = root.open(path)?;
        let look = Look::at(&file.metadata()?);
        let content = Spool::copy(file, &self.desk.room, self.desk.limits.content)
            .map_err(|_| io::Error::other("no room to move it on"))?;
        if content.sha256 != seen.sha256 {
            return Err(io::Error::other("it is not what was decided about; it stays"));
        }
        let order =
            json!({ "matter": passed.matter, "by": released.person, "entry": released.entry });
        self.desk.order("gateway.release", &format!("queue {name}"), &order)?;
        let below = path.strip_prefix(&self.hold).map_err(io::Error::other)?;
        if self.pass(path, below, &content, look)? == Became::Moved {
            let mut slip = path.as_os_str().to_owned();
            slip.push(SLIP);
            let _ = fs::remove_file(slip);
            self.desk.log.say("released", order);
        }
        Ok(())
    }

    fn say(&self, event: &str, path: &Path, why: &str) {
        // A name is text that strangers wrote: the log has only where it is.
        let depth = path.components().count();
        self.desk.metrics.count("vetmark_gateway_folder_errors_total", &[]);
        self.desk.log.say(event, json!({ "depth": depth, "why": why }));
    }
}

/// A name that is not taken, for a file and for its slip: this one, or with a number
/// behind it.
fn free_name(path: &Path) -> io::Result<PathBuf> {
    let is_free = |path: &Path| {
        let mut slip = path.as_os_str().to_owned();
        slip.push(SLIP);
        fs::symlink_metadata(path).is_err() && fs::symlink_metadata(&slip).is_err()
    };
    if is_free(path) {
        return Ok(path.to_owned());
    }
    for number in 2..10_000 {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(format!("~{number}"));
        let other = PathBuf::from(name);
        if is_free(&other) {
            return Ok(other);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Makes a file of a content: whole and on the disk when it has its name.
fn put(content: &Sealed, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut made = tempfile::Builder::new().prefix(".vetmark-").tempfile_in(folder)?;
    content.copy(made.as_file_mut())?;
    made.as_file().sync_all()?;
    made.persist_noclobber(to).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes).and_then(|()| file.sync_all()),
        // Left behind by a crash, for a file that is not there.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether a file is a content, byte for byte.
fn is_same(path: &Path, content: &Sealed) -> io::Result<bool> {
    if fs::symlink_metadata(path)?.size() != content.bytes {
        return Ok(false);
    }
    struct Compare(File, bool);
    impl Write for Compare {
        fn write(&mut self, from: &[u8]) -> io::Result<usize> {
            let mut there = vec![0; from.len()];
            io::Read::read_exact(&mut self.0, &mut there)?;
            self.1 &= there == from;
            Ok(from.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut compare = Compare(File::open(path)?, true);
    content.copy(&mut compare)?;
    Ok(compare.1)
}
