//! `dictionaries/` on disk → what the detectors and the judge work from.

mod diagnostic;
mod regime;
mod rule;
#[cfg(test)]
mod rules_check;

pub use diagnostic::Diagnostic;
pub use regime::{Edge, Form, LevelEntry, Regime};
pub use rule::{Basis, BasisDay, Example, Rule};

/// All that vetmark looks for, and the law it rests on.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// Regimes, in the files' order.
    pub regimes: Vec<Regime>,
    /// What each rule means, in the files' order.
    pub rules: Vec<Rule>,
    /// SHA-256 of the rules (regimes and policies) in lower-case hex.
    pub rules_digest: String,
    /// SHA-256 of the scope dictionaries.
    pub scopes_digest: String,
}

impl Dictionary {
    /// The documentation and law of a rule.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
