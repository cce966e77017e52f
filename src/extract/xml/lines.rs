//! Lines of an XML document as they come together: the text of an element, and
//! that of elements which stand within a sentence.

use std::collections::HashSet;

use super::tokens::{Token, Tokens, local};
use crate::extract::Budget;
use crate::model::{BlockHead, Gap, Region, TextBuilder};

/// Elements within elements that are told apart. Deeper ones are read all the same.
const MAX_DEPTH: usize = 10_000;

/// Open elements that are looked through for the one an end tag ends.
const LOOK_BACK: usize = 256;

/// Names that are kept of elements with sentences in them.
const MAX_NAMES: usize = 10_000;

/// Longer names are no labels.
const MAX_LABEL: usize = 100;

/// The elements that are open, with what is known of each.
#[derive(Debug)]
pub(super) struct Stack<'a, T> {
    open: Vec<(&'a str, T)>,
    /// Open elements that are not kept.
    beyond: usize,
}

impl<'a, T> Stack<'a, T> {
    pub fn new() -> Self {
        Self { open: Vec::new(), beyond: 0 }
    }

    pub fn top(&mut self) -> Option<&mut (&'a str, T)> {
        self.open.last_mut()
    }

    pub fn depth(&self) -> usize {
        self.open.len() + self.beyond
    }

    pub fn begin(&mut self, name: &'a str, known: T) {
        if self.open.len() < MAX_DEPTH && self.beyond == 0 {
            self.open.push((name, known));
        } else {
            self.beyond += 1;
        }
    }

    /// Ends an element and those left open in it; gives them, and whether all
    /// was in order.
    pub fn end(&mut self, name: &str) -> (Vec<(&'a str, T)>, bool) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return (Vec::new(), true);
        }
        let from = self.open.len().saturating_sub(LOOK_BACK);
        let near = self.open.get(from..).unwrap_or_default();
        match near.iter().rposition(|(open, _)| *open == name) {
            Some(at) => {
                let ended = self.open.split_off(from + at);
                let in_order = ended.len() == 1;
                (ended, in_order)
            }
            None => (Vec::new(), false),
        }
    }

    /// All that is left open.
    pub fn rest(&mut self) -> Vec<(&'a str, T)> {
        std::mem::take(&mut self.open)
    }
}

/// Names of elements that hold text and other elements side by side: what stands
/// in those is part of a sentence, and no line of its own.
pub(super) fn mixed<'a>(xml: &'a str, budget: &mut Budget) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    let mut stack: Stack<'a, (bool, bool)> = Stack::new();
    let mut keep = |ended: Vec<(&'a str, (bool, bool))>| {
        for (name, known) in ended {
            if known == (true, true) && names.len() < MAX_NAMES {
                names.insert(name);
            }
        }
    };
    for token in Tokens::new(xml) {
        // Where there is no more to spend, the reading itself will say so.
        if budget.spend_steps(1).is_err() {
            break;
        }
        match token {
            Token::Start(name, _, closed) => {
                if let Some((_, (_, has_child))) = stack.top() {
                    *has_child = true;
                }
                if !closed {
                    stack.begin(name, (false, false));
                }
            }
            Token::End(name) => keep(stack.end(name).0),
            Token::Text(text) | Token::Literal(text) => {
                if let Some((_, (has_text, _))) = stack.top().filter(|_| !text.trim().is_empty()) {
                    *has_text = true;
                }
            }
            _ => {}
        }
    }
    keep(stack.rest());
    names
}

/// The lines, with the one that is being put together.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: TextBuilder,
    line: String,
    label: String,
    number: u32,
    /// The paragraph that is being put together, if it has a line already.
    group: u32,
    in_group: bool,
    /// Rows of names and values.
    rows: u32,
    blocks: usize,
}

impl Lines {
    /// Adds text that stands in an element of that name. Its line ends end lines.
    pub fn push(&mut self, text: &str, element: &str) {
        for (n, piece) in text.split(['\n', '\r']).enumerate() {
            if n > 0 {
                self.end_line();
            }
            if !piece.trim().is_empty() && self.line.trim().is_empty() {
                self.label = local(element).chars().take(MAX_LABEL).collect();
            }
            self.line.push_str(piece);
        }
    }

    /// The line ends, and what it belongs to.
    pub fn end(&mut self) {
        self.end_line();
        self.in_group = false;
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let said = line.trim();
        if said.is_empty() {
            return;
        }
        self.number = self.number.saturating_add(1);
        let label = std::mem::take(&mut self.label);
        self.group += u32::from(!std::mem::replace(&mut self.in_group, true));
        let (line, group) = (self.number, self.group);
        let head = BlockHead { page: 1, line, label, group, ..BlockHead::default() };
        self.text.block(&head, said);
        self.blocks += 1;
    }

    /// A name and a value as a row of a table.
    pub fn row(&mut self, name: &str, value: &str) {
        self.end();
        self.number = self.number.saturating_add(1);
        self.rows = self.rows.saturating_add(1);
        let value = value.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
        for (column, line) in [(1, name)].into_iter().chain(value.map(|line| (2, line))) {
            let head = BlockHead {
                region: Region::Cell,
                page: 1,
                line: self.number,
                label: format!("r{}.c{column}", self.rows),
                ..BlockHead::default()
            };
            self.text.block(&head, line);
            self.blocks += 1;
        }
    }

    /// Text that is not on the page, a block a line.
    pub fn beside(&mut self, region: Region, label: &str, text: &str) {
        let label: String = label.chars().take(MAX_LABEL).collect();
        let line = self.number.max(1);
        let head = BlockHead { region, page: 1, line, label, ..BlockHead::default() };
        for said in text.split(['\n', '\r']).map(str::trim).filter(|said| !said.is_empty()) {
            self.text.block(&head, said);
            self.blocks += 1;
        }
    }

    /// Checks what there is against the limits.
    ///
    /// # Errors
    /// A gap, if there is too much.
    pub fn check(&self, budget: &Budget) -> Result<(), Gap> {
        budget.spend_text(self.text.len() + self.line.len())?;
        budget.check_lines(self.blocks)
    }

    pub fn finish(mut self) -> TextBuilder {
        self.end();
        self.text
    }
}
