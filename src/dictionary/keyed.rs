//! Keyed lists: scope entries that can be looked for without being readable.
//!
//! Of each head word the list holds an HMAC. What an entry asks for besides (its
//! conditions) is covered under a key that the head word gives: only a text that
//! holds the word opens it, and then the entry is matched as any other. In front
//! stand two filters of keyed rolling hashes, so that HMACs are made for next to
//! nothing of a text; see `docs/dictionaries.md` for what all this leaks.

mod guess;
mod make;

use std::collections::{BTreeSet, HashSet};

pub use make::{LEAST_BITS, Made, Refused, make};

use super::key::{Key, Mac};
use super::load::{Kind, Source, load};
use super::rolling::{Bits, Rolling};
use super::sealed::{Reader, Shut};
use super::{Diagnostic, Dictionary};

/// Characters of a head word that filters look at; the rest is left to the HMAC.
const FILTERED: usize = 24;

/// The longest head word, in characters.
const LONGEST: usize = 200;

/// Texts of one part that were compared and are not compared again.
const REMEMBERED: usize = 1 << 16;

/// What sets the first filter's hashes apart from the second's, which have the
/// length of their window here.
const ANCHOR: u64 = 1 << 32;

/// An HMAC, cut to what cannot be met by chance.
type Print = [u8; 16];

/// A list, with the key to look for its words.
#[derive(Debug)]
pub struct KeyedList {
    /// The file, as given.
    pub file: String,
    entries: Vec<KeyedEntry>,
    /// Prints of head words, each with its entry, in order.
    prints: Vec<(Print, u32)>,
    /// For each print, the key to its entry's conditions, covered by the word.
    locks: Vec<Print>,
    /// Different lengths of head words in characters, in order.
    lengths: Vec<usize>,
    /// By their first characters, as many as the shortest has.
    anchors: Bits,
    /// By their first [`FILTERED`].
    words: Bits,
    any_case: bool,
    tools: Tools,
}

/// One entry as a list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KeyedEntry {
    id: String,
    scope: String,
    /// The level as published, which no text is given.
    level: String,
    /// Its name in Chinese and English, where the list was made to hold names.
    name: [String; 2],
    /// Its conditions in TOML, covered; empty where there are none.
    conditions: Vec<u8>,
}

/// What is derived from the key.
#[derive(Clone, Debug)]
struct Tools {
    print: Mac,
    lock: Mac,
    rolling: Rolling,
}

impl Tools {
    fn new(key: &Key) -> Self {
        Self {
            print: key.mac("vetmark keyed print"),
            lock: key.mac("vetmark keyed lock"),
            rolling: Rolling::new(&key.mac("vetmark keyed rolling")),
        }
    }

    fn print(&self, word: &str, any_case: bool) -> Print {
        first_half(&self.print.of(&[&[u8::from(any_case)], word.as_bytes()]))
    }

    /// What covers the key to an entry's conditions for one of its words.
    fn lock(&self, word: &str, entry: u32) -> Print {
        first_half(&self.lock.of(&[&entry.to_le_bytes(), word.as_bytes()]))
    }

    /// Hashes of the beginnings of a word for both filters.
    fn filtered(&self, word: &str, anchor: usize) -> (u64, u64) {
        let mut characters = word.chars().map(|c| c.to_ascii_lowercase());
        let start = characters.by_ref().take(anchor).fold(0, |h, c| self.rolling.push(h, c));
        let length = word.chars().count().min(FILTERED);
        let whole = characters.take(length - anchor).fold(start, |h, c| self.rolling.push(h, c));
        (self.rolling.finish(start, ANCHOR), self.rolling.finish(whole, length as u64))
    }
}

fn first_half(mac: &[u8; 32]) -> Print {
    std::array::from_fn(|i| mac[i])
}

fn xor(a: Print, b: Print) -> Print {
    std::array::from_fn(|i| a[i] ^ b[i])
}

