//! By what a word is looked up: its last characters.
//!
//! Words that end in characters of three bytes (nearly all Chinese) are known by
//! the last four of those, 16 bits each; others by their last bytes.

/// How much of a word's end is its key. Of words that end together those of a
/// later class are the longer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Class {
    /// Of words that end in something else, so many bytes.
    Byte = 0,
    TwoBytes,
    ThreeBytes,
    FourBytes,
    EightBytes,
    /// So many characters of three bytes.
    Han,
    TwoHan,
    ThreeHan,
    FourHan,
}

impl Class {
    pub(super) const COUNT: usize = 9;

    /// The class of a word, which is not empty.
    pub(super) fn of(word: &[u8]) -> Self {
        match (han_at_end(word), word.len()) {
            (4.., _) => Self::FourHan,
            (3, _) => Self::ThreeHan,
            (2, _) => Self::TwoHan,
            (1, _) => Self::Han,
            (0, 8..) => Self::EightBytes,
            (0, 4..) => Self::FourBytes,
            (0, 3) => Self::ThreeBytes,
            (0, 2) => Self::TwoBytes,
            _ => Self::Byte,
        }
    }

    /// The bytes of a word its key is made of.
    pub(super) fn len(self) -> usize {
        [1, 2, 3, 4, 8, 3, 6, 9, 12][self as usize]
    }

    /// Whether the key says all of those bytes: others leave the case of letters
    /// open.
    pub(super) fn is_exact(self) -> bool {
        self >= Self::Han
    }

    /// The key, where `tail` is [`last_han`] or [`last_bytes`] there.
    #[inline(always)]
    pub(super) fn key(self, tail: u64) -> u64 {
        match self {
            Self::Byte => (tail | SMEAR) >> 56,
            Self::TwoBytes => (tail | SMEAR) >> 48,
            Self::ThreeBytes => (tail | SMEAR) >> 40,
            Self::FourBytes => (tail | SMEAR) >> 32,
            Self::EightBytes => tail | SMEAR,
            Self::Han => tail & 0xFFFF_0000,
            Self::TwoHan => tail & 0xFFFF_FFFF,
            Self::ThreeHan => tail & 0xFFFF_0000_FFFF_FFFF,
            Self::FourHan => tail,
        }
    }

    /// The key of a word of this class.
    pub(super) fn key_of(self, word: &[u8]) -> u64 {
        self.key(if self >= Self::Han { last_han(word).codes } else { last_bytes(word) })
    }
}

/// Makes letters the same in both cases (and much else the same, which costs a
/// comparison where it happens).
pub(super) const SMEAR: u64 = 0x2020_2020_2020_2020;

/// Odd numbers whose bits look like chance.
pub(super) const A: u64 = 0x9E37_79B9_7F4A_7C15;
pub(super) const B: u64 = 0xD6E8_FEB8_6659_FD93;

/// For filters: the upper bits and those from the twentieth on.
#[inline(always)]
pub(super) fn hash(key: u64) -> u64 {
    key.wrapping_mul(B)
}

/// For the table: the lower bits.
#[inline(always)]
pub(super) fn slot_hash(key: u64) -> u64 {
    let hash = hash(key);
    (hash ^ hash >> 32).wrapping_mul(0xA076_1D64_78BD_642F) >> 20
}

/// The 16 bits of a character of three bytes.
#[inline(always)]
pub(super) fn han([b0, b1, b2]: [u8; 3]) -> u64 {
    u64::from(b0 & 0x0F) << 12 | u64::from(b1 & 0x3F) << 6 | u64::from(b2 & 0x3F)
}

/// The first byte of the last character of eight bytes, and which bits of it
/// tell that there are three.
pub(super) const LEAD: u64 = 0xE0 << 40;
pub(super) const LEAD_BITS: u64 = 0xF0 << 40;

#[inline(always)]
pub(super) fn leads_han(byte: u8) -> bool {
    byte & 0xF0 == 0xE0
}

/// How many characters of three bytes stand at the end, up to four.
fn han_at_end(text: &[u8]) -> usize {
    text.rchunks_exact(3).take(4).take_while(|c| leads_han(c[0])).count()
}

/// How a text ends, which must be in a character of three bytes.
pub(super) struct Tail {
    /// 16 bits each of the last four characters, as if all were of three bytes: the
    /// third last, the fourth last, the last, the one before it.
    pub(super) codes: u64,
    pub(super) row: Row,
}

/// Whether so many of the last characters are of three bytes.
pub(super) struct Row {
    pub(super) two: bool,
    pub(super) three: bool,
    pub(super) four: bool,
}

/// How a text ends.
#[inline(always)]
pub(super) fn last_han(text: &[u8]) -> Tail {
    const TAIL: usize = 14;
    let mut padded = [0; TAIL];
    let tail = text.last_chunk::<TAIL>().unwrap_or_else(|| {
        padded[TAIL - text.len()..].copy_from_slice(text);
        &padded
    });
    let last = last_bytes(tail) >> 16;
    let before = last_bytes(&tail[..TAIL - 6]) >> 16;
    let two = last & 0xF0 == 0xE0;
    let three = two & (before & 0xF000_0000 == 0xE000_0000);
    let four = three & (before & 0xF0 == 0xE0);
    Tail { codes: codes(before) << 32 | codes(last), row: Row { two, three, four } }
}

/// The 16 bits each of two characters of three bytes.
#[inline(always)]
fn codes(pair: u64) -> u64 {
    let spread =
        (pair & 0x00000F_00000F) << 12 | pair >> 2 & 0x000FC0_000FC0 | pair >> 16 & 0x00003F_00003F;
    spread & 0xFFFF | spread >> 8 & 0xFFFF_0000
}

/// The last eight bytes, the last one highest; what is missing is 0.
#[inline(always)]
pub(super) fn last_bytes(text: &[u8]) -> u64 {
    match text.last_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => text.iter().fold(0, |tail, &b| tail >> 8 | u64::from(b) << 56),
    }
}
