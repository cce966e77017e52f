//! What the pages do not tell, said as gaps.

use std::collections::{HashMap, HashSet};

use encoding_rs::{BIG5, Encoding, GBK, SHIFT_JIS};

use super::layout::Line;
use super::meter::Meter;
use super::page::{Glyph, Page};
use crate::model::{Gap, GapKind};

/// A page with a picture and fewer letters than this is a picture of a page:
/// scanners add a line or two.
const SCAN_LETTERS: usize = 20;
/// Share of the page that a picture of it covers.
const SCAN_COVER: f32 = 0.3;
/// Where the picture is the whole page, lines that stand on other pages too say
/// nothing of this one, unless they have more letters than what a scanner or a
/// library stamps on.
const STAMP_LETTERS: usize = 60;
/// Characters of one kind that are needed to judge a page by them.
const LEAST: usize = 24;
/// Letters told as others than the font's own names for them: one or two may be
/// a slip of a program.
const SLIPS: u32 = 2;

/// Notes the gaps that show only once all pages are read.
pub(crate) fn doubts(bytes: &[u8], meter: &Meter<'_>, pages: &[Page], lines: &[Vec<Line>]) {
    let running = running(lines);
    let scans = numbers(pages.iter().zip(lines), |(page, lines)| {
        page.image_cover > SCAN_COVER && {
            let all: usize = lines.iter().map(Line::letters).sum();
            let own = lines.iter().filter(|line| !running.contains(&line.key()));
            let is_stamped = page.is_scan() && all < STAMP_LETTERS;
            let letters = if is_stamped { own.map(Line::letters).sum() } else { all };
            letters < SCAN_LETTERS
        }
    });
    if !scans.is_empty() {
        let detail = format!("pages with a picture and hardly any text: {}", ranges(&scans));
        meter.note(Gap::new(GapKind::ImageOnly, detail));
    }
    let untold = numbers(pages.iter(), has_untold);
    if !untold.is_empty() {
        let all = pages.iter().flat_map(|page| &page.glyphs);
        let bad = all.filter(|glyph| is_untold(glyph.c)).count();
        let pages = ranges(&untold);
        let detail = format!("{bad} characters are not told by the fonts, on pages {pages}");
        meter.note(Gap::new(GapKind::GarbledText, detail));
    }
    let nonsense = numbers(pages.iter(), |page| !has_untold(page) && is_nonsense(page));
    if !nonsense.is_empty() {
        let detail = format!("text that makes no sense as it is told: pages {}", ranges(&nonsense));
        meter.note(Gap::new(GapKind::GarbledText, detail));
    }
    let torn = numbers(pages.iter(), |page| page.contradicted > SLIPS);
    if !torn.is_empty() {
        let pages = ranges(&torn);
        let detail = format!("letters are told as others than the fonts name them: pages {pages}");
        meter.note(Gap::new(GapKind::GarbledText, detail));
    }
    let tail = bytes.get(bytes.len().saturating_sub(4096)..).unwrap_or(bytes);
    let ended = memchr::memmem::find(tail, b"%%EOF").is_some()
        || memchr::memmem::find(tail, b"startxref").is_some();
    if !ended {
        meter.damaged("the end of the file is missing; what is there was read");
    }
}

/// Lines that stand on more than one page, in a document of more than one.
fn running(lines: &[Vec<Line>]) -> HashSet<String> {
    let mut counts = HashMap::<String, usize>::new();
    for page in lines {
        for key in page.iter().map(Line::key).collect::<HashSet<_>>() {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(key, _)| key).collect()
}

/// Whether a page has more characters untold than an ornament or two.
fn has_untold(page: &Page) -> bool {
    let bad = page.glyphs.iter().filter(|glyph| is_untold(glyph.c)).count();
    bad > 3 || (bad > 0 && bad * 2 > page.glyphs.len())
}

/// U+FFFD, private use, control and unassigned-by-design characters.
fn is_untold(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFF8}')
        || c as u32 >= 0xF_0000
        || (c.is_control() && !c.is_whitespace())
}

