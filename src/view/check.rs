//! What comes out of a process that showed a document is held against what may: its
//! lengths, its numbers and the head of its picture. Nothing of it is parsed.

use super::{
    AROUND, BOXES, LETTERING, LINE_CHARS, Line, NOT_DRAWN, PIXELS, Picture, STRETCH_CHARS,
    STRETCH_LINES, Sheet, View, Wanted, What,
};
use crate::model::{Gap, GapKind, Lettering, Rect};

/// Bytes of a picture: more than that no picture of so many pixels comes to.
const MOST_BYTES: usize = PIXELS as usize * 3 + (1 << 20);

/// Bytes of a word beside the text: a label, a type, what a gap says.
const WORDS: usize = 4096;

/// Gives a view back, if it is one of what was wanted.
///
/// # Errors
/// That it is not, or holds what none may hold.
pub fn check(view: View, wanted: &Wanted) -> Result<View, Gap> {
    let is_sound = match (&view, &wanted.what) {
        (View::Sheet(sheet), What::Sheet(_, spans)) => {
            let around = &sheet.around;
            is_sheet(sheet, spans.len())
                && around.len() <= AROUND
                && around.iter().all(|one| one.around.is_empty() && is_sheet(one, spans.len()))
        }
        (View::Picture(picture), What::Picture(_)) => is_picture(picture),
        _ => false,
    };
    let why = "the process that showed the document answered what was not asked";
    is_sound.then_some(view).ok_or_else(|| Gap::new(GapKind::Crashed, why))
}

/// A signature, a header of eight bits and three colours that says the same size, and an
/// end (ISO/IEC 15948, 5.2, 11.2).
fn is_picture(picture: &Picture) -> bool {
    let Picture { width, height, png, lettering, not_drawn, .. } = picture;
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let head = [&b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR"[..], &size, &[8, 2, 0, 0, 0]].concat();
    *width > 0
        && *height > 0
        && u64::from(*width) * u64::from(*height) <= u64::from(PIXELS)
        && png.len() <= MOST_BYTES
        && png.starts_with(&head)
        && png.ends_with(b"\0\0\0\0IEND\xAE\x42\x60\x82")
        && is_lettering(lettering)
        && not_drawn.len() <= NOT_DRAWN
        && not_drawn.iter().all(|gap| gap.detail.len() <= WORDS)
}

/// As many places as characters, all of them somewhere.
fn is_lettering(lettering: &[Lettering]) -> bool {
    let is_one = |one: &Lettering| {
        let chars = one.text.chars().count();
        let is_number = |number: &f32| number.is_finite();
        chars > 0
            && chars == one.places.len()
            && (one.angle == 0.0 || chars == 1)
            && one.places.iter().flatten().all(is_number)
            && is_number(&one.size)
            && is_number(&one.angle)
    };
    let all: usize = lettering.iter().map(|one| one.places.len()).sum();
    lettering.iter().all(is_one) && all <= LETTERING
}

fn is_sheet(sheet: &Sheet, asked: usize) -> bool {
    let Sheet { lines, places, size, gaps, .. } = sheet;
    let chars: usize = lines.iter().map(|line| line.text.chars().count()).sum();
    let boxes = || places.iter().flat_map(|place| &place.boxes);
    sheet.page <= sheet.pages
        && sheet.stretch < sheet.stretches
        && lines.len() <= STRETCH_LINES as usize
        && chars <= STRETCH_CHARS as usize
        && lines.iter().all(is_line)
        && places.len() == asked
        && places.iter().all(|place| place.boxes.len() <= BOXES)
        && boxes().all(|(_, place)| is_place(place))
        && size.is_none_or(|size| size.iter().all(|side| side.is_finite() && *side > 0.0))
        && gaps.iter().all(|gap| gap.detail.len() <= WORDS)
        && sheet.media_type.len() <= WORDS
}

fn is_line(line: &Line) -> bool {
    let chars = line.text.chars().count();
    let mut at = 0;
    let in_order = line.looks.iter().all(|([from, to], _)| {
        let follows = at <= *from && from <= to;
        at = *to;
        follows
    });
    chars <= LINE_CHARS
        && in_order
        && at as usize <= chars
        && line.label.len() <= WORDS
        && line.place.as_ref().is_none_or(is_place)
}

fn is_place(Rect { x0, y0, x1, y1 }: &Rect) -> bool {
    [x0, y0, x1, y1].iter().all(|edge| edge.is_finite())
}
