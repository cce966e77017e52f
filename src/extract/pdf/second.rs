//! The second reader (`pdfrum`): slower, knows more fonts. Asked where the
//! first leaves characters untold or cannot open the document, and for what
//! stands beside the pages.

use std::sync::Arc;

use hayro_interpret::kurbo::{Affine, Point, Vec2};
use pdfrum::{Document, OpenOptions};

use super::page::{Faces, Glyph, Page};
use crate::extract::Budget;
use crate::model::Gap;

/// Bytes that one stream may decode to.
const STREAM: usize = 128 << 20;

/// Opens a document.
pub(super) fn open(bytes: &Arc<Vec<u8>>) -> Option<Document> {
    let limits = pdfrum::Limits { max_decoded_stream_len: STREAM, ..pdfrum::Limits::default() };
    let options = OpenOptions::builder().limits(limits).build();
    Document::from_bytes_with(bytes.to_vec(), &options).ok()
}

/// A page of a document the first reader could not open.
pub(super) fn blank(document: &Document, index: u32) -> Page {
    let Ok(page) = document.page(index) else { return Page::default() };
    let area = page.crop_box();
    let to_page = Affine::new([1.0, 0.0, 0.0, -1.0, -area.x0, area.y1]);
    Page {
        width: area.width() as f32,
        height: area.height() as f32,
        to_page: to_page.as_coeffs(),
        ..Page::default()
    }
}

/// Puts this reader's characters in the place of the page's own, if it tells
/// more of them.
pub(super) fn replace(
    document: &Document,
    index: u32,
    page: &mut Page,
    faces: &mut Faces,
    budget: &mut Budget,
) -> Result<(), Gap> {
    let Ok(source) = document.page(index) else { return Ok(()) };
    let text = source.text();
    budget.spend_steps(4 * text.chars.len() as u64)?;
    let to_page = Affine::new(page.to_page);
    let mut glyphs = Vec::with_capacity(text.chars.len());
    let mut unmapped = 0;
    for at in &text.chars {
        if at.is_generated() {
            continue;
        }
        let known = character(at);
        let c = known.filter(|c| *c != '\0').unwrap_or('\u{FFFD}');
        unmapped += u32::from(c == '\u{FFFD}');
        let matrix = to_page * at.matrix;
        let [a, b, c_, d, ..] = matrix.as_coeffs();
        let size = Vec2::new(c_, d).hypot() as f32 * at.font_size.abs();
        let angle = Vec2::new(a, b).atan2().to_degrees().round().rem_euclid(360.0);
        let origin = to_page * Point::new(at.origin.x, at.origin.y);
        let wide = (at.loose_char_box.width()).max(at.char_box.width());
        let look = page.look_near(origin.x as f32, origin.y as f32);
        glyphs.push(Glyph {
            c,
            x: origin.x as f32,
            y: origin.y as f32,
            advance: wide as f32,
            size,
            angle: angle as u16 % 360,
            vertical: look.is_some_and(|glyph| glyph.vertical),
            color: look.map_or([0; 3], |glyph| glyph.color),
            face: look.map_or_else(|| faces.id("", false), |glyph| glyph.face),
            invisible: look.is_some_and(|glyph| glyph.invisible),
            unseen: look.is_some_and(|glyph| glyph.unseen),
        });
    }
    let told = |glyphs: &[Glyph]| glyphs.iter().filter(|glyph| glyph.c != '\u{FFFD}').count();
    if told(&glyphs) >= told(&page.glyphs) && !glyphs.is_empty() {
        page.glyphs = glyphs;
        page.unmapped = unmapped;
    }
    Ok(())
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
