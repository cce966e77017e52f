//! The table of pieces: which bytes of the file are which characters of the
//! text (MS-DOC 2.4.1, 2.9.38).

use std::ops::Range;

use super::bytes::{place, u8_at, u16_at, u32_at, up_to};
use super::fib::{Fib, Part, Version};

/// Bytes looked at to tell bytes from characters.
const SAMPLE: usize = 4096;

/// A stretch of text that stands in one place of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its first character, counted over all stories, and one past its last.
    pub start: u32,
    pub end: u32,
    /// Where its bytes begin in the main stream.
    pub at: usize,
    /// Bytes of a character: 1 or 2.
    pub width: usize,
    /// Changes of properties that were never written where they belong.
    pub modifier: u16,
}

/// All pieces, in order of their characters, which do not overlap.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    pieces: Vec<Piece>,
    /// Lists of changes that pieces refer to.
    changes: Vec<&'a [u8]>,
    /// Whether pieces are missing or out of order.
    pub is_broken: bool,
}

impl<'a> Pieces<'a> {
    /// Reads them from the table stream; a document without a table of pieces
    /// is one piece of the main stream.
    pub fn read(fib: &Fib, main: &[u8], table: &'a [u8]) -> Self {
        let mut pieces = Self::default();
        let part = fib.part(Part::Pieces, table);
        if fib.version == Version::Two || part.is_empty() && fib.version == Version::Six {
            pieces.add_whole(fib, 1);
            return pieces;
        }
        pieces.read_part(part, fib.version);
        pieces.is_broken |= fib.is_cut(Part::Pieces, table);
        if pieces.pieces.is_empty() && !fib.is_complex() {
            pieces.is_broken = true;
            pieces.add_whole(
                fib,
                width_of(up_to(main, place(fib.text.0), place(fib.end()).min(SAMPLE))),
            );
        }
        pieces
    }

    /// Text that stands in one place.
    fn add_whole(&mut self, fib: &Fib, width: usize) {
        let (from, to) = fib.text;
        let end = match fib.version {
            // There, the end of the text is that of what Word wrote last.
            Version::Eight => fib.end(),
            _ => fib.end().max(to.saturating_sub(from)),
        };
        self.pieces = vec![Piece { start: 0, end, at: place(from), width, modifier: 0 }];
    }

    fn read_part(&mut self, mut part: &'a [u8], version: Version) {
        loop {
            match u8_at(part, 0) {
                Some(1) => {
                    let size = usize::from(u16_at(part, 1).unwrap_or(0));
                    self.changes.push(up_to(part, 3, size));
                    part = part.get(3 + size..).unwrap_or_default();
                }
                Some(2) => {
                    let size = place(u32_at(part, 1).unwrap_or(0));
                    self.is_broken |= part.len() < size.saturating_add(5);
                    self.read_list(up_to(part, 5, size), size, version);
                    return;
                }
                _ => {
                    self.is_broken = true;
                    return;
                }
            }
        }
    }

    /// Character numbers, then eight bytes for each piece; `size` decides where
    /// the second begin, even where the list is cut off.
    fn read_list(&mut self, list: &[u8], size: usize, version: Version) {
        let count = size.saturating_sub(4) / 12;
        let mut last = 0;
        for number in 0..count {
            let from = u32_at(list, 4 * number);
            let to = u32_at(list, 4 * number + 4);
            let at = 4 * (count + 1) + 8 * number;
            let (Some(from), Some(to), Some(offset), Some(modifier)) =
                (from, to, u32_at(list, at + 2), u16_at(list, at + 6))
            else {
                self.is_broken = true;
                return;
            };
            if from < last || to < from {
                self.is_broken = true;
                continue;
            }
            last = to;
            let (at, width) = match (version, offset & 0x4000_0000 != 0) {
                (Version::Eight, true) => (place((offset & 0x3FFF_FFFF) / 2), 1),
                (Version::Eight, false) => (place(offset & 0x3FFF_FFFF), 2),
                _ => (place(offset), 1),
            };
            if to > from {
                self.pieces.push(Piece { start: from, end: to, at, width, modifier });
            }
        }
    }

    /// The piece that holds a character, else the next there is.
    pub fn at(&self, character: u32) -> Option<Piece> {
        let at = self.pieces.partition_point(|piece| piece.end <= character);
        self.pieces.get(at).copied()
    }

    /// One past the last character of all.
    pub fn end(&self) -> u32 {
        self.pieces.last().map_or(0, |piece| piece.end)
    }

