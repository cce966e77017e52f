//! What a person at a terminal sees while a run goes on: a bar on standard
//! error with the verdicts so far. Not a terminal, no bar.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::intake::{self, MatterBy};
use crate::report::Ledger;

/// The bar of one run.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows a bar, if standard error is a terminal. It learns how long it is from
    /// a second walk over the same paths, which reads no file.
    pub(super) fn show(paths: &[PathBuf], by: MatterBy) -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        bar.set_style(counting());
        bar.enable_steady_tick(Duration::from_millis(200));
        let (counted, paths) = (bar.clone(), paths.to_vec());
        thread::spawn(move || {
            let matters = intake::walk(paths, by).take_while(|_| !counted.is_finished()).count();
            counted.set_length(matters as u64);
            counted.set_style(measured());
        });
        Self(bar)
    }

    /// One more matter is done.
    pub(super) fn step(&self, ledger: &Ledger) {
        if !self.0.is_hidden() {
            self.0.set_position(ledger.matters);
            self.0.set_message(ledger.tally());
        }
    }

    /// Takes the bar away.
    pub(super) fn end(self) {
        self.0.finish_and_clear();
    }
}

fn counting() -> ProgressStyle {
    style("{spinner} {pos} matters  {msg}")
}

fn measured() -> ProgressStyle {
    style("{bar:30} {pos}/{len} matters, {eta} left  {msg}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
