//! Text → the words in it: filters, then a table of keys.

use super::Occurrence;
use super::endings::{Endings, WINDOW as SHORT_WINDOW};
use super::filter::{Bits, Places, Stretch};
use super::grams::{self, Grams, WINDOW};
use super::keys::{A, Class, SMEAR, Tail, han, hash, last_bytes, last_han, leads_han, slot_hash};
use super::words::Words;

/// What words are found by.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// Words with the same key are a group: the keys, by hash.
    pub(super) slots: Vec<Slot>,
    /// Keys that are there; of words of more than four characters with what
    /// stands before ([`with_before`]).
    pub(super) keys: Bits,
    /// How words end in characters of three bytes.
    pub(super) han: Ends,
    /// How others end.
    pub(super) other: Endings,
    /// Characters of three bytes that are words.
    pub(super) singles: Vec<u64>,
    /// Last two bytes of other words shorter than four.
    pub(super) short: Vec<u64>,
    /// Which classes have words.
    pub(super) classes: [bool; Class::COUNT],
}

/// The first filter, by how many words there are.
#[derive(Clone, Debug)]
pub(super) enum Ends {
    Few(Endings),
    Many(Grams),
}

impl Default for Ends {
    fn default() -> Self {
        Self::Few(Endings::default())
    }
}

/// Text that is looked through at once, in bytes: it is still in the cache when
/// the places found in it are looked at.
pub(super) const STRETCH: usize = 1 << 16;

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

impl Tables {
    pub(super) fn memory(&self) -> usize {
        let han = match &self.han {
            Ends::Few(endings) => endings.blocks.len(),
            Ends::Many(grams) => grams.len(),
        };
        let blocks = self.keys.words.len() + han + self.other.blocks.len();
        8 * (blocks + self.singles.len() + self.short.len()) + size_of::<Slot>() * self.slots.len()
    }

    /// Adds the words of a text and their entries to those found.
    pub(super) fn find(&self, words: &Words, bytes: &[u8], found: &mut Vec<Occurrence>) {
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
            self.meet(&probes, &mut hits);
            for (at, key) in hits.iter() {
                self.look_up(words, bytes, base, at, key, found);
            }
        }
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
                let may = self.may_end_in_han(bytes, at);
                places.push(at.wrapping_sub(base) as u32, may | single as usize);
            }
            *walk = at;
            return;
        }
        // The first in a row ends words that have something else before it; and
        // at the head of a text less stands before it than is looked at.
        if self.classes[Class::Han as usize] || at < SHORT_WINDOW.max(WINDOW) {
            at = at.wrapping_add(3);
            places.push(at.wrapping_sub(base) as u32, 1);
        }
        at = match &self.han {
            Ends::Few(endings) => endings.gather(bytes, base, at, end, places),
            Ends::Many(grams) => grams.gather(bytes, base, at, end, places),
        };
        let mut few = 0;
        while let Some(&lead) = bytes.get(at)
            && leads_han(lead)
            && at < end
            && places.len < BATCH
            && few < 4
        {
            few += 1;
            at = at.wrapping_add(3);
            let pass = self.may_end_in_han(bytes, at) | usize::from(at < 12);
            places.push(at.wrapping_sub(base) as u32, pass);
        }
        *walk = at;
    }

    #[inline(always)]
    fn may_end_in_han(&self, bytes: &[u8], at: usize) -> usize {
        let until = bytes.get(..at).unwrap_or(bytes);
        let tail = last_bytes(until);
        match &self.han {
            Ends::Few(endings) => endings.may_end_in_han(tail),
            Ends::Many(grams) => grams.may_end(tail, grams::before(until)),
        }
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
            if self.short.is_empty() {
                let text = Stretch { bytes, base, at, end };
                at = self.other.gather_ascii(text, OTHER as u32, places);
            }
            let mut few = 0;
            while let Some(&byte) = bytes.get(at)
                && !leads_han(byte)
                && at < end
                && places.len < BATCH
                && few < 16
            {
                few += 1;
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
        let mut try_key = |at: u32, class: Class, key: u64, longer: u64, stands: bool| {
            if self.classes[class as usize] {
                let may = self.keys.may_hold(hash(key)) | self.keys.may_hold(hash(longer));
                let at = (at & PLACE) as usize | (class as usize) << KIND;
                probes.push(at, key, may & usize::from(stands));
            }
        };
        for at in places.iter() {
            let until = bytes.get(..base + (at & PLACE) as usize).unwrap_or(bytes);
            if at as usize & OTHER == 0 {
                let Tail { codes, row } = last_han(until);
                let before = until.last_chunk::<15>().and_then(|b| b.first_chunk::<3>());
                let longer = before.map_or(codes, |b| with_before(codes, *b));
                try_key(at, Class::FourHan, codes, longer, row.four);
                let mut try_key = |class: Class, stands: bool| {
                    let key = class.key(codes);
                    try_key(at, class, key, key, stands);
                };
                try_key(Class::ThreeHan, row.three);
                try_key(Class::TwoHan, row.two);
                try_key(Class::Han, true);
            } else {
                let tail = last_bytes(until);
                let mut try_key = |class: Class| {
                    let key = class.key(tail);
                    try_key(at, class, key, key, true);
                };
                try_key(Class::EightBytes);
                try_key(Class::FourBytes);
                try_key(Class::ThreeBytes);
                try_key(Class::TwoBytes);
                try_key(Class::Byte);
            }
        }
    }

    /// Of the keys those whose slot is taken: memory is asked for all of them
    /// before any is looked at closely.
    fn meet(&self, probes: &Probes, hits: &mut Probes) {
        let mask = self.slots.len().wrapping_sub(1);
        for (at, key) in probes.iter() {
            let first = slot_hash(key) as usize;
            let slot = |n: usize| self.slots.get(first.wrapping_add(n) & mask);
            let taken = |n: usize| slot(n).is_some_and(|slot| slot.count != 0);
            let is_it = |n: usize| slot(n).is_some_and(|slot| slot.key == key);
            // It may stand in the next ones; who stands further on is looked up.
            let next = taken(1) & (is_it(1) | taken(2));
            hits.push(at as usize, key, usize::from(taken(0) & (is_it(0) | next)));
        }
    }

    /// Adds the words with this key that end at a place.
    #[inline(always)]
    fn look_up(
        &self,
        words: &Words,
        bytes: &[u8],
        base: usize,
        at: u32,
        key: u64,
        found: &mut Vec<Occurrence>,
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
                    found.push(Occurrence::new(end.saturating_sub(length)..end, here.first));
                } else {
                    words.compare(bytes, end, here, found);
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// A key with the three bytes before it, letters of both cases the same.
#[inline(always)]
pub(super) fn with_before(key: u64, [b0, b1, b2]: [u8; 3]) -> u64 {
    let bytes = u64::from(b0) << 16 | u64::from(b1) << 8 | u64::from(b2);
    key ^ (bytes | 0x20_2020).wrapping_mul(A)
}

/// The words of one key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) key: u64,
    /// The first word, or, if there is but one and its key says all, its entry.
    pub(super) first: u32,
    pub(super) class: u8,
    /// How many words; 0 where the slot is empty.
    pub(super) count: u8,
}

impl Slot {
    pub(super) const DIRECT: u8 = 255;
    pub(super) const MANY: u8 = 254;
}
