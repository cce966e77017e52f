//! What a setting may be, and reading it: strictly, with its unit, within its range.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;

use crate::cli::explain::nearest;

/// What a setting may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Kind {
    /// One of some words.
    Word(&'static [&'static str]),
    /// A number, from the first to the second.
    Count(u64, u64),
    /// Bytes, with their unit in text.
    Size(u64, u64),
    /// Seconds, with their unit in text.
    Seconds(u64, u64),
    /// A file or folder.
    Path,
    /// Some files.
    Paths,
}

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Value {
    /// One of the words that its kind has.
    Word(&'static str),
    /// A number.
    Count(u64),
    /// Bytes.
    Size(u64),
    /// Seconds.
    Seconds(u64),
    /// A file or folder.
    Path(PathBuf),
    /// Some files, in their order.
    Paths(Vec<PathBuf>),
}

/// Units of sizes, the largest first.
const SIZES: [(&str, u64); 5] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Units of times, the largest first.
const TIMES: [(&str, u64); 3] = [("h", 3600), ("min", 60), ("s", 1)];

/// Units that others write, and what is written here.
const ELSEWHERE: [(&str, &str); 20] = [
    ("TB", "TiB"),
    ("GB", "GiB"),
    ("MB", "MiB"),
    ("KB", "KiB"),
    ("T", "TiB"),
    ("G", "GiB"),
    ("M", "MiB"),
    ("K", "KiB"),
    ("byte", "B"),
    ("bytes", "B"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hour", "h"),
    ("hours", "h"),
];

impl Kind {
    /// Reads a value from a variable or a flag.
    ///
    /// # Errors
    /// What is wrong with it, and what is wanted.
    pub(in crate::cli) fn read_os(self, text: &OsStr) -> Result<Value, String> {
        match self {
            Self::Path => path(text).map(Value::Path),
            Self::Paths => path(text).map(|path| Value::Paths(vec![path])),
            _ => self.read(text.to_str().ok_or("it is not UTF-8")?),
        }
    }

    /// Reads a value from text.
    ///
    /// # Errors
    /// What is wrong with it, and what is wanted.
    pub(in crate::cli) fn read(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Word(words) => word(words, text).map(Value::Word),
            Self::Count(..) => {
                let count = number(text).ok_or_else(|| format!("{} is wanted", self.wanted()))?;
                self.within(count).map(Value::Count)
            }
            Self::Size(..) => self.within(self.measure(&SIZES, text)?).map(Value::Size),
            Self::Seconds(..) => self.within(self.measure(&TIMES, text)?).map(Value::Seconds),
            Self::Path | Self::Paths => self.read_os(OsStr::new(text)),
        }
    }

    /// Reads a value of a settings file; paths are taken from `folder` on.
    ///
    /// # Errors
    /// What is wrong with it, and what is wanted.
    pub(super) fn read_toml(self, value: &DeValue<'_>, folder: &Path) -> Result<Value, String> {
        let wanted = || format!("{} is wanted, and not {}", self.wanted(), called(value));
        let file = |value: &DeValue<'_>| {
            let text = value.as_str().ok_or_else(wanted)?;
            path(OsStr::new(text)).map(|path| folder.join(path))
        };
        match (self, value) {
            (Self::Count(..), DeValue::Integer(integer)) if integer.radix() == 10 => {
                self.read(integer.as_str())
            }
            (Self::Count(..), DeValue::String(text)) if number(text).is_some() => {
                Err(format!("a number stands without quotes: {text}"))
            }
            (Self::Size(..) | Self::Seconds(..), DeValue::Integer(integer)) => {
                let unit = if matches!(self, Self::Size(..)) { "B" } else { "s" };
                let number = integer.as_str();
                Err(format!(
                    "the unit is missing: \"{number} {unit}\"? {} is wanted",
                    self.wanted()
                ))
            }
            (Self::Word(_) | Self::Size(..) | Self::Seconds(..), DeValue::String(text)) => {
                self.read(text)
            }
            (Self::Path, value) => file(value).map(Value::Path),
            (Self::Paths, DeValue::Array(files)) => {
                let files = files.iter().map(|value: &Spanned<DeValue<'_>>| file(value.get_ref()));
                files.collect::<Result<_, _>>().map(Value::Paths)
            }
            _ => Err(wanted()),
        }
    }

    /// Checks a number against the range.
    ///
    /// # Errors
    /// The range.
    pub(in crate::cli) fn within(self, number: u64) -> Result<u64, String> {
        let (Self::Count(least, most) | Self::Size(least, most) | Self::Seconds(least, most)) =
            self
        else {
            return Ok(number);
        };
        match (least..=most).contains(&number) {
            true => Ok(number),
            false => Err(format!("{} is out of range: {}", self.of(number), self.wanted())),
        }
    }

    /// A number as a value of this kind.
    fn of(self, number: u64) -> Value {
        match self {
            Self::Size(..) => Value::Size(number),
            Self::Seconds(..) => Value::Seconds(number),
            _ => Value::Count(number),
        }
    }

    /// What is wanted, in words.
    pub(in crate::cli) fn wanted(self) -> String {
        match self {
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Count(least, most) => format!("a number from {least} to {most}"),
            Self::Size(least, most) => {
                let (least, most) = (self.of(least), self.of(most));
                format!("a size from {least} to {most}, such as \"512 MiB\"")
            }
            Self::Seconds(least, most) => {
                let (least, most) = (self.of(least), self.of(most));
                format!("a time from {least} to {most}, such as \"300 s\"")
            }
            Self::Path => "a file or folder in quotes".into(),
            Self::Paths => "a list of files, [\"FILE\"],".into(),
        }
    }

    fn measure(self, units: &[(&str, u64)], text: &str) -> Result<u64, String> {
        let text = text.trim();
        let at = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
        let (digits, unit) = (&text[..at], text[at..].trim_start());
        let Some(count) = number(digits) else {
            return Err(format!("{} is wanted", self.wanted()));
        };
        if let Some((_, times)) = units.iter().find(|(name, _)| *name == unit) {
            let many = || format!("{text} is out of range: {}", self.wanted());
            return count.checked_mul(*times).ok_or_else(many);
        }
        let known: Vec<_> = units.iter().rev().map(|(name, _)| *name).collect();
        let meant = ELSEWHERE
            .iter()
            .chain(&known.iter().map(|n| (*n, *n)).collect::<Vec<_>>())
            .find(|(other, own)| other.eq_ignore_ascii_case(unit) && known.contains(own))
            .map_or_else(String::new, |(_, own)| format!("; did you mean \"{digits} {own}\"?"));
        let known = known.join(", ");
        Err(match unit {
            "" => format!("the unit is missing: {known} are known"),
            unit if unit.starts_with('.') => {
                "only whole numbers are known; take a smaller unit".into()
            }
            unit => format!("there is no unit {unit}: {known} are known{meant}"),
        })
    }
}

/// A whole number as TOML writes it: digits, with `_` between them.
fn number(text: &str) -> Option<u64> {
    let sound = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let plain = sound && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    // More than fits is out of any range.
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn word(words: &'static [&'static str], text: &str) -> Result<&'static str, String> {
    words.iter().find(|word| **word == text).copied().ok_or_else(|| {
        let near = nearest(words.iter().copied(), &text.to_lowercase());
        let known = words.join(", ");
        match near.first() {
            Some(near) => format!("\"{text}\" is none of {known}; did you mean \"{near}\"?"),
            None => format!("\"{text}\" is none of {known}"),
        }
    })
}

