//! Matter scopes (保密事项范围) and their entries, ready to be matched.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::category::Unmatched;
use super::quantity::Range;
use crate::model::{Span, Words};

/// One published list of what is secret in one field of work, or a body's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scope {
    /// e.g. `cn.education.2001`.
    pub id: String,
    /// Its name as published, and in English.
    pub name: Words,
    /// The law's kind of matter it is of (by our ordering: none is published),
    /// as an index into [`super::Dictionary::categories`].
    pub category: Option<usize>,
    /// Who issued it.
    pub issued_by: Vec<String>,
    /// Year of issue, where it is known.
    pub year: Option<i16>,
    /// What became of it: in force, superseded, amended.
    pub status: Words,
    /// First day it applied.
    pub valid_from: Option<Date>,
    /// Last day it applied.
    pub valid_to: Option<Date>,
    /// Where its text was read.
    pub sources: Vec<String>,
    /// How certain the text is: what was seen and what was not.
    pub certainty: String,
    /// What it says besides entries: shown, never matched.
    pub unmatched: Vec<Unmatched>,
    /// The file it stands in, as given.
    pub file: String,
}

/// One line of a scope: the matter as published, and the words it is known by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The scope's id and a number, e.g. `cn.education.2001.3-1`.
    pub id: String,
    /// Index into [`super::Dictionary::scopes`].
    pub scope: usize,
    /// Its number in the scope, as published.
    pub number: String,
    /// A short name of the matter.
    pub name: Words,
    /// The law's kind of matter it is of; its scope's where it does not say.
    pub category: Option<usize>,
    /// The matter, as published.
    pub matter: String,
    /// The level, as published. Never assigned to a text.
    pub level: String,
    /// The term, as published.
    pub term: String,
    /// The knowledge scope (知悉范围), as published.
    pub knowledge: String,
    /// What its level rests on, as published: 产生依据, 法律依据.
    pub basis: String,
    /// The department it comes from (产生部门), as published.
    pub department: String,
    /// What else the list says of it.
    pub remark: String,
    /// First day it applied, where it is not the scope's.
    pub valid_from: Option<Date>,
    /// Last day it applied, where it is not the scope's.
    pub valid_to: Option<Date>,
    /// Where it was read, where that is not where the scope was.
    pub sources: Vec<String>,
    /// How certain it is, where it is not as certain as the scope.
    pub certainty: String,
    /// Head words, as written; a hit begins with one of them.
    pub terms: Vec<String>,
    /// What each of them weighs, where that is not 1 for all.
    pub term_weights: Vec<u16>,
    /// What the weights of all that is near must come to; 0 where nothing is weighed.
    pub threshold: u32,
    /// Kinds of documents it is, or is not, looked for in.
    pub documents: Documents,
    /// Whether the head words were taken from the matter's name, by a program.
    pub derived: bool,
    /// Each must be seen near a head word.
    pub near: Vec<Condition>,
    /// Of each some quantity must be seen near a head word.
    pub quantities: Vec<QuantityCondition>,
    /// None may be seen near a head word.
    pub apart: Vec<Condition>,
    /// Looked for near a head word; those not seen are named in the finding.
    pub qualifiers: Vec<Condition>,
    /// Whether all qualifiers must be seen.
    pub require: bool,
    /// Texts in which it is found.
    pub examples: Vec<String>,
    /// Texts in which it is not.
    pub negative_examples: Vec<String>,
    /// The file it stands in, as given.
    pub file: String,
    /// Its line in that file, from 1.
    pub line: usize,
}

impl Entry {
    /// What a head word weighs, as it stands in a folded text.
    pub fn weight_of(&self, term: &str) -> u16 {
        let at = self.terms.iter().position(|known| known == term);
        let at = at.or_else(|| self.terms.iter().position(|t| t.eq_ignore_ascii_case(term)));
        at.and_then(|at| self.term_weights.get(at)).copied().unwrap_or(1)
    }
}

/// Which documents an entry is looked for in; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    /// Only where the title ends with one of these (通知, 纪要).
    pub kinds: Vec<String>,
    /// Not where it does.
    pub not_kinds: Vec<String>,
    /// Only where the file's name is like one of these (`*.docx`, `*会议*`).
    pub names: Vec<String>,
    /// Not where it is.
    pub not_names: Vec<String>,
}

