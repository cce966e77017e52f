//! Scope files → a keyed list, and every head word that would not be safe in one.

use std::collections::BTreeMap;

use super::{
    FILTERED, KeyedEntry, KeyedList, LONGEST, Print, Tools, cover, first_half, guess, xor,
};
use crate::dictionary::key::{Key, Mac};
use crate::dictionary::load::{Source, load};
use crate::dictionary::rolling::Bits;
use crate::dictionary::sealed::{Sealed, Shut, Writer, seal};
use crate::dictionary::{Diagnostic, Entry};

/// Bits of a head word below which it is refused, where nothing is said.
pub const LEAST_BITS: u32 = 32;

/// Characters a head word has at least, whatever its bits: the filter in front
/// looks at the first so many, and of fewer it would tell too much.
const SHORTEST: usize = 4;

/// Bits that the first filter has for each beginning of a word. More let less
/// pass, and tell whoever has the key more of beginnings alone: 4 bits of each.
const ANCHOR_BITS: usize = 16;

/// The same for whole words.
const WORD_BITS: usize = 64;

/// What an entry says of itself and not of texts: none of it comes into a list.
const SAID: [&str; 18] = [
    "id",
    "number",
    "name",
    "category",
    "matter",
    "level",
    "term",
    "knowledge",
    "basis",
    "department",
    "remark",
    "derived",
    "valid_from",
    "valid_to",
    "sources",
    "certainty",
    "examples",
    "negative_examples",
];

/// A list that was made, and what did not come into it.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// Entries in it.
    pub entries: usize,
    /// Of those, how many have conditions.
    pub conditions: usize,
    /// Head words in it.
    pub words: usize,
    /// The fewest bits that one of them has.
    pub least_bits: Option<u32>,
    /// Head words that are not, in the files' order.
    pub refused: Vec<Refused>,
    /// Entries of which no head word is left.
    pub empty: Vec<String>,
}

/// A head word that would be guessed; which one is said by its place alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The file its entry stands in.
    pub file: String,
    /// The entry's line in it.
    pub line: usize,
    /// The entry.
    pub entry: String,
    /// Which of its different head words, from 1.
    pub number: usize,
    /// Its characters.
    pub characters: usize,
    /// Its bits, as estimated.
    pub bits: u32,
    /// Why.
    pub reason: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, line, entry, number, reason, .. } = self;
        write!(f, "{file}:{line}: {entry}: head word {number} is left out: {reason}")
    }
}

/// Makes a list of the entries of the files named `wanted`; the other sources give
/// the lists of words that they name. `names` puts the matters' names in.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn make(
    sources: &[Source],
    wanted: &[String],
    key: &Key,
    least_bits: u32,
    names: bool,
) -> Result<Made, Vec<Diagnostic>> {
    let dictionary = load(sources)?;
    let written = Written::read(sources)?;
    let own = dictionary.entries.iter().filter(|entry| wanted.contains(&entry.file));
    let own: Vec<_> = own.filter(|entry| written.has_own_terms(&entry.id)).collect();
    if !own.is_empty() {
        let message = "a keyed list keeps head words alone: give case and whole_word to the entry, \
                       and no weights to words";
        let wrong = own.into_iter().map(|entry| Diagnostic {
            file: entry.file.clone(),
            line: entry.line,
            message: format!("{}: {message}", entry.id),
        });
        return Err(wrong.collect());
    }
    let mut maker = Maker { least_bits, ..Maker::new(key) };
    for entry in dictionary.entries.iter().filter(|entry| wanted.contains(&entry.file)) {
        let level = entry.level.clone();
        let name = match names {
            true => [entry.name.zh.clone(), entry.name.en.clone()],
            false => [String::new(), String::new()],
        };
        let scope = dictionary.scopes[entry.scope].id.clone();
        let keyed = KeyedEntry { id: entry.id.clone(), scope, level, name, conditions: Vec::new() };
        maker.entry(entry, keyed, written.conditions(&entry.id));
    }
    maker.finish(key)
}

