//! What the pages do not tell, said as gaps.

use super::meter::Meter;
use super::page::Page;
use crate::model::{Gap, GapKind};

/// A page with a picture and fewer letters than this is a picture of a page:
/// scanners add a line or two.
const SCAN_LETTERS: usize = 20;
/// Share of the page that a picture of it covers.
const SCAN_COVER: f32 = 0.3;

/// Notes the gaps that show only once all pages are read.
pub(crate) fn doubts(bytes: &[u8], meter: &Meter<'_>, pages: &[Page]) {
    let scans = numbers(pages, |page| {
        let mut letters = page.glyphs.iter().filter(|glyph| glyph.c.is_alphanumeric());
        page.image_cover > SCAN_COVER && letters.nth(SCAN_LETTERS - 1).is_none()
    });
    if !scans.is_empty() {
        let detail = format!("pages with a picture and hardly any text: {}", ranges(&scans));
        meter.note(Gap::new(GapKind::ImageOnly, detail));
    }
    let garbled = numbers(pages, is_garbled);
    if !garbled.is_empty() {
        let all = pages.iter().flat_map(|page| &page.glyphs);
        let bad = all.filter(|glyph| is_untold(glyph.c)).count();
        let pages = ranges(&garbled);
        let detail = format!("{bad} characters are not told by the fonts, on pages {pages}");
        meter.note(Gap::new(GapKind::GarbledText, detail));
    }
    let tail = bytes.get(bytes.len().saturating_sub(4096)..).unwrap_or(bytes);
    let ended = memchr::memmem::find(tail, b"%%EOF").is_some()
        || memchr::memmem::find(tail, b"startxref").is_some();
    if !ended {
        meter.damaged("the end of the file is missing; what is there was read");
    }
}

/// Whether a page has more characters untold than an ornament or two.
fn is_garbled(page: &Page) -> bool {
    let bad = page.glyphs.iter().filter(|glyph| is_untold(glyph.c)).count();
    bad > 3 || (bad > 0 && bad * 2 > page.glyphs.len())
}

/// U+FFFD, private use, control and unassigned-by-design characters.
fn is_untold(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFF8}')
        || c as u32 >= 0xF_0000
        || (c.is_control() && !c.is_whitespace())
}

/// The pages, from 1, of which something is so.
fn numbers(pages: &[Page], is_so: impl Fn(&Page) -> bool) -> Vec<u32> {
    (1..).zip(pages).filter(|(_, page)| is_so(page)).map(|(number, _)| number).collect()
}

/// `1-3, 7` of ascending numbers.
fn ranges(numbers: &[u32]) -> String {
    let mut made: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match made.last_mut() {
            Some(last) if last.1 + 1 == *number => last.1 = *number,
            _ => made.push((*number, *number)),
        }
    }
    let written = made.iter().map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}-{to}"),
    });
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(ranges(&[]), "");
    }
}
