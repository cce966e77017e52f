//! Pages of formatted properties (MS-DOC 2.9.33, 2.9.175): which stretch of the
//! main stream has which properties. A list of pages is searched for the place,
//! then the page of 512 bytes for the stretch.

use super::bytes::{place, u8_at, u16_at, u32_at, up_to};

const PAGE: usize = 512;

/// Whether characters or paragraphs are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Characters,
    Paragraphs,
}

/// The pages of one kind.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    stream: &'a [u8],
    list: &'a [u8],
    kind: Kind,
    /// Word 6: numbers of pages of two bytes, shorter entries.
    is_old: bool,
}

/// A stretch of the main stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch<'a> {
    /// Its first byte, and one past its last.
    pub start: usize,
    pub end: usize,
    /// Its properties as they are stored.
    pub stored: &'a [u8],
}

impl<'a> Pages<'a> {
    pub fn new(stream: &'a [u8], list: &'a [u8], kind: Kind, is_old: bool) -> Self {
        Self { stream, list, kind, is_old }
    }

    /// The stretch that holds a byte; where none does, all that is left has no
    /// properties of its own.
    pub fn at(&self, byte: usize) -> Stretch<'a> {
        let none = Stretch { start: byte, end: usize::MAX, stored: &[] };
        let Some((from, to, page)) = self.page(byte) else { return none };
        let page = up_to(self.stream, page, PAGE);
        let Some(runs) = u8_at(page, PAGE - 1).map(usize::from) else { return none };
        let start = |run: usize| u32_at(page, 4 * run).map_or(usize::MAX, place);
        let after = partition(runs, |run| start(run) <= byte);
        let Some(run) = after.checked_sub(1) else {
            return Stretch { start: from, end: start(0).min(to).max(byte + 1), stored: &[] };
        };
        let end = start(run + 1);
        if end <= byte {
            let end = if to > byte { to } else { usize::MAX };
            return Stretch { start: byte, end, stored: &[] };
        }
        Stretch { start: start(run), end, stored: self.stored(page, runs, run).unwrap_or_default() }
    }

    /// The page of a byte with the stretch it is for.
    fn page(&self, byte: usize) -> Option<(usize, usize, usize)> {
        let width = if self.is_old { 2 } else { 4 };
        let count = self.list.len().checked_sub(4)? / (4 + width);
        let start = |at: usize| u32_at(self.list, 4 * at).map_or(usize::MAX, place);
        let at = partition(count, |at| start(at) <= byte).checked_sub(1)?;
        let number = 4 * (count + 1) + width * at;
        let number = match self.is_old {
            true => u16_at(self.list, number)?.into(),
            false => u32_at(self.list, number)? & 0x003F_FFFF,
        };
        Some((start(at), start(at + 1), place(number).checked_mul(PAGE)?))
    }

    /// The properties of a run on its page.
    fn stored(&self, page: &'a [u8], runs: usize, run: usize) -> Option<&'a [u8]> {
        let entry = match (self.kind, self.is_old) {
            (Kind::Characters, _) => 1,
            (Kind::Paragraphs, true) => 7,
            (Kind::Paragraphs, false) => 13,
        };
        let at = 2 * usize::from(u8_at(page, 4 * (runs + 1) + entry * run)?);
        if at == 0 {
            return None;
        }
        let size = usize::from(u8_at(page, at)?);
        Some(match (self.kind, self.is_old) {
            (Kind::Characters, _) => up_to(page, at + 1, size),
            (Kind::Paragraphs, true) => up_to(page, at + 1, (2 * size).saturating_sub(1)),
            (Kind::Paragraphs, false) if size > 0 => up_to(page, at + 1, 2 * size - 1),
            (Kind::Paragraphs, false) => up_to(page, at + 2, 2 * usize::from(u8_at(page, at + 1)?)),
        })
    }
}

/// How many of the first numbers below `count` hold to `is_before`, which holds
/// for none after one it does not hold for.
fn partition(count: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Vec<u8> {
        let mut stream = vec![0; 2 * PAGE];
        let page = &mut stream[PAGE..];
        for (at, value) in [(0, 100_u32), (4, 110), (8, 120)] {
            page[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        page[12] = 200;
        page[13] = 0;
        page[400..404].copy_from_slice(&[3, 1, 2, 3]);
        page[511] = 2;
        stream
    }

    #[test]
    fn stretches_have_their_own_properties() {
        let stream = stream();
        let list: Vec<u8> = [100_u32, 120, 1].iter().flat_map(|n| n.to_le_bytes()).collect();
        let pages = Pages::new(&stream, &list, Kind::Characters, false);
        for (byte, want) in [
            (100, Stretch { start: 100, end: 110, stored: &[1, 2, 3] }),
            (109, Stretch { start: 100, end: 110, stored: &[1, 2, 3] }),
            (110, Stretch { start: 110, end: 120, stored: &[] }),
            (120, Stretch { start: 120, end: usize::MAX, stored: &[] }),
            (99, Stretch { start: 99, end: usize::MAX, stored: &[] }),
        ] {
            assert_eq!(pages.at(byte), want, "{byte}");
        }
    }

    #[test]
    fn every_byte_has_a_stretch_that_holds_it() {
        let stream = stream();
        let list: Vec<u8> = [100_u32, 120, 1].iter().flat_map(|n| n.to_le_bytes()).collect();
        for at in (0..list.len()).chain(PAGE..PAGE + 16) {
            for value in [0, 1, 0x7F, 0xFF] {
                let (mut stream, mut list) = (stream.clone(), list.clone());
                match at < PAGE {
                    true => list[at] = value,
                    false => stream[at] = value,
                }
                for kind in [Kind::Characters, Kind::Paragraphs] {
                    for is_old in [false, true] {
                        let pages = Pages::new(&stream, &list, kind, is_old);
                        for byte in 90..130 {
                            let stretch = pages.at(byte);
                            assert!(stretch.end > byte, "{at} {value} {byte}");
                        }
                    }
                }
            }
        }
    }
}
