//! One pass over folded text for the head words of all entries.
//!
//! Words are known by how they end, so that they are found in the order of their
//! ends. Three steps, each over a batch of what the one before let pass, since
//! a processor that need not guess is many times faster: a filter that fits a
//! near cache and sees three characters at each place ([`filter::Endings`]); one of
//! whole keys ([`filter::Bits`]); a table of keys, and a comparison of what the key
//! does not say.

mod build;
mod dense;
mod filter;
mod keys;
mod stored;

use std::ops::Range;

use dense::Dense;
use filter::{Bits, Endings, Places, WINDOW};
use keys::{Class, SMEAR, Tail, han, hash, last_bytes, last_han, leads_han, slot_hash};

use crate::model::Span;

/// A head word of one entry, as the matcher is given it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The word, folded; never empty.
    pub word: String,
    /// The entry: an index into the dictionary's entries.
    pub entry: usize,
    /// Whether ASCII letters match in any case.
    pub any_case: bool,
    /// Whether no ASCII letter or digit may stand before or after it.
    pub whole_word: bool,
}

/// Finds head words. The engine behind it may be replaced: nothing else knows
/// how words are found.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    /// Each with what is added to the numbers of its entries.
    engines: Vec<(Engine, usize)>,
}

impl Matcher {
    /// A matcher for these head words.
    pub fn new(heads: Vec<Head>) -> Self {
        let mut made = Self::default();
        made.add(Engine::new(heads), 0);
        made
    }

    /// Adds the words of an engine, whose entries begin at `first`.
    pub(super) fn add(&mut self, engine: Engine, first: usize) {
        if !engine.is_empty() {
            self.engines.push((engine, first));
        }
    }

    /// How many head words there are.
    pub fn len(&self) -> usize {
        self.engines.iter().map(|(engine, _)| engine.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.engines.is_empty()
    }

    /// The longest head word in bytes.
    pub fn longest(&self) -> usize {
        self.engines.iter().map(|(engine, _)| engine.longest).max().unwrap_or(0)
    }

    /// Bytes of memory behind it.
    pub fn memory(&self) -> usize {
        self.engines.iter().map(|(engine, _)| engine.memory()).sum()
    }

    /// Every head word in a text with its entry, overlapping ones too, ordered by
    /// where they end; where several end together, longer words first and then
    /// entries in order. `found` is room that is used again.
    pub fn find(&self, text: &str, found: &mut Vec<(Span, usize)>) {
        found.clear();
        for (engine, first) in &self.engines {
            let before = found.len();
            engine.find(text, found);
            if *first > 0 {
                found[before..].iter_mut().for_each(|(_, entry)| *entry += first);
            }
        }
        if self.engines.len() > 1 {
            // Of stretches that are in order already.
            found.sort_by_key(|(span, entry)| (span.end, span.start, *entry));
        }
    }
}

/// One set of tables by which words are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Engine {
    /// All different words, one behind the other, ordered by class, key
    /// and letters from the last to the first in lower case.
    letters: Vec<u8>,
    /// Where each word begins, and where the last one ends.
    starts: Vec<u32>,
    /// Where each word's heads begin, and the last one's end.
    firsts: Vec<u32>,
    /// Entries, with [`ANY_CASE`] and [`WHOLE_WORD`].
    heads: Vec<u32>,
    /// For each word, if a group is large, the longest other one it ends with.
    parents: Vec<u32>,
    /// Words with the same key are a group: the keys, by hash.
    slots: Vec<Slot>,
    /// Keys that are there.
    keys: Bits,
    /// How words end in characters of three bytes, and others.
    han: Endings,
    other: Endings,
    /// Characters of three bytes that are words.
    singles: Vec<u64>,
    /// Last two bytes of other words shorter than four.
    short: Vec<u64>,
    /// Which classes have words.
    classes: [bool; Class::COUNT],
    /// Whether any word matches in any case.
    any_case: bool,
    /// The longest word in bytes.
    longest: usize,
    dense: Dense,
}

const ANY_CASE: u32 = 1 << 31;
const WHOLE_WORD: u32 = 1 << 30;
const ENTRY: u32 = WHOLE_WORD - 1;

