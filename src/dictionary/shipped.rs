//! The files of `dictionaries/`, built into the program so that it works
//! anywhere. A test holds this list against the folders.

use super::load::Kind;

macro_rules! files {
    ($($kind:ident $name:literal),* $(,)?) => {
        &[$((Kind::$kind, $name, include_str!(concat!("../../dictionaries/", $name)))),*]
    };
}

/// Kind, name and text of each file.
pub(super) const FILES: &[(Kind, &str, &str)] = files![
    Regime "regimes/cn.toml",
    Regime "regimes/eu.toml",
    Regime "regimes/nato.toml",
    Regime "regimes/tw.toml",
    Regime "regimes/uk.toml",
    Regime "regimes/us.toml",
    Rules "rules/cn.toml",
    Rules "rules/eu.toml",
    Rules "rules/gap.toml",
    Rules "rules/nato.toml",
    Rules "rules/text.toml",
    Rules "rules/tw.toml",
    Rules "rules/uk.toml",
    Rules "rules/us.toml",
    Scope "scopes/archives-1990.toml",
    Scope "scopes/civil-affairs-2000.toml",
    Scope "scopes/common.toml",
    Scope "scopes/education-2001.toml",
    Scope "scopes/geology-2008.toml",
    Scope "scopes/judicial-exam.toml",
    Scope "scopes/personnel-1992.toml",
    Scope "scopes/surveying-2003.toml",
    Scope "scopes/surveying-2020.toml",
];
