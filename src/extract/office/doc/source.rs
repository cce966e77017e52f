//! Paragraphs as they stand in the file: characters gathered from their pieces,
//! with the changes that stretches of them have (MS-DOC 2.4.2).

use super::fib::Version;
use super::pages::Pages;
use super::pieces::{Changes, Pieces};
use crate::extract::Budget;
use crate::extract::charset::code_page;
use crate::model::Gap;

/// Characters that end a paragraph.
const PARAGRAPH: u16 = 0x0D;
/// Ends a cell or a row, and with it a paragraph.
pub(super) const CELL: u16 = 0x07;
/// Ends a page; at the end of a section it ends a paragraph too.
pub(super) const PAGE: u16 = 0x0C;

/// Where paragraphs come from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The main stream.
    pub stream: &'a [u8],
    pub pieces: Pieces<'a>,
    pub characters: Pages<'a>,
    pub paragraphs: Pages<'a>,
    /// Whether a byte is a byte of some code page, and not a character.
    pub is_bytes: bool,
    /// The first characters of sections, in order.
    pub sections: Vec<u32>,
    narrow: Vec<u16>,
    /// Characters given so far.
    given: usize,
}

/// A stretch of characters with the same changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    /// Its first character in its paragraph.
    pub at: usize,
    /// The changes of its characters.
    pub stored: &'a [u8],
    /// What its piece changes beside them.
    pub modifier: u16,
}

/// A paragraph as it stands in the file.
#[derive(Debug, Default)]
pub(super) struct Raw<'a> {
    /// Its first character, counted over all stories.
    pub start: u32,
    /// Its characters, in UTF-16 or bytes, without the one that ends it.
    pub units: Vec<u16>,
    pub runs: Vec<Run<'a>>,
    /// The character that ends it; `None` where the story ends without one.
    pub end: Option<u16>,
    /// The changes of the paragraph: its style's number, then a list.
    pub stored: &'a [u8],
    pub modifier: u16,
    /// Whether a section ends with it.
    pub ends_section: bool,
}

/// How far a story is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    next: u32,
    end: u32,
}

impl Cursor {
    /// From a character to one before another.
    pub fn new((start, end): (u32, u32)) -> Self {
        Self { next: start, end }
    }
}

impl<'a> Source<'a> {
    pub fn new(
        version: Version,
        stream: &'a [u8],
        pieces: Pieces<'a>,
        characters: Pages<'a>,
        paragraphs: Pages<'a>,
    ) -> Self {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        Self {
            stream,
            pieces,
            characters,
            paragraphs,
            is_bytes: version != Version::Eight,
            sections: Vec::new(),
            narrow: code_page::decode(1252, &all).encode_utf16().collect(),
            given: 0,
        }
    }

    /// Changes that the piece of a run or paragraph brings.
    pub fn changes(&self, modifier: u16) -> Option<Changes<'a>> {
        (modifier != 0).then(|| self.pieces.changes(modifier))
    }

    /// Whether a character ends a paragraph; `None` where it is not there.
    pub fn ends_paragraph(&self, character: u32) -> Option<bool> {
        let piece = self.pieces.at(character).filter(|piece| piece.start <= character)?;
        let skipped = (character - piece.start) as usize;
        let at = piece.at.saturating_add(skipped.saturating_mul(piece.width));
        let unit = match piece.width {
            1 => super::bytes::u8_at(self.stream, at)?.into(),
            _ => super::bytes::u16_at(self.stream, at)?,
        };
        Some(matches!(unit, PARAGRAPH | CELL | PAGE))
    }

    /// The next paragraph of a story; `None` at its end.
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn next(
        &mut self,
        cursor: &mut Cursor,
        budget: &mut Budget,
    ) -> Result<Option<Raw<'a>>, Gap> {
        let mut raw = Raw { start: cursor.next, ..Raw::default() };
        let mut last = None;
        while cursor.next < cursor.end && raw.end.is_none() {
            let Some(piece) = self.pieces.at(cursor.next) else { break };
            // There may be a hole before it.
            if piece.start > cursor.next {
                cursor.next = piece.start.min(cursor.end);
                if raw.units.is_empty() {
                    raw.start = cursor.next;
                }
                continue;
            }
            let skipped = (cursor.next - piece.start) as usize;
            let at = piece.at.saturating_add(skipped.saturating_mul(piece.width));
            let stretch = self.characters.at(at);
            // Where a stretch ends within a character, it ends behind it.
            let end = stretch.end.max(at.saturating_add(piece.width)).min(self.stream.len());
            let bytes = self.stream.get(at..end).unwrap_or_default();
            let left = (piece.end.min(cursor.end) - cursor.next) as usize;
            let count = left.min(bytes.len().div_ceil(piece.width));
            if bytes.is_empty() {
                // Outside of the stream: said once for all pieces.
                cursor.next = piece.end.min(cursor.end);
                continue;
            }
            let run = Run { at: raw.units.len(), stored: stretch.stored, modifier: piece.modifier };
            self.begin_run(&mut raw, run);
            let taken = self.take(&mut raw, bytes, piece.width, count, cursor.next);
            budget.spend_steps(1 + (stretch.stored.len() / 16 + taken / 8) as u64)?;
            last = Some((at + (taken - 1) * piece.width, piece.modifier));
            // A count of 32 bits: it came from the difference of two.
            cursor.next += taken as u32;
            self.given += taken;
            if self.given > budget.text_limit() {
                return Err(budget.text_gap());
            }
        }
        let Some((at, modifier)) = last else { return Ok(None) };
        raw.stored = self.paragraphs.at(at).stored;
        raw.modifier = modifier;
        Ok(Some(raw))
    }

    fn begin_run(&self, raw: &mut Raw<'a>, run: Run<'a>) {
        let same =
            |last: &Run<'a>| std::ptr::eq(last.stored, run.stored) && last.modifier == run.modifier;
        if !raw.runs.last().is_some_and(same) {
            raw.runs.push(run);
        }
    }

    /// Takes characters up to the end of the paragraph; how many, that one included.
    fn take(
        &self,
        raw: &mut Raw<'a>,
        bytes: &[u8],
        width: usize,
        count: usize,
        first: u32,
    ) -> usize {
        for number in 0..count {
            let unit = match (width, bytes.get(number * width..)) {
                (1, Some([byte, ..])) if self.is_bytes => u16::from(*byte),
                (1, Some([byte, ..])) => self.narrow.get(usize::from(*byte)).copied().unwrap_or(0),
                (_, Some([low, high, ..])) => u16::from_le_bytes([*low, *high]),
                // Half a character.
                _ => 0xFFFD,
            };
            let next = first.saturating_add(number as u32).saturating_add(1);
            let ends_section = unit == PAGE && self.sections.binary_search(&next).is_ok();
            if unit == PARAGRAPH || unit == CELL || ends_section {
                (raw.end, raw.ends_section) = (Some(unit), ends_section);
                return number + 1;
            }
            raw.units.push(unit);
        }
        count
    }
}
