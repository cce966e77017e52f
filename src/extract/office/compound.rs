//! Compound files (MS-CFB), read as far as they go: a file that is cut short or
//! whose tables are torn still gives what can be reached of its streams.
//!
//! Declared sizes decide nothing but where a stream ends: no chain is followed
//! for more sectors than the file has.

pub(super) mod packed;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::io;

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// The first bytes of every compound file (2.2).
pub(crate) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The longest header: where sectors begin is counted from the sector's size.
const HEADER: usize = 512;
/// Sectors beyond are no sectors but say something (2.1).
const MAX_SECTOR: u32 = 0xFFFF_FFFA;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// No entry.
const NO_STREAM: u32 = 0xFFFF_FFFF;
/// Sectors of the stream that holds small streams.
const MINI_SECTOR: usize = 64;
/// Streams below this size are small ones; the format has no other value.
const MINI_CUTOFF: u64 = 4096;
/// Names of entries have at most 31 characters and an end.
const NAME_BYTES: usize = 64;
const ENTRY_BYTES: usize = 128;
/// No document has as many streams.
const MAX_ENTRIES: usize = 200_000;

/// A number of a stream or storage in [`Compound::entries`].
pub(crate) type EntryId = usize;

/// A stream or storage.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its own name.
    pub name: String,
    /// The storage it stands in; `None` for what stands in the root.
    pub parent: Option<EntryId>,
    /// Whether it is a stream; else it is a storage.
    pub is_stream: bool,
    /// Whether no storage leads to it: left over, or torn off.
    pub is_lost: bool,
    /// Whether somebody read it, or said that it needs no reading.
    pub is_read: bool,
    start: u32,
    size: u64,
    /// One past the last entry that stands in it.
    end: EntryId,
}

/// An open compound file.
#[derive(Debug)]
pub(crate) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
    damage: Option<&'static str>,
}

