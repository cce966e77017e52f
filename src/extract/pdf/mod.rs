//! PDF (ISO 32000): text with its place on the page, properties, annotations,
//! form fields, embedded files.

mod device;
mod page;

use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission};

/// Reads it.
pub(crate) fn read(_submission: &Submission, _budget: &mut Budget) -> Extraction {
    Extraction::gap(GapKind::Unsupported, "not built yet")
}
