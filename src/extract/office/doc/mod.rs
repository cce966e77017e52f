//! Word 97-2003 documents (MS-DOC).

use std::io::Cursor;

use cfb::CompoundFile;

use super::property_sets;
use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission, TextBuilder};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut extraction = Extraction::gap(GapKind::Unsupported, "only properties are read so far");
    let mut text = TextBuilder::new();
    if let Ok(mut file) = CompoundFile::open(Cursor::new(&submission.bytes[..])) {
        extraction.gaps.extend(property_sets::read_all(&mut file, &mut text, budget));
    }
    extraction.text = text.finish();
    extraction
}
