//! Keyed rolling hashes of characters, and bits that say of nearly all text that
//! nothing is there.
//!
//! Neither proves anything: what passes is compared by HMAC. A rolling hash is
//! linear, so whoever has the key could solve it for the characters; only a few
//! bits of it, mixed, are ever kept.

use super::key::Mac;
use super::sealed::{Reader, Shut, Writer};

/// Hashes windows of characters under a secret base.
#[derive(Clone)]
pub struct Rolling {
    base: u64,
    mix: [u64; 2],
}

impl std::fmt::Debug for Rolling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rolling")
    }
}

impl Rolling {
    pub(super) fn new(mac: &Mac) -> Self {
        let odd = |purpose| mac.number(purpose) | 1;
        Self { base: odd("base"), mix: [odd("first mix"), odd("second mix")] }
    }

    /// The hash with one character more.
    #[inline]
    pub(super) fn push(&self, hash: u64, c: char) -> u64 {
        hash.wrapping_mul(self.base).wrapping_add(u64::from(u32::from(c)) + 1)
    }

    /// The hash without the character that stands `length` before the last one,
    /// `power` being that of the length.
    #[inline]
    pub(super) fn pop(&self, hash: u64, c: char, power: u64) -> u64 {
        hash.wrapping_sub((u64::from(u32::from(c)) + 1).wrapping_mul(power))
    }

    /// What the first of `length` characters counts as once they are all there.
    pub(super) fn power(&self, length: usize) -> u64 {
        (0..length).fold(1, |power: u64, _| power.wrapping_mul(self.base))
    }

    /// The hash of what stands between two prefixes of a text, `power` being that
    /// of their distance.
    pub(super) fn between(before: u64, after: u64, power: u64) -> u64 {
        after.wrapping_sub(before.wrapping_mul(power))
    }

    /// A hash of which any bits may be looked at.
    #[inline]
    pub(super) fn finish(&self, hash: u64, kind: u64) -> u64 {
        let mut x = (hash ^ kind.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(self.mix[0]);
        x ^= x >> 32;
        x = x.wrapping_mul(self.mix[1]);
        x ^ x >> 29
    }
}

/// A set of hashes as bits: may hold what is not in it, never lacks what is.
#[derive(Clone, Debug)]
pub struct Bits {
    words: Vec<u64>,
    /// How far a hash is moved for its place.
    shift: u32,
    /// Whether a second place is looked at as well.
    twice: bool,
}

impl Bits {
    /// Bits for these hashes: `each` or more for every different one.
    pub(super) fn new(hashes: &[u64], each: usize, twice: bool) -> Self {
        let mut different = hashes.to_vec();
        different.sort_unstable();
        different.dedup();
        let bits = (different.len() * each).next_power_of_two().max(1 << 10);
        let mut made = Self { words: vec![0; bits / 64], shift: 64 - bits.trailing_zeros(), twice };
        for hash in different {
            for place in made.places(hash) {
                made.words[place / 64] |= 1 << (place % 64);
            }
        }
        made
    }

    fn places(&self, hash: u64) -> [usize; 2] {
        let first = hash >> self.shift;
        let second = if self.twice { hash << 32 >> self.shift.max(32) } else { first };
        [first as usize, second as usize]
    }

    /// Whether it may be in the set.
    #[inline]
    pub(super) fn has(&self, hash: u64) -> bool {
        let set = |place: usize| {
            self.words.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
        };
        let [first, second] = self.places(hash);
        set(first) && (!self.twice || set(second))
    }

    /// Bytes that it takes.
    pub(super) fn memory(&self) -> usize {
        self.words.len() * 8
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u8(u8::from(self.twice));
        out.u32(self.words.len() as u32);
        self.words.iter().for_each(|word| out.u64(*word));
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self, Shut> {
        let twice = body.u8()? != 0;
        let count = body.count(8)?;
        if !count.is_power_of_two() || count < 16 {
            return Err(Shut::Damaged("its filter has no size a filter has"));
        }
        let words: Result<Vec<u64>, Shut> = (0..count).map(|_| body.u64()).collect();
        Ok(Self { words: words?, shift: 64 - (count as u64 * 64).trailing_zeros(), twice })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rolling() -> Rolling {
        Rolling::new(&Mac::new(b"some key"))
    }

    fn whole(rolling: &Rolling, text: &str) -> u64 {
        text.chars().fold(0, |hash, c| rolling.push(hash, c))
    }

    #[test]
    fn a_window_has_the_hash_of_its_text_wherever_it_stands() {
        let rolling = rolling();
        let text: Vec<char> = "甲乙丙丁甲乙丙戊a甲乙丙丁".chars().collect();
        let mut sums = vec![0];
        for c in &text {
            sums.push(rolling.push(sums[sums.len() - 1], *c));
        }
        let power = rolling.power(4);
        let alone = whole(&rolling, "甲乙丙丁");
        let found: Vec<usize> = (0..=text.len() - 4)
            .filter(|&at| Rolling::between(sums[at], sums[at + 4], power) == alone)
            .collect();
        assert_eq!(found, [0, 9]);
    }

    #[test]
    fn bits_lack_nothing_let_little_pass_and_come_back() {
        let rolling = rolling();
        let hash = |n: u32| rolling.finish(whole(&rolling, &format!("第{n}号")), 3);
        let held: Vec<u64> = (0..5000).map(hash).collect();
        for (each, twice, most) in [(16, false, 0.07), (32, true, 0.006)] {
            let bits = Bits::new(&held, each, twice);
            let mut out = Writer::default();
            bits.write(&mut out);
            let mut body = Reader::new(&out.bytes);
            let bits = Bits::read(&mut body).unwrap();
            body.end().unwrap();
            assert!(held.iter().all(|hash| bits.has(*hash)));
            let passed = (5000..105_000).filter(|n| bits.has(hash(*n))).count();
            assert!((passed as f64) < 100_000.0 * most, "{passed} passed of 100,000");
        }
    }
}
