//! Words that begin with two ideographs, found by those: a filter of one bit
//! for each pair fits the nearest cache, and almost no text passes it.

use std::collections::HashMap;
use std::ops::Range;

/// Bits of the filter, a power of two.
const BITS: usize = 1 << 16;

/// Finds words by their first two characters, each of three bytes in UTF-8.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    filter: Box<[u64; BITS / 64]>,
    /// For each pair, the words that begin with it: numbers as they were given.
    words: HashMap<u32, Range<usize>>,
}

impl Pairs {
    /// Whether a word can be found this way.
    pub(super) fn can_find(word: &str) -> bool {
        pair(word).is_some()
    }

    /// For these words, sorted, each of which can be found this way.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut made = Self { filter: Box::new([0; BITS / 64]), words: HashMap::new() };
        for (number, word) in words.enumerate() {
            let Some((first, second)) = pair(word) else { continue };
            let bit = slot(first, second);
            made.filter[bit / 64] |= 1 << (bit % 64);
            let key = u32::from(first) << 16 | u32::from(second);
            made.words.entry(key).or_insert(number..number).end = number + 1;
        }
        made
    }

    /// Calls `found` with the offset and the numbers of the words that may begin
    /// there, wherever a pair stands in the text.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(usize, Range<usize>)) {
        let bytes = text.as_bytes();
        // The character before `at`; 0 where it is none of three bytes.
        let (mut before, mut at) = (0u16, 0);
        loop {
            while let Some(&[b0, b1, b2]) = bytes.get(at..).and_then(|b| b.first_chunk()) {
                if b0 & 0xF0 != 0xE0 {
                    break;
                }
                let c = code(b0, b1, b2);
                let bit = slot(before, c);
                if self.filter[bit / 64] >> (bit % 64) & 1 != 0
                    && let Some(words) = self.words.get(&(u32::from(before) << 16 | u32::from(c)))
                {
                    found(at - 3, words.clone());
                }
                before = c;
                at += 3;
            }
            before = 0;
            let rest = bytes.get(at..).unwrap_or_default();
            match rest.iter().position(|b| b & 0xF0 == 0xE0) {
                Some(next) => at += next,
                None => return,
            }
        }
    }
}

fn pair(word: &str) -> Option<(u16, u16)> {
    match word.as_bytes() {
        [a0, a1, a2, b0, b1, b2, ..] if a0 & 0xF0 == 0xE0 && b0 & 0xF0 == 0xE0 => {
            Some((code(*a0, *a1, *a2), code(*b0, *b1, *b2)))
        }
        _ => None,
    }
}

fn code(b0: u8, b1: u8, b2: u8) -> u16 {
    u16::from(b0) << 12 | u16::from(b1 & 0x3F) << 6 | u16::from(b2 & 0x3F)
}

fn slot(first: u16, second: u16) -> usize {
    usize::from(first.wrapping_mul(0x9E35) ^ second)
}