/// Of no word.
const NONE: u32 = u32::MAX;

/// Groups of more words are searched by halves.
const LARGE: usize = 12;

/// Text that is looked through at once, in bytes: it is still in the cache when
/// the places found in it are looked at.
const STRETCH: usize = 1 << 16;

/// Places that are looked at together.
const BATCH: usize = 512;

/// Keys that may end at places.
struct Probes {
    places: Places<PROBES>,
    keys: [u64; PROBES],
}

impl Probes {
    fn new() -> Self {
        Self { places: Places::new(), keys: [0; PROBES] }
    }

    /// Adds one, if `pass` is 1.
    #[inline(always)]
    fn push(&mut self, at: usize, key: u64, pass: usize) {
        self.keys[self.places.len % PROBES] = key;
        self.places.push(at as u32, pass);
    }

    fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        self.places.iter().zip(self.keys)
    }
}

const PROBES: usize = 4 * BATCH;

/// Above a place in a stretch: what it is. Below [`STRETCH`] and what a character
/// may stand out of it.
const KIND: u32 = 20;
const PLACE: u32 = (1 << KIND) - 1;
/// A place where words of other ends may end.
const OTHER: usize = 1 << KIND;

impl Engine {
    pub(super) fn new(heads: Vec<Head>) -> Self {
        build::build(heads)
    }

    fn len(&self) -> usize {
        self.heads.len()
    }

    fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    fn memory(&self) -> usize {
        let small = self.starts.len() + self.firsts.len() + self.heads.len() + self.parents.len();
        let blocks = self.keys.words.len() + self.han.blocks.len() + self.other.blocks.len();
        self.letters.len()
            + self.dense.memory()
            + 4 * small
            + 8 * (blocks + self.singles.len() + self.short.len())
            + size_of::<Slot>() * self.slots.len()
    }

    /// Adds the words of a text and their entries to those found.
    fn find(&self, text: &str, found: &mut Vec<(Span, usize)>) {
        if self.is_empty() || self.dense.find(self, text, found) {
            return;
        }
        let before = found.len();
        let bytes = text.as_bytes();
        let mut places = Places::<BATCH>::new();
        let mut probes = Probes::new();
        let mut hits = Probes::new();
        let mut walk = 0;
        while walk < bytes.len() {
            let base = walk;
            places.len = 0;
            self.gather(bytes, &mut walk, &mut places);
            probes.places.len = 0;
            self.probe(bytes, base, &places, &mut probes);
            hits.places.len = 0;
            self.meet(bytes, base, &probes, &mut hits);
            for (at, key) in hits.iter() {
                self.look_up(bytes, base, at, key, found);
            }
        }
        self.dense.count(bytes.len(), found.len() - before);
    }

    /// Gathers places at which the first filter lets a word end, until there are
    /// enough or the stretch ends.
    fn gather(&self, bytes: &[u8], walk: &mut usize, places: &mut Places<BATCH>) {
        let base = *walk;
        let end = bytes.len().min(base + STRETCH);
        while *walk < end && places.len < BATCH {
            if leads_han(bytes[*walk]) {
                self.gather_han(bytes, base, end, walk, places);
            } else {
                self.gather_other(bytes, base, end, walk, places);
            }
        }
    }

