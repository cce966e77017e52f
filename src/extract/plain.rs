//! Plain text in whatever encoding it is in.

use super::{Budget, Extraction};
use crate::model::{SourceText, Submission};

/// Reads it.
pub(crate) fn read(submission: &Submission, _budget: &mut Budget) -> Extraction {
    let text = String::from_utf8_lossy(&submission.bytes).into_owned();
    Extraction { text: SourceText::from_lines(text), pages: Some(1), ..Extraction::default() }
}
