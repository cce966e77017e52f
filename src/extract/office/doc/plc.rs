//! Lists of places (MS-DOC 2.2.2, PLC): character numbers, one more than there
//! are entries, then as many entries of one size.

use super::bytes::{u32_at, up_to};

/// Such a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plc<'a> {
    bytes: &'a [u8],
    size: usize,
    count: usize,
}

impl<'a> Plc<'a> {
    /// A list with entries of `size` bytes, which may be 0.
    pub fn new(bytes: &'a [u8], size: usize) -> Self {
        Self { bytes, size, count: bytes.len().saturating_sub(4) / (4 + size) }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The character an entry begins at; for the number of entries, the last one's end.
    pub fn start(&self, entry: usize) -> Option<u32> {
        if entry > self.count || self.bytes.len() < 4 {
            return None;
        }
        u32_at(self.bytes, 4 * entry)
    }

    /// The bytes of an entry.
    pub fn entry(&self, entry: usize) -> &'a [u8] {
        if entry >= self.count {
            return &[];
        }
        up_to(self.bytes, 4 * (self.count + 1) + self.size * entry, self.size)
    }

    /// The characters of each entry, moved by the first character of their story
    /// and held within it.
    pub fn ranges(&self, (first, end): (u32, u32)) -> Vec<(u32, u32)> {
        let place = |entry| self.start(entry).map_or(end, |at| first.saturating_add(at).min(end));
        (0..self.count).map(|entry| (place(entry), place(entry + 1))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_behind_all_places() {
        let mut bytes: Vec<u8> = [0_u32, 4, 90].iter().flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend([1, 2, 3, 4]);
        let plc = Plc::new(&bytes, 2);
        assert_eq!((plc.len(), plc.start(2), plc.start(3)), (2, Some(90), None));
        assert_eq!((plc.entry(1), plc.entry(2)), (&[3, 4][..], &[][..]));
        assert_eq!(plc.ranges((10, 50)), [(10, 14), (14, 50)]);
        assert_eq!(Plc::new(&[], 2).ranges((0, 1)), []);
    }
}
