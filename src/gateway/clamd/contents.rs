//! What is said of contents in clamd's words: of streams, of files that were handed over,
//! and of files that are named.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::session::Clamd;
use crate::gateway::below::{Root, no_file};
use crate::gateway::decide::{Answer, Request, Settled};
use crate::gateway::envelope::Envelope;
use crate::gateway::policy::Action;
use crate::gateway::spool::{Full, Sealed, Spool};
use crate::record::Answered;

/// Files of one MULTISCAN that are examined at the same time.
const HANDS: usize = 4;

/// Ends what is said of a content that got no verdict. Peers go by the last word, and take
/// it for an error; rspamd 3.4 looks for ` FOUND`, and where there is none it fails in a way
/// that lets the mail pass. No peer takes this for `OK`.
pub(super) const FAILED: &str = "FOUND ERROR";

/// What is said of a content: its name, and clamd's three words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Ok,
    Found(String),
    Error(String),
}

impl Line {
    /// What is said behind a content's name.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Ok => "OK".into(),
            Self::Found(name) => format!("{name} FOUND"),
            Self::Error(why) => format!("{why} {FAILED}"),
        }
    }
}

/// How files that are named are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// To the first hit (SCAN).
    ToTheFirst,
    /// To the end (CONTSCAN).
    On,
    /// To the end, several at a time (MULTISCAN).
    Beside,
}

/// Has contents of one peer examined.
pub(super) struct Contents<'c> {
    pub(super) clamd: &'c Clamd,
    /// Where the peer is.
    pub(super) client: String,
    /// Whether it may name files.
    pub(super) is_local: bool,
}

impl Contents<'_> {
    pub(super) fn scan(&self, name: &str, content: Sealed) -> Line {
        let source = format!("clamd/{}/{name}", &content.sha256[..16]);
        let client = self.client.clone();
        let envelope = Envelope { protocol: "clamd", client, ..Envelope::default() };
        let request = Request { name: name.to_owned(), source, content, envelope };
        said(&self.clamd.desk.decide(request, Answered::Later))
    }

    /// Copies a file before it is examined: it may change meanwhile.
    pub(super) fn scan_file(&self, name: &str, file: File) -> Line {
        let desk = &self.clamd.desk;
        match Spool::copy(file, &desk.room, desk.limits.content) {
            Ok(content) => self.scan(name, content),
            Err(full) => Line::Error(why(&full).into()),
        }
    }

    /// What is said of a file or of all in a folder: a line each, parted as answers end.
    pub(super) fn paths(&self, named: &[u8], going: Going, end: u8) -> String {
        let root = match &self.clamd.root {
            Some(root) if self.is_local => Root(root.clone()),
            _ => return one(named, "paths are not allowed here ERROR"),
        };
        let found = match root.list(named) {
            // Where nothing was read, nothing is said to be in order.
            Ok(found) if found.is_empty() => return one(named, "no file there ERROR"),
            Ok(found) => found,
            Err(error) => return one(named, &format!("{error}. ERROR")),
        };
        let lines = match going {
            Going::Beside => self.beside(&root, &found),
            Going::ToTheFirst | Going::On => {
                let mut lines = Vec::new();
                for path in found {
                    let (line, is_hit) = self.path(&root, &path);
                    lines.push(line);
                    if is_hit && going == Going::ToTheFirst {
                        break;
                    }
                }
                lines
            }
        };
        lines.join(&char::from(end).to_string())
    }

    /// Files by several hands; their lines are in the order of names all the same.
    fn beside(&self, root: &Root, found: &[PathBuf]) -> Vec<String> {
        let (next, lines) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..HANDS.min(found.len()) {
                scope.spawn(|| {
                    while let Some(path) = found.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let (line, _) = self.path(root, path);
                        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                        lines.push((path, line));
                    }
                });
            }
        });
        let mut lines = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
        lines.sort();
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn path(&self, root: &Root, path: &Path) -> (String, bool) {
        let line = match root.open(path) {
            Ok(file) => self.scan_file(&name_of(path), file),
            Err(error) => Line::Error(error.to_string()),
        };
        (one(path.as_os_str().as_bytes(), &line.text()), matches!(line, Line::Found(_)))
    }

    /// What is said of what was handed over and is no file.
    pub(super) fn no_file() -> Line {
        Line::Error(no_file().to_string())
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

/// Why a content could not be taken in.
pub(super) fn why(full: &Full) -> &'static str {
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
