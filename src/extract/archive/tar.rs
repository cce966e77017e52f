//! Tape archives (POSIX ustar, pax, GNU).

use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission};

/// Reads it.
pub(crate) fn read(_submission: &Submission, _budget: &mut Budget) -> Extraction {
    Extraction::gap(GapKind::Unsupported, "no reader for this format")
}