impl<'a> Compound<'a> {
    /// Opens a file. `None` where there is nothing to go by: another beginning,
    /// or no directory.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) || bytes.len() < HEADER {
            return None;
        }
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            entries: Vec::new(),
            damage: None,
        };
        file.read_fat();
        let directory = file.chain(u32_at(bytes, 48)?, u64::MAX).0;
        file.mini_fat = file.numbers(&file.chain(u32_at(bytes, 60)?, u64::MAX).0);
        file.read_directory(&directory);
        (!file.entries.is_empty()).then_some(file)
    }

    /// Streams and storages: each storage before what stands in it, by name
    /// within one, what is lost last.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the readers that come next"))]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What does not hold together, if anything.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the readers that come next"))]
    pub fn damage(&self) -> Option<Gap> {
        self.damage.map(|what| Gap::new(GapKind::Damaged, format!("the compound file: {what}")))
    }

    /// A stream or storage by its path, `VBA/dir`; case makes no difference (2.6.4).
    pub fn find(&self, path: &str) -> Option<EntryId> {
        let mut at = None;
        for name in path.split('/') {
            at = Some(self.child(at, name)?);
        }
        at
    }

    /// A stream or storage by its name in a storage, or in the root.
    pub fn child(&self, parent: Option<EntryId>, name: &str) -> Option<EntryId> {
        let upper = name.to_uppercase();
        let is_it = |entry: &Entry| entry.parent == parent && entry.name.to_uppercase() == upper;
        self.entries.iter().position(is_it)
    }

    /// Entries that stand in a storage, at any depth.
    pub fn within(&self, id: EntryId) -> std::ops::Range<EntryId> {
        id + 1..self.entries.get(id).map_or(id + 1, |entry| entry.end)
    }

    /// Marks an entry, and what stands in it, as accounted for.
    pub fn pass_over(&mut self, id: EntryId) {
        let end = self.within(id).end;
        self.entries.get_mut(id..end).unwrap_or_default().iter_mut().for_each(|e| e.is_read = true);
    }

    /// The bytes of a stream, and what stood in the way of all of them.
    pub fn read(&mut self, id: EntryId, budget: &mut Budget) -> (Vec<u8>, Option<Gap>) {
        let Some(entry) = self.entries.get_mut(id).filter(|entry| entry.is_stream) else {
            return (Vec::new(), None);
        };
        entry.is_read = true;
        let (start, size, name) = (entry.start, entry.size, entry.name.clone());
        let (bytes, whole) = match size < MINI_CUTOFF {
            true => self.mini_chain(start, size),
            false => self.chain(start, size),
        };
        if let Err(gap) = budget.spend_bytes(bytes.len() as u64) {
            return (Vec::new(), Some(gap));
        }
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let gap = (!whole).then(|| {
            let words =
                format!("the stream {name} breaks off after {} of {size} bytes", bytes.len());
            Gap::new(GapKind::Damaged, words)
        });
        (bytes, gap)
    }

    /// The bytes of a stream by its path; `None` where there is none.
    pub fn stream(&mut self, path: &str, budget: &mut Budget) -> Option<(Vec<u8>, Option<Gap>)> {
        let id = self.find(path).filter(|id| self.entries[*id].is_stream)?;
        Some(self.read(id, budget))
    }

    /// A storage with all that stands in it as a compound file of its own.
    ///
    /// # Errors
    /// Names that cannot stand in one place, as only broken files have.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the readers that come next"))]
    pub fn storage_alone(
        &mut self,
        id: EntryId,
        budget: &mut Budget,
    ) -> io::Result<(Vec<u8>, Option<Gap>)> {
        self.storage_with(id, BTreeMap::new(), budget)
    }

    /// The same with `streams` in it, by path: in place of those that stand there
    /// under their names, or beside what is there.
    ///
    /// # Errors
    /// As for [`Self::storage_alone`].
    pub fn storage_with(
        &mut self,
        id: EntryId,
        streams: BTreeMap<String, Vec<u8>>,
        budget: &mut Budget,
    ) -> io::Result<(Vec<u8>, Option<Gap>)> {
        writer::write(self, Some(id), streams, budget)
    }

    /// The whole again, with `streams` in its root: in place of those that have
    /// their names, or beside what is there.
    ///
    /// # Errors
    /// As for [`Self::storage_alone`].
    pub fn with_streams(
        &mut self,
        streams: BTreeMap<String, Vec<u8>>,
        budget: &mut Budget,
    ) -> io::Result<(Vec<u8>, Option<Gap>)> {
        writer::write(self, None, streams, budget)
    }

    fn count(&self) -> usize {
        self.bytes.len().saturating_sub(self.sector).div_ceil(self.sector)
    }

    /// What there is of a sector: the last of a file may be cut short.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty())
    }

    /// Reads the table of sectors: its own sectors stand in the header and in a
    /// chain of further ones (2.5).
    fn read_fat(&mut self) {
        let sectors = self.count();
        let header = self.bytes.get(76..HEADER).unwrap_or_default();
        let mut places: Vec<u32> = header.chunks_exact(4).map(number).collect();
        let mut next = u32_at(self.bytes, 68).unwrap_or(END_OF_CHAIN);
        let mut seen = 0;
        while next < MAX_SECTOR && seen <= sectors {
            let Some(sector) = self.sector(next) else { break };
            let mut further: Vec<u32> = sector.chunks_exact(4).map(number).collect();
            next = further.pop().unwrap_or(END_OF_CHAIN);
            places.extend(further);
            seen += 1;
        }
        for place in places {
            if place >= MAX_SECTOR || self.fat.len() >= sectors {
                continue;
            }
            match self.sector(place) {
                Some(sector) => self.fat.extend(sector.chunks_exact(4).map(number)),
                None => {
                    self.damage = Some("a part of its table of sectors is not there");
                    self.fat.extend(std::iter::repeat_n(END_OF_CHAIN, self.sector / 4));
                }
            }
        }
    }

    /// The bytes of a chain of sectors, at most `size`, and whether all are there.
    fn chain(&self, start: u32, size: u64) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let mut at = start;
        let mut left = self.count();
        while at < MAX_SECTOR && left > 0 && (bytes.len() as u64) < size {
            let Some(sector) = self.sector(at) else { break };
            bytes.extend_from_slice(sector);
            left -= 1;
            at = match self.fat.get(at as usize) {
                Some(next) => *next,
                None => break,
            };
        }
        cut(bytes, size, at == END_OF_CHAIN)
    }

    fn mini_chain(&self, start: u32, size: u64) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let mut at = start;
        while at < MAX_SECTOR && (bytes.len() as u64) < size {
            let from = (at as usize).saturating_mul(MINI_SECTOR);
            let to = from.saturating_add(MINI_SECTOR).min(self.mini_stream.len());
            let Some(sector) = self.mini_stream.get(from..to).filter(|s| !s.is_empty()) else {
                break;
            };
            bytes.extend_from_slice(sector);
            at = match self.mini_fat.get(at as usize) {
                Some(next) => *next,
                None => break,
            };
        }
        cut(bytes, size, at == END_OF_CHAIN)
    }

    fn numbers(&self, bytes: &[u8]) -> Vec<u32> {
        bytes.chunks_exact(4).map(number).collect()
    }

    /// Reads the directory (2.6): a tree of names for each storage.
    fn read_directory(&mut self, directory: &[u8]) {
        let raw: Vec<Raw> = directory.chunks_exact(ENTRY_BYTES).filter_map(Raw::read).collect();
        let Some(root) = raw.first() else { return };
        self.mini_stream = self.chain(root.start, root.size).0;
        let mut seen = vec![false; raw.len()];
        seen[0] = true;
        let first = in_order(&raw, root.child, &mut seen);
        self.add(&raw, first, false, &mut seen);
        if self.entries.is_empty() && raw.len() > 1 {
            self.damage = Some("its directory leads nowhere");
        }
        for at in 1..raw.len() {
            if !seen[at] && matches!(raw[at].kind, 1 | 2) {
                seen[at] = true;
                self.add(&raw, vec![at], true, &mut seen);
            }
        }
    }

    /// Adds entries of one storage, each with all that stands in it behind it.
    fn add(&mut self, raw: &[Raw], siblings: Vec<usize>, is_lost: bool, seen: &mut [bool]) {
        let mut open = vec![(None, siblings.into_iter())];
        while let Some((parent, siblings)) = open.last_mut() {
            let (parent, next) = (*parent, siblings.next());
            let Some(next) = next.and_then(|at| raw.get(at)) else {
                open.pop();
                let end = self.entries.len();
                if let Some(storage) = parent.and_then(|id: EntryId| self.entries.get_mut(id)) {
                    storage.end = end;
                }
                continue;
            };
            let id = self.entries.len();
            if id >= MAX_ENTRIES {
                self.damage = Some("its directory has too many entries");
                return;
            }
            if next.kind == 1 {
                open.push((Some(id), in_order(raw, next.child, seen).into_iter()));
            }
            self.entries.push(Entry {
                name: next.name.clone(),
                parent,
                is_stream: next.kind != 1,
                is_lost,
                is_read: false,
                start: next.start,
                size: next.size,
                end: id + 1,
            });
        }
    }
}

