//! Source text → folded text, with the way back for every character.
//!
//! Folding makes equal what a reader takes for the same: full-width and plain
//! letters, compatibility forms and their characters, variants, traditional and
//! simplified characters; it takes out what nobody sees and puts overridden text
//! in the order it is shown. Case is kept, and so are stars and the signs for
//! nought: they mean something to the mark grammar. Gaps between letters and
//! line ends are left to it as well.

mod alterations;
mod bidi;
mod table;

pub use alterations::Alterations;

use crate::model::FoldedText;
use table::{Fold, Table};

/// Folds a text for matching. Folding what is folded changes nothing.
pub fn fold(source: &str) -> FoldedText {
    let table = Table::get();
    let mut folded = FoldedText::with_capacity(source.len());
    // Everything before `kept` has been folded; from there to `at` it stays.
    let (mut kept, mut at) = (0, 0);
    loop {
        at = table.next_touched(source.as_bytes(), at);
        let Some(c) = source[at..].chars().next() else { break };
        let len = c.len_utf8();
        let fold = match table.fold(c) {
            Fold::Stacked if drawn_over(&source[kept..at], &folded) => {
                Fold::To("", Alterations::STACKED)
            }
            other => other,
        };
        match fold {
            Fold::Same | Fold::Stacked => {
                at += len;
                continue;
            }
            Fold::To(text, _) => {
                keep(&source[kept..at], &mut folded);
                // One character for one of the same length (機 → 机) keeps step;
                // three letters for a sign of three bytes (㎠ → cm2) do not.
                if text.len() == len && text.chars().nth(1).is_none() {
                    folded.push_in_step(text);
                } else {
                    folded.push_folded(text, len);
                }
                at += len;
            }
            Fold::Override => {
                keep(&source[kept..at], &mut folded);
                at += bidi::fold_override(&source[at..], table, &mut folded);
            }
        }
        kept = at;
    }
    keep(&source[kept..], &mut folded);
    folded
}

fn keep(run: &str, folded: &mut FoldedText) {
    if !run.is_empty() {
        folded.push_in_step(run);
    }
}

/// Folds a word of a dictionary as documents are folded.
pub fn fold_term(term: &str) -> String {
    fold(term).as_str().to_owned()
}

/// SHA-256, in lower-case hex, of what folding makes of every character: what was
/// folded by another table is to be folded again.
pub fn version() -> &'static str {
    Table::get().version()
}

/// Which kinds of folding a piece of text needs: of a finding's own slice, how
/// far it was from plain.
pub fn alterations(source: &str) -> Alterations {
    let table = Table::get();
    let mut found = Alterations::default();
    let mut at = 0;
    let mut before = None;
    loop {
        let next = table.next_touched(source.as_bytes(), at);
        if next > at {
            before = source[at..next].chars().next_back();
        }
        at = next;
        let Some(c) = source[at..].chars().next() else { return found };
        match table.fold(c) {
            Fold::Same => before = Some(c),
            Fold::To(text, by) => {
                found |= by;
                before = text.chars().next_back().or(before);
            }
            Fold::Stacked if before.is_none_or(takes_no_marks) => found |= Alterations::STACKED,
            Fold::Stacked => before = Some(c),
            Fold::Override => found |= Alterations::BIDI,
        }
        at += c.len_utf8();
    }
}

/// Whether a mark drawn after the text so far is drawn over something that
/// takes no marks.
fn drawn_over(run: &str, folded: &FoldedText) -> bool {
    let before = run.chars().next_back().or_else(|| folded.as_str().chars().next_back());
    before.is_some_and(takes_no_marks)
}

/// Characters of which accents are no part in any writing: ideographs, digits,
/// stars and other signs. Over letters they are left (é may be two characters).
fn takes_no_marks(c: char) -> bool {
    match c {
        '\u{3040}'..='\u{30FF}' => false,
        '\u{2E80}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => true,
        _ => !c.is_alphabetic() && !is_mark(c),
    }
}

fn is_mark(c: char) -> bool {
    Table::get().fold(c) == Fold::Stacked
}

#[cfg(test)]
mod tests;
