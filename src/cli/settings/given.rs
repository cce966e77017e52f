//! What one source after the other says of settings, where each value came from,
//! and what is wrong with any.

use std::fmt;
use std::path::PathBuf;

use super::key::{Key, SETTINGS};
use super::value::Value;
use crate::dictionary::Diagnostic;
use crate::report::Shown;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Origin {
    /// A settings file.
    File {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line } => write!(f, "{file}:{line}"),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Something wrong with settings, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Mistake {
    place: String,
    message: String,
}

impl Mistake {
    pub(super) fn of(place: &str, message: impl Into<String>) -> Self {
        Self { place: place.to_owned(), message: message.into() }
    }
}

impl From<Diagnostic> for Mistake {
    fn from(of: Diagnostic) -> Self {
        Self { place: format!("{}:{}", of.file, of.line), message: of.message }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Shown(&self.place), Shown(&self.message))
    }
}

/// An error that says all that is wrong.
pub(in crate::cli) fn not_in_order(wrong: &[Mistake]) -> anyhow::Error {
    let lines: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("the settings are not in order\n{}", lines.join("\n"))
}

/// What one source after the other gives: the last word on each setting counts.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Given(Vec<Option<(Value, Origin)>>);

impl Given {
    /// Takes a value in the place of an earlier one.
    pub(in crate::cli) fn push(&mut self, key: Key, value: Value, origin: Origin) {
        if self.0.len() < SETTINGS.len() {
            self.0.resize(SETTINGS.len(), None);
        }
        self.0[key as usize] = Some((value, origin));
    }

    /// The same, but files are added to those of the same origin.
    pub(super) fn add(&mut self, key: Key, value: Value, origin: Origin) {
        let value = match (self.get(key), value) {
            (Some((Value::Paths(known), from)), Value::Paths(more)) if *from == origin => {
                Value::Paths([known.as_slice(), more.as_slice()].concat())
            }
            (_, value) => value,
        };
        self.push(key, value, origin);
    }

    /// Takes a word that a flag can have.
    pub(in crate::cli) fn word(&mut self, key: Key, word: Option<&str>) {
        if let Some(Ok(value)) = word.map(|word| key.setting().kind.read(word)) {
            self.push(key, value, Origin::Flag(key.setting().flag.unwrap_or_default()));
        }
    }

    /// Takes a file.
    pub(in crate::cli) fn path(&mut self, key: Key, path: Option<&PathBuf>) {
        if let Some(path) = path {
            let origin = Origin::Flag(key.setting().flag.unwrap_or_default());
            self.push(key, Value::Path(path.clone()), origin);
        }
    }

    /// Takes files; none says nothing.
    pub(in crate::cli) fn paths(&mut self, key: Key, paths: &[PathBuf]) {
        if !paths.is_empty() {
            let origin = Origin::Flag(key.setting().flag.unwrap_or_default());
            self.push(key, Value::Paths(paths.to_vec()), origin);
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<&(Value, Origin)> {
        self.0.get(key as usize).and_then(Option::as_ref)
    }
}
