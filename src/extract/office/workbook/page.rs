//! What is put down: lines with their place, in order, and what waits for the
//! end because it stands on no sheet's face.

use std::collections::HashMap;

use crate::extract::Budget;
use crate::model::{BlockHead, Region, StyleId, TextBuilder};

/// Longer names are no labels.
const MAX_LABEL: usize = 200;

/// The text as it grows.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Page {
    pub text: TextBuilder,
    /// Lines so far by region and page, and the place used last with its own.
    lines: HashMap<(Region, u32), u32>,
    recent: ((Region, u32), u32),
    groups: u32,
    labels: usize,
    /// How many labels are kept, where that is bounded; cells behind them have a
    /// sheet and a line all the same.
    most_labels: Option<u64>,
    /// How many lines there are in all, those that wait among them.
    pub count: usize,
    /// How many lines and bytes there may be, where that is bounded.
    most: Option<(usize, usize)>,
    /// Whether something was left out because there was no more room.
    pub full: bool,
    /// What goes behind the sheets: place and text.
    later: Vec<(BlockHead, String)>,
    pieces: Vec<(usize, usize, StyleId)>,
}

/// A place: region, page, name.
pub(in crate::extract::office) fn place(region: Region, page: u32, label: &str) -> BlockHead {
    let label = label.chars().take(MAX_LABEL).collect();
    BlockHead { region, page, label, ..BlockHead::default() }
}

impl Page {
    /// A text of as many lines, named cells and bytes as the budget allows.
    pub fn new(budget: &Budget) -> Self {
        let lines = usize::try_from(budget.limits().lines).unwrap_or(usize::MAX);
        let most = Some((lines, budget.text_limit()));
        Self { most, most_labels: Some(budget.limits().cells), ..Self::default() }
    }

    /// Whether there is room for so many bytes more.
    fn has_room(&mut self, bytes: usize) -> bool {
        let Some((lines, most)) = self.most else { return true };
        let fits = self.count < lines && self.text.len().saturating_add(bytes) <= most;
        self.full |= !fits;
        fits
    }

    pub fn next_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// Puts text of the default style down, a block for each of its lines.
    pub fn put(&mut self, head: &mut BlockHead, text: &str) {
        self.put_styled(head, text, &[(0, 0)]);
    }

    /// Puts text down whose pieces begin at the places given and have the styles
    /// given, a block for each of its lines. Blank lines are left out.
    pub fn put_styled(&mut self, head: &mut BlockHead, text: &str, runs: &[(usize, StyleId)]) {
        if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
            return self.put_line(head, text, runs, 0);
        }
        if head.group == 0 {
            head.group = self.next_group();
        }
        let mut start = 0;
        for line in text.split(['\n', '\r']) {
            self.put_line(head, line, runs, start);
            start += line.len() + 1;
        }
    }

    /// Puts one line down, which begins `start` bytes into what the runs are of.
    fn put_line(
        &mut self,
        head: &mut BlockHead,
        line: &str,
        runs: &[(usize, StyleId)],
        start: usize,
    ) {
        let begins = line.bytes().next().is_some_and(|b| b.is_ascii_graphic());
        if !begins && line.trim().is_empty() {
            return;
        }
        if !self.has_room(line.len()) {
            return;
        }
        self.count += 1;
        head.line = 0;
        if head.page > 0 {
            head.line = self.next_line((head.region, head.page));
        }
        if !self.keeps_labels() {
            head.label.clear();
        } else if !head.label.is_empty() {
            self.labels += 1;
        }
        self.text.begin(head);
        let end = start + line.len();
        self.pieces.clear();
        // The last piece that begins at or before the line says how it begins.
        let first = runs.partition_point(|(at, _)| *at <= start).saturating_sub(1);
        for (n, (at, style)) in runs.iter().enumerate().skip(first) {
            let from = (*at).clamp(start, end);
            let to = runs.get(n + 1).map_or(end, |(at, _)| (*at).clamp(from, end));
            if *at >= end {
                break;
            }
            self.pieces.push((from - start, to - start, *style));
        }
        let covered = self.pieces.first().map_or(line.len(), |(from, ..)| *from);
        self.text.push(line.get(..covered).unwrap_or_default(), 0);
        for (from, to, style) in &self.pieces {
            self.text.push(line.get(*from..*to).unwrap_or_default(), *style);
        }
        self.text.end();
    }

    /// The next line of a place. A sheet has millions, most in one region.
    fn next_line(&mut self, place: (Region, u32)) -> u32 {
        if self.recent.0 != place {
            let (last, count) = self.recent;
            self.lines.insert(last, count);
            self.recent = (place, self.lines.get(&place).copied().unwrap_or(0));
        }
        self.recent.1 += 1;
        self.recent.1
    }

    /// Whether further places are kept by name.
    pub fn keeps_labels(&self) -> bool {
        self.most_labels.is_none_or(|most| (self.labels as u64) < most)
    }

    /// Keeps text for the end.
    pub fn put_later(&mut self, head: BlockHead, text: impl Into<String>) {
        if self.has_room(0) {
            self.count += 1;
            self.later.push((head, text.into()));
        }
    }

    /// Puts down what waited.
    pub fn put_waiting(&mut self) {
        for (mut head, text) in std::mem::take(&mut self.later) {
            self.count -= 1;
            self.put(&mut head, &text);
        }
    }
}
