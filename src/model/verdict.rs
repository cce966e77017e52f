//! What the machine says of a matter. What people say stands elsewhere, and no
//! path leads from here to there.

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Gap, Note, Words};
use super::marking::Level;
use super::wire;

/// What is to be done with a matter, weakest first (contract, section 2).
/// There is deliberately none that releases.
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
pub enum Verdict {
    /// Every byte was read and nothing was found.
    NoFinding,
    /// Something is worth a person's eye.
    Review,
    /// Some part could not be fully read.
    Incomplete,
    /// Nobody here may decide alone.
    Refer,
    /// Do not disclose or send.
    Withhold,
}

impl Verdict {
    /// All verdicts, strongest first.
    pub const STRONGEST_FIRST: [Self; 5] =
        [Self::Withhold, Self::Refer, Self::Incomplete, Self::Review, Self::NoFinding];

    /// The contract's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoFinding => "no_finding",
            Self::Review => "review",
            Self::Incomplete => "incomplete",
            Self::Refer => "refer",
            Self::Withhold => "withhold",
        }
    }
}

/// The one thing the machine ever says of disclosure.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// A named person decides.
    #[default]
    NeedsHumanApproval,
}

/// How much of a part was read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ReadState {
    /// All of it.
    Full,
    /// All of it, some by optical character recognition.
    Ocr,
    /// Some of it.
    Partial,
    /// None of it.
    None,
}

/// The character encoding a plain text was read in.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Encoding {
    /// WHATWG name, `UTF-32LE`/`UTF-32BE` beside them.
    #[borsh(serialize_with = "wire::name", deserialize_with = "wire::read_name")]
    pub name: &'static str,
    /// From 0 to 1: 1 where a byte order mark or valid UTF-8 settles it.
    pub confidence: f32,
}

/// Where a matter stands on its way out of protection.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DeclassificationState {
    /// The term still runs.
    InForce,
    /// The term ran out and nothing extends it.
    Expired,
    /// Protected until an event of which a person must say whether it came.
    Condition,
    /// Without end.
    Indefinite,
    /// Declassified by a stamp or note.
    Cancelled,
    /// Marked before terms existed (1991-01-01).
    #[serde(rename = "pre_1991")]
    Pre1991,
    /// A term without a date to count it from.
    UnknownDate,
    /// No live mark anywhere.
    Unmarked,
}

/// The archivist's block of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
pub struct Declassification {
    /// Where the matter stands.
    pub state: DeclassificationState,
    /// The last protected day, where it can be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[borsh(serialize_with = "wire::some_date", deserialize_with = "wire::read_some_date")]
    pub protected_through: Option<Date>,
    /// The day the term is counted from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[borsh(serialize_with = "wire::some_date", deserialize_with = "wire::read_some_date")]
    pub issue_date: Option<Date>,
    /// Where that day was read: `成文日期`, `印发日期`, `标注日期`, `邮件日期`, `发文字号`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date_from: Option<String>,
    /// Editions of law, regulations and determination rules in force that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Whether the term is the law's default, since the mark names none.
    pub implicit_term: bool,
    /// The body whose document it is, as the document names it: text of the
    /// document, only where quotes are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_classifying_body: Option<String>,
    /// The day from which archives of the issue date are to be open, whatever the
    /// term: the second of two clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[borsh(serialize_with = "wire::some_date", deserialize_with = "wire::read_some_date")]
    pub archives_open: Option<Date>,
    /// What only a person can answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Words>,
}

impl Declassification {
    /// A state of which nothing further is known.
    pub fn of(state: DeclassificationState) -> Self {
        Self {
            state,
            protected_through: None,
            issue_date: None,
            issue_date_from: None,
            edition: None,
            implicit_term: false,
            original_classifying_body: None,
            archives_open: None,
            questions: Vec::new(),
        }
    }
}

/// One document of a matter: what was handed in, or something packed inside it.
#[derive(Clone, Debug, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Part {
    /// The trail, outermost first.
    pub path: Vec<String>,
    /// Type by content.
    pub media_type: String,
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Pages, where the format has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The encoding of a plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// How much of it was read.
    pub read: ReadState,
    /// What could not be.
    pub gaps: Vec<Gap>,
    /// What else is worth saying about the reading.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What was found, in order of place.
    pub findings: Vec<Finding>,
}

/// How many parts there were, and what became of them. `parts` is the sum of the others.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Coverage {
    /// All parts.
    pub parts: u64,
    /// Fully read.
    pub read: u64,
    /// With a gap.
    pub unread: u64,
    /// Left out by a person's decision.
    pub excluded: u64,
}

impl std::ops::AddAssign for Coverage {
    /// A cell that was taken over may count what it likes: the run goes on.
    fn add_assign(&mut self, other: Self) {
        let add = |to: &mut u64, more| *to = to.saturating_add(more);
        add(&mut self.parts, other.parts);
        add(&mut self.read, other.read);
        add(&mut self.unread, other.unread);
        add(&mut self.excluded, other.excluded);
    }
}

/// What made the examination: enough to make it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct EngineId {
    /// `vetmark`.
    #[borsh(serialize_with = "wire::name", deserialize_with = "wire::read_name")]
    pub name: &'static str,
    /// Its version.
    #[borsh(serialize_with = "wire::name", deserialize_with = "wire::read_name")]
    pub version: &'static str,
    /// Digest of the rules in force.
    pub rules: String,
    /// Digest of the scope dictionaries in force.
    pub dictionaries: String,
    /// Digest of the file of suppressions, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressions: Option<String>,
    /// Limits that are not the default, in words such as `pages=500 ratio=100`,
    /// bytes and seconds as numbers; a limit that is reached is a gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
}

/// What the machine says of one matter.
#[derive(Clone, Debug, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Examination {
    /// `vetmark.examination/1`.
    #[borsh(serialize_with = "wire::name", deserialize_with = "wire::read_name")]
    pub schema: &'static str,
    /// What the matter is called: the path as given.
    pub source: String,
    /// SHA-256 of the bytes; of a folder, of its files' names and digests.
    pub sha256: String,
    /// Size in bytes; of a folder, the sum.
    pub bytes: u64,
    /// The day it was judged on.
    #[borsh(serialize_with = "wire::date", deserialize_with = "wire::read_date")]
    pub as_of: Date,
    /// The verdict.
    pub verdict: Verdict,
    /// Always that a person decides.
    pub disclosure: Disclosure,
    /// The highest live level, of the regime whose mark decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// What to do now.
    pub next_step: Words,
    /// The archivist's block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declassification: Option<Declassification>,
    /// The parts: each container before what is packed in it.
    pub parts: Vec<Part>,
    /// What was read and what was not.
    pub coverage: Coverage,
    /// What made it.
    pub engine: EngineId,
}
