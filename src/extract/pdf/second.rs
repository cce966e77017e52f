//! The second reader (`pdfrum`), for documents in which the first finds no page.
//!
//! It is not asked about characters: where fonts do not tell them it guesses.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pdfrum::{Document, OpenOptions};

use super::Reading;
use super::geometry::Matrix;
use super::meter::Meter;
use super::page::{Glyph, Page, Unseen};
use crate::extract::Passwords;
use crate::model::{Gap, GapKind, Limit};

/// Stack for a parser that recurses as deep as a file says, in bytes.
const STACK: usize = 256 << 20;
/// Bytes that one stream may decode to.
const STREAM: usize = 64 << 20;
/// Bytes of a file that is still given to it.
const LARGEST: usize = 64 << 20;
/// Pages that are read.
const MAX_PAGES: u32 = 2000;
/// Steps that a byte of the file is counted as: what it does is not seen.
const STEPS_PER_BYTE: u64 = 4;

/// Asks it, if nothing was found.
pub(super) fn help(
    bytes: &Arc<Vec<u8>>,
    passwords: &Passwords,
    meter: &Meter<'_>,
    reading: &mut Reading,
) {
    if !reading.pages.is_empty() {
        return;
    }
    if bytes.len() > LARGEST || !meter.steps(bytes.len() as u64 * STEPS_PER_BYTE) {
        let detail = "the document is too large for the second reader";
        return meter.note(Gap::new(GapKind::Limit(Limit::Bytes), detail));
    }
    let found = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let run = || crate::extract::panics::caught(|| read(bytes, passwords));
        let spawned = thread.spawn_scoped(scope, run).ok()?;
        spawned.join().ok()?.ok().flatten()
    });
    let pages = found.unwrap_or_default();
    let count: usize = pages.iter().map(|page| page.glyphs.len()).sum();
    meter.steps(count as u64);
    if count > 0 {
        reading.pages = pages;
        meter.damaged("the document was opened by the second reader only");
    }
}

/// The characters of all pages.
fn read(bytes: &[u8], passwords: &Passwords) -> Option<Vec<Page>> {
    let document = open(bytes, "").or_else(|| passwords.iter().find_map(|p| open(bytes, p)))?;
    let pages = (0..document.page_count().min(MAX_PAGES)).map(|at| {
        let page = catch_unwind(AssertUnwindSafe(|| page(&document, at)));
        page.ok().flatten().unwrap_or_default()
    });
    Some(pages.collect())
}

/// Opens a document with a password, which may be none.
pub(super) fn open(bytes: &[u8], password: &str) -> Option<Document> {
    let limits = pdfrum::Limits { max_decoded_stream_len: STREAM, ..pdfrum::Limits::default() };
    let mut options = OpenOptions::builder().limits(limits);
    if !password.is_empty() {
        options = options.password(password);
    }
    Document::from_bytes_with(bytes.to_vec(), &options.build()).ok()
}

fn page(document: &Document, at: u32) -> Option<Page> {
    let source = document.page(at).ok()?;
    let area = source.crop_box();
    let base = Matrix([1.0, 0.0, 0.0, -1.0, -area.x0, area.y1]);
    let mut made =
        Page { width: area.width() as f32, height: area.height() as f32, ..Page::default() };
    for at in &source.text().chars {
        if at.is_generated() {
            continue;
        }
        let c = character(at).filter(|c| *c != '\0').unwrap_or('\u{FFFD}');
        made.untold += u32::from(c == '\u{FFFD}');
        let Matrix([a, b, c_, d, ..]) = Matrix(at.matrix.as_coeffs()).then(base);
        let size = c_.hypot(d) as f32 * at.font_size.abs();
        let angle = b.atan2(a).to_degrees().round().rem_euclid(360.0);
        let (x, y) = base.apply(at.origin.x, at.origin.y);
        made.glyphs.push(Glyph {
            c,
            x: x as f32,
            y: y as f32,
            advance: at.loose_char_box.width().max(at.char_box.width()) as f32,
            size,
            angle: angle as u16 % 360,
            vertical: false,
            color: [0; 3],
            face: 0,
            unseen: Unseen::default(),
            layer: Default::default(),
        });
    }
    Some(made)
}

/// The character, where the font tells it.
fn character(at: &pdfrum::CharBox) -> Option<char> {
    if at.unicode == 2 && !at.is_control() {
        // A hyphen at a line's end is handed out as U+0002.
        return Some('-');
    }
    // The kind of a character has no public name; where its code stands in for
    // an unknown character the two are the same number.
    let code = at.code.map(|code| code.0);
    if code == Some(at.unicode) && format!("{:?}", at.char_type) == "NotUnicode" {
        return None;
    }
    char::from_u32(at.unicode)
}
