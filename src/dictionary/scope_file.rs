//! A scope file as its author writes it → scopes and entries, or everything
//! that is wrong with it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::Diagnostic;
use super::category::{Category, Unmatched};
use super::scope::{Documents, Within};
use crate::model::Words;

/// One parsed scope file.
#[derive(Debug, Default)]
pub(super) struct ScopeFile {
    pub scope: Option<RawScope>,
    /// Named lists of words, for `@name` in any list of any file.
    pub lists: BTreeMap<String, (usize, Vec<String>)>,
    /// The law's kinds of matter, each with its offset in the file.
    pub categories: Vec<(usize, Category)>,
    /// What the scope says besides entries.
    pub unmatched: Vec<(usize, Unmatched)>,
    /// Entries, each with its offset in the file.
    pub entries: Vec<(usize, RawEntry)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScope {
    pub id: String,
    pub name: Words,
    pub category: Option<String>,
    #[serde(default)]
    pub issued_by: Vec<String>,
    pub year: Option<i16>,
    #[serde(default)]
    pub status: Words,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    #[serde(default)]
    pub sources: Vec<String>,
    #[serde(default)]
    pub certainty: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEntry {
    pub id: String,
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub name: Words,
    pub category: Option<String>,
    pub matter: String,
    #[serde(default)]
    pub level: String,
    #[serde(default)]
    pub term: String,
    #[serde(default)]
    pub knowledge: String,
    #[serde(default)]
    pub basis: String,
    #[serde(default)]
    pub department: String,
    #[serde(default)]
    pub remark: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    #[serde(default)]
    pub sources: Vec<String>,
    #[serde(default)]
    pub certainty: String,

    pub terms: Vec<RawTerm>,
    #[serde(default)]
    pub threshold: u32,
    #[serde(default)]
    pub support: Vec<Support>,
    #[serde(default)]
    pub documents: Documents,
    #[serde(default)]
    pub derived: bool,
    #[serde(default)]
    pub case: Case,
    #[serde(default)]
    pub whole_word: bool,
    #[serde(default = "sentence")]
    pub within: Within,
    #[serde(default)]
    pub all_of: Vec<RawGroup>,
    #[serde(default)]
    pub any_of: Vec<String>,
    #[serde(default)]
    pub none_of: Vec<String>,
    #[serde(default)]
    pub quantities: Vec<RawQuantity>,
    #[serde(default)]
    pub qualifiers: Vec<RawGroup>,
    #[serde(default = "paragraph")]
    pub qualifiers_within: Within,
    #[serde(default)]
    pub require: bool,
    #[serde(default)]
    pub exclusions: Vec<RawGroup>,
    #[serde(default = "forty")]
    pub exclusions_within: Within,

    #[serde(default)]
    pub examples: Vec<String>,
    #[serde(default)]
    pub negative_examples: Vec<String>,
}

/// Whether letters match in the case they are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Case {
    #[default]
    Exact,
    Any,
}

/// A head word, or one with what is its own.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a word or { word = …, aliases = […], case = …, whole_word = …, weight = … }"
)]
pub(super) enum RawTerm {
    Plain(String),
    Own(OwnTerm),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnTerm {
    pub word: String,
    /// Other words for the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    pub case: Option<Case>,
    pub whole_word: Option<bool>,
    pub weight: Option<u16>,
}

/// Words that need not be near, and count where they are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Support {
    pub any: Vec<String>,
    pub within: Option<Within>,
    pub weight: u16,
}

