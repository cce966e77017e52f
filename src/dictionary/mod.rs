//! `dictionaries/` on disk → what the detectors and the judge work from.

mod category;
mod compile;
mod diagnostic;
mod entries;
pub mod import;
mod key;
pub mod keyed;
pub mod known;
pub mod load;
mod matcher;
mod openings;
mod packed;
pub mod quantity;
mod regime;
mod rolling;
mod rule;
#[cfg(test)]
mod rules_check;
mod scope;
mod scope_file;
mod sealed;
mod shipped;

pub use category::{Category, Unmatched, UnmatchedKind};
pub use diagnostic::Diagnostic;
pub use entries::{Entries, Numbered, Room, Unpack, WordSets};
pub use key::{Key, KeyId, Mac};
pub use keyed::KeyedList;
pub use known::Known;
pub use load::{Kind, Source, load, pack};
pub use matcher::{Head, Matcher, Occurrence};
pub use openings::Openings;
pub use regime::{
    Banner, ByteSet, Edge, Finders, Form, LevelEntry, Opening, Organ, Regime, Unclear,
};
pub use rule::{Basis, BasisDay, Example, Rule};
pub use scope::{Condition, Documents, Entry, QuantityCondition, Scope, Within, WordSet};
pub use sealed::{Sealed, Shut};
#[cfg(fuzzing)]
pub use sealed::{open as open_box, seal as seal_box};

use crate::model::Words;

/// All that vetmark looks for, and the law it rests on.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// Regimes, in the files' order.
    pub regimes: Vec<Regime>,
    /// What each rule means, in the files' order.
    pub rules: Vec<Rule>,
    /// The kinds of matter that the law names, in the files' order.
    pub categories: Vec<Category>,
    /// Matter scopes, in the files' order.
    pub scopes: Vec<Scope>,
    /// The entries of all scopes, in the files' order.
    pub entries: Entries,
    /// Words that conditions of entries name by index.
    pub word_sets: WordSets,
    /// Finds the head words of entries.
    pub matcher: Matcher,
    /// Lists whose words nobody can read.
    pub keyed: Vec<KeyedList>,
    /// Documents that are known by their text.
    pub known: Vec<Known>,
    /// SHA-256 of the rules (regimes and policies) in lower-case hex.
    pub rules_digest: String,
    /// SHA-256 of the scope dictionaries.
    pub scopes_digest: String,
}

impl Dictionary {
    /// The dictionaries that ship with the program.
    pub fn shipped() -> Self {
        load(&load::shipped()).expect("tests hold that the shipped dictionaries are sound")
    }

    /// What a level of a regime is called, where both are known here.
    pub fn level_name(&self, regime: &str, level: &str) -> Option<&Words> {
        let levels = self.regimes.iter().filter(|known| known.id == regime);
        levels.flat_map(|known| &known.levels).find(|known| known.id == level).map(|it| &it.name)
    }

    /// Adds a keyed list, or known documents, with the keys to try on it.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn add_sealed(&mut self, file: &str, bytes: &[u8], keys: &[Key]) -> Result<(), Shut> {
        let (kind, key, body) = sealed::open(bytes, keys)?;
        match kind {
            Sealed::Keyed => self.keyed.push(KeyedList::read(file.to_owned(), &body, key)?),
            Sealed::Known => self.known.push(Known::read(file.to_owned(), &body, key)?),
        }
        self.scopes_digest = sealed::digest(&self.scopes_digest, bytes);
        Ok(())
    }

    /// The documentation and law of a rule.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
