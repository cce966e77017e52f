//! `dictionaries/` on disk → what the detectors and the judge work from.

mod diagnostic;

pub use diagnostic::Diagnostic;

/// All that vetmark looks for, and the law it rests on.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// SHA-256 of the rules (regimes and policies) in lower-case hex.
    pub rules_digest: String,
    /// SHA-256 of the scope dictionaries.
    pub scopes_digest: String,
}
