//! For many words, of whose last two characters too many are common: bits for
//! whole words of two and of three characters of three bytes, and for the last
//! four of all longer ones.

use super::filter::{Places, Stretch};
use super::keys::{A, B, Class, LEAD, LEAD_BITS, last_bytes};

/// One bit for each hash of how words end.
#[derive(Clone, Debug, Default)]
pub(super) struct Grams {
    /// Of words of two characters; empty where there are none.
    pub(super) twos: Vec<u64>,
    /// Of words of three, or of three and something else before them.
    pub(super) threes: Vec<u64>,
    /// Of all others.
    pub(super) fours: Vec<u64>,
}

/// Bytes before a character of three that are looked at with it.
pub(super) const WINDOW: usize = 9;

/// Blocks of 64 bits, for many words and for a million.
const TWOS: usize = 1 << 13;
const THREES: usize = 1 << 13;
const FOURS: usize = 1 << 16;
const MORE_THREES: usize = 1 << 15;
const MORE_FOURS: usize = 1 << 18;

impl Grams {
    /// With room for so many words, and for words of two characters or not.
    pub(super) fn for_words(words: usize, twos: bool) -> Self {
        let (threes, fours) = match words {
            0..400_000 => (THREES, FOURS),
            _ => (MORE_THREES, MORE_FOURS),
        };
        let twos = if twos { TWOS } else { 0 };
        Self { twos: vec![0; twos], threes: vec![0; threes], fours: vec![0; fours] }
    }

    /// Whether the numbers of blocks are those there may be.
    pub(super) fn is_sound(&self) -> bool {
        [0, TWOS].contains(&self.twos.len())
            && [(THREES, FOURS), (MORE_THREES, MORE_FOURS)]
                .contains(&(self.threes.len(), self.fours.len()))
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        self.twos.len() + self.threes.len() + self.fours.len()
    }

    /// Lets a word of a class of two characters of three bytes or more pass.
    pub(super) fn add(&mut self, word: &[u8], class: Class) {
        let tail = last_bytes(word);
        let (bits, hash) = match class {
            Class::TwoHan => (&mut self.twos, two(tail)),
            Class::ThreeHan => (&mut self.threes, three(tail)),
            _ => (&mut self.fours, four(tail, before(word))),
        };
        let bit = (hash >> (58 - bits.len().trailing_zeros())) as usize;
        bits[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether a word may end with these characters of three bytes; 1 or 0.
    #[inline(always)]
    pub(super) fn may_end(&self, tail: u64, before: u32) -> usize {
        let look = |bits: &[u64], hash: u64| {
            let bit = (hash >> 58_u32.saturating_sub(bits.len().trailing_zeros())) as usize;
            bits.get(bit / 64).map_or(0, |block| block >> (bit % 64) & 1) as usize
        };
        look(&self.twos, two(tail))
            | look(&self.threes, three(tail))
            | look(&self.fours, four(tail, before))
    }

    /// Gathers the places in a row of characters of three bytes, four at a time,
    /// and says where it stopped. `at` is [`WINDOW`] or more.
    pub(super) fn gather<const N: usize>(
        &self,
        bytes: &[u8],
        base: usize,
        at: usize,
        end: usize,
        places: &mut Places<N>,
    ) -> usize {
        // Of a size that is known no index need be checked.
        let text = Stretch { bytes, base, at, end };
        let twos = self.twos.first_chunk::<TWOS>();
        if let Some(fours) = self.fours.first_chunk::<MORE_FOURS>()
            && let Some(threes) = self.threes.first_chunk::<MORE_THREES>()
        {
            return match twos {
                Some(twos) => gather(|h| bit(twos, h), threes, fours, text, places),
                None => gather(|_| 0, threes, fours, text, places),
            };
        }
        match (self.threes.first_chunk::<THREES>(), self.fours.first_chunk::<FOURS>(), twos) {
            (Some(threes), Some(fours), Some(twos)) => {
                gather(|h| bit(twos, h), threes, fours, text, places)
            }
            (Some(threes), Some(fours), None) => gather(|_| 0, threes, fours, text, places),
            _ => at,
        }
    }
}

#[inline(never)]
fn gather<const THREES: usize, const FOURS: usize, const N: usize>(
    twos: impl Fn(u64) -> u64,
    threes: &[u64; THREES],
    fours: &[u64; FOURS],
    text: Stretch<'_>,
    places: &mut Places<N>,
) -> usize {
    let may_end = |(tail, before): (u64, u32)| {
        let longer = bit(fours, four(tail, before));
        ((twos(two(tail)) | bit(threes, three(tail)) | longer) & 1) as usize
    };
    let Some(from) = text.at.checked_sub(WINDOW) else { return text.at };
    let mut rest = text.bytes.get(from..).unwrap_or_default();
    let mut from = (text.at - text.base) as u32;
    let last = (text.end - text.base) as u32;
    while let Some(window) = rest.first_chunk::<{ WINDOW + 12 }>() {
        // Twelve bytes up to the end of each of four characters.
        let ends = [0, 3, 6, 9].map(|at| load(window, at));
        let other = ends.iter().fold(0, |other, (tail, _)| other | tail ^ LEAD);
        if other & LEAD_BITS != 0 || from >= last || places.len > N - 4 {
            break;
        }
        for (end, at) in ends.into_iter().zip([3, 6, 9, 12]) {
            places.push(from.wrapping_add(at), may_end(end));
        }
        from = from.wrapping_add(12);
        rest = &rest[12..];
    }
    text.base + from as usize
}

/// The last eight bytes up to a place, and the four before them.
#[inline(always)]
fn load(window: &[u8; WINDOW + 12], from: usize) -> (u64, u32) {
    let before = window[from..].first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
    let tail = window[from + 4..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    (tail, before)
}

/// The four bytes before the last eight; 0 where a text is shorter.
#[inline(always)]
pub(super) fn before(text: &[u8]) -> u32 {
    let twelve = text.last_chunk::<12>();
    twelve.and_then(|twelve| twelve.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}

#[inline(always)]
fn bit<const BLOCKS: usize>(blocks: &[u64; BLOCKS], hash: u64) -> u64 {
    let bit = (hash >> (58 - BLOCKS.trailing_zeros())) as usize;
    blocks[bit / 64] >> (bit % 64)
}

#[inline(always)]
fn two(tail: u64) -> u64 {
    (tail >> 16).wrapping_mul(A)
}

/// Of the last eight bytes: of the third last character the first one, which says
/// least, is left out.
#[inline(always)]
fn three(tail: u64) -> u64 {
    tail.wrapping_mul(A)
}

#[inline(always)]
fn four(tail: u64, before: u32) -> u64 {
    three(tail) ^ u64::from(before).wrapping_mul(B)
}
