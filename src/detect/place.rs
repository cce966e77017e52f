//! Byte spans of a text → the places people look up: region, page, line, box
//! and the range of characters every output counts in.

use std::cell::OnceCell;

use crate::model::{Place, Rect, Region, SourceText, Span};

/// Bytes between two entries of the character table.
const STRIDE: usize = 4096;

/// The places of one text. Counting characters from the beginning for every
/// finding would make a text of many findings quadratic, so they are counted
/// once, when the first finding asks.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    text: &'a SourceText,
    /// How many characters begin before every `STRIDE`-th byte.
    characters: OnceCell<Vec<u32>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(text: &'a SourceText) -> Self {
        Self { text, characters: OnceCell::new() }
    }

    /// Where a span stands. A span over several blocks (a mark broken across
    /// lines) has the page, line and label of its first.
    pub(crate) fn place(&self, span: &Span) -> Place {
        let char = self.char_range(span);
        let Some(first) = self.text.block_at(span.start) else {
            return Place { char, ..Place::default() };
        };
        let block = &self.text.blocks()[first];
        Place {
            region: self.seen_as(span).unwrap_or(block.region),
            page: Some(block.page).filter(|&page| page > 0),
            line: Some(block.line).filter(|&line| line > 0),
            char,
            bbox: self.bbox(first, span),
            label: self.text.label(block).to_owned(),
        }
    }

    /// The characters of a span, exactly.
    pub(crate) fn quote(&self, span: &Span) -> &'a str {
        self.text.as_str().get(span.clone()).unwrap_or_default()
    }

    /// The span with up to `chars` characters on each side, from its own and
    /// neighbouring blocks of the same region, in one line.
    pub(crate) fn context(&self, span: &Span, chars: usize) -> String {
        let all = self.text.as_str();
        let around = self.same_region(span, chars);
        let before = all.get(around.start..span.start).unwrap_or_default();
        let after = all.get(span.end..around.end).unwrap_or_default();
        let start = before.char_indices().rev().take(chars).last().map_or(before.len(), |(i, _)| i);
        let end = after.char_indices().nth(chars).map_or(after.len(), |(i, _)| i);
        let slice = all.get(around.start + start..span.end + end).unwrap_or_default();
        slice.trim().replace("\r\n", " ").replace(['\n', '\r', '\u{c}'], " ")
    }

    /// A span as a half-open range of Unicode scalar values of the text.
    pub(crate) fn char_range(&self, span: &Span) -> [usize; 2] {
        let start = self.characters_before(span.start);
        let inside = self.text.as_str().as_bytes().get(span.clone()).unwrap_or_default();
        [start, start + count(inside)]
    }

    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_str().as_bytes();
        let table = self.characters.get_or_init(|| {
            let mut before = 0;
            let counts = bytes.chunks(STRIDE).map(|chunk| {
                let at = before;
                before += count(chunk) as u32;
                at
            });
            counts.collect()
        });
        let Some(&before) = table.get(offset / STRIDE) else {
            // Only the very end of a text whose length is a multiple of the stride.
            return table.last().map_or(0, |&last| {
                let from = (table.len() - 1) * STRIDE;
                last as usize + count(&bytes[from..])
            });
        };
        let from = offset / STRIDE * STRIDE;
        before as usize + count(bytes.get(from..offset).unwrap_or_default())
    }

    /// The region that the way the characters are shown puts them in, whatever
    /// block they stand in. One hidden character is enough: a reader of the
    /// page does not see what was found. A deletion has to cover all of it: a
    /// mark with a corrected term is no deleted mark.
    fn seen_as(&self, span: &Span) -> Option<Region> {
        let mut deleted = 0;
        for (part, style) in self.text.styles_in(span.clone()) {
            if style.hidden {
                return Some(Region::Hidden);
            }
            if style.deleted {
                deleted += part.len();
            }
        }
        (deleted > 0 && deleted == span.len()).then_some(Region::Deleted)
    }

    /// The box around a span: of all its blocks on the page of the first.
    fn bbox(&self, first: usize, span: &Span) -> Option<Rect> {
        let page = self.text.blocks()[first].page;
        self.text.blocks()[first..]
            .iter()
            .take_while(|b| b.span().start < span.end.max(span.start + 1) && b.page == page)
            .filter_map(|b| self.text.bbox(b, span))
            .reduce(Rect::union)
    }

    /// The neighbourhood of a span within blocks of its region, at least
    /// `chars` characters wide on each side where there is that much.
    fn same_region(&self, span: &Span, chars: usize) -> Span {
        let blocks = self.text.blocks();
        let Some(home) = self.text.block_at(span.start) else { return span.clone() };
        let region = blocks[home].region;
        let mut around = blocks[home].span();
        let enough = chars.saturating_mul(4);
        for block in blocks[..home].iter().rev() {
            if block.region != region || span.start.saturating_sub(around.start) >= enough {
                break;
            }
            around.start = block.span().start;
        }
        for block in &blocks[home + 1..] {
            if block.region != region || around.end.saturating_sub(span.end) >= enough {
                break;
            }
            around.end = block.span().end;
        }
        around.start.min(span.start)..around.end.max(span.end)
    }
}

