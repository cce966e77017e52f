//! SVG: text where it stands in the drawing, and beside it titles, descriptions
//! and metadata. Hidden text is told apart; pictures in the drawing are counted.

mod lines;
mod look;
mod node;
mod reader;
#[cfg(test)]
mod tests;

use reader::Reader;

use super::plain::Labelled;
use super::unread::{EXTERNAL_LINKS, PICTURES, SCAN_LETTERS};
use super::xml::declared_encoding;
use super::{Budget, Extraction};
use crate::model::{Gap, GapKind, Submission};

/// Outlines of that many characters may well be letters.
const OUTLINES: usize = 4 << 10;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let label = declared_encoding(&submission.bytes);
    let Labelled { text: markup, encoding, mut gaps, mut notes } =
        Labelled::read(submission, label.as_deref(), budget);
    let mut reader = Reader::new(submission, budget);
    reader.read(&markup);
    let (letters, outlines, shown, outside) =
        (reader.letters, reader.outlines, reader.pictures, reader.outside);
    let mut children = std::mem::take(&mut reader.children);
    gaps.append(&mut reader.gaps);
    let text = reader.finish(&mut gaps);
    if letters < SCAN_LETTERS && shown > 0 {
        gaps.push(Gap::new(GapKind::ImageOnly, format!("{shown} pictures and hardly any text")));
    } else if letters < SCAN_LETTERS && outlines > OUTLINES {
        gaps.push(Gap::new(GapKind::ImageOnly, "outlines, and hardly any text"));
    } else {
        notes.extend(PICTURES.note(shown));
    }
    notes.extend(EXTERNAL_LINKS.note(outside));
    children.shrink_to_fit();
    Extraction {
        encoding: Some(encoding),
        pages: Some(1),
        text,
        children,
        gaps,
        notes,
        ..Extraction::default()
    }
}
