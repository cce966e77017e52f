//! Sparse members: content with holes, of which only the pieces are stored.

use std::io::{self, Read};

use super::header::{self, BLOCK, Header};
use super::pax::Records;

/// Pieces of one member that are put together; more are no file of this world.
const MAX_PIECES: usize = 1 << 20;

/// Where the stored bytes belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// Offset and length of each piece, in the order they are stored.
    pub pieces: Vec<(u64, u64)>,
    /// The length of the whole.
    pub length: u64,
    /// How many bytes of the data the map itself takes.
    pub within: usize,
}

/// GNU tar's own way: pieces in the header, and in blocks behind it. Gives the
/// map and how many bytes those blocks take.
pub(super) fn old(bytes: &[u8], at: usize, head: Header<'_>) -> Option<(Map, usize)> {
    let (mut pieces, mut more, length) = head.old_sparse();
    let mut extra = 0;
    while more {
        let start = at.checked_add(BLOCK + extra)?;
        let block = bytes.get(start..start.checked_add(BLOCK)?)?;
        let (further, again) = header::more_pieces(block);
        if further.is_empty() && again || pieces.len() > MAX_PIECES {
            return None;
        }
        pieces.extend(further);
        more = again;
        extra += BLOCK;
    }
    Some((Map { pieces, length: length?, within: 0 }, extra))
}

/// The way of pax, in one of three versions; `data` is what is stored.
pub(super) fn pax(records: &Records, data: &[u8]) -> Option<Map> {
    let number = |key: &str| {
        let value = records.get(key)?;
        std::str::from_utf8(value).ok()?.trim().parse::<u64>().ok()
    };
    let length = number("GNU.sparse.realsize").or_else(|| number("GNU.sparse.size"))?;
    if number("GNU.sparse.major") == Some(1) {
        let (pieces, within) = map_in_data(data)?;
        return Some(Map { pieces, length, within });
    }
    // Version 0.1, and 0.0, whose keys were made into a list.
    let list = std::str::from_utf8(records.get("GNU.sparse.map")?).ok()?;
    let numbers: Option<Vec<u64>> = list.split(',').map(|n| n.trim().parse().ok()).collect();
    let numbers = numbers.filter(|n| n.len() % 2 == 0 && n.len() / 2 <= MAX_PIECES)?;
    Some(Map { pieces: pairs(&numbers), length, within: 0 })
}

fn pairs(numbers: &[u64]) -> Vec<(u64, u64)> {
    numbers.as_chunks::<2>().0.iter().map(|[offset, length]| (*offset, *length)).collect()
}

/// Version 1.0: decimal numbers, one a line, in whole blocks before the data.
fn map_in_data(data: &[u8]) -> Option<(Vec<(u64, u64)>, usize)> {
    let mut at = 0;
    let mut next = || {
        let rest = data.get(at..)?;
        let end = memchr::memchr(b'\n', rest.get(..rest.len().min(24))?)?;
        at += end + 1;
        std::str::from_utf8(rest.get(..end)?).ok()?.parse::<u64>().ok()
    };
    let count = usize::try_from(next()?).ok().filter(|count| *count <= MAX_PIECES)?;
    let mut numbers = Vec::new();
    for _ in 0..count * 2 {
        numbers.push(next()?);
    }
    Some((pairs(&numbers), at.div_ceil(BLOCK) * BLOCK))
}

/// The content with its holes filled with zeros.
pub(super) struct Filled<'a> {
    data: &'a [u8],
    pieces: std::vec::IntoIter<(u64, u64)>,
    /// Zeros, then stored bytes, that come before the next piece.
    zeros: u64,
    stored: u64,
    at: u64,
    length: u64,
}

impl<'a> Filled<'a> {
    /// Puts the stored bytes where the map says.
    pub fn new(map: Map, data: &'a [u8]) -> Self {
        let length = map.length;
        Self { data, pieces: map.pieces.into_iter(), zeros: 0, stored: 0, at: 0, length }
    }

    fn advance(&mut self) -> io::Result<bool> {
        if let Some((offset, length)) = self.pieces.next() {
            let hole = offset.checked_sub(self.at);
            let end = offset.checked_add(length).filter(|end| *end <= self.length);
            let (Some(hole), Some(end)) = (hole, end) else {
                return Err(io::Error::other("the pieces of a sparse member do not fit"));
            };
            (self.zeros, self.stored, self.at) = (hole, length, end);
            return Ok(true);
        }
        self.zeros = self.length.saturating_sub(self.at);
        self.at = self.length;
        Ok(self.zeros > 0)
    }
}

impl Read for Filled<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.zeros == 0 && self.stored == 0 {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let most = |left: u64| usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if self.zeros > 0 {
            let count = most(self.zeros);
            buffer.iter_mut().take(count).for_each(|byte| *byte = 0);
            self.zeros -= count as u64;
            return Ok(count);
        }
        let count = most(self.stored);
        let got = self.data.read(buffer.get_mut(..count).unwrap_or_default())?;
        if got == 0 && count > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.stored -= got as u64;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pieces: &[(u64, u64)], length: u64, data: &[u8]) -> io::Result<Vec<u8>> {
        let map = Map { pieces: pieces.to_vec(), length, within: 0 };
        let mut out = Vec::new();
        Filled::new(map, data).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn holes_are_zeros() {
        for (pieces, length, data, want) in [
            (&[(0, 2), (4, 1)][..], 6, &b"abc"[..], Some(&b"ab\0\0c\0"[..])),
            (&[(0, 3)], 3, b"abc", Some(b"abc")),
            (&[], 3, b"", Some(b"\0\0\0")),
            (&[(2, 0)], 2, b"", Some(b"\0\0")),
            (&[(0, 5)], 5, b"abc", None),
            (&[(4, 1), (0, 2)], 6, b"abc", None),
            (&[(0, 9)], 6, b"abc", None),
            (&[(u64::MAX, 9)], 6, b"abc", None),
        ] {
            assert_eq!(filled(pieces, length, data).ok().as_deref(), want, "{pieces:?}");
        }
    }

    #[test]
    fn a_map_in_the_data_takes_whole_blocks() {
        let mut data = b"2\n0\n2\n4\n1\n".to_vec();
        data.resize(BLOCK, 0);
        data.extend(b"abc");
        let mut records = Records::new();
        records.insert("GNU.sparse.major".into(), b"1".to_vec());
        records.insert("GNU.sparse.realsize".into(), b"6".to_vec());
        let map = pax(&records, &data).expect("a map");
        assert_eq!(map, Map { pieces: vec![(0, 2), (4, 1)], length: 6, within: BLOCK });
        assert_eq!(pax(&records, b"9\n0\n"), None);
        assert_eq!(pax(&records, b"99999999999\n"), None);
    }
}