    /// Bytes of a zone of the main stream that no piece holds, in order.
    pub fn uncovered(&self, zone: Range<usize>) -> Vec<(usize, usize)> {
        let end =
            |p: &Piece| p.at.saturating_add(((p.end - p.start) as usize).saturating_mul(p.width));
        let mut held: Vec<_> = self.pieces.iter().map(|piece| (piece.at, end(piece))).collect();
        held.sort_unstable();
        let mut uncovered = Vec::new();
        let mut next = zone.start;
        for (from, to) in held {
            if from > next {
                uncovered.push((next, from.min(zone.end)));
            }
            next = next.max(to);
            if next >= zone.end {
                return uncovered;
            }
        }
        uncovered.push((next, zone.end));
        uncovered
    }

    /// Bytes of characters that are outside the stream.
    pub fn missing(&self, stream: usize) -> u64 {
        let lost = |piece: &Piece| {
            let bytes = u64::from(piece.end - piece.start) * piece.width as u64;
            bytes - bytes.min(stream.saturating_sub(piece.at) as u64)
        };
        self.pieces.iter().map(lost).fold(0, u64::saturating_add)
    }

    /// The list of changes a piece's modifier refers to: one of those that stand
    /// before the table, or one change by its number in Word 6 (2.9.234 ff.).
    pub fn changes(&self, modifier: u16) -> Changes<'a> {
        if modifier & 1 == 0 {
            let [number, value] = [(modifier >> 1) as u8 & 0x7F, (modifier >> 8) as u8];
            return Changes::One([number, value]);
        }
        Changes::List(self.changes.get(usize::from(modifier >> 1)).copied().unwrap_or_default())
    }
}

/// Bytes of a character in a text that nothing describes: one where most bytes are
/// Latin letters. In UTF-16 every other byte of these is zero, and of ideographs
/// about half the bytes look like one.
pub(super) fn width_of(text: &[u8]) -> usize {
    let is_letter = |byte: &&u8| matches!(**byte, 0x20..=0x7E | 7 | 9 | 11..=13 | 19..=21);
    let letters = text.iter().filter(is_letter).count();
    if letters * 4 >= text.len() * 3 { 1 } else { 2 }
}

/// Changes of properties that a piece brings.
#[derive(Clone, Copy, Debug)]
pub(super) enum Changes<'a> {
    /// One, as Word 6 writes it.
    One([u8; 2]),
    /// A list, as the document's version writes it.
    List(&'a [u8]),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(numbers: &[u32], pieces: &[(u32, u16)]) -> Vec<u8> {
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        for (offset, modifier) in pieces {
            bytes.extend([0, 0]);
            bytes.extend(offset.to_le_bytes());
            bytes.extend(modifier.to_le_bytes());
        }
        let mut part = vec![1, 2, 0, 0xAA, 0xBB, 2];
        part.extend((bytes.len() as u32).to_le_bytes());
        part.extend(bytes);
        part
    }

    #[test]
    fn pieces_tell_bytes_from_characters() {
        let part = list(&[0, 5, 9], &[(0x4000_1000, 0), (0x900, 1)]);
        let mut pieces = Pieces::default();
        pieces.read_part(&part, Version::Eight);
        assert!(!pieces.is_broken);
        let first = Piece { start: 0, end: 5, at: 0x800, width: 1, modifier: 0 };
        assert_eq!((pieces.at(4), pieces.at(9)), (Some(first), None));
        assert_eq!(pieces.at(5).map(|p| (p.at, p.width)), Some((0x900, 2)));
        assert_eq!((pieces.missing(0x902), pieces.end()), (6, 9));
        assert!(matches!(pieces.changes(1), Changes::List([0xAA, 0xBB])));
    }

    #[test]
    fn bytes_that_no_piece_holds_are_told() {
        let part = list(&[0, 5, 9], &[(0x1010, 0), (0x1000, 0)]);
        let mut pieces = Pieces::default();
        pieces.read_part(&part, Version::Eight);
        // Held are 0x1010 to 0x101A and 0x1000 to 0x1008.
        for (zone, want) in [
            (0x1000..0x1020, &[(0x1008, 0x1010), (0x101A, 0x1020)][..]),
            (0x0FF0..0x1004, &[(0x0FF0, 0x1000)]),
            (0x1002..0x1008, &[]),
        ] {
            assert_eq!(pieces.uncovered(zone.clone()), want, "{zone:x?}");
        }
    }

    #[test]
    fn a_broken_table_gives_what_it_has() {
        let whole = list(&[0, 5, 9, 12], &[(0x800, 0), (0x900, 0), (0xA00, 0)]);
        for length in 0..whole.len() {
            let mut pieces = Pieces::default();
            pieces.read_part(&whole[..length], Version::Eight);
            assert!(pieces.is_broken, "{length}");
        }
        let mut pieces = Pieces::default();
        let backwards = list(&[0, 5, 3, 12], &[(0x800, 0), (0x900, 0), (0xA00, 0)]);
        pieces.read_part(&backwards, Version::Eight);
        assert_eq!((pieces.is_broken, pieces.pieces.len()), (true, 1));
    }
}
