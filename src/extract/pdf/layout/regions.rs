//! Headers, footers, watermarks: where on the page a line belongs.

use std::collections::{HashMap, HashSet};

use super::Line;
use crate::extract::pdf::page::{Layer, Page};
use crate::model::Region;

/// Text aslant of this size in points is no label of a drawing.
const WATERMARK_SIZE: f32 = 18.0;

/// The region a line has by itself.
pub(super) fn own(line: &Line) -> Region {
    if line.is_hidden {
        return Region::Hidden;
    }
    match line.layer {
        Layer::Page => Region::Body,
        Layer::Header => Region::Header,
        Layer::Footer => Region::Footer,
        Layer::Watermark => Region::Watermark,
        Layer::Annotation(_) => Region::Annotation,
        Layer::Field(_) => Region::FormField,
    }
}

fn is_aslant(line: &Line) -> bool {
    line.glyphs.first().is_some_and(|glyph| (4..=86).contains(&(glyph.angle % 90)))
}

/// Text aslant is a watermark, if it is large or stands there again and again.
pub(super) fn mark_watermarks(lines: &mut [Line]) {
    let mut counts = HashMap::<String, u32>::new();
    for line in lines.iter().filter(|line| is_aslant(line)) {
        *counts.entry(line.key()).or_default() += 1;
    }
    if counts.is_empty() {
        return;
    }
    for line in lines.iter_mut().filter(|line| line.region == Region::Body && is_aslant(line)) {
        let is_repeated = counts.get(&line.key()).is_some_and(|count| *count >= 3);
        if line.size() >= WATERMARK_SIZE || is_repeated {
            line.region = Region::Watermark;
        }
    }
}

/// Lines that stand at the same place at the top or bottom of many pages are
/// headers and footers, and so are page numbers there.
pub(crate) fn mark_running(pages: &[Page], lines: &mut [Vec<Line>]) {
    let place = |line: &Line| (line.key(), (line.bbox.y0 / 4.0).round() as i32);
    let mut counts = HashMap::<(String, i32), usize>::new();
    for (page, lines) in pages.iter().zip(lines.iter()) {
        let in_margin = lines.iter().filter(|line| margin(page, line).is_some());
        for key in in_margin.map(place).collect::<HashSet<_>>() {
            *counts.entry(key).or_default() += 1;
        }
    }
    for (page, lines) in pages.iter().zip(lines.iter_mut()) {
        for line in lines.iter_mut().filter(|line| line.region == Region::Body) {
            let Some(region) = margin(page, line) else { continue };
            // Left and right pages may have heads of their own.
            let key = place(line);
            let runs = counts.get(&key).is_some_and(|n| *n >= 2 && n * 3 > pages.len());
            if runs || is_page_number(&key.0) {
                line.region = region;
            }
        }
    }
}

/// `3`, `— 3 —`, `第 3 页 共 9 页`, `3/9`, with all digits 0.
fn is_page_number(key: &str) -> bool {
    let is_sign = |c: char| matches!(c, '0' | '-' | '–' | '—' | '－' | '―' | '/' | '·' | '.');
    let is_word = |c: char| matches!(c, '第' | '页' | '共' | '頁' | '，' | ',');
    let digits = key.chars().filter(|c| *c == '0').count();
    (1..=8).contains(&digits)
        && key.chars().all(|c| is_sign(c) || is_word(c))
        // A number alone may be a copy number.
        && (digits < 5 || key.contains('页'))
}

fn margin(page: &Page, line: &Line) -> Option<Region> {
    let edge = page.height * 0.12;
    if line.bbox.y1 <= edge {
        return Some(Region::Header);
    }
    (line.bbox.y0 >= page.height - edge).then_some(Region::Footer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told() {
        for (key, is_number) in [
            ("0", true),
            ("—00—", true),
            ("第0页共00页", true),
            ("0/00", true),
            ("000000", false),
            ("000000页", true),
            ("机密", false),
            ("A0", false),
            ("—", false),
        ] {
            assert_eq!(is_page_number(key), is_number, "{key}");
        }
    }
}
