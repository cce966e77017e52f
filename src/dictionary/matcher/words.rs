//! The words themselves, and whether a text ends with one.

use std::ops::Range;

use super::Occurrence;
use super::keys::Class;
use super::tables::Slot;
use crate::model::Span;

/// All different words.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// One behind the other, ordered by class, key and letters from the last to the
    /// first in lower case.
    pub(super) letters: Vec<u8>,
    /// Where each word begins, and where the last one ends.
    pub(super) starts: Vec<u32>,
    /// Where each word's heads begin, and the last one's end.
    pub(super) firsts: Vec<u32>,
    /// Entries, with [`ANY_CASE`] and [`WHOLE_WORD`].
    pub(super) heads: Vec<u32>,
    /// For each word, if a group is large, the longest other one it ends with.
    pub(super) parents: Vec<u32>,
    /// Whether any word matches in any case.
    pub(super) any_case: bool,
    /// The longest word in bytes.
    pub(super) longest: usize,
}

pub(super) const ANY_CASE: u32 = 1 << 31;
pub(super) const WHOLE_WORD: u32 = 1 << 30;
pub(super) const ENTRY: u32 = WHOLE_WORD - 1;

/// Of no word.
pub(super) const NONE: u32 = u32::MAX;

/// Groups of more words are searched by halves.
pub(super) const LARGE: usize = 12;

impl Words {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(super) fn memory(&self) -> usize {
        let small = self.starts.len() + self.firsts.len() + self.heads.len() + self.parents.len();
        self.letters.len() + 4 * small
    }

    /// Adds the words of one key with which the text ends at a place.
    pub(super) fn compare(
        &self,
        bytes: &[u8],
        end: usize,
        slot: &Slot,
        found: &mut Vec<Occurrence>,
    ) {
        let before = found.len();
        let first = slot.first as usize;
        if usize::from(slot.count) <= LARGE {
            for word in (first..first + usize::from(slot.count)).rev() {
                self.compare_word(bytes, end, word, found);
            }
        } else {
            self.compare_large(bytes, end, slot, found);
        }
        if self.any_case && found.len() - before > 1 {
            found[before..].sort_unstable_by_key(|word| (word.start, word.entry));
        }
    }

    /// The last word of the group that is not after the text (both read from the
    /// end) has among its parents all that the text ends with.
    fn compare_large(&self, bytes: &[u8], end: usize, slot: &Slot, found: &mut Vec<Occurrence>) {
        let first = slot.first as usize;
        let end_of_group = match slot.count {
            Slot::MANY => self.group_end(first),
            count => first + usize::from(count),
        };
        let (mut low, mut high) = (first, end_of_group);
        let text = &bytes[..end];
        while low < high {
            let middle = low + (high - low) / 2;
            let word = self.word(middle);
            let here = &text[text.len().saturating_sub(word.len())..];
            if backwards(word).gt(backwards(here)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let mut word = match low == first {
            true => NONE,
            false => low as u32 - 1,
        };
        while word != NONE {
            self.compare_word(bytes, end, word as usize, found);
            // Parents stand before their children.
            let parent = self.parents.get(word as usize).filter(|parent| **parent < word);
            word = parent.copied().unwrap_or(NONE);
        }
    }

    /// Behind the last word of a group, whose words stand together.
    fn group_end(&self, first: usize) -> usize {
        let key = |word: usize| {
            let letters = self.word(word);
            let class = Class::of(letters);
            (class, class.key_of(letters))
        };
        let of = key(first);
        let in_group = |word: usize| word < self.len() && key(word) == of;
        // Ever longer steps, then ever shorter ones.
        let (mut last, mut step) = (first, 1);
        while in_group(last + step) {
            last += step;
            step *= 2;
        }
        while step > 0 {
            if in_group(last + step) {
                last += step;
            }
            step /= 2;
        }
        last + 1
    }

    pub(super) fn word(&self, word: usize) -> &[u8] {
        self.letters.get(self.span(word)).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn span(&self, word: usize) -> Range<usize> {
        match self.starts.get(word..word + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    /// The heads of a word.
    #[inline(always)]
    pub(super) fn heads_of(&self, word: usize) -> &[u32] {
        let Some(&[first, last]) = self.firsts.get(word..word + 2) else { return &[] };
        self.heads.get(first as usize..last as usize).unwrap_or_default()
    }

    #[inline(always)]
    fn compare_word(&self, bytes: &[u8], end: usize, word: usize, found: &mut Vec<Occurrence>) {
        let letters = self.word(word);
        let Some(start) = end.checked_sub(letters.len()) else { return };
        let here = &bytes[start..end];
        let exact = same(here, letters);
        let same = exact || self.any_case && here.eq_ignore_ascii_case(letters);
        if !same {
            return;
        }
        for &head in self.heads_of(word) {
            if (exact || head & ANY_CASE != 0)
                && (head & WHOLE_WORD == 0 || stands_apart(bytes, start..end))
            {
                found.push(Occurrence::new(start..end, head & ENTRY));
            }
        }
    }
}

/// The letters from the last to the first, in lower case.
pub(super) fn backwards(letters: &[u8]) -> impl Iterator<Item = u8> {
    letters.iter().rev().map(u8::to_ascii_lowercase)
}

/// Whether two stretches of the same length are the same: words are short, and a
/// call would cost more than the comparison.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    #[inline(always)]
    fn ends<const N: usize>(a: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((a.first_chunk()?, a.last_chunk()?))
    }
    match a.len() {
        8..=16 => ends::<8>(a) == ends::<8>(b),
        4..8 => ends::<4>(a) == ends::<4>(b),
        _ => a == b,
    }
}

pub(super) fn stands_apart(bytes: &[u8], span: Span) -> bool {
    let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    !letter(span.start.checked_sub(1).and_then(|i| bytes.get(i))) && !letter(bytes.get(span.end))
}
