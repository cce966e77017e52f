//! Files of `dictionaries/` → [`Dictionary`], or everything that is wrong with
//! them at once. What ships is part of the program; only [`read_folder`] and
//! [`read_file`] open files.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::compile::Compiler;
use super::{Diagnostic, Dictionary, regime, rule, scope_file, shipped};

/// What makes a word of a list a regular expression.
pub(super) const PATTERN: &str = "re:";

/// What a file of the dictionaries holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `rules/`: what each rule means, says and rests on.
    Rules,
    /// `regimes/`: levels, forms, words and editions of one regime.
    Regime,
    /// `policies/`: which findings lead to which verdict.
    Policy,
    /// `scopes/`: matter scopes.
    Scope,
}

impl Kind {
    /// Each kind with its folder.
    pub const FOLDERS: [(Self, &'static str); 4] = [
        (Self::Rules, "rules"),
        (Self::Regime, "regimes"),
        (Self::Policy, "policies"),
        (Self::Scope, "scopes"),
    ];
}

/// One dictionary file: what it holds, what it is called, and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// What it holds.
    pub kind: Kind,
    /// Its name for diagnostics and the digest, e.g. `scopes/archives-1990.toml`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A file of this kind.
    pub fn new(kind: Kind, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, name: name.into(), text: text.into() }
    }
}

/// The dictionaries that ship with the program.
pub fn shipped() -> Vec<Source> {
    shipped::FILES.iter().map(|&(kind, name, text)| Source::new(kind, name, text)).collect()
}

/// Reads every `.toml` file in the folders of `dictionaries/` below `folder` and
/// in the folders within those, in the order of their names; folders that are
/// not there are passed over.
///
/// # Errors
/// The first folder or file that cannot be read, by name.
pub fn read_folder(folder: &Path) -> std::io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for (kind, name) in Kind::FOLDERS {
        let inside = folder.join(name);
        for path in files(&inside)? {
            if path.is_dir() {
                for path in files(&path)? {
                    sources.extend(source(kind, folder, &path)?);
                }
            } else {
                sources.extend(source(kind, folder, &path)?);
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// What a folder holds; nothing where it is none.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(|e| named(folder, e))?;
    entries.map(|entry| Ok(entry.map_err(|e| named(folder, e))?.path())).collect()
}

/// A dictionary file, named as it stands below `folder`; none for other files.
fn source(kind: Kind, folder: &Path, path: &Path) -> std::io::Result<Option<Source>> {
    if path.is_dir() || path.extension().is_none_or(|e| e != "toml") {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).map_err(|e| named(path, e))?;
    let name = path.strip_prefix(folder).unwrap_or(path);
    let steps: Vec<_> = name.iter().map(|step| step.to_string_lossy()).collect();
    Ok(Some(Source::new(kind, steps.join("/"), text)))
}

/// Reads one scope dictionary from anywhere.
///
/// # Errors
/// Why the file cannot be read, with its name.
pub fn read_file(path: &Path) -> std::io::Result<Source> {
    let text = std::fs::read_to_string(path).map_err(|e| named(path, e))?;
    Ok(Source::new(Kind::Scope, path.display().to_string(), text))
}

/// Whether a scope file holds a scope, and not lists or categories alone.
pub fn holds_scope(source: &Source) -> bool {
    scope_file::parse(&source.name, &source.text, &mut Vec::new()).scope.is_some()
}

/// Adds a scope file to others, in the place of those that hold its scope or one
/// of its lists: so can a file that ships be checked in a newer state.
pub fn put_in_place(sources: &mut Vec<Source>, new: Source) {
    let parsed = |source: &Source| scope_file::parse(&source.name, &source.text, &mut Vec::new());
    let own = parsed(&new);
    sources.retain(|source| {
        if source.kind != Kind::Scope {
            return true;
        }
        let other = parsed(source);
        let same_scope = match (&own.scope, &other.scope) {
            (Some(own), Some(other)) => own.id == other.id,
            _ => false,
        };
        !same_scope && !other.lists.keys().any(|name| own.lists.contains_key(name))
    });
    sources.push(new);
}

fn named(path: &Path, error: std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Makes a dictionary of files.
///
/// # Errors
/// Everything that is wrong with any of them, ordered by file and line.
pub fn load(sources: &[Source]) -> Result<Dictionary, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let mut dictionary = Dictionary {
        rules_digest: digest(sources, |kind| kind != Kind::Scope),
        scopes_digest: digest(sources, |kind| kind == Kind::Scope),
        ..Dictionary::default()
    };
    let mut scopes = Vec::new();
    for source in sources {
        match source.kind {
            Kind::Rules => match rule::parse(&source.name, &source.text) {
                Ok(rules) => {
                    for rule in rules {
                        if dictionary.rule(&rule.id).is_some() {
                            let message = format!("{}: the rule is given twice", rule.id);
                            wrong.push(Diagnostic::at(&source.name, &source.text, 0, message));
                        }
                        dictionary.rules.push(rule);
                    }
                }
                Err(diagnostics) => wrong.extend(diagnostics),
            },
            Kind::Scope => {
                scopes.push((source, scope_file::parse(&source.name, &source.text, &mut wrong)));
            }
            Kind::Regime => match regime::parse(&source.name, &source.text) {
                Ok(regime) => dictionary.regimes.push(regime),
                Err(diagnostics) => wrong.extend(diagnostics),
            },
            Kind::Policy => {}
        }
    }

    let mut compiler = Compiler::new(&mut wrong);
    for (source, parsed) in &scopes {
        compiler.lists(source, &parsed.lists);
        compiler.categories(source, &parsed.categories);
    }
    for (source, parsed) in &scopes {
        compiler.file(source, parsed);
    }
    compiler.finish(&mut dictionary);
    if wrong.is_empty() {
        return Ok(dictionary);
    }
    wrong.sort();
    wrong.dedup();
    Err(wrong)
}

/// SHA-256 over the files of some kinds, each with its name, ordered by name.
fn digest(sources: &[Source], wanted: impl Fn(Kind) -> bool) -> String {
    let files: BTreeMap<_, _> =
        sources.iter().filter(|s| wanted(s.kind)).map(|s| ((&s.name, &s.text), s)).collect();
    let mut hash = Sha256::new();
    for (name, text) in files.into_keys() {
        for piece in [name, text] {
            // With its length before it, no piece can pass for another's end.
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
        }
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
