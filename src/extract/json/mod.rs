//! JSON in plain text: names and values as cells of a table with two columns, so
//! that a mark in a value of its own stands alone; and characters that any text
//! writes as escapes.

#[cfg(test)]
mod tests;
mod tokens;

use std::borrow::Cow;

use memchr::memmem;

use super::Budget;
use super::xml::packed::Packed;
use crate::model::{BlockHead, Gap, GapKind, Region, SourceText, Submission, TextBuilder};

use tokens::{Token, Tokens, unit_pair};

/// Bytes of the beginning that tell whether a text is JSON.
const HEAD: usize = 64 << 10;

/// Pieces between looks at what the text may cost.
const CHECK_EVERY: u64 = 256;

/// A text that was JSON.
pub(super) struct Json {
    pub text: SourceText,
    /// What is packed in its strings.
    pub children: Vec<Submission>,
    /// Pictures among that.
    pub pictures: usize,
    pub gaps: Vec<Gap>,
}

/// Reads a text as JSON, if it is that.
pub(super) fn read(text: &str, submission: &Submission, budget: &mut Budget) -> Option<Json> {
    if !is_json(text) {
        return None;
    }
    let mut tokens = Tokens::new(text);
    let mut rows = Rows::new(submission);
    let mut count = 0_u64;
    let mut gaps = Vec::new();
    for token in tokens.by_ref() {
        count += 1;
        let mut spent = budget.spend_steps(1);
        if count.is_multiple_of(CHECK_EVERY) {
            spent = spent
                .and_then(|()| budget.spend_text(rows.text.len()))
                .and_then(|()| budget.check_lines(rows.line as usize));
        }
        if let Err(gap) = spent {
            gaps.push(gap);
            break;
        }
        rows.take(token, budget);
    }
    rows.end_list();
    if gaps.is_empty() && (tokens.failed || !tokens.is_whole()) {
        gaps.push(Gap::new(GapKind::Damaged, "the JSON breaks off, or goes on as something else"));
        rows.lines(tokens.rest());
    }
    gaps.extend(rows.packed.finish(budget));
    let (children, pictures) = (rows.packed.children, rows.packed.pictures);
    Some(Json { text: rows.text.finish(), children, pictures, gaps })
}

/// Whether a text is JSON as far as its beginning tells, with a name or a string
/// in it: `[1]` may begin any text. A long beginning of brackets and numbers may not.
fn is_json(text: &str) -> bool {
    if !text.trim_start().starts_with(['{', '[']) {
        return false;
    }
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    let mut tokens = Tokens::new(head);
    let mut strings = 0;
    for token in tokens.by_ref() {
        strings += usize::from(matches!(token, Token::Name(_) | Token::Text(_)));
    }
    // What was cut off within a string or number is no failure.
    let rest = tokens.rest().trim_start();
    let is_cut = rest.starts_with('"') && !rest.contains('\n') || rest.len() < 16;
    (strings > 0 || head.len() < text.len()) && (!tokens.failed || is_cut)
}

/// Names and values as rows of a table.
struct Rows<'s> {
    text: TextBuilder,
    packed: Packed<'s>,
    row: u32,
    line: u32,
    /// Whether a name stands in the row whose value has not come.
    named: bool,
    /// Numbers and the like of one list.
    list: String,
}

impl<'s> Rows<'s> {
    fn new(submission: &'s Submission) -> Self {
        Self {
            text: TextBuilder::new(),
            packed: Packed::new(submission),
            row: 0,
            line: 0,
            named: false,
            list: String::new(),
        }
    }

    fn take(&mut self, token: Token<'_>, budget: &mut Budget) {
        match token {
            Token::Open | Token::Close => {
                self.end_list();
                self.named = false;
            }
            Token::Name(name) => {
                self.end_list();
                self.begin_row();
                self.put(1, &name);
                self.named = true;
            }
            Token::Scalar(scalar) if std::mem::take(&mut self.named) => {
                if scalar != "null" {
                    self.put(2, scalar);
                }
            }
            Token::Scalar(scalar) => {
                if !self.list.is_empty() {
                    self.list.push_str(", ");
                }
                self.list.push_str(scalar);
            }
            Token::Text(text) => {
                self.end_list();
                if !std::mem::take(&mut self.named) {
                    self.begin_row();
                }
                if !self.packed.take(&text, budget) {
                    self.put(2, &text);
                }
            }
        }
    }

    fn begin_row(&mut self) {
        self.row = self.row.saturating_add(1);
        self.line = self.line.saturating_add(1);
    }

    /// Puts a value into a column of the row, a block for each of its lines.
    fn put(&mut self, column: u32, text: &str) {
        let label = format!("r{}.c{column}", self.row);
        let many = text.contains(['\n', '\r']);
        let mut head = BlockHead {
            region: Region::Cell,
            page: 1,
            line: self.line,
            label,
            group: if many { self.row.saturating_mul(2).saturating_add(column) } else { 0 },
            ..BlockHead::default()
        };
        let shown = text.replace("\r\n", "\n");
        for line in shown.trim_end_matches(['\n', '\r']).split(['\n', '\r']) {
            head.line = self.line;
            if !line.trim().is_empty() {
                self.text.block(&head, line);
            }
            self.line = self.line.saturating_add(1);
        }
        // The next row begins on the line behind.
        self.line = self.line.saturating_sub(1);
    }

    fn end_list(&mut self) {
        let list = std::mem::take(&mut self.list);
        if !list.is_empty() {
            self.begin_row();
            self.put(2, &list);
        }
    }

    /// Lines that are no JSON.
    fn lines(&mut self, text: &str) {
        for line in escapes_resolved(text).lines().filter(|line| !line.trim().is_empty()) {
            self.line = self.line.saturating_add(1);
            let head = BlockHead { page: 1, line: self.line, ..BlockHead::default() };
            self.text.block(&head, line);
        }
    }
}

/// A text with characters that it writes as `\u673A` as what they are: programs
/// write so what is not ASCII. Escapes of letters and signs of the West are left,
/// which may well be meant as they stand.
pub(super) fn escapes_resolved(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    for at in memmem::find_iter(text.as_bytes(), b"\\u") {
        let found = text.get(at + 1..).and_then(unit_pair).filter(|(c, _)| *c >= '\u{2600}');
        let Some((c, length)) = found.filter(|(c, _)| *c != '\u{FFFD}' && at >= kept) else {
            continue;
        };
        // A string within a string has its backslashes twice.
        let before = text.get(kept..at).unwrap_or_default();
        out.push_str(before.trim_end_matches('\\'));
        out.push(c);
        kept = at + 1 + length;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}
