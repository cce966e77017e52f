//! Files of `dictionaries/` → [`Dictionary`], or everything that is wrong with
//! them at once. What ships is part of the program; only [`read_folder`] and
//! [`read_file`] open files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::category::Category;
use super::compile::Compiler;
use super::packed::{self, Segment};
use super::scope_file::ScopeFile;
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
    /// `policies/`: what becomes of what was examined.
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

    /// Whether it is a rule or regime: what becomes of a verdict afterwards changes none.
    fn says_what_is_found(self) -> bool {
        matches!(self, Self::Rules | Self::Regime)
    }
}

/// One dictionary file: what it holds, what it is called, and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// What it holds.
    pub kind: Kind,
    /// Its name for diagnostics and the digest, e.g. `scopes/archives-1990.toml`.
    pub name: String,
    /// The whole text; empty where the file is compiled.
    pub text: String,
    /// The whole file, where it is a compiled one ([`pack`]).
    pub compiled: Option<Arc<Vec<u8>>>,
}

impl Source {
    /// A file of this kind.
    pub fn new(kind: Kind, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, name: name.into(), text: text.into(), compiled: None }
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

/// Reads one scope dictionary, as it was written or compiled, from anywhere.
///
/// # Errors
/// Why the file cannot be read, with its name.
pub fn read_file(path: &Path) -> std::io::Result<Source> {
    let bytes = std::fs::read(path).map_err(|e| named(path, e))?;
    let name = path.display().to_string();
    if bytes.starts_with(packed::MAGIC) {
        let compiled = Some(Arc::new(bytes));
        return Ok(Source { compiled, ..Source::new(Kind::Scope, name, String::new()) });
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let reason = "it is neither text in UTF-8 nor a compiled dictionary";
        named(path, std::io::Error::new(std::io::ErrorKind::InvalidData, reason))
    })?;
    Ok(Source::new(Kind::Scope, name, text))
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
        rules_digest: digest(texts(sources.iter().filter(|s| s.kind.says_what_is_found()))),
        ..Dictionary::default()
    };
    let scopes = scope_files(sources, &mut wrong);
    dictionary.scopes_digest = scopes_digest(&scopes);
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
            Kind::Regime => match regime::parse(&source.name, &source.text) {
                Ok(regime) => dictionary.regimes.push(regime),
                Err(diagnostics) => wrong.extend(diagnostics),
            },
            Kind::Scope | Kind::Policy => {}
        }
    }

    let mut compiler = Compiler::new(&mut wrong);
    for (source, file) in &scopes {
        compiler.lists(source, file.lists());
        compiler.categories(source, file.categories());
    }
    for (source, file) in scopes {
        match file {
            File::Written(file) => compiler.file(source, &file),
            File::Compiled(segment) => compiler.segment(source, *segment),
        }
    }
    compiler.finish(&mut dictionary);
    in_order(wrong).map(|()| dictionary)
}

/// Compiles scope files into one that is loaded in their place; `beside` are the
/// files they will be used with, whose lists they may name.
///
/// # Errors
/// Everything that is wrong with any of them, ordered by file and line.
pub fn pack(own: &[Source], beside: &[Source]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let compiled = own.iter().filter(|source| source.compiled.is_some());
    let wrong: Vec<_> = compiled.map(|s| about(s, "it is compiled already")).collect();
    in_order(wrong)?;
    let all: Vec<Source> = beside.iter().chain(own).cloned().collect();
    load(&all)?;
    pack_unchecked(own, beside)
}

/// The same for files that are loaded right after it, which looks whether they go
/// together.
///
/// # Errors
/// What is wrong with one of them by itself.
pub fn pack_unchecked(own: &[Source], beside: &[Source]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let (own, beside) = (scope_files(own, &mut wrong), scope_files(beside, &mut wrong));
    let mut compiler = Compiler::new(&mut wrong);
    for (source, file) in own.iter().chain(&beside) {
        compiler.lists(source, file.lists());
        compiler.categories(source, file.categories());
    }
    let (mut lists, mut categories) = (BTreeMap::new(), Vec::new());
    for (source, file) in &own {
        if let File::Written(file) = file {
            compiler.file(source, file);
            lists.extend(file.lists.iter().map(|(name, (_, words))| (name.clone(), words.clone())));
            categories.extend(file.categories.iter().map(|(_, category)| category.clone()));
        }
    }
    let sources = own.iter().flat_map(|(source, file)| file.digests(source)).collect();
    let packed = compiler.pack(sources, lists, categories);
    in_order(wrong)?;
    packed.map_err(|reason| vec![Diagnostic { file: String::new(), line: 0, message: reason }])
}

/// The key of a compiled file: files with the same key hold the same.
pub fn packed_key(file: &[u8]) -> Option<&str> {
    packed::key_of(file)
}

fn in_order(mut wrong: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.sort();
    wrong.dedup();
    Err(wrong)
}

/// A scope file that was taken apart.
enum File {
    Written(Box<ScopeFile>),
    Compiled(Box<Segment>),
}

impl File {
    fn lists(&self) -> &BTreeMap<String, (usize, Vec<String>)> {
        match self {
            Self::Written(file) => &file.lists,
            Self::Compiled(segment) => &segment.lists,
        }
    }

    fn categories(&self) -> &[(usize, Category)] {
        match self {
            Self::Written(file) => &file.categories,
            Self::Compiled(segment) => &segment.categories,
        }
    }

    /// Name and SHA-256 of each file it is or was made from.
    fn digests(&self, source: &Source) -> Vec<(String, String)> {
        match self {
            Self::Written(_) => vec![(source.name.clone(), packed::sha256(source.text.as_bytes()))],
            Self::Compiled(segment) => segment.about.sources.clone(),
        }
    }
}

fn scope_files<'s>(sources: &'s [Source], wrong: &mut Vec<Diagnostic>) -> Vec<(&'s Source, File)> {
    let mut files = Vec::new();
    for source in sources.iter().filter(|source| source.kind == Kind::Scope) {
        match &source.compiled {
            None => {
                let file = scope_file::parse(&source.name, &source.text, wrong);
                files.push((source, File::Written(Box::new(file))));
            }
            Some(file) => match Segment::read(file) {
                Ok(segment) => files.push((source, File::Compiled(Box::new(segment)))),
                Err(reason) => {
                    wrong.push(about(
                        source,
                        &format!("the compiled dictionary is refused: {reason}"),
                    ));
                }
            },
        }
    }
    files
}

fn about(source: &Source, message: &str) -> Diagnostic {
    Diagnostic { file: source.name.clone(), line: 0, message: message.to_owned() }
}

fn scopes_digest(files: &[(&Source, File)]) -> String {
    digest(files.iter().flat_map(|(source, file)| file.digests(source)).collect())
}

fn texts<'s>(sources: impl Iterator<Item = &'s Source>) -> BTreeSet<(String, String)> {
    sources.map(|s| (s.name.clone(), packed::sha256(s.text.as_bytes()))).collect()
}

/// SHA-256 over files, each by its name and the SHA-256 of its text, ordered by name.
fn digest(files: BTreeSet<(String, String)>) -> String {
    let pieces: Vec<String> = files.into_iter().flat_map(|(name, text)| [name, text]).collect();
    packed::words_digest(&pieces)
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
