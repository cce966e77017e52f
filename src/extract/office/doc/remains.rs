//! What fast saving leaves: text that was taken out of a document and still
//! stands in its file, where no piece leads to it. Word shows it to nobody; the
//! file gives it to everybody.

use super::document::Document;
use super::pieces::width_of;
use crate::extract::charset::code_page;
use crate::model::{BlockHead, Region, Style};

/// Fewer letters than this in a row are leftovers of tables.
const MIN_LETTERS: usize = 2;

/// Puts down what was left in the text of a document that was saved by adding
/// to it, a line for each paragraph.
pub(super) fn read(document: &mut Document<'_, '_>) {
    if !document.fib.is_complex() {
        return;
    }
    let (from, to) = document.fib.text;
    let zone = super::bytes::place(from)..super::bytes::place(to);
    let head = BlockHead {
        region: Region::Deleted,
        label: "fast save".to_owned(),
        group: document.sheet.next_group(),
        ..BlockHead::default()
    };
    let style = Style { hidden: true, deleted: true, ..Style::default() };
    let style = document.sheet.keep_style(style);
    for (start, end) in document.source.pieces.uncovered(zone) {
        let Some(bytes) = document.source.stream.get(start..end) else { continue };
        let page = match (width_of(bytes), document.source.is_bytes) {
            (_, true) => document.code_page(),
            (1, false) => 1252,
            (_, false) => 1200,
        };
        for line in code_page::decode(page, bytes).split(|c: char| c.is_control() && c != '\t') {
            if is_text(line) {
                document.sheet.text.begin(&head);
                document.sheet.text.push(line, style);
                document.sheet.text.end();
            }
        }
    }
}

/// Whether a line reads as one, and not as what is left of something else.
fn is_text(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphanumeric()).count();
    let broken = line.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    letters >= MIN_LETTERS && broken == 0
}