/// How many characters begin in a piece of UTF-8. Sums of one byte for 255
/// bytes at most let the compiler count many at a time.
fn count(bytes: &[u8]) -> usize {
    let begins = |byte: u8| u8::from((byte as i8) >= -0x40);
    bytes
        .chunks(255)
        .map(|some| usize::from(some.iter().fold(0_u8, |sum, b| sum.wrapping_add(begins(*b)))))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockHead, Style, TextBuilder};

    fn span_of(text: &SourceText, needle: &str) -> Span {
        let at = text.as_str().find(needle).unwrap();
        at..at + needle.len()
    }

    #[test]
    fn a_line_has_its_page_and_number() {
        let text = SourceText::from_lines("首页\n机密★10年\r\n\u{c}第二页 秘密".into());
        let places = Places::new(&text);
        let mark = places.place(&span_of(&text, "机密★10年"));
        assert_eq!((mark.page, mark.line, mark.char), (Some(1), Some(2), [3, 9]));
        let second = places.place(&span_of(&text, "秘密"));
        assert_eq!((second.page, second.line, second.region), (Some(2), Some(1), Region::Body));
    }

    #[test]
    fn character_ranges_equal_a_plain_count_everywhere() {
        let line = "密a级é🌟\n".repeat(3000);
        for extra in 0..5 {
            let text = SourceText::from_lines(format!("{line}{}", "x".repeat(extra)));
            let places = Places::new(&text);
            let whole = text.as_str();
            for (at, c) in
                whole.char_indices().step_by(37).chain(whole.char_indices().rev().take(3))
            {
                let span = at..at + c.len_utf8();
                assert_eq!(places.char_range(&span), text.char_range(&span), "at {at}");
            }
            let end = whole.len()..whole.len();
            assert_eq!(places.char_range(&end), text.char_range(&end));
        }
        let full = SourceText::from_lines("a".repeat(2 * STRIDE));
        assert_eq!(Places::new(&full).char_range(&(8190..8192)), [8190, 8192]);
        assert_eq!(Places::new(&full).char_range(&(8192..8192)), [8192, 8192]);
    }

    #[test]
    fn hidden_and_deleted_characters_decide_the_region() {
        let mut builder = TextBuilder::new();
        let hidden = builder.style(Style { hidden: true, ..Style::default() });
        let deleted = builder.style(Style { deleted: true, ..Style::default() });
        builder.begin(&BlockHead { region: Region::Header, page: 1, ..BlockHead::default() });
        builder.push("机密", 0);
        builder.push("★", hidden);
        builder.push("秘密★", deleted);
        builder.push("1年", 0);
        builder.end();
        let text = builder.finish();
        let places = Places::new(&text);
        for (needle, region) in [
            ("机密", Region::Header),
            ("机密★", Region::Hidden),
            ("秘密★", Region::Deleted),
            ("秘密★1年", Region::Header),
        ] {
            assert_eq!(places.place(&span_of(&text, needle)).region, region, "{needle}");
        }
    }

    #[test]
    fn a_span_over_two_lines_has_the_box_around_both() {
        let mut builder = TextBuilder::new();
        for (line, piece) in [(1, "机密★"), (2, "10年")] {
            let y = line as f32 * 20.0;
            builder.begin(&BlockHead {
                page: 1,
                line,
                bbox: Some(Rect { x0: 10.0, y0: y, x1: 40.0, y1: y + 12.0 }),
                ..BlockHead::default()
            });
            for (at, c) in piece.chars().enumerate() {
                let x = 10.0 + at as f32 * 10.0;
                builder.push_glyph(c, 0, [x, x + 10.0]);
            }
            builder.end();
        }
        let text = builder.finish();
        let place = Places::new(&text).place(&span_of(&text, "密★\n10"));
        assert_eq!(place.bbox, Some(Rect { x0: 10.0, y0: 20.0, x1: 40.0, y1: 52.0 }));
        assert_eq!(place.line, Some(1));
    }

    #[test]
    fn context_stays_in_the_region_and_in_one_line() {
        let mut text = SourceText::from_lines("甲\n乙丙丁\n戊己庚\n".into());
        text.append(&BlockHead { region: Region::FileName, ..BlockHead::default() }, "名.txt");
        let places = Places::new(&text);
        assert_eq!(places.context(&span_of(&text, "丙"), 1), "乙丙丁");
        assert_eq!(places.context(&span_of(&text, "戊"), 40), "甲 乙丙丁 戊己庚");
        assert_eq!(places.context(&span_of(&text, "名"), 40), "名.txt");
        assert_eq!(places.quote(&span_of(&text, "名")), "名");
    }
}
