//! The tables of an engine as bytes, and back: numbers with the lowest byte
//! first. What is read is not believed: numbers are checked here where a wrong one
//! could be more than a word that is not found.

use super::filter::{Bits, Endings};
use super::keys::Class;
use super::{ENTRY, Engine, Slot};

impl Engine {
    /// How many sections [`Engine::sections`] gives.
    pub(in crate::dictionary) const SECTIONS: usize = 12;

    /// The tables as bytes.
    pub(in crate::dictionary) fn sections(&self) -> Vec<Vec<u8>> {
        let small = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let large = |numbers: &[u64]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let mut about: Vec<u8> = self.classes.iter().map(|has| u8::from(*has)).collect();
        about.push(u8::from(self.any_case));
        about.extend((self.longest as u64).to_le_bytes());
        vec![
            self.letters.clone(),
            small(&self.starts),
            small(&self.firsts),
            small(&self.heads),
            small(&self.parents),
            self.slots.iter().flat_map(|slot| slot.to_bytes()).collect(),
            large(&self.keys.words),
            large(&self.han.blocks),
            large(&self.other.blocks),
            large(&self.singles),
            large(&self.short),
            about,
        ]
    }

    /// The tables of which these are the bytes, if they hold together.
    pub(in crate::dictionary) fn from_sections(
        sections: &mut dyn Iterator<Item = &[u8]>,
    ) -> Option<Self> {
        let mut next = || sections.next();
        let made = Self {
            letters: next()?.to_vec(),
            starts: small(next()?)?,
            firsts: small(next()?)?,
            heads: small(next()?)?,
            parents: small(next()?)?,
            slots: slots(next()?)?,
            keys: Bits::of(large(next()?)?),
            han: Endings::of(large(next()?)?),
            other: Endings::of(large(next()?)?),
            singles: large(next()?)?,
            short: large(next()?)?,
            ..Self::default()
        };
        let (about, longest) = next()?.split_last_chunk()?;
        let (any_case, classes) = about.split_last()?;
        if classes.len() != Class::COUNT {
            return None;
        }
        let mut made = Self {
            any_case: *any_case != 0,
            longest: usize::try_from(u64::from_le_bytes(*longest)).ok()?,
            ..made
        };
        made.classes.iter_mut().zip(classes).for_each(|(has, byte)| *has = *byte != 0);
        made.is_sound().then_some(made)
    }

    /// One more than the last entry that has a word.
    pub(in crate::dictionary) fn entries(&self) -> usize {
        let direct = self.slots.iter().filter(|slot| slot.count == Slot::DIRECT);
        let direct = direct.map(|slot| slot.first).max();
        let last = self.heads.iter().map(|head| head & ENTRY).max().max(direct);
        last.map_or(0, |last| last as usize + 1)
    }

    /// Whether nothing but a word that is not found can come of these tables: words
    /// are text, the table of keys has room, filters are as large as they say.
    fn is_sound(&self) -> bool {
        let Ok(letters) = std::str::from_utf8(&self.letters) else { return false };
        let words = self.starts.len();
        let ends = |numbers: &[u32], end: usize| {
            numbers.first() == Some(&0)
                && numbers.last().is_some_and(|last| *last as usize == end)
                && numbers.windows(2).all(|two| two[0] < two[1])
        };
        let whole = self.starts.iter().all(|start| letters.is_char_boundary(*start as usize));
        let slots = &self.slots;
        let of_two = |blocks: usize| blocks.is_power_of_two() && blocks > 1;
        ends(&self.starts, letters.len())
            && whole
            && self.firsts.len() == words
            && ends(&self.firsts, self.heads.len())
            && (self.parents.is_empty() || self.parents.len() == words - 1)
            && of_two(slots.len())
            && slots.iter().any(|slot| slot.count == 0)
            && slots.iter().all(|slot| slot.count != Slot::DIRECT || slot.is_han())
            && of_two(self.keys.words.len())
            && self.han.is_sound()
            && self.other.is_sound()
            && [&self.singles, &self.short].iter().all(|bits| [0, 1 << 10].contains(&bits.len()))
    }
}

impl Slot {
    fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.key.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.first.to_le_bytes());
        bytes[12..14].copy_from_slice(&self.before.to_le_bytes());
        bytes[14] = self.class;
        bytes[15] = self.count;
        bytes
    }

    fn of_bytes(bytes: &[u8; 16]) -> Self {
        let number = u128::from_le_bytes(*bytes);
        Self {
            key: number as u64,
            first: (number >> 64) as u32,
            before: (number >> 96) as u16,
            class: (number >> 112) as u8,
            count: (number >> 120) as u8,
        }
    }

    fn is_han(&self) -> bool {
        (Class::Han as u8..=Class::FourHan as u8).contains(&self.class)
    }
}

fn small(bytes: &[u8]) -> Option<Vec<u32>> {
    let (numbers, rest) = bytes.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|n| u32::from_le_bytes(*n)).collect())
}

fn large(bytes: &[u8]) -> Option<Vec<u64>> {
    let (numbers, rest) = bytes.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|n| u64::from_le_bytes(*n)).collect())
}

fn slots(bytes: &[u8]) -> Option<Vec<Slot>> {
    let (slots, rest) = bytes.as_chunks();
    rest.is_empty().then(|| slots.iter().map(Slot::of_bytes).collect())
}
