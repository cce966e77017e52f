//! The language people are spoken to in.

use clap::ValueEnum;

use crate::report::Lang;

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    /// English
    En,
    /// Chinese (简体中文)
    Zh,
}

/// The language asked for, or that of the locale.
pub(super) fn choose(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::En) => Lang::En,
        Some(LangArg::Zh) => Lang::Zh,
        None => {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|value| !value.is_empty());
            Lang::of_locale(&locale.unwrap_or_default())
        }
    }
}