/// An entry of the directory as it stands.
#[derive(Debug)]
struct Raw {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: u64,
}

impl Raw {
    fn read(entry: &[u8]) -> Option<Self> {
        let length = usize::from(u16_at(entry, 64)?).clamp(2, NAME_BYTES) - 2;
        let units = entry.get(..length)?.chunks_exact(2);
        let units: Vec<u16> = units.map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
        // Files of version 3 may have anything in the upper half of the size.
        let size = u64::from(u32_at(entry, 120)?);
        Some(Self {
            name: String::from_utf16_lossy(&units),
            kind: *entry.get(66)?,
            left: u32_at(entry, 68)?,
            right: u32_at(entry, 72)?,
            child: u32_at(entry, 76)?,
            start: u32_at(entry, 116)?,
            size,
        })
    }
}

/// The entries of one tree from left to right; none that was seen before.
fn in_order(raw: &[Raw], tree: u32, seen: &mut [bool]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut open = Vec::new();
    let mut at = tree;
    loop {
        let next = usize::try_from(at).ok().filter(|_| at != NO_STREAM);
        match next.filter(|next| seen.get(*next) == Some(&false)) {
            Some(next) => {
                seen[next] = true;
                open.push(next);
                at = raw[next].left;
            }
            None => {
                let Some(last) = open.pop() else { return order };
                if matches!(raw[last].kind, 1 | 2) {
                    order.push(last);
                }
                at = raw[last].right;
            }
        }
    }
}

/// Cuts a chain to its size. It is whole if that much was there, or, where the
/// size is not known, if it came to its end.
fn cut(mut bytes: Vec<u8>, size: u64, ended: bool) -> (Vec<u8>, bool) {
    let enough = bytes.len() as u64 >= size;
    bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    (bytes, enough || size == u64::MAX && ended)
}

fn number(bytes: &[u8]) -> u32 {
    u32_at(bytes, 0).unwrap_or(END_OF_CHAIN)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
