//! The second reader (`pdfrum`): slower, knows other fonts. Asked where the
//! first leaves characters untold, and for documents it finds no page in.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pdfrum::{Document, OpenOptions};

use super::Reading;
use super::doubt::{is_garbled, is_untold};
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
/// Steps that a byte of the file is counted as: what it does is not seen.
const STEPS_PER_BYTE: u64 = 4;

/// Asks it, if there is a doubt.
pub(super) fn help(
    bytes: &Arc<Vec<u8>>,
    passwords: &Passwords,
    meter: &Meter<'_>,
    reading: &mut Reading,
) {
    let is_lost = reading.pages.is_empty();
    let doubtful: Vec<usize> = (0..reading.pages.len())
        .filter(|at| reading.pages.get(*at).is_some_and(is_garbled))
        .collect();
    if !is_lost && doubtful.is_empty() {
        return;
    }
    if bytes.len() > LARGEST || !meter.steps(bytes.len() as u64 * STEPS_PER_BYTE) {
        let detail = "the document is too large for the second reader";
        return meter.note(Gap::new(GapKind::Limit(Limit::Bytes), detail));
    }
    let found = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let run = || {
            crate::extract::panics::caught(|| {
                read(bytes, passwords, if is_lost { None } else { Some(&doubtful) })
            })
        };
        let spawned = thread.spawn_scoped(scope, run).ok()?;
        spawned.join().ok()?.ok().flatten()
    });
    let Some(found) = found else { return };
    let mut read = 0;
    for (at, page) in found {
        meter.steps(page.glyphs.len() as u64 * 4);
        match reading.pages.get_mut(at) {
            Some(known) => replace(known, page),
            None => {
                read += page.glyphs.len();
                reading.pages.push(page);
            }
        }
    }
    if is_lost && read > 0 {
        meter.damaged("the document was opened by the second reader only");
    }
}

/// The characters of some pages, or of all.
fn read(
    bytes: &[u8],
    passwords: &Passwords,
    wanted: Option<&[usize]>,
) -> Option<Vec<(usize, Page)>> {
    let document = open(bytes, "").or_else(|| passwords.iter().find_map(|p| open(bytes, p)))?;
    let count = (document.page_count() as usize).min(2000);
    let all: Vec<usize> = (0..count).collect();
    let mut made = Vec::new();
    for at in wanted.unwrap_or(&all) {
        let page = catch_unwind(AssertUnwindSafe(|| page(&document, *at))).ok().flatten();
        made.extend(page.map(|page| (*at, page)));
    }
    Some(made)
}

fn open(bytes: &[u8], password: &str) -> Option<Document> {
    let limits = pdfrum::Limits { max_decoded_stream_len: STREAM, ..pdfrum::Limits::default() };
    let mut options = OpenOptions::builder().limits(limits);
    if !password.is_empty() {
        options = options.password(password);
    }
    Document::from_bytes_with(bytes.to_vec(), &options.build()).ok()
}

fn page(document: &Document, at: usize) -> Option<Page> {
    let source = document.page(u32::try_from(at).ok()?).ok()?;
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

/// Puts this reader's characters in the place of the untold ones they stand at.
fn replace(page: &mut Page, other: Page) {
    let mut told: Vec<&Glyph> = other.glyphs.iter().filter(|g| !is_untold(g.c)).collect();
    told.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    // The other reader knows no turned pages: places count as drawn.
    for glyph in page.glyphs.iter_mut().filter(|glyph| is_untold(glyph.c)) {
        let reach = (glyph.size * 0.2).max(0.5);
        let from = told.partition_point(|other| other.y < glyph.y - reach);
        let near = told.get(from..).unwrap_or_default().iter();
        let mut near = near.take_while(|other| other.y <= glyph.y + reach).take(4096);
        if let Some(found) = near.find(|other| (other.x - glyph.x).abs() <= reach) {
            glyph.c = found.c;
            page.untold = page.untold.saturating_sub(1);
        }
    }
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