/// Whether the characters told cannot be those that are seen: guesses that are
/// no words, Han characters that nobody uses.
fn is_nonsense(page: &Page) -> bool {
    let guessed = page.guessed as usize;
    let is_guess = guessed >= LEAST && guessed * 4 > page.glyphs.len();
    (is_guess && !are_words(&page.glyphs)) || are_rare(&page.glyphs)
}

/// Whether Latin letters are those of words: with vowels, and little else between.
fn are_words(glyphs: &[Glyph]) -> bool {
    let (mut letters, mut vowels, mut signs, mut capitals) = (0_usize, 0_usize, 0_usize, 0_usize);
    for c in glyphs.iter().map(|glyph| glyph.c).filter(char::is_ascii) {
        match c {
            'a'..='z' | 'A'..='Z' => {
                letters += 1;
                vowels +=
                    usize::from(matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u'));
                capitals += usize::from(c.is_ascii_uppercase());
            }
            '0'..='9' | ' ' | '.' | ',' | '-' => {}
            _ => signs += 1,
        }
    }
    if letters < LEAST {
        return signs <= letters + LEAST;
    }
    let is_shouted = capitals * 10 > letters * 9;
    (vowels * 100 / letters >= 18 || is_shouted) && signs * 4 < letters
}

/// Whether most different Han characters are ones that none of the everyday sets
/// of China, Taiwan and Japan has.
fn are_rare(glyphs: &[Glyph]) -> bool {
    let is_han = |c: &char| matches!(*c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}');
    let found: HashSet<char> = glyphs.iter().map(|glyph| glyph.c).filter(is_han).collect();
    if found.len() < LEAST {
        return false;
    }
    let rare = found.iter().filter(|c| !is_everyday(**c)).count();
    rare * 2 > found.len()
}

/// Level 1 and 2 of GB 2312, level 1 of Big5, level 1 of JIS X 0208.
fn is_everyday(c: char) -> bool {
    let lead = |encoding: &'static Encoding| {
        let text = c.to_string();
        let (bytes, _, failed) = encoding.encode(&text);
        match (&*bytes, failed) {
            ([lead, trail], false) => Some((*lead, *trail)),
            _ => None,
        }
    };
    lead(GBK).is_some_and(|(lead, trail)| (0xB0..=0xF7).contains(&lead) && trail >= 0xA1)
        || lead(BIG5).is_some_and(|(lead, _)| (0xA4..=0xC6).contains(&lead))
        || lead(SHIFT_JIS).is_some_and(|(lead, _)| (0x88..=0x98).contains(&lead))
}

/// The pages, from 1, of which something is so.
fn numbers<P>(pages: impl Iterator<Item = P>, is_so: impl Fn(P) -> bool) -> Vec<u32> {
    (1..).zip(pages).filter_map(|(number, page)| is_so(page).then_some(number)).collect()
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

    fn glyphs(text: &str) -> Vec<Glyph> {
        text.chars().map(Glyph::plain).collect()
    }

    #[test]
    fn numbers_are_written_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn words_are_told_from_codes() {
        for (text, is_text) in [
            ("The quick brown fox jumps over the lazy dog.", true),
            ("12.5 34.7 99.1 2026-11-23 12.5 34.7 99.1", true),
            ("THIS IS A HEADING IN CAPITAL LETTERS ONLY", true),
            ("KLMyzST{|}~AFF$%&KLMyzST{|}~AFF$%&KLMyzST", false),
            ("bcdfghjklmnpqrstvwxzbcdfghjklmnpqrstvwxz", false),
        ] {
            assert_eq!(are_words(&glyphs(text)), is_text, "{text}");
        }
    }

    #[test]
    fn everyday_characters_are_told_from_rare_ones() {
        let everyday = "融雪剂入库以后库房地面铺设防潮垫板袋装料码放不超过八层";
        let taiwan = "花卉展覽志工報名表請於週五前交回服務臺謝謝合作歡迎參加";
        let rare: String = ('\u{3400}'..'\u{3430}').collect();
        for (text, is_rare) in [(everyday, false), (taiwan, false), (rare.as_str(), true)] {
            assert_eq!(are_rare(&glyphs(text)), is_rare, "{text}");
        }
    }
}
