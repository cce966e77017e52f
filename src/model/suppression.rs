//! What a person decided about one hit: that it is not what it seems. The one
//! thing people say that an examination listens to, and reports say it back.

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::Span;
use super::wire;

/// A decision as reports name it: whose it is, why, and how long it holds.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Suppression {
    /// `s-` and twelve hexadecimal digits: of what it is bound to, so that one
    /// place has one id.
    pub id: String,
    /// Who answers for it.
    pub owner: String,
    /// Why the hit is not what it seems, in the owner's words.
    pub reason: String,
    /// The day it was made.
    #[borsh(serialize_with = "wire::date", deserialize_with = "wire::read_date")]
    pub made: Date,
    /// The last day it holds.
    #[borsh(serialize_with = "wire::date", deserialize_with = "wire::read_date")]
    pub expires: Date,
}

/// A decision that was found to be about a place of this part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The rule it is about.
    pub rule: String,
    /// The dictionary entry it is about, of hits of a scope.
    pub entry: Option<String>,
    /// The bytes of the part's text it is about.
    pub span: Span,
    /// The decision.
    pub by: Suppression,
}
