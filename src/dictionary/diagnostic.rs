//! What is wrong with a dictionary, said to its author.

use std::fmt;

/// One thing that is wrong, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file as it was given, e.g. `dictionaries/regimes/cn.toml`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Diagnostic {
    /// Something wrong at a byte offset of the file's text.
    pub fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        Self { file: file.into(), line, message: message.into() }
    }

    /// What the TOML parser says.
    pub fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        Self::at(file, text, offset, error.message())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}
