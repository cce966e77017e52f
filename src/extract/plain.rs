//! Plain text in whatever encoding it is in; tables and JSON in it are told apart.

use std::borrow::Cow;

use super::budget::cut_lines;
use super::charset::{self, Told};
use super::unread::PICTURES;
use super::{Budget, Extraction, json, separated};
use crate::model::{Encoding, Gap, Note, SourceText, Submission, Words};

/// Under this, the encoding is worth a note.
const SURE: f32 = 0.6;

/// Reads it, in the encoding that was told already if it was.
pub(crate) fn read(submission: &Submission, told: Option<Told>, budget: &mut Budget) -> Extraction {
    let bytes = &submission.bytes;
    let told = told.unwrap_or_else(|| charset::tell(bytes));
    let mut decoded = charset::decode_told(bytes, told, budget.text_limit());
    let mut gaps: Vec<_> = decoded.gap().into_iter().collect();
    if decoded.cut {
        gaps.push(budget.text_gap());
    }
    gaps.extend(cut_lines(&mut decoded.text, budget));
    let encoding = decoded.encoding();
    let mut notes: Vec<Note> = guessed(encoding.name, encoding.confidence).into_iter().collect();
    if let Some(json) = json::read(&decoded.text, submission, budget) {
        gaps.extend(json.gaps);
        notes.extend(PICTURES.note(json.pictures));
        return Extraction {
            encoding: Some(encoding),
            pages: Some(1),
            text: json.text,
            children: json.children,
            gaps,
            notes,
            ..Extraction::default()
        };
    }
    if let Cow::Owned(resolved) = json::escapes_resolved(&decoded.text) {
        decoded.text = resolved;
    }
    let table = separated::read(&decoded.text, submission.provenance.name(), budget);
    let text = table.unwrap_or_else(|| SourceText::from_lines(decoded.text));
    let pages = text.blocks().last().map_or(1, |last| last.page.max(1));
    gaps.extend(budget.check_pages(pages as usize).err());
    Extraction {
        encoding: Some(encoding),
        pages: Some(pages),
        text,
        gaps,
        notes,
        ..Extraction::default()
    }
}

/// The text of a file that may say itself which encoding it is in, with what is
/// to be said of that.
pub(super) struct Labelled {
    /// The text, within the budget.
    pub text: String,
    /// Which encoding it was read in.
    pub encoding: Encoding,
    /// What could not be decoded, or was cut.
    pub gaps: Vec<Gap>,
    /// That the encoding was guessed.
    pub notes: Vec<Note>,
}

impl Labelled {
    /// Decodes a file by the label it bears, unless its bytes tell otherwise.
    pub fn read(submission: &Submission, label: Option<&[u8]>, budget: &Budget) -> Self {
        let decoded = charset::decode_labelled(&submission.bytes, label, budget.text_limit());
        let mut gaps: Vec<Gap> = decoded.gap().into_iter().collect();
        if decoded.cut {
            gaps.push(budget.text_gap());
        }
        let encoding = decoded.encoding();
        let notes = guessed(encoding.name, encoding.confidence).into_iter().collect();
        Self { text: decoded.text, encoding, gaps, notes }
    }
}

/// Says that the encoding was guessed, where that was none too sure.
fn guessed(name: &str, confidence: f32) -> Option<Note> {
    (confidence < SURE).then(|| Note {
        id: "encoding-guessed",
        message: Words::new(
            format!("The encoding was guessed to be {name}."),
            format!("文本编码系推测为 {name}。"),
        ),
    })
}
