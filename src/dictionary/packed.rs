//! Scope files made ready once: a file that is read instead of them, and finds
//! the same. What it was made from, and what of this program it depends on, is
//! written in it; where any of that is another, it is refused.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::WordSets;
use super::category::Category;
use super::entries::{Packed, Room, Unpack};
use super::matcher::Engine;
use super::scope::{Entry, Scope, WordSet};
use crate::model::hex;
use crate::normalize;

/// How such a file begins.
pub(super) const MAGIC: &[u8; 16] = b"vetmark compiled";

/// Of the format below, and of what a list is made into.
const VERSION: u32 = 2;

/// Magic, version, checksum; what follows is checked.
const HEAD: usize = 16 + 4 + 4;

/// What stands in the file besides entries, word sets and the tables of words.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    /// Names of the files it was made from, each with the SHA-256 of its text.
    pub sources: Vec<(String, String)>,
    /// Lists of other files that were used, each with the SHA-256 of its words.
    pub borrowed: Vec<(String, String)>,
    /// Lists of these files.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Categories of these files.
    pub own_categories: Vec<Category>,
    /// Ids of the categories that scopes and entries name by number.
    pub named_categories: Vec<Option<String>>,
    pub scopes: Vec<Scope>,
    /// Word sets that hold patterns.
    pub patterns: Vec<u32>,
}

/// What is packed.
pub(super) struct Contents<'a> {
    pub about: About,
    pub entries: &'a [Entry],
    pub sets: &'a [WordSet],
    pub engine: &'a Engine,
}

/// Sections of the file, in their order.
const ABOUT: usize = 0;
/// Ends of the entries; they stand in the section after this.
const ENTRY_ENDS: usize = 1;
/// Ends of the word sets; likewise.
const SET_ENDS: usize = 3;
/// From here on the tables of words, which are not kept as bytes.
const TABLES: usize = 5;
const SECTIONS: usize = TABLES + Engine::SECTIONS;

/// SHA-256 in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 over words, each with its length before it.
pub(super) fn words_digest(words: &[String]) -> String {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    }
    hex(&hash.finalize())
}

/// What a file made from these sources depends on: a file with the same key holds
/// the same.
pub(super) fn key(sources: &[(String, String)], borrowed: &[(String, String)]) -> String {
    let pieces = sources.iter().chain(borrowed).flat_map(|(name, digest)| [name, digest]);
    let mut pieces: Vec<String> = pieces.cloned().collect();
    pieces.push(format!("{VERSION} {} {}", sources.len(), normalize::version()));
    words_digest(&pieces)
}

/// Writes the file.
///
/// # Errors
/// What does not fit.
pub(super) fn write(contents: &Contents<'_>) -> Result<Vec<u8>, String> {
    let Contents { about, entries, sets, engine } = contents;
    let mut sections = vec![encode(about)?];
    sections.extend(members(entries)?);
    let words: Vec<&[String]> = sets.iter().map(WordSet::words).collect();
    sections.extend(members(&words)?);
    sections.extend(engine.sections().ok_or("its tables are gone: texts were searched with it")?);

    let mut file = Vec::from(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend([0; 4]);
    file.extend(key(&about.sources, &about.borrowed).bytes());
    file.extend(normalize::version().bytes());
    for section in &sections {
        file.extend((section.len() as u64).to_le_bytes());
    }
    for section in &sections {
        file.extend_from_slice(section);
    }
    let checksum = crc32fast::hash(&file[HEAD..]);
    file[HEAD - 4..HEAD].copy_from_slice(&checksum.to_le_bytes());
    Ok(file)
}

/// Ends and bytes of many.
fn members<T: Serialize>(all: &[T]) -> Result<[Vec<u8>; 2], String> {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for one in all {
        bytes.extend(encode(one)?);
        let end = u32::try_from(bytes.len()).map_err(|_| "the entries are over 4 GB".to_owned())?;
        ends.extend(end.to_le_bytes());
    }
    Ok([ends, bytes])
}

fn encode<T: Serialize>(one: &T) -> Result<Vec<u8>, String> {
    postcard::to_stdvec(one).map_err(|e| e.to_string())
}

/// The key of a file, if it is such a file and its head is all there.
pub(super) fn key_of(file: &[u8]) -> Option<&str> {
    file.strip_prefix(MAGIC)?;
    std::str::from_utf8(file.get(HEAD..HEAD + 64)?).ok()
}

/// A file that was read, ready to take its place in a dictionary.
#[derive(Debug)]
pub(super) struct Segment {
    pub about: About,
    /// Its lists, as those of a scope file.
    pub lists: BTreeMap<String, (usize, Vec<String>)>,
    /// Its categories, likewise.
    pub categories: Vec<(usize, Category)>,
    pub engine: Engine,
    file: Arc<Vec<u8>>,
    sections: Vec<Range<usize>>,
}

impl Segment {
    /// Takes in a file, all or nothing.
    ///
    /// # Errors
    /// Why it is not what it should be.
    pub(super) fn read(file: &Arc<Vec<u8>>) -> Result<Self, String> {
        let (mut about, sections) = About::read(file)?;
        let engine =
            Engine::from_sections(&mut sections[TABLES..].iter().map(|s| &file[s.clone()]))
                .ok_or("its tables do not hold together")?;
        let count = |ends: usize| sections[ends].len() / 4;
        if engine.entries() > count(ENTRY_ENDS) {
            return Err("its words belong to entries that are not there".to_owned());
        }
        let lists = std::mem::take(&mut about.lists);
        let lists = lists.into_iter().map(|(name, words)| (name, (0, words))).collect();
        let categories = std::mem::take(&mut about.own_categories);
        let categories = categories.into_iter().map(|category| (0, category)).collect();
        let segment = Self { about, lists, categories, engine, file: Arc::clone(file), sections };
        segment.check_patterns()?;
        Ok(segment)
    }

    /// How many entries and word sets it has.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.sections[ENTRY_ENDS].len() / 4, self.sections[SET_ENDS].len() / 4)
    }

    /// Patterns are compiled now, so that none fails when it is needed.
    fn check_patterns(&self) -> Result<(), String> {
        let mut all = WordSets::default();
        all.add_packed(self.sets());
        for &set in &self.about.patterns {
            let set = all.get(set as usize).ok_or("a pattern is missing")?;
            if set.is_empty() {
                return Err("a pattern cannot be read".to_owned());
            }
        }
        Ok(())
    }

    fn packed<T: Unpack>(&self, ends: usize, room: Room) -> Packed<T> {
        let [ends, members] = [ends, ends + 1].map(|section| self.sections[section].clone());
        Packed::new(&self.file, ends, members, room)
    }

    /// Its entries, at places in a dictionary.
    pub(super) fn entries(&self, room: Room) -> Packed<Entry> {
        self.packed(ENTRY_ENDS, room)
    }

    /// Its word sets.
    pub(super) fn sets(&self) -> Packed<WordSet> {
        self.packed(SET_ENDS, Room::default())
    }
}

