//! Records of a workbook's stream (MS-XLS 2.1.4): a number, a length, a body;
//! what does not fit in one goes on in the next.

use std::borrow::Cow;

use super::Version;
use crate::extract::charset::code_page;
use crate::extract::office::art::{u16_at, u32_at};
use crate::extract::office::workbook::looks::FontId;
use crate::extract::office::workbook::strings::Rich;

/// Number and length before every body.
const HEADER: usize = 4;

/// Goes on with the record before.
pub(super) const CONTINUE: u16 = 0x3C;

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub id: u16,
    pub body: &'a [u8],
    /// Where it begins in the stream.
    pub at: usize,
    /// Whether it goes on behind the end of the stream.
    pub is_cut: bool,
}

/// Records one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// Those from an offset on.
    pub fn from(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The record that comes next, without going on to it.
    pub fn peek(&self) -> Option<Record<'a>> {
        let id = u16_at(self.bytes, self.at)?;
        let length = usize::from(u16_at(self.bytes, self.at + 2)?);
        let from = self.at + HEADER;
        let end = from + length;
        let body = self.bytes.get(from..end.min(self.bytes.len()))?;
        Some(Record { id, body, at: self.at, is_cut: end > self.bytes.len() })
    }

    /// A record's body and those that go on with it.
    pub fn continued(&mut self, record: &Record<'a>) -> Fields<'a> {
        let mut further = Vec::new();
        while let Some(next) = self.peek().filter(|next| next.id == CONTINUE) {
            further.push(next.body);
            self.next();
        }
        further.reverse();
        Fields { now: record.body, further }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let record = self.peek()?;
        self.at += HEADER + record.body.len();
        Some(record)
    }
}

/// The fields of a record, taken one by one from its pieces.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    now: &'a [u8],
    /// The pieces that follow, the last first.
    further: Vec<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// Those of a record that is whole.
    pub fn of(body: &'a [u8]) -> Self {
        Self { now: body, further: Vec::new() }
    }

    /// Goes on to the next piece where this one is at its end.
    fn turn(&mut self) -> bool {
        while self.now.is_empty() {
            match self.further.pop() {
                Some(next) => self.now = next,
                None => return false,
            }
        }
        true
    }

    /// Whether nothing is left.
    #[cfg(test)]
    pub fn is_empty(&mut self) -> bool {
        !self.turn()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.turn().then_some(())?;
        let (first, rest) = self.now.split_first()?;
        self.now = rest;
        Some(*first)
    }

    pub fn u16(&mut self) -> Option<u16> {
        if let Some(value) = u16_at(self.now, 0) {
            self.now = &self.now[2..];
            return Some(value);
        }
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    pub fn u32(&mut self) -> Option<u32> {
        if let Some(value) = u32_at(self.now, 0) {
            self.now = &self.now[4..];
            return Some(value);
        }
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    pub fn f64(&mut self) -> Option<f64> {
        let low = self.u32()?;
        Some(f64::from_bits(u64::from(low) | u64::from(self.u32()?) << 32))
    }

    /// Leaves bytes out; `None` where there are not as many.
    pub fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            self.turn().then_some(())?;
            let taken = count.min(self.now.len());
            self.now = &self.now[taken..];
            count -= taken;
        }
        Some(())
    }

    /// Bytes, as many as there are up to `count`.
    pub fn bytes(&mut self, count: usize) -> Cow<'a, [u8]> {
        if let Some(piece) = self.now.get(..count) {
            self.now = &self.now[count..];
            return Cow::Borrowed(piece);
        }
        let mut made = Vec::new();
        while made.len() < count && self.turn() {
            let taken = (count - made.len()).min(self.now.len());
            made.extend_from_slice(&self.now[..taken]);
            self.now = &self.now[taken..];
        }
        Cow::Owned(made)
    }

    /// Characters of one or two bytes. Where a string goes on in the next piece,
    /// this one says anew how wide they are (2.5.293).
    pub fn characters(&mut self, count: usize, mut wide: bool) -> String {
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.now.is_empty() {
                if !self.turn() {
                    break;
                }
                wide = self.u8().unwrap_or(0) & 1 == 1;
                continue;
            }
            let left = count - units.len();
            if wide {
                let taken = left.min(self.now.len() / 2);
                let (piece, rest) = self.now.split_at(taken * 2);
                units.extend(piece.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])));
                // Half a character at the end of a piece is none.
                self.now = if taken == 0 { &[] } else { rest };
            } else {
                let (piece, rest) = self.now.split_at(left.min(self.now.len()));
                units.extend(piece.iter().map(|byte| u16::from(*byte)));
                self.now = rest;
            }
        }
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
    }

    /// A string whose length was read: what it says about itself, then its
    /// characters, its runs and how it is read aloud (2.5.293, 2.5.294).
    pub fn rich(&mut self, count: usize) -> Option<Rich> {
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let aside = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let text = self.characters(count, flags & 1 == 1);
        let places = self.bytes(runs * 4);
        let runs = in_bytes(&text, run_places(&places, 4));
        let aside = self.bytes(aside);
        Some(Rich { phonetic: phonetic(&aside), runs, text })
    }

    /// A string behind a length of two bytes.
    pub fn string(&mut self, version: Version, page: u32) -> Option<Rich> {
        let count = usize::from(self.u16()?);
        self.string_of(count, version, page)
    }

    /// A string behind a length of one byte.
    pub fn short_string(&mut self, version: Version, page: u32) -> Option<Rich> {
        let count = usize::from(self.u8()?);
        self.string_of(count, version, page)
    }

    /// A string whose length was read.
    pub fn string_of(&mut self, count: usize, version: Version, page: u32) -> Option<Rich> {
        if version == Version::Eight {
            return self.rich(count);
        }
        let bytes = self.bytes(count);
        let text = code_page::decode(page, &bytes).into_owned();
        Some(Rich { text, ..Rich::default() })
    }
}

