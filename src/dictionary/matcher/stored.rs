//! The tables of an engine as bytes, and back: numbers with the lowest byte
//! first. What is read is not believed: numbers are checked here where a wrong one
//! could be more than a word that is not found.

use super::Engine;
use super::endings::Endings;
use super::filter::Bits;
use super::grams::Grams;
use super::keys::Class;
use super::tables::{Ends, Slot, Tables};
use super::words::{ENTRY, Words};

impl Engine {
    /// How many sections [`Engine::sections`] gives.
    pub(in crate::dictionary) const SECTIONS: usize = 15;

    /// The tables as bytes; none if the automaton took their place.
    pub(in crate::dictionary) fn sections(&self) -> Option<Vec<Vec<u8>>> {
        let (words, tables) = (&self.words, self.tables()?);
        let small = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let large = |numbers: &[u64]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let mut about: Vec<u8> = tables.classes.iter().map(|has| u8::from(*has)).collect();
        about.push(u8::from(words.any_case));
        about.extend((words.longest as u64).to_le_bytes());
        let han: [&[u64]; 4] = match &tables.han {
            Ends::Few(endings) => [&endings.blocks, &[], &[], &[]],
            Ends::Many(grams) => [&[], &grams.twos, &grams.threes, &grams.fours],
        };
        let mut sections = vec![
            words.letters.clone(),
            small(&words.starts),
            small(&words.firsts),
            small(&words.heads),
            small(&words.parents),
            tables.slots.iter().flat_map(|slot| slot.to_bytes()).collect(),
            large(&tables.keys.words),
        ];
        sections.extend(han.map(large));
        sections.extend([&tables.other.blocks, &tables.singles, &tables.short].map(|b| large(b)));
        sections.push(about);
        Some(sections)
    }

    /// The tables of which these are the bytes, if they hold together.
    pub(in crate::dictionary) fn from_sections(
        sections: &mut dyn Iterator<Item = &[u8]>,
    ) -> Option<Self> {
        let mut next = || sections.next();
        let words = Words {
            letters: next()?.to_vec(),
            starts: small(next()?)?,
            firsts: small(next()?)?,
            heads: small(next()?)?,
            parents: small(next()?)?,
            ..Words::default()
        };
        let (slots, keys) = (slots(next()?)?, Bits::of(large(next()?)?));
        let endings = large(next()?)?;
        let (twos, threes, fours) = (large(next()?)?, large(next()?)?, large(next()?)?);
        let han = match endings.is_empty() {
            false => Ends::Few(Endings::of(endings)),
            true => Ends::Many(Grams { twos, threes, fours }),
        };
        let other = Endings::of(large(next()?)?);
        let (singles, short) = (large(next()?)?, large(next()?)?);
        let mut tables =
            Tables { slots, keys, han, other, singles, short, classes: Default::default() };
        let (about, longest) = next()?.split_last_chunk()?;
        let (any_case, classes) = about.split_last()?;
        if classes.len() != Class::COUNT {
            return None;
        }
        let longest = usize::try_from(u64::from_le_bytes(*longest)).ok()?;
        let words = Words { any_case: *any_case != 0, longest, ..words };
        tables.classes.iter_mut().zip(classes).for_each(|(has, byte)| *has = *byte != 0);
        (words.is_sound() && tables.is_sound()).then(|| Self::of(words, tables))
    }

    /// One more than the last entry that has a word.
    pub(in crate::dictionary) fn entries(&self) -> usize {
        let tables = self.tables();
        let slots = tables.iter().flat_map(|tables| &tables.slots);
        let direct = slots.filter(|slot| slot.count == Slot::DIRECT).map(|slot| slot.first).max();
        let last = self.words.heads.iter().map(|head| head & ENTRY).max().max(direct);
        last.map_or(0, |last| last as usize + 1)
    }
}

impl Words {
    /// Whether words are text and every number is one of something.
    fn is_sound(&self) -> bool {
        let Ok(letters) = std::str::from_utf8(&self.letters) else { return false };
        let words = self.starts.len();
        let ends = |numbers: &[u32], end: usize| {
            numbers.first() == Some(&0)
                && numbers.last().is_some_and(|last| *last as usize == end)
                && numbers.windows(2).all(|two| two[0] < two[1])
        };
        let whole = self.starts.iter().all(|start| letters.is_char_boundary(*start as usize));
        ends(&self.starts, letters.len())
            && whole
            && self.firsts.len() == words
            && ends(&self.firsts, self.heads.len())
            && (self.parents.is_empty() || self.parents.len() == words - 1)
    }
}

impl Tables {
    /// Whether nothing but a word that is not found can come of these: the table of
    /// keys has room, filters are as large as they say.
    fn is_sound(&self) -> bool {
        let slots = &self.slots;
        let of_two = |blocks: usize| blocks.is_power_of_two() && blocks > 1;
        let han = match &self.han {
            Ends::Few(endings) => endings.is_sound(),
            Ends::Many(grams) => grams.is_sound(),
        };
        of_two(slots.len())
            && slots.iter().any(|slot| slot.count == 0)
            && slots.iter().all(|slot| slot.count != Slot::DIRECT || slot.is_han())
            && of_two(self.keys.words.len())
            && han
            && self.other.is_sound()
            && [&self.singles, &self.short].iter().all(|bits| [0, 1 << 10].contains(&bits.len()))
    }
}

impl Slot {
    fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.key.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.first.to_le_bytes());
        bytes[14] = self.class;
        bytes[15] = self.count;
        bytes
    }

    fn of_bytes(bytes: &[u8; 16]) -> Self {
        let number = u128::from_le_bytes(*bytes);
        Self {
            key: number as u64,
            first: (number >> 64) as u32,
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