impl About {
    /// What stands in front of a file, once the file is known to be whole.
    fn read(file: &[u8]) -> Result<(Self, Vec<Range<usize>>), String> {
        let short = || "it is cut short".to_owned();
        let again = "compile it again from its sources";
        let number = |at: usize| file.get(at..)?.first_chunk().map(|n| u32::from_le_bytes(*n));
        let version = number(16).ok_or_else(short)?;
        if version != VERSION {
            return Err(format!(
                "it was compiled in format {version}, and this program reads {VERSION}: {again}"
            ));
        }
        let body = file.get(HEAD..).ok_or_else(short)?;
        if number(20) != Some(crc32fast::hash(body)) {
            return Err(format!("it is damaged, its checksum does not hold: {again}"));
        }
        let folding = file.get(HEAD + 64..HEAD + 128).ok_or_else(short)?;
        if folding != normalize::version().as_bytes() {
            return Err(format!("it was compiled for another folding of characters: {again}"));
        }
        let mut sections = Vec::with_capacity(SECTIONS);
        let mut at = HEAD + 128 + 8 * SECTIONS;
        for section in 0..SECTIONS {
            let length = file.get(HEAD + 128 + 8 * section..).and_then(|b| b.first_chunk());
            let length = u64::from_le_bytes(*length.ok_or_else(short)?);
            let end = usize::try_from(length).ok().and_then(|length| at.checked_add(length));
            let end = end.filter(|end| *end <= file.len()).ok_or_else(short)?;
            sections.push(at..end);
            at = end;
        }
        let about: Self = postcard::from_bytes(&file[sections[ABOUT].clone()])
            .map_err(|e| format!("what it says of itself cannot be read: {e}"))?;
        let keys = key(&about.sources, &about.borrowed);
        if key_of(file) != Some(&keys) {
            return Err("it does not say what it was made from".to_owned());
        }
        Ok((about, sections))
    }
}

impl Unpack for Entry {
    fn unpack(bytes: &[u8], room: &Room) -> Self {
        let decoded = postcard::from_bytes::<Self>(bytes).ok().and_then(|mut entry| {
            let place = |number: usize, range: &Range<usize>| {
                Some(number.checked_add(range.start)?).filter(|number| range.contains(number))
            };
            entry.scope = place(entry.scope, &room.scopes)?;
            if let Some(category) = entry.category {
                entry.category = Some((*room.categories.get(category)?)?);
            }
            let conditions = entry.near.iter_mut().chain(&mut entry.apart);
            for condition in conditions.chain(&mut entry.qualifiers) {
                condition.words = place(condition.words, &room.sets)?;
            }
            Some(entry)
        });
        decoded.unwrap_or_else(|| Self::unreadable(room.scopes.start))
    }
}

impl Unpack for WordSet {
    fn unpack(bytes: &[u8], _: &Room) -> Self {
        let words: Vec<String> = postcard::from_bytes(bytes).unwrap_or_default();
        Self::new(words).unwrap_or_default()
    }
}
