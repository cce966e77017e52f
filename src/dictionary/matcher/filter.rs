//! Filters: tables of bits, small enough for a near cache, that let almost no
//! text pass in which no word ends.

/// Places in a stretch of text where words may end.
pub(super) struct Places<const N: usize> {
    /// Where, from the start of the stretch on, with something above that.
    at: [u32; N],
    pub(super) len: usize,
}

impl<const N: usize> Places<N> {
    pub(super) fn new() -> Self {
        Self { at: [0; N], len: 0 }
    }

    /// Adds one, if `pass` is 1.
    #[inline(always)]
    pub(super) fn push(&mut self, at: u32, pass: usize) {
        self.at[self.len % N] = at;
        self.len = self.len.wrapping_add(pass);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.at[..self.len.min(N)].iter().copied()
    }
}

/// A stretch of text that is looked through: from `at` to `end`, places counted from
/// `base` on.
pub(super) struct Stretch<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) base: usize,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// One bit for each hash of a whole key.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    pub(super) words: Vec<u64>,
    shift: u32,
}

impl Bits {
    pub(super) fn for_keys(keys: usize) -> Self {
        let bits = (keys * 16).next_power_of_two().clamp(1 << 12, 1 << 24);
        Self::of(vec![0; bits / 64])
    }

    /// Of bits as they were kept: a power of two of words.
    pub(super) fn of(words: Vec<u64>) -> Self {
        let shift = 64 - words.len().trailing_zeros().clamp(1, 63);
        Self { words, shift }
    }

    pub(super) fn add(&mut self, hash: u64) {
        let (at, two) = self.place(hash);
        self.words[at] |= two;
    }

    /// The word of a hash and two bits in it.
    #[inline(always)]
    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> self.shift) as usize, 1 << (hash >> 20 & 63) | 1 << (hash >> 27 & 63))
    }

    /// 1 or 0.
    #[inline(always)]
    pub(super) fn may_hold(&self, hash: u64) -> usize {
        let (at, two) = self.place(hash);
        let word = self.words.get(at).copied().unwrap_or(u64::MAX);
        usize::from(word & two == two)
    }
}
