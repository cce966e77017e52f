//! What a mail shows, as text: its fields, then its lines on one page, within
//! the limits.

use std::collections::BTreeSet;

use crate::extract::Budget;
use crate::extract::office::property_sets;
use crate::model::{BlockHead, Gap, Region, SourceText, TextBuilder};

/// The text of a mail while it is put together.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: TextBuilder,
    /// Lines of the body so far.
    body: u32,
    /// Blocks so far.
    blocks: usize,
    /// Names of fields so far.
    labels: BTreeSet<String>,
    /// The limit that was reached; nothing is added after it.
    full: Option<Gap>,
}

impl Page {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Whether a limit was reached.
    pub(super) fn is_full(&self) -> bool {
        self.full.is_some()
    }

    /// Whether there is a field of that name.
    pub(super) fn has(&self, label: &str) -> bool {
        self.labels.iter().any(|known| known.eq_ignore_ascii_case(label))
    }

    /// A field, a name or a property: a block of its own on no page.
    pub(super) fn field(&mut self, region: Region, label: &str, value: &str, budget: &mut Budget) {
        let head = BlockHead { region, label: label.to_owned(), ..BlockHead::default() };
        if !self.labels.contains(label) {
            self.labels.insert(label.to_owned());
        }
        self.block(&head, value, budget);
    }

    /// Lines of text. Those of the body are counted on.
    pub(super) fn lines(&mut self, region: Region, text: &str, budget: &mut Budget) {
        let text = text.replace("\r\n", "\n");
        let text = text.strip_suffix(['\n', '\r']).unwrap_or(&text);
        for line in text.split(['\n', '\r', '\u{c}']) {
            if self.is_full() {
                return;
            }
            self.line(region, line, budget);
        }
    }

    /// One line.
    pub(super) fn line(&mut self, region: Region, line: &str, budget: &mut Budget) {
        let on_page = region == Region::Body;
        if on_page {
            self.body = self.body.saturating_add(1);
        } else if line.trim().is_empty() {
            return;
        }
        let (page, line_number) = if on_page { (1, self.body) } else { (0, 0) };
        let head = BlockHead { region, page, line: line_number, ..BlockHead::default() };
        self.block(&head, line, budget);
    }

    /// The properties of a compound file, from the stream of their set.
    pub(super) fn property_set(&mut self, set: &[u8], budget: &mut Budget) -> Option<Gap> {
        if self.is_full() {
            return None;
        }
        property_sets::read(set, &mut self.text, budget)
    }

    fn block(&mut self, head: &BlockHead, text: &str, budget: &mut Budget) {
        if self.is_full() {
            return;
        }
        self.text.block(head, text);
        self.blocks += 1;
        let within = budget
            .spend_steps(1)
            .and_then(|()| budget.check_lines(self.blocks))
            .and_then(|()| budget.spend_text(self.text.len()));
        self.full = within.err();
    }

    /// The text, and the limit that cut it.
    pub(super) fn finish(self) -> (SourceText, Option<Gap>) {
        (self.text.finish(), self.full)
    }
}