    /// While characters of three bytes stand at `walk`.
    #[inline(always)]
    fn gather_han(
        &self,
        bytes: &[u8],
        base: usize,
        end: usize,
        walk: &mut usize,
        places: &mut Places<BATCH>,
    ) {
        let mut at = *walk;
        if !self.singles.is_empty() {
            while let Some(&three) = bytes.get(at..).and_then(|b| b.first_chunk::<3>())
                && leads_han(three[0])
                && at < end
                && places.len < BATCH
            {
                at = at.wrapping_add(3);
                let code = han(three) as usize;
                let single = self.singles.get(code / 64).map_or(0, |b| b >> (code % 64) & 1);
                let may = self.han.may_end_in_han(last_bytes(&bytes[..at]));
                places.push(at.wrapping_sub(base) as u32, may | single as usize);
            }
            *walk = at;
            return;
        }
        // The first in a row ends words that have something else before it; and
        // at the head of a text less stands before it than is looked at.
        if self.classes[Class::Han as usize] || at < WINDOW {
            at = at.wrapping_add(3);
            places.push(at.wrapping_sub(base) as u32, 1);
        }
        at = self.han.gather(bytes, base, at, end, places);
        let mut few = 0;
        while let Some(&lead) = bytes.get(at)
            && leads_han(lead)
            && at < end
            && places.len < BATCH
            && few < 4
        {
            few += 1;
            at = at.wrapping_add(3);
            let tail = last_bytes(bytes.get(..at).unwrap_or(bytes));
            let pass = self.han.may_end_in_han(tail) | usize::from(at < 8);
            places.push(at.wrapping_sub(base) as u32, pass);
        }
        *walk = at;
    }

    #[inline(always)]
    fn gather_other(
        &self,
        bytes: &[u8],
        base: usize,
        end: usize,
        walk: &mut usize,
        places: &mut Places<BATCH>,
    ) {
        let mut at = *walk;
        if self.has_others() {
            while let Some(&byte) = bytes.get(at)
                && !leads_han(byte)
                && at < end
                && places.len < BATCH
            {
                at += 1;
                let ends = bytes.get(at).is_none_or(|next| next & 0xC0 != 0x80);
                let tail = last_bytes(&bytes[..at]);
                let mut pass = self.other.may_end_in(tail);
                if !self.short.is_empty() {
                    let two = ((tail | SMEAR) >> 48) as usize;
                    pass |= (self.short[two / 64] >> (two % 64) & 1) as usize;
                }
                places.push(((at - base) | OTHER) as u32, pass & usize::from(ends));
            }
        } else {
            let rest = bytes.get(at..end).unwrap_or_default();
            let plain = rest.chunks_exact(32).take_while(|c| c.iter().all(|b| *b < 0xE0)).count();
            let rest = &rest[32 * plain..];
            at = rest.iter().position(|b| leads_han(*b)).map_or(end, |i| at + 32 * plain + i);
        }
        *walk = at;
    }

    fn has_others(&self) -> bool {
        self.classes[..Class::Han as usize].iter().any(|has| *has)
    }

    /// Of each place the keys that may be there, longest first.
    fn probe(&self, bytes: &[u8], base: usize, places: &Places<BATCH>, probes: &mut Probes) {
        let mut try_key = |at: u32, tail: u64, class: Class, stands: bool| {
            if self.classes[class as usize] {
                let key = class.key(tail);
                let at = (at & PLACE) as usize | (class as usize) << KIND;
                probes.push(at, key, self.keys.may_hold(hash(key)) & usize::from(stands));
            }
        };
        for at in places.iter() {
            let until = bytes.get(..base + (at & PLACE) as usize).unwrap_or(bytes);
            if at as usize & OTHER == 0 {
                let Tail { codes, row } = last_han(until);
                try_key(at, codes, Class::FourHan, row.four);
                try_key(at, codes, Class::ThreeHan, row.three);
                try_key(at, codes, Class::TwoHan, row.two);
                try_key(at, codes, Class::Han, true);
            } else {
                let tail = last_bytes(until);
                try_key(at, tail, Class::EightBytes, true);
                try_key(at, tail, Class::FourBytes, true);
                try_key(at, tail, Class::ThreeBytes, true);
                try_key(at, tail, Class::TwoBytes, true);
                try_key(at, tail, Class::Byte, true);
            }
        }
    }

    /// Of the keys those whose slot is taken: memory is asked for all of them
    /// before any is looked at closely.
    fn meet(&self, bytes: &[u8], base: usize, probes: &Probes, hits: &mut Probes) {
        let mask = self.slots.len() - 1;
        for (at, key) in probes.iter() {
            let class = at >> KIND;
            let slot = slot_hash(key) as usize & mask;
            let Some(here) = self.slots.get(slot) else { continue };
            let mut pass = usize::from(here.count != 0);
            if class == Class::FourHan as u32 {
                let end = base + (at & PLACE) as usize;
                let before = bytes.get(end.wrapping_sub(15)..).and_then(|b| b.first_chunk::<3>());
                let may = before.map_or(u16::MAX, |three| 1 << before_bit(*three));
                pass &= usize::from(here.key != key || here.before & may != 0);
            }
            hits.push(at as usize, key, pass);
        }
    }

