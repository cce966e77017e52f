//! SVG: text where it stands in the drawing, and beside it titles, descriptions
//! and metadata. Hidden text is told apart; pictures in the drawing are counted.

mod lines;
mod look;
mod node;
mod reader;
#[cfg(test)]
mod tests;

use reader::Reader;

use super::plain::guessed;
use super::xml::{declared_encoding, pictures};
use super::{Budget, Extraction, charset};
use crate::model::{Gap, GapKind, Note, Submission, Words};

/// Fewer letters than this beside pictures or outlines are no text.
const SCAN_LETTERS: usize = 16;

/// Outlines of that many characters may well be letters.
const OUTLINES: usize = 4 << 10;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let label = declared_encoding(&submission.bytes);
    let limit = budget.text_limit();
    let decoded = charset::decode_labelled(&submission.bytes, label.as_deref(), limit);
    let mut gaps: Vec<Gap> = decoded.gap().into_iter().collect();
    if decoded.cut {
        gaps.push(budget.text_gap());
    }
    let encoding = decoded.encoding();
    let mut notes: Vec<Note> = guessed(encoding.name, encoding.confidence).into_iter().collect();
    let mut reader = Reader::new(submission, budget);
    reader.read(&decoded.text);
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
        notes.extend(pictures(shown));
    }
    if outside > 0 {
        notes.push(Note {
            id: "external-links",
            message: Words::new(
                format!("{outside} links to content outside the document"),
                format!("有{outside}处链接指向文档之外的内容"),
            ),
        });
    }
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
