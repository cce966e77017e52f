//! A stretch of folded text as the mark grammar reads it: blanks taken out but
//! remembered, look-alikes read as what they stand for, every character with
//! the way back to the text.

use crate::dictionary::Regime;
use crate::model::Span;

/// What stood between a character and the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    /// Blanks, at most 255.
    pub(super) spaces: u8,
    /// Line ends, at most 255.
    pub(super) lines: u8,
}

impl Gap {
    pub(super) fn is_none(self) -> bool {
        self.spaces == 0 && self.lines == 0
    }
}

/// One character of the squeezed text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ch {
    pub(super) c: char,
    /// Its bytes in the folded text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What stood before it.
    pub(super) gap: Gap,
    /// Whether something else was written in its place.
    pub(super) lookalike: bool,
}

/// A squeezed stretch.
#[derive(Clone, Debug, Default)]
pub(super) struct Squeezed(pub(super) Vec<Ch>);

/// Farthest the grammar looks back from an anchor and ahead of it, in bytes.
pub(super) const BACK: usize = 96;
const AHEAD: usize = 160;

impl Squeezed {
    /// The stretch around a byte of the folded text.
    pub(super) fn around(folded: &str, at: usize, regime: &Regime) -> Self {
        let mut from = at.saturating_sub(BACK);
        while !folded.is_char_boundary(from) {
            from += 1;
        }
        let mut to = (at + AHEAD).min(folded.len());
        while !folded.is_char_boundary(to) {
            to -= 1;
        }
        Self::of(folded, from..to, regime)
    }

    /// A given stretch, on character boundaries.
    pub(super) fn of(folded: &str, span: Span, regime: &Regime) -> Self {
        let mut made = Vec::with_capacity(span.len());
        let mut gap = Gap::default();
        let mut at = span.start;
        while at < span.end {
            let rest = &folded[at..span.end];
            let begins = rest.bytes().next().unwrap_or_default();
            if regime.finders.lookalike_starts.has(begins)
                && let Some((seen, means)) = lookalike(rest, regime)
            {
                // A look-alike of two characters covers the same bytes twice.
                for c in means.chars() {
                    made.push(Ch { c, start: at, end: at + seen.len(), gap, lookalike: true });
                    gap = Gap::default();
                }
                at += seen.len();
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            let end = at + c.len_utf8();
            match c {
                '\n' | '\r' | '\u{c}' => gap.lines = gap.lines.saturating_add(u8::from(c != '\r')),
                c if c.is_whitespace() => gap.spaces = gap.spaces.saturating_add(1),
                _ => {
                    made.push(Ch { c, start: at, end, gap, lookalike: false });
                    gap = Gap::default();
                }
            }
            at = end;
        }
        Self(made)
    }

    pub(super) fn get(&self, at: usize) -> Option<&Ch> {
        self.0.get(at)
    }

    /// The number of the character that covers a byte.
    pub(super) fn index_of(&self, byte: usize) -> Option<usize> {
        let at = self.0.partition_point(|ch| ch.end <= byte);
        (at < self.0.len()).then_some(at)
    }

    /// Whether `word` stands at `at`, whatever blanks are between its characters.
    pub(super) fn has(&self, at: usize, word: &str) -> bool {
        let mut rest = self.0.get(at..).unwrap_or_default().iter();
        word.chars().filter(|c| !c.is_whitespace()).all(|c| rest.next().is_some_and(|ch| ch.c == c))
    }
}

fn lookalike<'r>(rest: &str, regime: &'r Regime) -> Option<(&'r str, &'r str)> {
    regime
        .lookalikes
        .iter()
        .filter(|entry| rest.starts_with(entry.seen.as_str()))
        .max_by_key(|entry| entry.seen.len())
        .map(|entry| (entry.seen.as_str(), entry.means.as_str()))
}
