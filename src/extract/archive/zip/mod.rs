//! ZIP: members as children, in the order they are listed.

mod directory;
mod names;

pub(crate) use directory::{Defect, Directory, Entry};

use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission};

/// Reads it.
pub(crate) fn read(_submission: &Submission, _budget: &mut Budget) -> Extraction {
    Extraction::gap(GapKind::Unsupported, "not built yet")
}
