//! Records of binary parts (MS-XLSB 2.1.4) and the values in them (2.5), read
//! with every length checked.

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Bytes of a record's size.
const MAX_SIZE_BYTES: u32 = 4;

/// Reads one part record by record.
pub(in crate::extract::office::xlsx) struct Records<'p, 'b> {
    rest: &'p [u8],
    budget: &'b mut Budget,
    trouble: Option<Gap>,
}

impl<'p, 'b> Records<'p, 'b> {
    /// Records from the beginning of `part`.
    pub fn new(part: &'p [u8], budget: &'b mut Budget) -> Self {
        Self { rest: part, budget, trouble: None }
    }

    /// The next record's number and content; `None` at the end.
    pub fn next(&mut self) -> Option<(u16, Fields<'p>)> {
        if self.rest.is_empty() {
            return None;
        }
        if let Err(gap) = self.budget.spend_steps(1) {
            self.stop(gap);
            return None;
        }
        let Some((id, content, rest)) = split(self.rest) else {
            self.stop(Gap::new(GapKind::Damaged, "it breaks off within a record"));
            return None;
        };
        self.rest = rest;
        Some((id, Fields(content)))
    }

    /// What is left of the part, to look ahead in.
    pub fn rest(&self) -> &'p [u8] {
        self.rest
    }

    /// Charges work done beside reading; a spent budget ends it.
    pub fn charge(&mut self, steps: usize) {
        if let Err(gap) = self.budget.spend_steps(steps as u64) {
            self.stop(gap);
        }
    }

    /// Stops reading where a part has given more text or lines than one may.
    pub fn check(&mut self, bytes: usize, lines: usize) {
        let over = self.budget.spend_text(bytes).err();
        if let Some(gap) = over.or_else(|| self.budget.check_lines(lines).err()) {
            self.stop(gap);
        }
    }

    fn stop(&mut self, gap: Gap) {
        self.trouble = Some(gap);
        self.rest = &[];
    }

    /// Why the part could not be read to its end, if it could not.
    pub fn finish(self) -> Option<Gap> {
        self.trouble
    }
}

/// Splits the first record off: its number, its content, what follows.
pub(super) fn split(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let mut id = u16::from(*first);
    if *first & 0x80 != 0 {
        let (second, after) = rest.split_first()?;
        id = id & 0x7F | u16::from(second & 0x7F) << 7;
        rest = after;
    }
    let mut size = 0usize;
    for n in 0..MAX_SIZE_BYTES {
        let (byte, after) = rest.split_first()?;
        size |= usize::from(byte & 0x7F) << (7 * n);
        rest = after;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (content, rest) = rest.split_at_checked(size)?;
    Some((id, content, rest))
}

/// The fields of a record, taken from its beginning one by one.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract::office::xlsx) struct Fields<'p>(pub(super) &'p [u8]);

impl<'p> Fields<'p> {
    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Option<&'p [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// A number in 30 bits (2.5.122).
    pub fn rk(&mut self) -> Option<f64> {
        let rk = self.u32()?;
        let number = match rk & 2 {
            0 => f64::from_bits(u64::from(rk & !3) << 32),
            _ => f64::from((rk as i32) >> 2),
        };
        Some(if rk & 1 == 0 { number } else { number / 100.0 })
    }

    /// A string behind its length (2.5.168); that of none at all is empty.
    pub fn string(&mut self) -> Option<String> {
        match self.u32()? {
            u32::MAX => Some(String::new()),
            count => {
                let bytes = self.bytes(usize::try_from(count).ok()?.checked_mul(2)?)?;
                Some(utf16(bytes))
            }
        }
    }

    /// First and last row, first and last column of a range, from 1.
    pub fn range(&mut self) -> Option<[u32; 4]> {
        let mut range = [0; 4];
        for value in &mut range {
            *value = self.u32()?.saturating_add(1);
        }
        Some(range)
    }
}

/// Text in UTF-16, little end first.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    #[test]
    fn records_are_split_and_lengths_are_not_believed() {
        let part = [0x00, 0x02, 7, 8, 0x9C, 0x01, 0x00, 0x01, 0x85, 0x00, 1, 2, 3, 4, 5];
        let mut budget = Budget::new(Limits::default());
        let mut records = Records::new(&part, &mut budget);
        let mut told = Vec::new();
        while let Some((id, fields)) = records.next() {
            told.push((id, fields.0.to_vec()));
        }
        assert_eq!(told, [(0, vec![7, 8]), (156, vec![]), (1, vec![1, 2, 3, 4, 5])]);
        assert_eq!(records.finish(), None);
        for cut in [2, 3, 5, 6, 12] {
            let mut records = Records::new(&part[..cut], &mut budget);
            while records.next().is_some() {}
            assert!(records.finish().is_some(), "cut at {cut}");
        }
    }

    #[test]
    fn numbers_in_thirty_bits() {
        for (rk, want) in [
            (0x3FF0_0000u32, 1.0),
            (0x4059_0000 | 1, 1.0),
            (5 << 2 | 2, 5.0),
            ((-5i32 << 2) as u32 | 2, -5.0),
            (1234 << 2 | 3, 12.34),
        ] {
            assert_eq!(Fields(&rk.to_le_bytes()).rk(), Some(want), "{rk:#x}");
        }
        assert_eq!(Fields(&[1, 2]).rk(), None);
        let text = [2, 0, 0, 0, 0x3A, 0x67, 0xC6, 0x5B];
        assert_eq!(Fields(&text).string().as_deref(), Some("机密"));
        assert_eq!(Fields(&[0xFF; 4]).string().as_deref(), Some(""));
        assert_eq!(Fields(&[9, 0, 0, 0, 1, 2]).string(), None);
    }
}