/// Entries and lists as they are written, by id and name.
#[derive(Debug, Default)]
struct Written {
    entries: BTreeMap<String, toml::Table>,
    lists: BTreeMap<String, toml::value::Array>,
}

impl Written {
    fn read(sources: &[Source]) -> Result<Self, Vec<Diagnostic>> {
        let mut written = Self::default();
        for source in sources {
            let mut file: toml::Table = toml::from_str(&source.text)
                .map_err(|e| vec![Diagnostic::from_toml(&source.name, &source.text, &e)])?;
            if let Some(toml::Value::Array(entries)) = file.remove("entry") {
                let entries = entries.into_iter().filter_map(|entry| match entry {
                    toml::Value::Table(entry) => {
                        Some((entry.get("id")?.as_str()?.to_owned(), entry))
                    }
                    _ => None,
                });
                written.entries.extend(entries);
            }
            if let Some(toml::Value::Table(lists)) = file.remove("lists") {
                let lists = lists.into_iter().filter_map(|(name, words)| match words {
                    toml::Value::Array(words) => Some((name, words)),
                    _ => None,
                });
                written.lists.extend(lists);
            }
        }
        Ok(written)
    }

    /// Whether head words of an entry have a case, a boundary or a weight of their own.
    fn has_own_terms(&self, id: &str) -> bool {
        let terms = self.entries.get(id).and_then(|entry| entry.get("terms"));
        let own = |term: &toml::Value| {
            let keys = term.as_table().into_iter().flatten();
            keys.into_iter().any(|(key, _)| !matches!(key.as_str(), "word" | "aliases"))
        };
        terms.and_then(toml::Value::as_array).is_some_and(|terms| terms.iter().any(own))
    }

    /// What an entry asks for beside its head words, in TOML; empty where it asks
    /// for nothing. Every key that says nothing of the matter itself is taken
    /// along, so that a list knows what the entry's file knows.
    fn conditions(&self, id: &str) -> String {
        let Some(entry) = self.entries.get(id) else { return String::new() };
        let mut conditions = entry.clone();
        conditions.retain(|key, _| key != "terms" && !SAID.contains(&key));
        conditions.iter_mut().for_each(|(_, value)| self.spell_out(value));
        conditions.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
    }

    /// Puts the words of a list where it is named.
    fn spell_out(&self, value: &mut toml::Value) {
        match value {
            toml::Value::Array(words) => {
                let named = |word: &toml::Value| {
                    let list = word.as_str()?.strip_prefix('@')?;
                    self.lists.get(list).cloned()
                };
                *words = std::mem::take(words)
                    .into_iter()
                    .flat_map(|mut word| match named(&word) {
                        Some(list) => list,
                        None => {
                            self.spell_out(&mut word);
                            vec![word]
                        }
                    })
                    .collect();
            }
            toml::Value::Table(table) => {
                table.iter_mut().for_each(|(_, value)| self.spell_out(value));
            }
            _ => {}
        }
    }
}

/// A list in the making.
struct Maker {
    tools: Tools,
    payload: Mac,
    least_bits: u32,
    entries: Vec<KeyedEntry>,
    /// Print, entry, lock, and the word for the filters.
    words: Vec<(Print, u32, Print, String)>,
    any_case: bool,
    fewest: Option<u32>,
    refused: Vec<Refused>,
    empty: Vec<String>,
}

impl Maker {
    fn new(key: &Key) -> Self {
        Self {
            tools: Tools::new(key),
            payload: key.mac("vetmark keyed conditions"),
            least_bits: LEAST_BITS,
            entries: Vec::new(),
            words: Vec::new(),
            any_case: false,
            fewest: None,
            refused: Vec::new(),
            empty: Vec::new(),
        }
    }

