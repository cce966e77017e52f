//! For few words: what their last two characters tell, and of the one before.

use super::filter::{Places, Stretch};
use super::keys::{A, Class, LEAD, LEAD_BITS, SMEAR};

/// Bytes before a character of three that are looked at with it.
pub(super) const WINDOW: usize = 5;

/// For each hash of how words end a block of 64 bits, one for each hash of what
/// stands before that: one look tells of three characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Endings {
    pub(super) blocks: Vec<u64>,
    shift: u32,
}

impl Endings {
    /// With room for so many words.
    pub(super) fn for_words(words: usize) -> Self {
        let blocks = match words {
            0..2_000 => SMALL,
            2_000..20_000 => MIDDLE,
            20_000..200_000 => LARGE,
            _ => HUGE,
        };
        Self::of(vec![0; blocks])
    }

    /// Of blocks as they were kept: a power of two of them, more than one.
    pub(super) fn of(blocks: Vec<u64>) -> Self {
        let shift = 64 - blocks.len().trailing_zeros().clamp(1, 63);
        Self { blocks, shift }
    }

    /// Whether the number of blocks is one of those there may be.
    pub(super) fn is_sound(&self) -> bool {
        [SMALL, MIDDLE, LARGE, HUGE].contains(&self.blocks.len())
    }

    /// Lets a word pass; `tail` is that of the class.
    pub(super) fn add(&mut self, tail: u64, class: Class, length: usize) {
        let (hash, bits) = match class {
            Class::TwoHan => (pair(tail), u64::MAX),
            Class::ThreeHan | Class::FourHan => (pair(tail), 1 << third(tail)),
            _ if length >= 6 => (four(tail), 1 << before_four(tail)),
            _ => (four(tail), u64::MAX),
        };
        let block = (hash >> self.shift) as usize;
        self.blocks[block] |= bits;
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
        // Of a size that is known no index need be checked. More words that end so
        // are found in another way.
        let blocks = self.blocks.as_slice();
        match blocks.len() {
            SMALL => blocks.first_chunk::<SMALL>().map(|b| gather(b, bytes, base, at, end, places)),
            MIDDLE => {
                blocks.first_chunk::<MIDDLE>().map(|b| gather(b, bytes, base, at, end, places))
            }
            _ => None,
        }
        .unwrap_or(at)
    }

    /// Gathers the places in a row of ASCII, eight at a time, and says where it
    /// stopped; each with `kind` above it.
    pub(super) fn gather_ascii<const N: usize>(
        &self,
        text: Stretch<'_>,
        kind: u32,
        places: &mut Places<N>,
    ) -> usize {
        let at = text.at;
        let blocks = self.blocks.as_slice();
        match blocks.len() {
            SMALL => blocks.first_chunk::<SMALL>().map(|b| gather_ascii(b, text, kind, places)),
            MIDDLE => blocks.first_chunk::<MIDDLE>().map(|b| gather_ascii(b, text, kind, places)),
            LARGE => blocks.first_chunk::<LARGE>().map(|b| gather_ascii(b, text, kind, places)),
            HUGE => blocks.first_chunk::<HUGE>().map(|b| gather_ascii(b, text, kind, places)),
            _ => None,
        }
        .unwrap_or(at)
    }

    /// Whether a word may end with these characters of three bytes; 1 or 0.
    #[inline(always)]
    pub(super) fn may_end_in_han(&self, tail: u64) -> usize {
        let block = (pair(tail) >> self.shift) as usize;
        let block = self.blocks.get(block).copied().unwrap_or(u64::MAX);
        (block >> third(tail) & 1) as usize
    }

    /// Whether a word of four bytes or more may end with these; 1 or 0.
    #[inline(always)]
    pub(super) fn may_end_in(&self, tail: u64) -> usize {
        let block = (four(tail) >> self.shift) as usize;
        let block = self.blocks.get(block).copied().unwrap_or(u64::MAX);
        (block >> before_four(tail) & 1) as usize
    }
}

