//! PowerPoint 97-2003 presentations (MS-PPT).

mod edits;

pub(crate) use edits::{Edits, USER_TOKEN, USER_TOKEN_ENCRYPTED};

use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission};

/// Reads it.
pub(crate) fn read(_submission: &Submission, _budget: &mut Budget) -> Extraction {
    Extraction::gap(GapKind::Unsupported, "no reader for this format")
}
