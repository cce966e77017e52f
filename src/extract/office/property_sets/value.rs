//! Values of properties (MS-OLEPS 2.15): typed, alone or in vectors.

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, civil::Date};

use crate::extract::charset::code_page;

/// Values within values: a vector of variants is the deepest that is written.
const MAX_DEPTH: u32 = 4;

/// Bytes read one after the other; offsets count from the section's first byte.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader that begins at an offset.
    pub fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Where it is.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// The next 16 bits.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next 32 bits.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Goes to the next multiple of four.
    pub fn align(&mut self) {
        self.at = self.at.checked_next_multiple_of(4).unwrap_or(self.at);
    }

    /// Goes over the padding behind a narrow string. Some writers leave it out
    /// within vectors, so only zeros are taken for padding.
    fn skip_padding(&mut self) {
        while !self.at.is_multiple_of(4) && self.bytes.get(self.at) == Some(&0) {
            self.at += 1;
        }
    }
}

/// A typed value as text, values of a vector a line each; empty for what is no
/// text; `None` if it is cut off or of a type that is not known.
pub(super) fn shown(reader: &mut Reader<'_>, page: u32) -> Option<String> {
    typed(reader, page, 0)
}

/// The texts of the list of links that Office keeps (MS-OSHARED 2.3.3.1.20): a
/// blob with six values for each link.
pub(super) fn links(reader: &mut Reader<'_>, page: u32) -> Option<String> {
    const BLOB: u16 = 0x41;
    if reader.u32()? as u16 != BLOB {
        return None;
    }
    let size = usize::try_from(reader.u32()?).ok()?;
    let mut inside = Reader::at(reader.take(size)?, 0);
    let mut texts = String::new();
    for _ in 0..inside.u32()? {
        let is_text = matches!(inside.clone().u32(), Some(0x1E | 0x1F));
        let text = typed(&mut inside, page, 1)?;
        if is_text {
            texts.push_str(&text);
            texts.push('\n');
        }
    }
    Some(texts)
}

fn typed(reader: &mut Reader<'_>, page: u32, depth: u32) -> Option<String> {
    let kind = reader.u16()?;
    reader.u16()?;
    if depth > MAX_DEPTH {
        return None;
    }
    if kind & 0x2000 != 0 {
        array_counts(reader)?;
        // Arrays are in the format and in no file anybody has shown.
        return None;
    }
    if kind & 0x1000 == 0 {
        return bare(reader, kind, page, depth);
    }
    let count = reader.u32()?;
    let mut all = String::new();
    for _ in 0..count {
        let before = reader.position();
        let one = bare(reader, kind & 0xFFF, page, depth)?;
        if reader.position() == before {
            return None;
        }
        all.push_str(&one);
        all.push('\n');
    }
    Some(all)
}

fn array_counts(reader: &mut Reader<'_>) -> Option<u32> {
    reader.u32()?;
    reader.u32()
}

/// A value without its type.
fn bare(reader: &mut Reader<'_>, kind: u16, page: u32, depth: u32) -> Option<String> {
    let text = match kind {
        // Nothing, null.
        0 | 1 => String::new(),
        2 => i16::from_le_bytes(padded(reader)?).to_string(),
        3 | 0x16 => i32::from_le_bytes(reader.array()?).to_string(),
        4 => f32::from_le_bytes(reader.array()?).to_string(),
        5 => f64::from_le_bytes(reader.array()?).to_string(),
        // Money, in ten-thousandths.
        6 => (i64::from_le_bytes(reader.array()?) as f64 / 1e4).to_string(),
        7 => day(f64::from_le_bytes(reader.array()?)),
        8 | 0x1E => narrow(reader, page)?,
        0x0A => {
            reader.u32()?;
            String::new()
        }
        0x0B => {
            let [truth] = padded::<1>(reader)?;
            (if truth == 0 { "false" } else { "true" }).to_owned()
        }
        0x0C => typed(reader, page, depth + 1)?,
        0x0E => decimal(reader.array()?),
        0x10 => i8::from_le_bytes(padded(reader)?).to_string(),
        0x11 => u8::from_le_bytes(padded(reader)?).to_string(),
        0x12 => u16::from_le_bytes(padded(reader)?).to_string(),
        0x13 | 0x17 => reader.u32()?.to_string(),
        0x14 => i64::from_le_bytes(reader.array()?).to_string(),
        0x15 => u64::from_le_bytes(reader.array()?).to_string(),
        0x1F => wide(reader)?,
        0x40 => time(u64::from_le_bytes(reader.array()?)),
        // Blobs, streams, pictures and identifiers of classes say nothing.
        0x41..=0x47 => {
            let size = usize::try_from(reader.u32()?).ok()?;
            reader.take(size)?;
            String::new()
        }
        0x48 => {
            reader.take(16)?;
            String::new()
        }
        _ => return None,
    };
    Some(text)
}

/// A short value in the four bytes it is given.
fn padded<const N: usize>(reader: &mut Reader<'_>) -> Option<[u8; N]> {
    let value = reader.array()?;
    reader.skip_padding();
    Some(value)
}

fn narrow(reader: &mut Reader<'_>, page: u32) -> Option<String> {
    let size = usize::try_from(reader.u32()?).ok()?;
    let bytes = reader.take(size)?;
    reader.skip_padding();
    Some(until_zero(&code_page::decode(page, bytes)))
}

fn wide(reader: &mut Reader<'_>) -> Option<String> {
    let units = usize::try_from(reader.u32()?).ok()?;
    let bytes = reader.take(units.checked_mul(2)?)?;
    reader.align();
    Some(until_zero(&code_page::decode(1200, bytes)))
}

/// What stands before the zero that ends a string. What stands behind it is
/// shown by nothing and may be a mark all the same, so it is kept, a line each.
fn until_zero(text: &str) -> String {
    let trimmed = text.trim_end_matches('\0');
    trimmed.replace('\0', "\n")
}

fn decimal(bytes: [u8; 16]) -> String {
    let [_, _, scale, sign, rest @ ..] = bytes;
    let high = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
    let low = [rest[4], rest[5], rest[6], rest[7], rest[8], rest[9], rest[10], rest[11]];
    let digits = (u128::from(high) << 64 | u128::from(u64::from_le_bytes(low))).to_string();
    let scale = usize::from(scale.min(28));
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if sign == 0 { "" } else { "-" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Hundreds of nanoseconds since 1601; a length of time where it is small.
fn time(ticks: u64) -> String {
    let seconds = i64::try_from(ticks / 10_000_000).unwrap_or(i64::MAX);
    from(date(1601, 1, 1), seconds)
}

/// Days since the end of 1899.
fn day(days: f64) -> String {
    // A cast of what is too large gives the largest there is.
    from(date(1899, 12, 30), (days * 86_400.0).round() as i64)
}

fn from(epoch: Date, seconds: i64) -> String {
    let start: DateTime = epoch.at(0, 0, 0, 0);
    start
        .checked_add(SignedDuration::from_secs(seconds))
        .map_or_else(|_| String::new(), |t| t.to_string())
}