    fn entry(&mut self, entry: &Entry, mut keyed: KeyedEntry, conditions: String) {
        let number = self.entries.len() as u32;
        let any_case = conditions.lines().any(|line| line == "case = \"any\"");
        let mut taken = Vec::new();
        for (at, word) in entry.terms.iter().enumerate() {
            let bits = guess::bits(word);
            match self.reason(word, bits) {
                None => {
                    self.fewest = Some(self.fewest.map_or(bits, |fewest| fewest.min(bits)));
                    taken.push(word.as_str());
                }
                Some(reason) => self.refused.push(Refused {
                    file: entry.file.clone(),
                    line: entry.line,
                    entry: entry.id.clone(),
                    number: at + 1,
                    characters: word.chars().count(),
                    bits,
                    reason,
                }),
            }
        }
        if taken.is_empty() {
            self.empty.push(entry.id.clone());
            return;
        }
        // Nobody can make this key who does not know the entry, key file or not.
        let all = [entry.id.as_str(), &entry.terms.join("\n"), &conditions].join("\n\n");
        let opens = first_half(&self.payload.of(&[all.as_bytes()]));
        if !conditions.is_empty() {
            keyed.conditions = conditions.into_bytes();
            cover(opens, &mut keyed.conditions);
        }
        for word in taken {
            let lettered = word.bytes().any(|byte| byte.is_ascii_alphabetic());
            let any_case = any_case && lettered;
            self.any_case |= any_case;
            let word = if any_case { word.to_ascii_lowercase() } else { word.to_owned() };
            let lock = xor(opens, self.tools.lock(&word, number));
            self.words.push((self.tools.print(&word, any_case), number, lock, word));
        }
        self.entries.push(keyed);
    }

    /// Why a head word may not come into a list.
    fn reason(&self, word: &str, bits: u32) -> Option<String> {
        let characters = word.chars().count();
        if characters < SHORTEST {
            return Some(format!("{characters} characters, {SHORTEST} are the fewest"));
        }
        if characters > LONGEST {
            return Some(format!("{characters} characters, {LONGEST} are the most"));
        }
        let least = self.least_bits;
        (bits < least).then(|| {
            format!(
                "about {bits} bits, so guessed within 2^{bits} guesses by whoever has list and \
                 key; {least} are the fewest"
            )
        })
    }

    fn finish(mut self, key: &Key) -> Result<Made, Vec<Diagnostic>> {
        // Words of one entry that differ in case alone are one word where case is none.
        self.words.sort();
        self.words.dedup();
        let mut lengths: Vec<usize> =
            self.words.iter().map(|(.., word)| word.chars().count()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let anchor = lengths.first().map_or(0, |shortest| *shortest.min(&FILTERED));
        let (anchors, wholes): (Vec<u64>, Vec<u64>) =
            self.words.iter().map(|(.., word)| self.tools.filtered(word, anchor)).unzip();

        let mut body = Writer::default();
        body.u32(self.entries.len() as u32);
        for entry in &self.entries {
            for text in [&entry.id, &entry.scope, &entry.level, &entry.name[0], &entry.name[1]] {
                body.counted(text.as_bytes());
            }
            body.counted(&entry.conditions);
        }
        body.u8(u8::from(self.any_case));
        body.u32(lengths.len() as u32);
        lengths.iter().for_each(|length| body.u32(*length as u32));
        Bits::new(&anchors, ANCHOR_BITS, false).write(&mut body);
        Bits::new(&wholes, WORD_BITS, false).write(&mut body);
        body.u32(self.words.len() as u32);
        for (print, entry, lock, _) in &self.words {
            body.raw(print);
            body.u32(*entry);
            body.raw(lock);
        }
        // A list that cannot open its own entries would find them without their conditions.
        let words = self.words.iter().map(|(_, entry, _, word)| (*entry, word.clone())).collect();
        let wrong = |shut: Shut| {
            let message = format!("the list that was made cannot be read: {shut}");
            vec![Diagnostic { file: String::new(), line: 0, message }]
        };
        KeyedList::read(String::new(), &body.bytes, key).map_err(wrong)?.open(&words)?;
        Ok(Made {
            bytes: seal(Sealed::Keyed, key, &body.bytes),
            entries: self.entries.len(),
            conditions: self.entries.iter().filter(|e| !e.conditions.is_empty()).count(),
            words: self.words.len(),
            least_bits: self.fewest,
            refused: self.refused,
            empty: self.empty,
        })
    }
}
