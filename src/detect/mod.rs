//! Folded text + dictionary → findings, and the facts about the document that
//! the judge needs to weigh them.

#[allow(dead_code)]
pub(crate) mod place;
mod scope;

use crate::dictionary::Dictionary;
use crate::model::{Facts, Finding, FoldedText, SourceText};

/// What was seen in one part's text.
#[derive(Clone, Debug, Default)]
pub struct Detection {
    /// In order of place.
    pub findings: Vec<Finding>,
    /// What the document says of itself.
    pub facts: Facts,
}

/// Looks for everything the dictionary holds in one part's text.
pub fn detect(text: &SourceText, folded: &FoldedText, dictionary: &Dictionary) -> Detection {
    Detection { findings: scope::scopes(text, folded, dictionary), ..Detection::default() }
}
