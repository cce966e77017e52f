//! Things of a dictionary that are known by number: entries and word sets. Those
//! of a compiled file are decoded one by one when they are first asked for.

use std::fmt;
use std::ops::{Index, Range};
use std::sync::{Arc, OnceLock};

use super::scope::{Entry, WordSet};

/// The entries of all scopes, by number.
pub type Entries = Numbered<Entry>;

/// The word sets that conditions name, by number.
pub type WordSets = Numbered<WordSet>;

/// A list whose members are reached one by one, so that those of a large
/// dictionary need not all be there at once.
#[derive(Debug)]
pub struct Numbered<T> {
    /// Each with the number of its first member.
    parts: Vec<(usize, Part<T>)>,
    len: usize,
}

#[derive(Debug)]
enum Part<T> {
    Made(Vec<T>),
    Packed(Packed<T>),
}

impl<T: Unpack> Numbered<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// That of a number, if there is one.
    pub fn get(&self, number: usize) -> Option<&T> {
        let after = self.parts.partition_point(|(first, _)| *first <= number);
        let (first, part) = self.parts.get(after.checked_sub(1)?)?;
        match part {
            Part::Made(made) => made.get(number - first),
            Part::Packed(packed) => packed.get(number - first),
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        (0..self.len).map(|number| &self[number])
    }

    /// Adds members behind the others.
    pub(super) fn add(&mut self, made: Vec<T>) {
        if made.is_empty() {
            return;
        }
        let first = self.len;
        self.len += made.len();
        self.parts.push((first, Part::Made(made)));
    }

    pub(super) fn add_packed(&mut self, packed: Packed<T>) {
        let first = self.len;
        self.len += packed.len();
        self.parts.push((first, Part::Packed(packed)));
    }
}

impl<T> Numbered<T> {
    /// Puts members in the place of those packed ones that begin at a number.
    pub(super) fn replace_packed(&mut self, first: usize, packed: Packed<T>) {
        for (at, part) in &mut self.parts {
            if *at == first && matches!(part, Part::Packed(_)) {
                *part = Part::Packed(packed);
                return;
            }
        }
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { parts: Vec::new(), len: 0 }
    }
}

impl<T: Unpack> From<Vec<T>> for Numbered<T> {
    fn from(made: Vec<T>) -> Self {
        let mut all = Self::default();
        all.add(made);
        all
    }
}

/// For numbers that come from the dictionary itself.
impl<T: Unpack> Index<usize> for Numbered<T> {
    type Output = T;

    fn index(&self, number: usize) -> &T {
        self.get(number).expect("a number of this dictionary")
    }
}

/// What a compiled file can hold many of.
pub trait Unpack: Sized {
    /// One of them. What cannot be decoded, which a file of the right checksum holds
    /// only if somebody wants it to, becomes something that does no harm.
    fn unpack(bytes: &[u8], room: &Room) -> Self;
}

/// Where the numbers that stand in a compiled file begin in the dictionary, and
/// how many of each there are.
#[derive(Clone, Debug, Default)]
pub struct Room {
    pub(super) scopes: Range<usize>,
    pub(super) sets: Range<usize>,
    /// The category behind each of its numbers.
    pub(super) categories: Arc<[Option<usize>]>,
}

/// How many are decoded into one block of memory.
const BLOCK: usize = 256;

/// Members in the bytes of a compiled file.
pub(super) struct Packed<T> {
    file: Arc<Vec<u8>>,
    /// Where in the file the members' ends stand, four bytes each.
    ends: Range<usize>,
    /// Where in the file the members stand.
    members: Range<usize>,
    room: Room,
    blocks: Vec<OnceLock<Box<[OnceLock<T>]>>>,
}

impl<T: Unpack> Packed<T> {
    pub(super) fn new(
        file: &Arc<Vec<u8>>,
        ends: Range<usize>,
        members: Range<usize>,
        room: Room,
    ) -> Self {
        let blocks = (ends.len() / 4).div_ceil(BLOCK);
        let blocks = (0..blocks).map(|_| OnceLock::new()).collect();
        Self { file: Arc::clone(file), ends, members, room, blocks }
    }

    fn len(&self) -> usize {
        self.ends.len() / 4
    }

    fn get(&self, number: usize) -> Option<&T> {
        if number >= self.len() {
            return None;
        }
        let block = self.blocks.get(number / BLOCK)?;
        let block = block.get_or_init(|| (0..BLOCK).map(|_| OnceLock::new()).collect());
        let one = block.get(number % BLOCK)?;
        Some(one.get_or_init(|| T::unpack(self.bytes(number), &self.room)))
    }

    fn bytes(&self, number: usize) -> &[u8] {
        let end = |number: usize| {
            let ends = self.file.get(self.ends.clone())?;
            let end = ends.get(4 * number..)?.first_chunk()?;
            Some(u32::from_le_bytes(*end) as usize)
        };
        let start = number.checked_sub(1).map_or(Some(0), end);
        let members = self.file.get(self.members.clone()).unwrap_or_default();
        match (start, end(number)) {
            (Some(start), Some(end)) => members.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl<T> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed").field("members", &self.members).finish_non_exhaustive()
    }
}
