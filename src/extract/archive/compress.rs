//! Streams of compress(1), `.Z`: LZW with codes of growing width.

use std::io::{self, Read};

const CLEAR: usize = 256;
const MAX_WIDTH: u32 = 16;

/// Unpacks such a stream.
pub(super) struct Compress<'a> {
    input: &'a [u8],
    /// The next bit of the input.
    at: usize,
    /// The bit at which codes of this width began: they come in groups of eight.
    group: usize,
    width: u32,
    widest: u32,
    /// Whether the table may be cleared.
    clears: bool,
    /// For each code, the code before its last byte, and that byte.
    table: Vec<(u16, u8)>,
    last: Option<usize>,
    /// The first byte of the string that came last.
    first: u8,
    /// Output not taken yet, its end first.
    ready: Vec<u8>,
}

impl<'a> Compress<'a> {
    /// Begins behind the three bytes of the header.
    ///
    /// # Errors
    /// Where they are no header.
    pub fn new(bytes: &'a [u8]) -> io::Result<Self> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let (flags, input) = match bytes {
            [0x1F, 0x9D, flags, input @ ..] => (*flags, input),
            _ => return Err(invalid()),
        };
        let widest = u32::from(flags & 0x1F);
        if !(9..=MAX_WIDTH).contains(&widest) || flags & 0x60 != 0 {
            return Err(invalid());
        }
        let mut made = Self {
            input,
            at: 0,
            group: 0,
            width: 9,
            widest,
            clears: flags & 0x80 != 0,
            table: Vec::new(),
            last: None,
            first: 0,
            ready: Vec::new(),
        };
        made.clear();
        Ok(made)
    }

    fn clear(&mut self) {
        self.table.clear();
        self.table.extend((0..=255).map(|byte| (0, byte)));
        if self.clears {
            self.table.push((0, 0));
        }
        self.last = None;
        self.set_width(9);
    }

    /// Codes of the old width are filled up to a whole group first.
    fn set_width(&mut self, width: u32) {
        let group = self.width as usize * 8;
        self.at = self.group + (self.at - self.group).div_ceil(group) * group;
        (self.group, self.width) = (self.at, width);
    }

    fn code(&mut self) -> Option<usize> {
        let byte = |offset: usize| self.input.get(self.at / 8 + offset).copied();
        let end = self.at + self.width as usize;
        if end > self.input.len() * 8 {
            return None;
        }
        let bits = (0..3).fold(0u32, |sum, i| sum | u32::from(byte(i).unwrap_or(0)) << (8 * i));
        let code = bits >> (self.at % 8) & ((1 << self.width) - 1);
        self.at = end;
        Some(code as usize)
    }

    /// Unpacks the next code.
    fn step(&mut self) -> io::Result<bool> {
        if self.table.len() > (1 << self.width) - 1 && self.width < self.widest {
            self.set_width(self.width + 1);
        }
        let Some(code) = self.code() else { return Ok(false) };
        if self.clears && code == CLEAR {
            self.clear();
            return Ok(true);
        }
        let known = self.table.len();
        let string = match self.last {
            // The string that is being defined: the last one and its first byte.
            Some(last) if code == known => {
                self.ready.push(self.first);
                last
            }
            _ if code >= known || (self.last.is_none() && code > 255) => {
                return Err(io::Error::other("a code that is not defined"));
            }
            _ => code,
        };
        let mut at = string;
        while at > 255 {
            let (before, byte) = self.table.get(at).copied().unwrap_or_default();
            self.ready.push(byte);
            at = before.into();
        }
        self.ready.push(at as u8);
        self.first = at as u8;
        if let Some(last) = self.last
            && known < 1 << self.widest
        {
            self.table.push((last as u16, self.first));
        }
        self.last = Some(code);
        Ok(true)
    }
}

impl Read for Compress<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut given = 0;
        for place in buffer {
            while self.ready.is_empty() {
                if !self.step()? {
                    return Ok(given);
                }
            }
            *place = self.ready.pop().unwrap_or_default();
            given += 1;
        }
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs as compress(1) does, without ever clearing the table.
    fn pack(text: &[u8], widest: u32) -> Vec<u8> {
        let mut table: std::collections::HashMap<Vec<u8>, u32> =
            (0..=255u8).map(|b| (vec![b], u32::from(b))).collect();
        let mut out = vec![0x1F, 0x9D, 0x80 | widest as u8];
        let (mut next, mut width, mut bits) = (257u32, 9u32, Vec::new());
        let mut put = |code: u32, width: u32| bits.extend((0..width).map(|i| code >> i & 1 == 1));
        let mut string: Vec<u8> = Vec::new();
        let mut counts = [0usize; 17];
        for byte in text {
            let mut longer = string.clone();
            longer.push(*byte);
            if table.contains_key(&longer) {
                string = longer;
                continue;
            }
            put(table[&string], width);
            counts[width as usize] += 1;
            if next < 1 << widest {
                table.insert(longer, next);
                next += 1;
            }
            // The reader's table is one behind.
            if next > 1 << width && width < widest {
                let fill = (8 - counts[width as usize] % 8) % 8;
                (0..fill).for_each(|_| put(0, width));
                width += 1;
            }
            string = vec![*byte];
        }
        put(table[&string], width);
        out.extend(
            bits.chunks(8)
                .map(|c| c.iter().enumerate().fold(0u8, |sum, (i, bit)| sum | u8::from(*bit) << i)),
        );
        out
    }

    #[test]
    fn what_was_packed_comes_out_at_every_width() {
        let text: Vec<u8> =
            (0..40_000u32).flat_map(|i| [b'a' + (i % 7) as u8, ((i * i) >> 5) as u8]).collect();
        for (text, widest) in [
            (&b"TOBEORNOTTOBEORTOBEORNOT"[..], 16),
            (b"aaaaaaaaaaaaaaaaaa", 12),
            (&text, 12),
            (&text, 16),
        ] {
            let packed = pack(text, widest);
            let mut got = Vec::new();
            let mut reader = Compress::new(&packed).expect("a header");
            reader.read_to_end(&mut got).expect("good codes");
            assert!(got == text, "{widest}: {} of {}", got.len(), text.len());
        }
    }

    #[test]
    fn cut_and_changed_streams_end() {
        let packed = pack(&b"a notice about road salt; a notice about chairs".repeat(20), 16);
        for at in 3..packed.len() {
            let mut changed = packed.clone();
            changed[at] ^= 0x55;
            for bytes in [&packed[..at], &changed] {
                let Ok(mut reader) = Compress::new(bytes) else { continue };
                let mut out = Vec::new();
                let _ = (&mut reader).take(1 << 20).read_to_end(&mut out);
                assert!(out.len() < 1 << 20);
            }
        }
        assert!(Compress::new(b"\x1f\x9d\xff").is_err());
    }
}
