//! The file decisions are kept in: TOML, for people to read and to take
//! decisions out of; what a decision says is sealed, so that nobody without the
//! key adds one, or makes one hold longer.

use std::fmt::Write;

use jiff::civil::Date;
use serde::Deserialize;

use super::bind::{Bound, squeezed};
use super::{Digest, keyed};
use crate::dictionary::Key;
use crate::model::Suppression;
use crate::model::{hex, unhex};
use crate::normalize::fold_term;

/// The most days a decision may hold.
pub const LONGEST_DAYS: i32 = 366;

/// The most characters of an owner's name, and of a reason.
const OWNER: usize = 200;
const REASON: usize = 1000;

const VERSION: i64 = 1;

/// One decision with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The rule it is about.
    pub rule: String,
    /// The dictionary entry it is about, of hits of a scope.
    pub entry: Option<String>,
    /// What it is bound to.
    pub bound: Bound,
    /// Who answers for it.
    pub owner: String,
    /// Why the hit is not what it seems.
    pub reason: String,
    /// The day it was made.
    pub made: Date,
    /// The last day it holds.
    pub expires: Date,
    /// Keyed hash of all of this.
    seal: Digest,
}

/// A decision to be made.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The rule it is about.
    pub rule: &'a str,
    /// The dictionary entry, of hits of a scope.
    pub entry: Option<&'a str>,
    /// The place it is about.
    pub bound: Bound,
    /// The words found there, which may not stand in what people write about it.
    pub hit: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// Why the hit is not what it seems.
    pub reason: &'a str,
    /// Today.
    pub made: Date,
    /// The last day it is to hold.
    pub expires: Date,
}

/// What is wrong with a file of decisions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is no such file.
    #[error("line {line}: {message}")]
    Form {
        /// Its line, from 1.
        line: usize,
        /// What was expected.
        message: String,
    },
    /// Another version of vetmark made it.
    #[error("it is of version {0}; this vetmark knows version {VERSION}")]
    Version(i64),
    /// The key is another one.
    #[error("the key is not the one this file was made with")]
    WrongKey,
    /// Somebody changed it without the key.
    #[error("{0} is not as it was made: take it out, or make it anew")]
    Broken(String),
    /// Two decisions about one place.
    #[error("{0} stands in it twice")]
    Twice(String),
    /// A decision that may not be made, and why.
    #[error("{0}")]
    Refused(String),
}

impl Decision {
    /// Makes a decision, sealed with the key.
    ///
    /// # Errors
    /// Why it may not be made: no owner or reason, the document's words in
    /// either, an expiry before it is made or more than [`LONGEST_DAYS`] after.
    pub fn make(wanted: Wanted<'_>, key: &Key) -> Result<Self, StoreError> {
        let Wanted { rule, entry, bound, hit, owner, reason, made, expires } = wanted;
        let refuse = |why: String| Err(StoreError::Refused(why));
        let hit = squeezed(&fold_term(hit));
        for (what, text, most) in [("owner", owner, OWNER), ("reason", reason, REASON)] {
            if text.trim().is_empty() {
                return refuse(format!("a suppression needs its {what}"));
            }
            if text.chars().count() > most || text.chars().any(char::is_control) {
                return refuse(format!("the {what} is one line of at most {most} characters"));
            }
            if !hit.is_empty() && squeezed(&fold_term(text)).contains(&hit) {
                return refuse(format!(
                    "the {what} holds the words that were found: they would stand in the file and in every report"
                ));
            }
        }
        if expires <= made {
            return refuse(format!("it would expire on {expires}, which is not after {made}"));
        }
        if days_between(made, expires) > LONGEST_DAYS {
            return refuse(format!(
                "it would hold until {expires}: at most {LONGEST_DAYS} days from {made} are allowed"
            ));
        }
        let mut decision = Self {
            rule: rule.to_owned(),
            entry: entry.map(str::to_owned),
            bound,
            owner: owner.trim().to_owned(),
            reason: reason.trim().to_owned(),
            made,
            expires,
            seal: Digest::default(),
        };
        decision.seal = decision.seal_with(key);
        Ok(decision)
    }