/// Blocks for ever more words.
const SMALL: usize = 1 << 10;
const MIDDLE: usize = 1 << 13;
const LARGE: usize = 1 << 16;
const HUGE: usize = 1 << 18;

#[inline(never)]
fn gather<const BLOCKS: usize, const N: usize>(
    blocks: &[u64; BLOCKS],
    bytes: &[u8],
    base: usize,
    at: usize,
    end: usize,
    places: &mut Places<N>,
) -> usize {
    let may_end = |tail: u64| {
        let block = blocks[(pair(tail) >> (64 - BLOCKS.trailing_zeros())) as usize];
        (block >> third(tail) & 1) as usize
    };
    let Some(from) = at.checked_sub(WINDOW) else { return at };
    let mut rest = bytes.get(from..).unwrap_or_default();
    let mut from = (at - base) as u32;
    let last = (end - base) as u32;
    while let Some(window) = rest.first_chunk::<{ WINDOW + 12 }>() {
        // Eight bytes up to the end of each of four characters.
        let one = load(window, 0);
        let two = load(window, 3);
        let three = load(window, 6);
        let four = load(window, 9);
        let other = (one ^ LEAD) | (two ^ LEAD) | (three ^ LEAD) | (four ^ LEAD);
        if other & LEAD_BITS != 0 || from >= last || places.len > N - 4 {
            break;
        }
        places.push(from.wrapping_add(3), may_end(one));
        places.push(from.wrapping_add(6), may_end(two));
        places.push(from.wrapping_add(9), may_end(three));
        places.push(from.wrapping_add(12), may_end(four));
        from = from.wrapping_add(12);
        rest = &rest[12..];
    }
    base + from as usize
}

#[inline(never)]
fn gather_ascii<const BLOCKS: usize, const N: usize>(
    blocks: &[u64; BLOCKS],
    text: Stretch<'_>,
    kind: u32,
    places: &mut Places<N>,
) -> usize {
    const ASCII: u64 = 0x8080_8080_8080_8080;
    let may_end = |tail: u64| {
        let block = blocks[(four(tail) >> (64 - BLOCKS.trailing_zeros())) as usize];
        (block >> before_four(tail) & 1) as usize
    };
    let Some(from) = text.at.checked_sub(7) else { return text.at };
    let mut rest = text.bytes.get(from..).unwrap_or_default();
    let mut from = (text.at - text.base) as u32;
    let last = (text.end - text.base) as u32;
    while let Some(window) = rest.first_chunk::<15>() {
        let next = window.last_chunk().map_or(ASCII, |eight| u64::from_le_bytes(*eight));
        if next & ASCII != 0 || from >= last || places.len > N - 8 {
            break;
        }
        // Eight bytes up to the end of each of eight characters.
        for at in 0..8 {
            let tail = window[at..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            places.push(from.wrapping_add(at as u32 + 1) | kind, may_end(tail));
        }
        from = from.wrapping_add(8);
        rest = &rest[8..];
    }
    text.base + from as usize
}

#[inline(always)]
fn load(window: &[u8; WINDOW + 12], from: usize) -> u64 {
    window[from..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// Of the last six bytes.
#[inline(always)]
fn pair(tail: u64) -> u64 {
    (tail >> 16).wrapping_mul(A)
}

#[inline(always)]
fn four(tail: u64) -> u64 {
    ((tail | SMEAR) >> 32 << 32).wrapping_mul(A)
}

/// One of 64 for the character before the last two.
#[inline(always)]
fn third(tail: u64) -> u32 {
    (tail ^ tail >> 8) as u32 & 63
}

/// One of 64 for the two bytes before the last four.
#[inline(always)]
fn before_four(tail: u64) -> u32 {
    (((tail | SMEAR) >> 16) as u16).wrapping_mul(0x9E35) as u32 >> 10
}