/// Where runs begin, in characters as the file counts them, and their fonts;
/// `size` is that of an entry.
pub(super) fn run_places(bytes: &[u8], size: usize) -> impl Iterator<Item = (usize, FontId)> {
    bytes.chunks_exact(size).map(|run| {
        let font = u16::from_le_bytes([run[2], run[3]]);
        (usize::from(u16::from_le_bytes([run[0], run[1]])), font)
    })
}

/// The same places counted in bytes of the text.
pub(super) fn in_bytes(
    text: &str,
    runs: impl Iterator<Item = (usize, FontId)>,
) -> Vec<(u32, FontId)> {
    let mut made: Vec<(u32, FontId)> = Vec::new();
    let mut places = text.char_indices();
    let (mut unit, mut byte) = (0usize, 0usize);
    for (at, font) in runs {
        while unit < at {
            let Some((from, c)) = places.next() else { return made };
            unit += c.len_utf16();
            byte = from + c.len_utf8();
        }
        if made.last().is_none_or(|(last, _)| (*last as usize) < byte) && byte < text.len() {
            made.push((byte as u32, font));
        }
    }
    made
}

/// How a string is read aloud (2.5.86): the text behind its settings.
fn phonetic(aside: &[u8]) -> String {
    let count = u16_at(aside, 12).map_or(0, usize::from);
    let bytes = aside.get(14..).unwrap_or_default();
    let units = bytes.chunks_exact(2).take(count).map(|u| u16::from_le_bytes([u[0], u[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

/// A number in 30 bits (2.5.122 of MS-XLSB, 2.5.217).
pub(super) fn rk(value: u32) -> f64 {
    let number = match value & 2 {
        0 => f64::from_bits(u64::from(value & !3) << 32),
        _ => f64::from((value as i32) >> 2),
    };
    if value & 1 == 0 { number } else { number / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: u16, body: &[u8]) -> Vec<u8> {
        let mut made = id.to_le_bytes().to_vec();
        made.extend((body.len() as u16).to_le_bytes());
        made.extend(body);
        made
    }

    #[test]
    fn a_string_goes_on_in_the_next_record_and_may_change_its_width() {
        let bytes = [
            record(0xFC, &[5, 0, 0, b'a', b'b']),
            record(CONTINUE, &[1, 0x3A, 0x67, 0xC6]),
            record(CONTINUE, &[1, 0xC6, 0x5B, 7, 0]),
            record(0x0A, &[]),
        ]
        .concat();
        let mut records = Records::from(&bytes, 0);
        let first = records.next().expect("a record");
        let mut fields = records.continued(&first);
        let text = fields.string(Version::Eight, 0).expect("a string").text;
        assert_eq!(text, "ab机密\u{7}");
        assert!(fields.is_empty());
        assert_eq!(records.next().map(|r| r.id), Some(0x0A));
        assert!(records.next().is_none());
    }

    #[test]
    fn runs_and_readings_stand_behind_the_characters() {
        let mut body = vec![2, 0, 1 | 4 | 8, 1, 0, 18, 0, 0, 0];
        body.extend([0x3A, 0x67, 0xC6, 0x5B]);
        body.extend([1, 0, 9, 0]);
        body.extend([1, 0, 14, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, b'j', 0, b'm', 0]);
        let rich = Fields::of(&body).string(Version::Eight, 0).expect("a string");
        assert_eq!((rich.text.as_str(), rich.phonetic.as_str()), ("机密", "jm"));
        assert_eq!(rich.runs, [(3, 9)]);
        for cut in 0..body.len() {
            let _ = Fields::of(&body[..cut]).string(Version::Eight, 0);
        }
    }

    #[test]
    fn old_strings_are_in_the_code_page() {
        let body = b"\x04\x00\xBB\xFA\xC3\xDCrest";
        let rich = Fields::of(body).string(Version::Five, 936).expect("a string");
        assert_eq!(rich.text, "机密");
        let short = Fields::of(b"\x04\xBB\xFA\xC3\xDC").short_string(Version::Five, 936);
        assert_eq!(short.expect("a string").text, "机密");
    }

    #[test]
    fn numbers_in_thirty_bits() {
        for (value, want) in
            [(0x3FF0_0000, 1.0), (0x4059_0001, 1.0), (5 << 2 | 2, 5.0), (1234 << 2 | 3, 12.34)]
        {
            assert_eq!(rk(value), want);
        }
    }
}