    /// `s-` and twelve digits of what it is bound to.
    pub fn id(&self) -> String {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        for piece in [self.rule.as_bytes(), self.entry.as_deref().unwrap_or_default().as_bytes()] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
        }
        hash.update(self.bound.hit);
        hash.update(self.bound.around);
        format!("s-{}", &hex(&hash.finalize())[..12])
    }

    /// What reports say of it.
    pub fn named(&self) -> Suppression {
        Suppression {
            id: self.id(),
            owner: self.owner.clone(),
            reason: self.reason.clone(),
            made: self.made,
            expires: self.expires,
        }
    }

    fn seal_with(&self, key: &Key) -> Digest {
        let (made, expires) = (self.made.to_string(), self.expires.to_string());
        keyed(
            key,
            "vetmark.suppression/1 seal",
            &[
                self.rule.as_bytes(),
                self.entry.as_deref().unwrap_or_default().as_bytes(),
                &self.bound.hit,
                &self.bound.around,
                self.owner.as_bytes(),
                self.reason.as_bytes(),
                made.as_bytes(),
                expires.as_bytes(),
            ],
        )
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// A file of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Tells the key it was made with from any other, and no more of it.
    key: Digest,
    /// The decisions, by rule, entry and what they are bound to.
    pub decisions: Vec<Decision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStore {
    version: toml::Spanned<i64>,
    key: toml::Spanned<String>,
    #[serde(default)]
    suppression: Vec<toml::Spanned<RawDecision>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecision {
    id: String,
    rule: String,
    entry: Option<String>,
    owner: String,
    reason: String,
    made: Date,
    expires: Date,
    hit: String,
    around: String,
    seal: String,
}

impl Store {
    /// A file without decisions.
    pub fn new(key: &Key) -> Self {
        Self { key: check_of(key), decisions: Vec::new() }
    }

    /// Reads a file, whoever's it is.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let raw: RawStore = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            form(text, at, error.message())
        })?;
        if *raw.version.get_ref() != VERSION {
            return Err(StoreError::Version(*raw.version.get_ref()));
        }
        let at = raw.key.span().start;
        let key = unhex(raw.key.get_ref())
            .ok_or_else(|| form(text, at, "key: 64 hexadecimal digits are expected"))?;
        let mut store = Self { key, decisions: Vec::new() };
        for raw in raw.suppression {
            let at = raw.span().start;
            let raw = raw.into_inner();
            let of = |what: &str, written: &str| {
                unhex(written).ok_or_else(|| {
                    form(text, at, format!("{what}: 64 hexadecimal digits are expected"))
                })
            };
            let decision = Decision {
                bound: Bound { hit: of("hit", &raw.hit)?, around: of("around", &raw.around)? },
                seal: of("seal", &raw.seal)?,
                rule: raw.rule,
                entry: raw.entry,
                owner: raw.owner,
                reason: raw.reason,
                made: raw.made,
                expires: raw.expires,
            };
            if raw.id != decision.id() {
                return Err(form(text, at, format!("{}: the id is not its own", raw.id)));
            }
            store.decisions.push(decision);
        }
        store.order();
        match store.decisions.windows(2).find(|two| two[0].id() == two[1].id()) {
            Some(two) => Err(StoreError::Twice(two[0].id())),
            None => Ok(store),
        }
    }

    /// Holds the file against the one of some keys that it was made with, and
    /// gives that key.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], or the first decision that is not as it was made.
    pub fn verify<'k>(&self, keys: &'k [Key]) -> Result<&'k Key, StoreError> {
        let Some(key) = keys.iter().find(|key| self.key == check_of(key)) else {
            return Err(StoreError::WrongKey);
        };
        match self.decisions.iter().find(|decision| decision.seal != decision.seal_with(key)) {
            Some(broken) => Err(StoreError::Broken(broken.id())),
            None => Ok(key),
        }
    }

    /// Puts a decision in, in the place of an older one about the same place.
    /// Gives the one it took the place of.
    pub fn put(&mut self, decision: Decision) -> Option<Decision> {
        let same = self.decisions.iter().position(|old| old.id() == decision.id());
        let old = same.map(|at| self.decisions.remove(at));
        self.decisions.push(decision);
        self.order();
        old
    }

    fn order(&mut self) {
        self.decisions
            .sort_by(|a, b| (&a.rule, &a.entry, &a.bound).cmp(&(&b.rule, &b.entry, &b.bound)));
    }

    /// The file as it is written.
    pub fn write(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut out = String::from(
            "# Hits that a person says are not what they seem. Made by `vetmark suppress add`; a block may be\n\
             # taken out by hand, and nothing else be changed.\n",
        );
        let _ = writeln!(out, "version = {VERSION}\nkey = \"{}\"", hex(&self.key));
        for decision in &self.decisions {
            let _ = write!(
                out,
                "\n[[suppression]]\nid = \"{}\"\nrule = {}\n",
                decision.id(),
                quoted(&decision.rule)
            );
            if let Some(entry) = &decision.entry {
                let _ = writeln!(out, "entry = {}", quoted(entry));
            }
            let _ = write!(
                out,
                "owner = {}\nreason = {}\nmade = \"{}\"\nexpires = \"{}\"\n\
                 hit = \"{}\"\naround = \"{}\"\nseal = \"{}\"\n",
                quoted(&decision.owner),
                quoted(&decision.reason),
                decision.made,
                decision.expires,
                hex(&decision.bound.hit),
                hex(&decision.bound.around),
                hex(&decision.seal),
            );
        }
        out
    }
}

fn check_of(key: &Key) -> Digest {
    keyed(key, "vetmark.suppression/1 key", &[])
}

fn form(text: &str, at: usize, message: impl Into<String>) -> StoreError {
    let before = text.get(..at).unwrap_or_default();
    StoreError::Form { line: before.matches('\n').count() + 1, message: message.into() }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
