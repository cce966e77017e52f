//! What the pages do not tell, said as gaps.

use super::Reading;
use super::page::Page;
use crate::model::{Gap, GapKind};

/// Adds the gaps that show only once all pages are read.
pub(super) fn doubts(bytes: &[u8], reading: &mut Reading) {
    let scans = numbers(&reading.pages, |page| {
        let text = page.glyphs.iter().any(|glyph| !glyph.c.is_whitespace());
        !text && page.image_cover > 0.3
    });
    if !scans.is_empty() {
        let detail = format!("pages without text, with pictures: {}", ranges(&scans));
        reading.gaps.push(Gap::new(GapKind::ImageOnly, detail));
    }
    let garbled = numbers(&reading.pages, |page| {
        let bad = page.glyphs.iter().filter(|glyph| is_untold(glyph.c)).count();
        bad > 3 || (bad > 0 && bad * 2 > page.glyphs.len())
    });
    if !garbled.is_empty() {
        let all = reading.pages.iter().flat_map(|page| &page.glyphs);
        let bad = all.filter(|glyph| is_untold(glyph.c)).count();
        let pages = ranges(&garbled);
        let detail = format!("{bad} characters are not told by the fonts, on pages {pages}");
        reading.gaps.push(Gap::new(GapKind::GarbledText, detail));
    }
    let tail = bytes.get(bytes.len().saturating_sub(4096)..).unwrap_or(bytes);
    let ended = memchr::memmem::find(tail, b"%%EOF").is_some()
        || memchr::memmem::find(tail, b"startxref").is_some();
    if !ended && !reading.gaps.iter().any(|gap| gap.kind == GapKind::Damaged) {
        let detail = "the end of the file is missing; what is there was read";
        reading.gaps.push(Gap::new(GapKind::Damaged, detail));
    }
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