impl Documents {
    /// Whether any document will do.
    pub fn is_any(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a document with these lines that may be titles and these names will do.
    pub fn fit(&self, titles: &[String], names: &[String]) -> bool {
        let kind = |kinds: &[String]| {
            titles.iter().any(|title| kinds.iter().any(|kind| title.ends_with(kind.as_str())))
        };
        let name = |patterns: &[String]| {
            names.iter().any(|name| patterns.iter().any(|pattern| is_like(name, pattern)))
        };
        (self.kinds.is_empty() || kind(&self.kinds))
            && !kind(&self.not_kinds)
            && (self.names.is_empty() || name(&self.names))
            && !name(&self.not_names)
    }
}

/// Whether a name is like a pattern, in which `*` stands for anything; letters in
/// any case.
fn is_like(name: &str, pattern: &str) -> bool {
    let (name, pattern) = (name.to_lowercase(), pattern.to_lowercase());
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        if let Some(before) = last.replace(piece) {
            match rest.find(before) {
                Some(at) => rest = &rest[at + before.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// How far from a head word something counts as near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Within {
    /// In its sentence.
    Sentence,
    /// In its paragraph or line.
    Paragraph,
    /// On its page.
    Page,
    /// At most so many characters before or after it, in its paragraph.
    Characters(u16),
}

impl Entry {
    /// Stands for one that cannot be read in a file that is whole. It says so
    /// wherever its words stand.
    pub(super) fn unreadable(scope: usize) -> Self {
        let name = Words::new("an entry that cannot be read", "无法读取的条目");
        Self {
            id: "unreadable".to_owned(),
            scope,
            category: None,
            number: String::new(),
            name,
            matter: String::new(),
            level: String::new(),
            term: String::new(),
            knowledge: String::new(),
            basis: String::new(),
            department: String::new(),
            remark: String::new(),
            valid_from: None,
            valid_to: None,
            sources: Vec::new(),
            certainty: String::new(),
            terms: Vec::new(),
            term_weights: Vec::new(),
            threshold: 0,
            documents: Documents::default(),
            derived: false,
            near: Vec::new(),
            quantities: Vec::new(),
            apart: Vec::new(),
            qualifiers: Vec::new(),
            require: false,
            examples: Vec::new(),
            negative_examples: Vec::new(),
            file: String::new(),
            line: 0,
        }
    }
}

/// [`Within`] in a compiled file, where it is a number: in scope files it is what
/// their authors write.
mod reach {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Within;

    const NAMED: [Within; 3] = [Within::Sentence, Within::Paragraph, Within::Page];

    pub(super) fn serialize<S: Serializer>(reach: &Within, to: S) -> Result<S::Ok, S::Error> {
        let number = match reach {
            Within::Characters(count) => u32::from(*count) + 3,
            named => NAMED.iter().position(|n| n == named).unwrap_or(0) as u32,
        };
        number.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Within, D::Error> {
        let number = u32::deserialize(from)?;
        if let Some(named) = NAMED.get(number as usize) {
            return Ok(*named);
        }
        let count = u16::try_from(number.saturating_sub(3));
        count.map(Within::Characters).map_err(serde::de::Error::custom)
    }
}

/// Some of a set of words, near a head word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// What it is called for people: its first word.
    pub name: String,
    /// Index into the dictionary's word sets.
    pub words: usize,
    /// What it adds to the sum of weights where it is near; 0 for one that must be.
    pub weight: u16,
    /// How near.
    #[serde(with = "reach")]
    pub within: Within,
}

/// A quantity near a head word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuantityCondition {
    /// The condition as written, for people.
    pub name: String,
    /// Which quantities satisfy it.
    pub range: Range,
    /// How near.
    #[serde(with = "reach")]
    pub within: Within,
}

/// Words and patterns of which any will do. Equal sets of different entries are
/// one, so that a passage is searched for them once.
#[derive(Debug, Default)]
pub struct WordSet {
    words: Vec<String>,
    /// Which words are no patterns.
    literal_words: Vec<usize>,
    /// Finds those; made when it is first needed, since most sets of a large
    /// dictionary are never asked for.
    literals: OnceLock<AhoCorasick>,
    /// Tells at once where there are none, if they are few.
    any: OnceLock<Option<AhoCorasick>>,
    /// How often [`WordSet::held_by`] was asked.
    asked: AtomicU32,
    patterns: Vec<(usize, Regex)>,
}

impl WordSet {
    /// Literals and, behind `re:`, regular expressions; all folded already.
    ///
    /// # Errors
    /// The pattern that cannot be compiled, with the reason.
    pub(super) fn new(words: Vec<String>) -> Result<Self, String> {
        let mut literal_words = Vec::new();
        let mut patterns = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match word.strip_prefix(super::load::PATTERN) {
                Some(pattern) => {
                    let regex = Regex::new(pattern).map_err(|e| format!("{pattern}: {e}"))?;
                    if regex.is_match("") {
                        return Err(format!("{pattern}: matches nothing at all, so everywhere"));
                    }
                    patterns.push((at, regex));
                }
                None => literal_words.push(at),
            }
        }
        Ok(Self {
            words,
            literal_words,
            literals: OnceLock::new(),
            any: OnceLock::new(),
            asked: AtomicU32::new(0),
            patterns,
        })
    }

    /// Quick to build; it searches paragraphs, not documents.
    fn literals(&self) -> &AhoCorasick {
        self.literals.get_or_init(|| {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(MatchKind::Standard)
                .build(self.plain_words())
                .expect("an automaton of fewer than 2^31 states")
        })
    }

    /// Whether some of the words that are no patterns may stand in a text. Few words
    /// are looked for many bytes at a time, but not where all that overlap are wanted.
    fn may_stand_in(&self, text: &str) -> bool {
        /// More of them are not looked for in that way.
        const FEW: usize = 64;
        let any = self.any.get_or_init(|| {
            let few = self.literal_words.len() <= FEW;
            let built = few.then(|| {
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(self.plain_words())
            });
            built.and_then(Result::ok)
        });
        !self.literal_words.is_empty() && any.as_ref().is_none_or(|any| any.is_match(text))
    }

    /// A word as it is written in the set.
    pub fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// How many words and patterns it holds.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it holds nothing, as no set of an author does.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether some of it are patterns.
    pub(super) fn has_patterns(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// Its words and patterns, as they are written.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Its words that are no patterns.
    pub(super) fn plain_words(&self) -> Vec<&str> {
        self.literal_words.iter().map(|&at| self.word(at)).collect()
    }

    /// A word of the set that a word holds, if any: one of the first that stand in it.
    /// Sets are asked this while a dictionary is loaded, most of them a few times and never
    /// again; making an automaton would take longer.
    pub(super) fn held_by(&self, word: &str) -> Option<usize> {
        /// Then one is worth making.
        const MANY: u32 = 1000;
        if self.asked.fetch_add(1, Ordering::Relaxed) >= MANY || !self.patterns.is_empty() {
            return self.find_all(word).first().map(|(_, at)| *at);
        }
        let at =
            |at: &usize| word.find(self.word(*at)).map(|start| (start, self.word(*at).len(), *at));
        self.literal_words.iter().filter_map(at).min().map(|(.., at)| at)
    }

    /// All words of the set in a text, with the index of each, ordered by place.
    pub fn find_all(&self, text: &str) -> Vec<(Span, usize)> {
        let mut found: Vec<(Span, usize)> = Vec::new();
        if self.may_stand_in(text) {
            let literals = self.literals().find_overlapping_iter(text);
            found.extend(literals.map(|m| (m.range(), self.literal_words[m.pattern().as_usize()])));
        }
        for (word, regex) in &self.patterns {
            found.extend(regex.find_iter(text).map(|m| (m.range(), *word)));
        }
        found.sort_by_key(|(span, word)| (span.start, span.end, *word));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_like_patterns() {
        for (name, pattern, is) in [
            ("a.DOCX", "*.docx", true),
            ("a.docx.pdf", "*.docx", false),
            ("2026年会议纪要.pdf", "*会议*.pdf", true),
            ("会议.pdf", "会议", false),
            ("会议", "会议", true),
            ("abab", "*ab", true),
            ("aba", "a*b*a", true),
            ("ab", "a*b*b", false),
            ("任何", "*", true),
        ] {
            assert_eq!(is_like(name, pattern), is, "{name} {pattern}");
        }
    }
}
