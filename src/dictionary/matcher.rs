//! One pass over folded text for the head words of all entries.
//!
//! Words are known by how they end, so that they are found in the order of their
//! ends. Three steps, each over a batch of what the one before let pass, since
//! a processor that need not guess is many times faster: a filter that fits a
//! near cache ([`endings`] for few words, [`grams`] for many); one of whole keys
//! ([`filter::Bits`]); a table of keys, and a comparison of what the key
//! does not say ([`words`]).

mod build;
mod dense;
mod endings;
mod filter;
mod grams;
mod keys;
mod stored;
mod tables;
mod words;

use std::sync::{Arc, PoisonError, RwLock};

use dense::Dense;
use tables::Tables;
use words::Words;

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

/// A head word that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    start: u32,
    end: u32,
    entry: u32,
}

impl Occurrence {
    /// Places are below 4 GiB, as [`Matcher::find`] sees to.
    #[inline(always)]
    fn new(span: Span, entry: u32) -> Self {
        Self { start: span.start as u32, end: span.end as u32, entry }
    }

    /// Where it stands, in bytes of the text.
    pub fn span(&self) -> Span {
        self.start as usize..self.end as usize
    }

    /// The entry whose word it is: an index into the dictionary's entries.
    pub fn entry(&self) -> usize {
        self.entry as usize
    }
}

/// Finds head words. The engine behind it may be replaced: nothing else knows
/// how words are found.
#[derive(Debug, Default)]
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
        self.engines.iter().map(|(engine, _)| engine.words.longest).max().unwrap_or(0)
    }

    /// Bytes of memory behind it.
    pub fn memory(&self) -> usize {
        self.engines.iter().map(|(engine, _)| engine.memory()).sum()
    }

    /// Every head word in a text with its entry, overlapping ones too, ordered by
    /// where they end; where several end together, longer words first and then
    /// entries in order. `found` is room that is used again.
    ///
    /// # Panics
    /// If the text has 4 GiB or more: it is searched in passages.
    pub fn find(&self, text: &str, found: &mut Vec<Occurrence>) {
        assert!(u32::try_from(text.len()).is_ok(), "passages are shorter than 4 GiB");
        found.clear();
        for (engine, first) in &self.engines {
            let before = found.len();
            engine.find(text, found);
            if let Ok(first) = u32::try_from(*first) {
                found[before..].iter_mut().for_each(|word| word.entry += first);
            }
        }
        if self.engines.len() > 1 {
            // Of stretches that are in order already.
            found.sort_by_key(|word| (word.end, word.start, word.entry));
        }
    }
}

/// One set of words and the means by which they are found.
#[derive(Debug, Default)]
pub(super) struct Engine {
    words: Words,
    /// Until the automaton takes their place.
    tables: RwLock<Option<Arc<Tables>>>,
    dense: Dense,
}

impl Engine {
    pub(super) fn new(heads: Vec<Head>) -> Self {
        build::build(heads, None)
    }

    fn of(words: Words, tables: Tables) -> Self {
        Self { words, tables: RwLock::new(Some(Arc::new(tables))), dense: Dense::default() }
    }

    fn len(&self) -> usize {
        self.words.heads.len()
    }

    fn is_empty(&self) -> bool {
        self.words.heads.is_empty()
    }

    fn memory(&self) -> usize {
        let tables = self.tables().map_or(0, |tables| tables.memory());
        self.words.memory() + tables + self.dense.memory()
    }

    fn tables(&self) -> Option<Arc<Tables>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds the words of a text and their entries to those found.
    fn find(&self, text: &str, found: &mut Vec<Occurrence>) {
        if self.is_empty() {
            return;
        }
        if let Some(automaton) = self.dense.automaton(&self.words) {
            // Both would be too much to keep.
            if self.tables().is_some() {
                *self.tables.write().unwrap_or_else(PoisonError::into_inner) = None;
            }
            return automaton.find(&self.words, text, found);
        }
        match self.tables() {
            Some(tables) => {
                let before = found.len();
                tables.find(&self.words, text.as_bytes(), found);
                self.dense.count(text.len(), found.len() - before);
            }
            // The automaton came in between.
            None => self.find(text, found),
        }
    }
}

#[cfg(test)]
mod tests;