/// One word, some words of which any will do, or those with a reach of their own.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a word, a list of words, or { any = [words], within = \"sentence\" }"
)]
pub(super) enum RawGroup {
    One(String),
    Any(Vec<String>),
    Near(Near),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Near {
    pub any: Vec<String>,
    pub within: Option<Within>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuantity {
    pub over: Option<String>,
    pub at_least: Option<String>,
    pub under: Option<String>,
    pub at_most: Option<String>,
    #[serde(default)]
    pub one_of: Vec<String>,
    pub within: Option<Within>,
}

fn sentence() -> Within {
    Within::Sentence
}

fn paragraph() -> Within {
    Within::Paragraph
}

fn forty() -> Within {
    Within::Characters(40)
}

/// The widest reach in characters: further away nothing is near.
const FARTHEST: u16 = 1000;

impl<'de> Deserialize<'de> for Within {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "expected \"sentence\", \"paragraph\", \"page\" or a number of characters"
        )]
        enum Raw {
            Name(String),
            Characters(i64),
        }
        match Raw::deserialize(from)? {
            Raw::Name(name) => match name.as_str() {
                "sentence" => Ok(Self::Sentence),
                "paragraph" => Ok(Self::Paragraph),
                "page" => Ok(Self::Page),
                other => Err(serde::de::Error::custom(format!(
                    "`{other}` is no reach: expected `sentence`, `paragraph`, `page` or a number of characters"
                ))),
            },
            Raw::Characters(n) => match u16::try_from(n) {
                Ok(n @ 1..=FARTHEST) => Ok(Self::Characters(n)),
                _ => Err(serde::de::Error::custom(format!(
                    "{n} is no reach: expected 1 to {FARTHEST} characters"
                ))),
            },
        }
    }
}

/// Reads one scope file as far as it can be read; what is wrong is added to `wrong`.
pub(super) fn parse(file: &str, text: &str, wrong: &mut Vec<Diagnostic>) -> ScopeFile {
    let (table, errors) = DeTable::parse_recoverable(text);
    wrong.extend(errors.iter().map(|error| Diagnostic::from_toml(file, text, error)));
    let mut parsed = ScopeFile::default();
    if !errors.is_empty() {
        return parsed;
    }
    for (key, value) in table.into_inner() {
        let at = key.span().start;
        match key.get_ref().as_ref() {
            "scope" => parsed.scope = read(file, text, value, wrong),
            "lists" => {
                if let Some(lists) = read::<BTreeMap<String, Vec<String>>>(file, text, value, wrong)
                {
                    parsed.lists =
                        lists.into_iter().map(|(name, words)| (name, (at, words))).collect();
                }
            }
            "entry" => parsed.entries = each(file, text, "entry", value, wrong),
            "category" => parsed.categories = each(file, text, "category", value, wrong),
            "unmatched" => parsed.unmatched = each(file, text, "unmatched", value, wrong),
            other => {
                let message = format!(
                    "unknown table `{other}`: expected `scope`, `lists`, `category`, `entry` or `unmatched`"
                );
                wrong.push(Diagnostic::at(file, text, at, message));
            }
        }
    }
    // The table comes in the order of its keys' names; people read from the top.
    parsed.entries.sort_by_key(|(at, _)| *at);
    parsed
}

/// The tables of one kind, each with its offset.
fn each<'a, T: Deserialize<'a>>(
    file: &str,
    text: &str,
    what: &str,
    value: Spanned<DeValue<'a>>,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<(usize, T)> {
    let at = value.span().start;
    let DeValue::Array(array) = value.into_inner() else {
        let message = format!("each {what} begins with [[{what}]]");
        wrong.push(Diagnostic::at(file, text, at, message));
        return Vec::new();
    };
    let tables = array.into_iter().filter_map(|value| {
        let at = value.span().start;
        read(file, text, value, wrong).map(|table| (at, table))
    });
    tables.collect()
}

fn read<'a, T: Deserialize<'a>>(
    file: &str,
    text: &str,
    value: Spanned<DeValue<'a>>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<T> {
    let at = value.span().start;
    match T::deserialize(ValueDeserializer::from(value)) {
        Ok(read) => Some(read),
        Err(error) => {
            let at = error.span().map_or(at, |span| span.start);
            wrong.push(Diagnostic::at(file, text, at, error.message()));
            None
        }
    }
}
