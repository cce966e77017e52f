//! What is put down: paragraphs with their place, in order, and what waits for
//! the end because it stands on no page.

use std::collections::HashMap;

use crate::model::{BlockHead, Region, StyleId, TextBuilder};

/// Longer names are no labels.
const MAX_LABEL: usize = 200;

/// A paragraph or line that is ready to be put down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    pub head: BlockHead,
    pub runs: Vec<(String, StyleId)>,
}

impl Done {
    /// Plain text at a place of its own.
    pub fn plain(region: Region, page: u32, label: &str, text: impl Into<String>) -> Self {
        let label = label.chars().take(MAX_LABEL).collect();
        let head = BlockHead { region, page, label, ..BlockHead::default() };
        Self { head, runs: vec![(text.into(), 0)] }
    }

    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|(text, _)| text.trim().is_empty())
    }
}

/// Where text goes.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub text: TextBuilder,
    /// What comes behind the body: forms, alternative texts, deletions, variables.
    pub later: Vec<Done>,
    lines: HashMap<(Region, u32), u32>,
    groups: u32,
    /// How much text was put down so far.
    pub said: usize,
}

impl Sheet {
    pub fn next_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// Puts a paragraph down.
    pub fn put(&mut self, mut done: Done) {
        if done.is_blank() {
            return;
        }
        if done.head.page > 0 {
            let line = self.lines.entry((done.head.region, done.head.page)).or_default();
            *line += 1;
            done.head.line = *line;
        }
        self.text.begin(&done.head);
        for (text, style) in &done.runs {
            self.said += text.len();
            self.text.push(text, *style);
        }
        self.text.end();
    }

    /// Puts down what waited.
    pub fn put_later(&mut self) {
        for done in std::mem::take(&mut self.later) {
            self.put_lines(done);
        }
    }

    /// Puts each line of a text down.
    pub fn put_lines(&mut self, done: Done) {
        if !done.runs.iter().any(|(text, _)| text.contains(['\n', '\r'])) {
            return self.put(done);
        }
        for (text, style) in done.runs {
            for line in text.split(['\n', '\r']).map(str::trim) {
                let runs = vec![(line.to_owned(), style)];
                self.put(Done { head: done.head.clone(), runs });
            }
        }
    }
}
