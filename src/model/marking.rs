//! Classification marks: levels, forms and terms.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};

use super::wire;

/// A classification level, a rank within its regime. Levels of different
/// regimes are never compared and never translated into each other.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub struct Level {
    /// The regime, e.g. `cn`.
    pub regime: String,
    /// The level's id within it, e.g. `jimi`.
    pub id: String,
    /// Its rank: higher protects more; 1 is the lowest.
    pub rank: u8,
}

/// How well a mark keeps to the form its regime prescribes.
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
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MarkForm {
    /// As prescribed.
    Canonical,
    /// Readable and usual, not quite as prescribed: spaced letters, full-width
    /// digits, Chinese numerals, 级 before the star.
    Tolerated,
    /// Wrong or missing separator, wrong order, brackets instead of a star.
    Malformed,
}

/// A length of time in calendar units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, BorshSerialize, BorshDeserialize)]
pub struct TermLength {
    /// Calendar years.
    pub years: u16,
    /// Calendar months.
    pub months: u16,
    /// Days.
    pub days: u16,
}

/// ISO 8601 duration: `P10Y`, `P1Y6M`, `P30D`.
impl fmt::Display for TermLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (count, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.days, 'D')] {
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        if *self == Self::default() {
            f.write_str("0D")?;
        }
        Ok(())
    }
}

/// How long a mark protects (保密期限).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, BorshSerialize, BorshDeserialize)]
pub enum Term {
    /// For a length of time from the issue date.
    Duration(TermLength),
    /// Through a day: the last protected one.
    Date(#[borsh(serialize_with = "wire::date", deserialize_with = "wire::read_date")] Date),
    /// Until something happens, in the mark's own words (启用前).
    Condition(String),
    /// Without end (长期).
    Indefinite,
    /// The mark names no term.
    #[default]
    None,
}

impl Term {
    /// The contract's word for the kind of term.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Duration(_) => "duration",
            Self::Date(_) => "date",
            Self::Condition(_) => "condition",
            Self::Indefinite => "indefinite",
            Self::None => "none",
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            kind: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            value: Option<String>,
        }
        let value = match self {
            Self::Duration(length) => Some(length.to_string()),
            Self::Date(date) => Some(date.to_string()),
            Self::Condition(words) => Some(words.clone()),
            Self::Indefinite | Self::None => None,
        };
        Written { kind: self.kind(), value }.serialize(serializer)
    }
}

/// What a mark says: its form, level and term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Mark {
    /// How well it keeps to the prescribed form.
    pub form: MarkForm,
    /// The level's id within the finding's regime.
    pub level: String,
    /// The term it names.
    pub term: Term,
}
