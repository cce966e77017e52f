//! The language people are spoken to in.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::ValueEnum;

use super::settings::{Flags, Given, Key};
use crate::report::Lang;

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    /// English
    En,
    /// Chinese (简体中文)
    Zh,
}

/// The language asked for, else the one that is spoken where no settings are read.
pub(super) fn choose(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::En) => Lang::En,
        Some(LangArg::Zh) => Lang::Zh,
        None => spoken(),
    }
}

/// The language of help, of mistakes in a command, and of all that is said where no settings
/// are read: `--lang`, `VETMARK_LANG`, or the locale's.
pub(super) fn spoken() -> Lang {
    static SPOKEN: OnceLock<Lang> = OnceLock::new();
    *SPOKEN.get_or_init(|| of_arguments(&std::env::args_os().collect::<Vec<_>>()))
}

fn of_arguments(arguments: &[OsString]) -> Lang {
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    let mut asked = std::env::var("VETMARK_LANG").ok();
    while let Some(argument) = arguments.next() {
        match argument.as_ref() {
            "--" => break,
            "--lang" => asked = arguments.next().map(Into::into),
            _ => asked = argument.strip_prefix("--lang=").map(Into::into).or(asked),
        }
    }
    match asked.as_deref() {
        Some("en") => Lang::En,
        Some("zh") => Lang::Zh,
        _ => of_the_locale(),
    }
}

/// The language of the locale.
pub(super) fn of_the_locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    Lang::of_locale(&locale.unwrap_or_default())
}

impl Flags for Option<LangArg> {
    fn give(&self, given: &mut Given) {
        given.word(Key::Lang, self.as_ref().map(name).as_deref());
    }
}

/// The word of a flag's value.
pub(super) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
