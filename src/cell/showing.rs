//! The parent's side of cells that show documents: one for each look.

use std::fs::File;
use std::io;
use std::sync::{Condvar, Mutex, PoisonError};

use super::pool::{Cell, Settings, TOO_LONG, Timed};
use super::protocol::{receive_within, send, send_file};
use crate::model::{Gap, GapKind, Limit};
use crate::view::{Show, View, Wanted, check};

/// The longest answer that is taken, in bytes: a picture of as many pixels as there may
/// be, or a stretch of text with many places.
const ANSWER: u32 = 64 << 20;

/// Shows documents, each in a process of its own.
#[derive(Debug)]
pub struct Showing {
    settings: Settings,
    /// How many more may be shown at the same time.
    free: Mutex<usize>,
    freed: Condvar,
}

impl Showing {
    /// At most `at_once` are shown at the same time: each may have as much memory as
    /// `settings` say. Who asks for one more waits.
    pub fn new(settings: Settings, at_once: usize) -> Self {
        Self { settings, free: Mutex::new(at_once.max(1)), freed: Condvar::new() }
    }

    fn turn(&self) -> Turn<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Turn(self)
    }
}

/// Leave to show one document.
struct Turn<'s>(&'s Showing);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

impl Show for Showing {
    fn show(&self, file: File, wanted: &Wanted) -> Result<View, Gap> {
        let _turn = self.turn();
        let started = Cell::start(&self.settings, None);
        let (mut cell, ..) = started.map_err(|error| {
            let why = format!("no process could be started to show it: {error}");
            Gap::new(GapKind::Crashed, why)
        })?;
        let mut ask = || -> io::Result<Result<View, Gap>> {
            send(&mut cell.socket, wanted)?;
            send_file(&cell.socket, &file)?;
            receive_within(&mut Timed::within(&cell.socket, self.settings.wall), ANSWER)
        };
        let answered = ask();
        answered
            .map_err(|error| {
                let late = error.kind() == io::ErrorKind::TimedOut;
                let (kind, why) = cell.end();
                let lost =
                    |why: &str| format!("the process that showed the document was lost ({why})");
                match late {
                    true => Gap::new(GapKind::Limit(Limit::Time), lost(TOO_LONG)),
                    false => Gap::new(kind, lost(&why)),
                }
            })?
            .and_then(|view| check(view, wanted))
    }
}
