//! Bits and the prefix codes made of them: the highest bit of a byte comes first.

use super::Stop;

/// Bits of a stream. Behind its end come zeros, a few of which a decoder may
/// look at, and none of which it may take.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Bits<'a> {
    /// From the first bit on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, end: bytes.len() * 8 }
    }

    /// The bytes these are the bits of.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next sixteen bits, and zeros where there are fewer.
    pub fn peek(&self) -> u32 {
        let byte = |offset: usize| u32::from(*self.bytes.get(self.at / 8 + offset).unwrap_or(&0));
        let three = byte(0) << 16 | byte(1) << 8 | byte(2);
        three >> (8 - self.at % 8) & 0xFFFF
    }

    /// Goes on by so many bits.
    ///
    /// # Errors
    /// Where there are not so many.
    pub fn skip(&mut self, count: usize) -> Result<(), Stop> {
        self.at += count;
        if self.at > self.end { Err(Stop::Ended) } else { Ok(()) }
    }

    /// Takes up to 32 bits.
    ///
    /// # Errors
    /// Where there are not so many.
    pub fn take(&mut self, count: u32) -> Result<u32, Stop> {
        if count > 16 {
            let high = self.take(count - 16)?;
            return Ok(high << 16 | self.take(16)?);
        }
        let bits = if count == 0 { 0 } else { self.peek() >> (16 - count) };
        self.skip(count as usize)?;
        Ok(bits)
    }

    /// Goes on to the next whole byte.
    pub fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// The byte that comes next, of an aligned stream.
    pub fn byte_at(&self) -> usize {
        self.at / 8
    }

    /// Goes to a byte.
    pub fn go_to_byte(&mut self, at: usize) {
        self.at = at.saturating_mul(8);
    }

    /// Whether all bits are taken, or, with `end`, all before that one.
    pub fn is_at(&self, end: usize) -> bool {
        self.at >= end.min(self.end)
    }

    /// How many bits were taken.
    #[cfg(test)]
    pub fn taken(&self) -> usize {
        self.at
    }
}

/// The longest code.
const LONGEST: usize = 15;

/// Codes up to this length are looked up at once.
const QUICK: usize = 9;

/// A prefix code.
#[derive(Clone, Default)]
pub(super) struct Code {
    /// For each length the first value, set to the left of sixteen bits, that is
    /// beyond all codes of that length.
    limits: [u32; LONGEST + 1],
    /// For each length, where its symbols begin.
    starts: [u32; LONGEST + 1],
    symbols: Vec<u16>,
    /// Symbol and length for every beginning of a short code; length 0 for none.
    quick: Vec<(u16, u8)>,
}

impl Code {
    /// Of the lengths of the codes of all symbols; 0 for a symbol without one.
    pub fn new(lengths: &[u8]) -> Self {
        let mut counts = [0u32; LONGEST + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            if let Some(count) = counts.get_mut(usize::from(*length)) {
                *count += 1;
            }
        }
        let mut code = Self { symbols: vec![0; lengths.len()], ..Self::default() };
        let (mut first, mut start) = (0u32, 0u32);
        let mut places = [0u32; LONGEST + 1];
        for length in 1..=LONGEST {
            let count = counts[length];
            // More codes than there is room for: the rest is never reached.
            first = (first + count).min(1 << length);
            code.limits[length] = first << (16 - length);
            code.starts[length] = start;
            places[length] = start;
            start += count;
            first <<= 1;
        }
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let Some(place) = places.get_mut(usize::from(*length)) else { continue };
            if let Some(slot) = code.symbols.get_mut(*place as usize) {
                *slot = symbol as u16;
            }
            *place += 1;
        }
        code.quick = (0..1u32 << QUICK).map(|top| code.slow(top << (16 - QUICK))).collect();
        code
    }

    /// Symbol and length of the code that these sixteen bits begin with.
    fn slow(&self, bits: u32) -> (u16, u8) {
        let mut below = 0;
        for length in 1..=LONGEST {
            let limit = self.limits[length];
            if bits < limit {
                let place = self.starts[length] + ((bits - below) >> (16 - length));
                let symbol = self.symbols.get(place as usize).copied().unwrap_or(0);
                return (symbol, length as u8);
            }
            below = limit;
        }
        (0, 0)
    }

    /// Takes the next symbol.
    ///
    /// # Errors
    /// Where the bits are no code, or there are none left.
    pub fn take(&self, bits: &mut Bits<'_>) -> Result<usize, Stop> {
        let next = bits.peek();
        let quick = self.quick.get((next >> (16 - QUICK)) as usize).copied().unwrap_or_default();
        let (symbol, length) = match quick {
            (symbol, length) if usize::from(length) <= QUICK && length > 0 => (symbol, length),
            _ => self.slow(next),
        };
        if length == 0 {
            return Err(Stop::Broken);
        }
        bits.skip(length.into())?;
        Ok(symbol.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_from_the_top() {
        let mut bits = Bits::new(&[0b1010_0110, 0xFF, 0x00, 0x81, 0x7E]);
        assert_eq!(bits.take(3).ok(), Some(0b101));
        assert_eq!(bits.take(9).ok(), Some(0b0_0110_1111));
        assert_eq!(bits.take(0).ok(), Some(0));
        assert_eq!(bits.take(28).ok(), Some(0xF00_817E));
        assert!(bits.take(1).is_err());
    }

    #[test]
    fn codes_are_canonical() {
        // a: 0, b: 10, c: 110, d: 111
        let code = Code::new(&[1, 2, 3, 3]);
        let mut bits = Bits::new(&[0b0101_1011, 0b1000_0000]);
        let got: Vec<_> = (0..5).map(|_| code.take(&mut bits).ok()).collect();
        assert_eq!(got, [Some(0), Some(1), Some(2), Some(3), Some(0)]);
        // Long codes, beyond what is looked up at once.
        let mut lengths = vec![0; 40];
        (lengths[5], lengths[7], lengths[39]) = (1, 15, 15);
        let code = Code::new(&lengths);
        let mut bits = Bits::new(&[0x80, 0x00, 0x80, 0x02, 0x00]);
        assert_eq!(code.take(&mut bits).ok(), Some(7));
        assert_eq!(code.take(&mut bits).ok(), Some(5));
        assert!(Code::new(&[]).take(&mut Bits::new(&[0])).is_err());
        // More codes than there is room for are no harm.
        assert!(Code::new(&[1; 300]).take(&mut Bits::new(&[0xFF, 0xFF])).is_ok());
    }
}
