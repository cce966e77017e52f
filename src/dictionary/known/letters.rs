//! What of a text is compared with known documents: its letters, without what
//! layout, copying and conversion change.
//!
//! Letters and digits of any writing count, folded (width, variants, traditional
//! and simplified, characters nobody sees) and in lower case; blanks, line ends,
//! punctuation and signs do not. Headers, footers, names and properties are a text
//! of their own, so that they do not break a sentence that goes on over a page; so
//! do page numbers.

use crate::model::{Block, FoldedText, Region, SourceText};

/// Digits of a page number, with what may stand around them.
const NUMBER: usize = 12;

/// Which of the two texts of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// What is read from beginning to end.
    Running,
    /// What stands beside it.
    Beside,
}

impl Stream {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Running, Self::Beside];

    fn holds(self, block: &Block) -> bool {
        let beside = matches!(
            block.region,
            Region::Header
                | Region::Footer
                | Region::Watermark
                | Region::Property
                | Region::FileName
                | Region::AttachmentName
                | Region::Subject
                | Region::MailHeader
        );
        beside == (self == Self::Beside)
    }
}

/// Hands over every letter of a text with its place in the folded text.
pub fn letters(
    text: &SourceText,
    folded: &FoldedText,
    stream: Stream,
    mut each: impl FnMut(char, usize),
) {
    let all = folded.as_str();
    let mut walk = folded.walk();
    for block in text.blocks() {
        let span = block.span();
        let start = walk.folded_offset(span.start);
        let end = walk.folded_offset(span.end).max(start);
        let Some(line) = all.get(start..end) else { continue };
        if !stream.holds(block) || is_page_number(line) {
            continue;
        }
        for (at, c) in line.char_indices() {
            if let Some(c) = letter(c) {
                each(c, start + at);
            }
        }
    }
}

/// The letter a character counts as, if it is one.
#[inline]
fn letter(c: char) -> Option<char> {
    match c {
        'a'..='z' | '0'..='9' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        '\0'..='\u{7F}' => None,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => Some(c),
        _ if c.is_alphanumeric() => c.to_lowercase().next(),
        _ => None,
    }
}

/// A line that holds nothing but a number and signs: `— 12 —`.
fn is_page_number(line: &str) -> bool {
    let line = line.trim();
    line.len() <= NUMBER + 8
        && line.chars().count() <= NUMBER
        && line.chars().any(|c| c.is_ascii_digit())
        && line.chars().all(|c| c.is_ascii_digit() || letter(c).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockHead, TextBuilder};
    use crate::normalize::fold;

    fn of(text: &SourceText, stream: Stream) -> String {
        let mut found = String::new();
        letters(text, &fold(text.as_str()), stream, |c, _| found.push(c));
        found
    }

    #[test]
    fn layout_width_case_and_writing_make_no_difference() {
        for text in [
            "本單位已於２０２６年接收Draft甲稿。",
            "本单位已于2026年\n接收 draft\u{200B} 甲稿",
            "本单位，已于 2026 年\n— 12 —\n接收『DRAFT』甲稿！",
        ] {
            let text = SourceText::from_lines(text.into());
            assert_eq!(of(&text, Stream::Running), "本单位已于2026年接收draft甲稿");
        }
    }

    #[test]
    fn headers_and_names_stand_beside() {
        let mut builder = TextBuilder::new();
        let head = |region| BlockHead { region, page: 1, ..BlockHead::default() };
        builder.block(&head(Region::Body), "前半句");
        builder.block(&head(Region::Footer), "内部资料");
        builder.block(&head(Region::Header), "某文件");
        builder.block(&head(Region::Hidden), "后半句");
        let text = builder.finish();
        assert_eq!(of(&text, Stream::Running), "前半句后半句");
        assert_eq!(of(&text, Stream::Beside), "内部资料某文件");
    }
}