fn path(text: &OsStr) -> Result<PathBuf, String> {
    match text.is_empty() {
        true => Err("the name of a file is empty".into()),
        false => Ok(PathBuf::from(text)),
    }
}

fn called(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number written so",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl Value {
    /// Its number; 0 where it has none.
    pub(in crate::cli) fn number(&self) -> u64 {
        match self {
            Self::Count(number) | Self::Size(number) | Self::Seconds(number) => *number,
            _ => 0,
        }
    }

    /// The texts that [`Kind::read_os`] makes it of again: one, or one for each file.
    pub(in crate::cli) fn texts(&self) -> Vec<OsString> {
        match self {
            Self::Path(path) => vec![path.clone().into()],
            Self::Paths(paths) => paths.iter().map(|path| path.clone().into()).collect(),
            other => vec![other.to_string().into()],
        }
    }
}

/// As text: `1 GiB`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measured = |f: &mut fmt::Formatter<'_>, units: &[(&str, u64)], number: u64| {
            let fits =
                units.iter().find(|(_, times)| number >= *times && number.is_multiple_of(*times));
            let (unit, times) = fits.or(units.last()).copied().unwrap_or(("", 1));
            write!(f, "{} {unit}", number / times)
        };
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Count(count) => write!(f, "{count}"),
            Self::Size(bytes) => measured(f, &SIZES, *bytes),
            // Not in hours or minutes: a second is what is counted.
            Self::Seconds(seconds) => write!(f, "{seconds} s"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Paths(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                f.write_str(&paths.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Kind = Kind::Size(1 << 10, 1 << 40);
    const TIME: Kind = Kind::Seconds(1, 86_400);
    const COUNT: Kind = Kind::Count(1, 1024);

    #[test]
    fn values_are_read_with_their_unit_and_shown_so() {
        for (kind, text, want, shown) in [
            (SIZE, "1 GiB", Value::Size(1 << 30), "1 GiB"),
            (SIZE, "1GiB", Value::Size(1 << 30), "1 GiB"),
            (SIZE, "1536 MiB", Value::Size(1536 << 20), "1536 MiB"),
            (SIZE, "1_000_000 B", Value::Size(1_000_000), "1000000 B"),
            (SIZE, "1 TiB", Value::Size(1 << 40), "1 TiB"),
            (TIME, "300 s", Value::Seconds(300), "300 s"),
            (TIME, "5 min", Value::Seconds(300), "300 s"),
            (TIME, "2 h", Value::Seconds(7200), "7200 s"),
            (COUNT, "1_000", Value::Count(1000), "1000"),
            (Kind::Word(&["process", "thread"]), "thread", Value::Word("thread"), "thread"),
        ] {
            let read = kind.read(text).unwrap();
            assert_eq!(read, want, "{text}");
            assert_eq!(read.to_string(), shown);
            assert_eq!(kind.read(shown).unwrap(), want, "{shown}");
        }
    }

    #[test]
    fn mistakes_are_named_with_what_is_meant() {
        for (kind, text, said) in [
            (
                SIZE,
                "1 GB",
                "there is no unit GB: B, KiB, MiB, GiB, TiB are known; did you mean \"1 GiB\"?",
            ),
            (SIZE, "1 gib", "did you mean \"1 GiB\"?"),
            (SIZE, "512", "the unit is missing"),
            (SIZE, "1.5 GiB", "only whole numbers"),
            (SIZE, "-1 GiB", "a size from 1 KiB to 1 TiB"),
            (SIZE, "", "a size from 1 KiB to 1 TiB"),
            (SIZE, "1 B", "1 B is out of range: a size from 1 KiB to 1 TiB"),
            (SIZE, "999999999999 TiB", "is out of range"),
            (SIZE, "99999999999999999999999 TiB", "is out of range"),
            (SIZE, "5 min", "there is no unit min"),
            (TIME, "300", "the unit is missing: s, min, h are known"),
            (TIME, "300 seconds", "did you mean \"300 s\"?"),
            (TIME, "300 S", "did you mean \"300 s\"?"),
            (TIME, "0 s", "0 s is out of range: a time from 1 s to 86400 s"),
            (TIME, "2 days", "there is no unit days"),
            (COUNT, "0", "0 is out of range: a number from 1 to 1024"),
            (COUNT, "-1", "a number from 1 to 1024 is wanted"),
            (COUNT, "many", "a number from 1 to 1024 is wanted"),
            (COUNT, "1__0", "a number from 1 to 1024 is wanted"),
            (COUNT, "_10", "a number from 1 to 1024 is wanted"),
            (COUNT, "99999999999999999999999", "is out of range"),
            (Kind::Word(&["process", "thread"]), "treads", "did you mean \"thread\"?"),
            (Kind::Word(&["process", "thread"]), "Thread", "did you mean \"thread\"?"),
            (Kind::Word(&["en", "zh"]), "français", "\"français\" is none of en, zh"),
            (Kind::Path, "", "empty"),
        ] {
            let wrong = kind.read(text).unwrap_err();
            assert!(wrong.contains(said), "{text}: {wrong}");
        }
    }
}
