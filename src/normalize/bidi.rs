//! Text behind a right-to-left override, in the order a reader sees it.
//!
//! Only overrides are followed (Unicode Standard Annex 9, rules X1 to X8 and
//! L2): they alone turn Chinese text and digits around. Everything else is
//! taken to be written left to right, as Chinese and English are.

use super::table::{Fold, RIGHT_TO_LEFT_OVERRIDE, Table};
use super::takes_no_marks;
use crate::model::FoldedText;

/// Characters that are turned around as one piece: a longer line is turned
/// piece by piece, so that a finding in it still points somewhere.
const PIECE: usize = 4096;

/// Levels beyond this are ignored, as the annex ignores those beyond 125.
const DEEPEST: u8 = 61;

/// Brackets that are drawn the other way round from right to left.
const MIRRORED: &str = "()[]{}<>《》〈〉「」『』【】〔〕〖〗“”‘’«»";

/// Folds the stretch of `source` that begins with a right-to-left override and
/// ends with its pop, its isolate or its line, and returns the bytes it took.
pub(super) fn fold_override(source: &str, table: &Table, folded: &mut FoldedText) -> usize {
    let mut levels = Levels::default();
    let mut piece = Piece::default();
    let mut taken = 0;
    for c in source.chars() {
        if matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            break;
        }
        let step = levels.see(c);
        if step == Step::EndBefore {
            break;
        }
        if piece.units.len() >= PIECE {
            piece.flush(folded);
        }
        taken += c.len_utf8();
        piece.bytes += c.len_utf8();
        match step {
            Step::Character(level) => piece.push(c, level, table),
            Step::Control => {}
            Step::End | Step::EndBefore => break,
        }
    }
    piece.flush(folded);
    taken
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A character shown at this level.
    Character(u8),
    /// A control: shown nowhere.
    Control,
    /// The control that ends the stretch.
    End,
    /// A control that ends the stretch and does not belong to it.
    EndBefore,
}

/// The stack of embeddings, overrides and isolates.
#[derive(Default)]
struct Levels {
    stack: Vec<Embedding>,
    /// Those too deep to be followed, still to be popped.
    ignored: usize,
}

#[derive(Clone, Copy)]
struct Embedding {
    level: u8,
    overrides: bool,
    isolate: bool,
}

impl Levels {
    fn see(&mut self, c: char) -> Step {
        match c {
            '\u{202A}' => self.enter(false, false, false),
            '\u{202B}' => self.enter(true, false, false),
            '\u{202D}' => self.enter(false, true, false),
            RIGHT_TO_LEFT_OVERRIDE => self.enter(true, true, false),
            '\u{2066}' | '\u{2068}' => self.enter(false, false, true),
            '\u{2067}' => self.enter(true, false, true),
            '\u{202C}' => return self.pop(),
            '\u{2069}' => return self.pop_isolate(),
            _ => {
                let top = self.stack.last();
                let level = top
                    .map_or(0, |e| if e.overrides { e.level } else { e.level.next_multiple_of(2) });
                return Step::Character(level);
            }
        }
        Step::Control
    }

    fn enter(&mut self, rightwards: bool, overrides: bool, isolate: bool) {
        let level = self.stack.last().map_or(0, |e| e.level);
        let level = match rightwards {
            true => (level + 1) | 1,
            false => (level + 2) & !1,
        };
        if level > DEEPEST {
            self.ignored += 1;
        } else {
            self.stack.push(Embedding { level, overrides, isolate });
        }
    }

    fn pop(&mut self) -> Step {
        if self.ignored > 0 {
            self.ignored -= 1;
            return Step::Control;
        }
        if self.stack.last().is_some_and(|e| !e.isolate) {
            self.stack.pop();
        }
        if self.stack.is_empty() { Step::End } else { Step::Control }
    }

    fn pop_isolate(&mut self) -> Step {
        // One that was opened before the stretch closes the stretch with it.
        let Some(open) = self.stack.iter().rposition(|e| e.isolate) else {
            return Step::EndBefore;
        };
        self.ignored = 0;
        self.stack.truncate(open);
        Step::Control
    }
}

/// Folded characters waiting to be put in their order.
#[derive(Default)]
struct Piece {
    text: String,
    /// Level, start and end in `text` of each character with its marks.
    units: Vec<(u8, u32, u32)>,
    /// Source bytes it came from, controls included.
    bytes: usize,
}

impl Piece {
    fn push(&mut self, c: char, level: u8, table: &Table) {
        let start = self.text.len() as u32;
        match table.fold(c) {
            Fold::Same => self.text.push(if level % 2 == 1 { mirror(c) } else { c }),
            Fold::To(text, _) if level % 2 == 1 => self.text.extend(text.chars().map(mirror)),
            Fold::To(text, _) => self.text.push_str(text),
            Fold::Override => {}
            Fold::Stacked => {
                // Stays with its letter, or goes.
                let base = self.text.chars().next_back();
                if let (Some(base), Some(unit)) = (base, self.units.last_mut())
                    && !takes_no_marks(base)
                {
                    self.text.push(c);
                    unit.2 = self.text.len() as u32;
                }
                return;
            }
        }
        if self.text.len() as u32 > start {
            self.units.push((level, start, self.text.len() as u32));
        }
    }

    /// Rule L2: from the highest level to the lowest odd one, turns around
    /// every stretch at that level or above.
    fn flush(&mut self, folded: &mut FoldedText) {
        let highest = self.units.iter().map(|u| u.0).max().unwrap_or(0);
        for level in (1..=highest).rev() {
            for run in self.units.chunk_by_mut(|a, b| (a.0 >= level) == (b.0 >= level)) {
                if run.first().is_some_and(|u| u.0 >= level) {
                    run.reverse();
                }
            }
        }
        let text: String =
            self.units.iter().map(|u| &self.text[u.1 as usize..u.2 as usize]).collect();
        folded.push_folded(&text, self.bytes);
        *self = Self::default();
    }
}

fn mirror(c: char) -> char {
    let Some(at) = MIRRORED.chars().position(|m| m == c) else { return c };
    MIRRORED.chars().nth(at ^ 1).unwrap_or(c)
}