    /// Adds the words with this key that end at a place.
    #[inline(always)]
    fn look_up(
        &self,
        bytes: &[u8],
        base: usize,
        at: u32,
        key: u64,
        found: &mut Vec<(Span, usize)>,
    ) {
        let class = at >> KIND;
        let end = base + (at & PLACE) as usize;
        let mask = self.slots.len() - 1;
        let mut slot = slot_hash(key) as usize & mask;
        while let Some(here) = self.slots.get(slot)
            && here.count != 0
        {
            if here.key == key && u32::from(here.class) == class {
                if here.count == Slot::DIRECT {
                    let length = (class.saturating_sub(Class::Han as u32) as usize + 1) * 3;
                    found.push((end.saturating_sub(length)..end, here.first as usize));
                } else {
                    self.compare(bytes, end, here, found);
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn compare(&self, bytes: &[u8], end: usize, slot: &Slot, found: &mut Vec<(Span, usize)>) {
        let before = found.len();
        let first = slot.first as usize;
        if usize::from(slot.count) <= LARGE {
            for word in (first..first + usize::from(slot.count)).rev() {
                self.compare_word(bytes, end, word, found);
            }
        } else {
            self.compare_large(bytes, end, first, found);
        }
        if self.any_case && found.len() - before > 1 {
            found[before..].sort_unstable_by_key(|(span, entry)| (span.start, *entry));
        }
    }

    /// The last word of the group that is not after the text (both read from the
    /// end) has among its parents all that the text ends with.
    fn compare_large(
        &self,
        bytes: &[u8],
        end: usize,
        first: usize,
        found: &mut Vec<(Span, usize)>,
    ) {
        let (mut low, mut high) = (first, self.group_end(first));
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
        let words = self.starts.len().saturating_sub(1);
        let in_group = |word: usize| word < words && key(word) == of;
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

    fn word(&self, word: usize) -> &[u8] {
        self.letters.get(self.span(word)).unwrap_or_default()
    }

    #[inline(always)]
    fn span(&self, word: usize) -> Range<usize> {
        match self.starts.get(word..word + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    /// The heads of a word.
    #[inline(always)]
    fn heads_of(&self, word: usize) -> &[u32] {
        let Some(&[first, last]) = self.firsts.get(word..word + 2) else { return &[] };
        self.heads.get(first as usize..last as usize).unwrap_or_default()
    }

    #[inline(always)]
    fn compare_word(&self, bytes: &[u8], end: usize, word: usize, found: &mut Vec<(Span, usize)>) {
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
                found.push((start..end, (head & ENTRY) as usize));
            }
        }
    }
}

/// One of 16 for the three bytes before a key.
#[inline(always)]
fn before_bit([b0, b1, b2]: [u8; 3]) -> u32 {
    let bytes = u32::from(b0) << 16 | u32::from(b1) << 8 | u32::from(b2);
    (bytes | 0x20_2020).wrapping_mul(0x9E37_79B1) >> 28
}

/// The letters from the last to the first, in lower case.
fn backwards(letters: &[u8]) -> impl Iterator<Item = u8> {
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

fn stands_apart(bytes: &[u8], span: Span) -> bool {
    let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    !letter(span.start.checked_sub(1).and_then(|i| bytes.get(i))) && !letter(bytes.get(span.end))
}

/// The words of one key.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u64,
    /// The first word, or, if there is but one and its key says all, its entry.
    first: u32,
    class: u8,
    /// What may stand before the key, a bit each for hashes of three bytes; all where
    /// a word is the key alone.
    before: u16,
    /// How many words; 0 where the slot is empty.
    count: u8,
}

impl Slot {
    const DIRECT: u8 = 255;
    const MANY: u8 = 254;
}

#[cfg(test)]
mod tests;