/// Covers or uncovers an entry's conditions.
fn cover(with: Print, conditions: &mut [u8]) {
    Mac::new(&with).cover(&[0; 32], conditions);
}

/// Head words that a text holds: the entry and the word, in order and each once.
pub type Words = BTreeSet<(u32, String)>;

/// What is used again from passage to passage of one part.
#[derive(Debug, Default)]
pub struct Room {
    /// Where each character begins, and the end.
    starts: Vec<u32>,
    /// Hashes of all prefixes.
    sums: Vec<u64>,
    compared: HashSet<u64>,
}

impl KeyedList {
    /// A list from the body of its file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(file: String, body: &[u8], key: &Key) -> Result<Self, Shut> {
        let mut body = Reader::new(body);
        let mut entries = Vec::new();
        for _ in 0..body.count(24)? {
            entries.push(KeyedEntry {
                id: body.text()?,
                scope: body.text()?,
                level: body.text()?,
                name: [body.text()?, body.text()?],
                conditions: body.counted()?.to_vec(),
            });
        }
        let any_case = body.u8()? != 0;
        let mut lengths = Vec::new();
        for _ in 0..body.count(4)? {
            lengths.push(body.u32()? as usize);
        }
        if !lengths.is_sorted() || lengths.iter().any(|l| !(1..=LONGEST).contains(l)) {
            return Err(Shut::Damaged("its words have lengths no words have"));
        }
        let anchors = Bits::read(&mut body)?;
        let words = Bits::read(&mut body)?;
        let (mut prints, mut locks) = (Vec::new(), Vec::new());
        for _ in 0..body.count(16 + 4 + 16)? {
            let (print, entry) = (body.array()?, body.u32()?);
            if entry as usize >= entries.len() {
                return Err(Shut::Damaged("a word belongs to no entry"));
            }
            prints.push((print, entry));
            locks.push(body.array()?);
        }
        body.end()?;
        if !prints.is_sorted() {
            return Err(Shut::Damaged("its words are not in order"));
        }
        let tools = Tools::new(key);
        Ok(Self { file, entries, prints, locks, lengths, anchors, words, any_case, tools })
    }

    /// How many entries it has.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// How many head words.
    pub fn words(&self) -> usize {
        self.prints.len()
    }

    /// The longest head word in bytes, at most.
    pub fn longest(&self) -> usize {
        self.lengths.last().map_or(0, |length| length * 4)
    }

    /// Adds the head words that stand anywhere in a passage of folded text.
    pub fn find(&self, passage: &str, room: &mut Room, found: &mut Words) {
        let Some(&anchor) = self.lengths.first() else { return };
        let anchor = anchor.min(FILTERED);
        let rolling = &self.tools.rolling;
        room.starts.clear();
        room.sums.clear();
        let mut sum = 0;
        for (at, c) in passage.char_indices() {
            room.starts.push(at as u32);
            room.sums.push(sum);
            sum = rolling.push(sum, c.to_ascii_lowercase());
        }
        room.starts.push(passage.len() as u32);
        room.sums.push(sum);

        let power = rolling.power(anchor);
        let powers: Vec<u64> =
            self.lengths.iter().map(|l| rolling.power(*l.min(&FILTERED))).collect();
        for at in 0..room.sums.len().saturating_sub(anchor) {
            let hash = Rolling::between(room.sums[at], room.sums[at + anchor], power);
            if !self.anchors.has(rolling.finish(hash, ANCHOR)) {
                continue;
            }
            for (&length, &power) in self.lengths.iter().zip(&powers) {
                if at + length >= room.sums.len() {
                    break;
                }
                let filtered = length.min(FILTERED);
                let hash = Rolling::between(room.sums[at], room.sums[at + filtered], power);
                if self.words.has(rolling.finish(hash, filtered as u64)) {
                    self.compare(passage, at, length, room, found);
                }
            }
        }
    }

    /// Compares what two filters let pass.
    #[cold]
    fn compare(&self, text: &str, at: usize, length: usize, room: &mut Room, found: &mut Words) {
        let span = room.starts[at] as usize..room.starts[at + length] as usize;
        let Some(word) = text.get(span) else { return };
        // What a document repeats is compared once: of letters in any case, the
        // spelling counts too.
        let spelt = word.chars().fold(0, |hash, c| self.tools.rolling.push(hash, c));
        let remembered = self.tools.rolling.finish(spelt, length as u64);
        if room.compared.contains(&remembered) {
            return;
        }
        if room.compared.len() < REMEMBERED {
            room.compared.insert(remembered);
        }
        self.entries_of(word, false, found);
        if self.any_case && word.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            self.entries_of(&word.to_ascii_lowercase(), true, found);
        }
    }

    fn entries_of(&self, word: &str, any_case: bool, found: &mut Words) {
        let print = self.tools.print(word, any_case);
        let first = self.prints.partition_point(|(other, _)| *other < print);
        let same = self.prints[first..].iter().take_while(|(other, _)| *other == print);
        found.extend(same.map(|(_, entry)| (*entry, word.to_owned())));
    }

    /// The entries of head words that were found, with those words and their
    /// conditions: a dictionary like any other.
    pub fn opened(&self, found: &Words) -> Dictionary {
        // Conditions that this version cannot read must not hide a hit.
        let opened = self.open(found).or_else(|_| load(&self.sources(found, false)));
        opened.unwrap_or_default()
    }

    /// The same, or what is wrong with the conditions.
    fn open(&self, found: &Words) -> Result<Dictionary, Vec<Diagnostic>> {
        load(&self.sources(found, true))
    }

    /// Scope files with the entries of some head words.
    fn sources(&self, found: &Words, with_conditions: bool) -> Vec<Source> {
        let mut sources: Vec<Source> = Vec::new();
        let mut rest = found.iter().peekable();
        while let Some((number, word)) = rest.next() {
            let mut words = vec![word.as_str()];
            while let Some((_, word)) = rest.next_if(|(next, _)| next == number) {
                words.push(word);
            }
            let scope = &self.entries[*number as usize].scope;
            let text = self.entry(*number, &words, with_conditions);
            match sources.iter_mut().find(|source| source.name == *scope) {
                Some(source) => source.text.push_str(&text),
                None => {
                    let scope_text = scope_table(scope) + &text;
                    sources.push(Source::new(Kind::Scope, scope.clone(), scope_text));
                }
            }
        }
        sources
    }

    fn entry(&self, number: u32, words: &[&str], with_conditions: bool) -> String {
        let entry = &self.entries[number as usize];
        let [zh, en] = &entry.name;
        let or = |name: &str, plain: &str| quoted(if name.is_empty() { plain } else { name });
        let mut text = format!(
            "\n[[entry]]\nid = {}\nname = {{ zh = {}, en = {} }}\nmatter = \"-\"\nlevel = {}\nterms = [{}]\n",
            quoted(&entry.id),
            or(zh, "加密词表条目"),
            or(en, "keyed entry"),
            quoted(&entry.level),
            words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "),
        );
        if with_conditions && !entry.conditions.is_empty() {
            text.push_str(&self.conditions(number, words).unwrap_or_default());
        }
        text
    }

    /// The conditions of an entry, opened with a head word of it.
    fn conditions(&self, number: u32, words: &[&str]) -> Option<String> {
        let entry = &self.entries[number as usize];
        let word = words.first()?;
        let place = [false, true].into_iter().find_map(|any_case| {
            self.prints.binary_search(&(self.tools.print(word, any_case), number)).ok()
        })?;
        let mut conditions = entry.conditions.clone();
        cover(xor(self.locks[place], self.tools.lock(word, number)), &mut conditions);
        String::from_utf8(conditions).ok()
    }
}

fn scope_table(scope: &str) -> String {
    let scope = quoted(scope);
    format!("[scope]\nid = {scope}\nname = {{ zh = {scope}, en = {scope} }}\n")
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;
