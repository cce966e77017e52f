//! Source text → folded text, with the way back for every character.

use crate::model::FoldedText;

/// Folds a text for matching.
pub fn fold(source: &str) -> FoldedText {
    let mut folded = FoldedText::with_capacity(source.len());
    folded.push_in_step(source);
    folded
}
