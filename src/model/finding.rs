//! What was found, where it stands, and what could not be read.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::marking::{Level, Mark};
use super::suppression::Suppression;
use super::text::{Rect, Region, Span};
use super::wire;

/// A sentence for people, in English and Chinese.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese (simplified).
    pub zh: String,
}

impl Words {
    /// The sentence in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The sentence with every `{name}` replaced by its value, in both languages.
    pub fn fill(&self, values: &[(&str, &str)]) -> Self {
        let fill = |text: &str| {
            values.iter().fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
        };
        Self::new(fill(&self.en), fill(&self.zh))
    }
}

/// How much a finding weighs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; never changes a verdict by itself.
    Note,
    /// Worth a person's eye.
    Review,
    /// Forbids disclosure while it stands.
    Block,
}

/// Where a finding stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Place {
    /// Region of the page or document.
    pub region: Region,
    /// Page, from 1; absent for text on no page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Line on that page within its region, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Half-open range of Unicode scalar values in the part's extracted text.
    pub char: [usize; 2],
    /// Box on the page in points from its top-left corner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<Rect>,
    /// What the place is called: a property, a sheet, a header's kind.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// One named reason for or against taking a piece of text as a mark.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Evidence {
    /// Its id in the regime file, e.g. `own-line`.
    pub id: String,
    /// What it says of this finding, in the contract's plain words (`line 2 of page 1`).
    pub words: Words,
    /// What it weighed.
    pub weight: i16,
}

/// One entry of a dictionary found at one place.
#[derive(Clone, Debug, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Finding {
    /// `f1`, `f2` … in the order of the examination; given by the judge.
    pub id: String,
    /// The rule, e.g. `cn.mark.state-secret`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The level it claims, where it claims one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The mark, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Where it stands.
    pub place: Place,
    /// Exactly the slice of the part's text it stands on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Text around it, for a person's eye.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Why it was taken for what it is.
    #[serde(serialize_with = "evidence_words")]
    pub evidence: Vec<Evidence>,
    /// Law it rests on, by edition and article.
    pub basis: Vec<String>,
    /// The dictionary entry, where a scope dictionary's matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Qualifiers the entry asks for that were not seen near the match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_qualifiers: Option<Vec<String>>,
    /// The decision by which it does not count, where a person made one that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
    /// A decision about it that does not hold, so that it counts: one that
    /// expired, was made later, or may not be made. A note of the part says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unheeded: Option<Suppression>,
    /// What it means, for people.
    pub message: Words,
    /// Its bytes in the part's text.
    #[serde(skip)]
    pub span: Span,
    /// What its message speaks of besides itself.
    #[serde(skip)]
    pub said: Said,
}

/// What a finding's message speaks of besides the finding's own level and mark.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Said {
    /// The level of the mark it was derived from.
    pub level: Option<Level>,
    /// That mark.
    pub mark: Option<Mark>,
    /// A word of the regime, or the level it disagrees with.
    pub other: Words,
}

/// The contract has evidence as a list of plain English phrases.
fn evidence_words<S: serde::Serializer>(evidence: &[Evidence], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(evidence.iter().map(|e| &e.words.en))
}

/// Which limit was reached.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub enum Limit {
    /// Bytes taken out of containers and streams.
    Bytes,
    /// Output against input of a compressed stream.
    Ratio,
    /// Parts of one matter.
    Parts,
    /// Containers within containers.
    Depth,
    /// Pages of one document.
    Pages,
    /// Characters of text.
    Text,
    /// Work, counted in steps and not in seconds so that every machine stops at the same place.
    Time,
    /// Memory.
    Memory,
}

impl Limit {
    /// The contract's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
            Self::Parts => "parts",
            Self::Depth => "depth",
            Self::Pages => "pages",
            Self::Text => "text",
            Self::Time => "time",
            Self::Memory => "memory",
        }
    }
}

/// Why something could not be read (contract, section 5).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub enum GapKind {
    /// Needs a password or key.
    Encrypted,
    /// Does not hold together.
    Damaged,
    /// No reader for this format.
    Unsupported,
    /// A page without usable text.
    ImageOnly,
    /// Glyphs whose characters cannot be told.
    GarbledText,
    /// A limit was reached.
    Limit(Limit),
    /// The reader failed.
    Crashed,
    /// A piece of a larger file.
    MissingPart,
}

impl GapKind {
    /// The contract's rule id.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Encrypted => "gap.encrypted",
            Self::Damaged => "gap.damaged",
            Self::Unsupported => "gap.unsupported",
            Self::ImageOnly => "gap.image-only",
            Self::GarbledText => "gap.garbled-text",
            Self::Limit(_) => "gap.limit",
            Self::Crashed => "gap.crashed",
            Self::MissingPart => "gap.missing-part",
        }
    }
}

/// Something that could not be read. A value, kept and shown: a part with a gap
/// is never `no_finding`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// What was tried on what, and what came of it; in English, without text of
    /// the document.
    pub detail: String,
}

impl Gap {
    /// A gap and what it was about.
    pub fn new(kind: GapKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl Serialize for Gap {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            rule: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            limit: Option<&'static str>,
            detail: &'a str,
        }
        let limit = match self.kind {
            GapKind::Limit(limit) => Some(limit.name()),
            _ => None,
        };
        Written { rule: self.kind.rule(), limit, detail: &self.detail }.serialize(serializer)
    }
}

/// Something worth saying about how a part was read that is not a gap: a name
/// that does not fit the content, an encoding that was guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Note {
    /// Which, e.g. `name-mismatch`.
    #[borsh(serialize_with = "wire::name", deserialize_with = "wire::read_name")]
    pub id: &'static str,
    /// In words.
    pub message: Words,
}
