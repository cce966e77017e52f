//! `vetmark dictionary`: a body's own lists of matters, from table to proof; and
//! which rules and dictionaries any command works with.

mod check;
mod compile;
mod diff;
mod explain;
mod fingerprint;
mod import;
mod key;
mod keyed;
mod list;
mod page;
#[cfg(target_os = "linux")]
mod ready;
mod sealed;
mod try_entry;

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Subcommand;

use super::Status;
use super::explain::nearest;
use super::settings::{Flags, Given, Key, Settings};
use crate::dictionary::{Diagnostic, Dictionary, Entry, load};

pub(super) use check::in_order;

/// Make, check and try scope dictionaries
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Compile(compile::Args),
    List(list::Args),
    Explain(explain::Args),
    Try(try_entry::Args),
    Diff(diff::Args),
    Page(page::Args),
    Key(key::Args),
    Keyed(keyed::Args),
    Fingerprint(fingerprint::Args),
    Import(import::Args),
}

/// Does what was asked for.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Compile(args) => compile::run(args),
        Command::List(args) => list::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Try(args) => try_entry::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Page(args) => page::run(args),
        Command::Key(args) => key::run(args),
        Command::Keyed(args) => keyed::run(args),
        Command::Fingerprint(args) => fingerprint::run(args),
        Command::Import(args) => import::run(args),
    }
}

/// Where rules and dictionaries come from; those built in where nothing is said.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Source {
    /// Folder with rules to use instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Option<PathBuf>,
    /// Scope dictionary, keyed list or known documents to use beside what is built in (may be
    /// given more than once)
    #[arg(long, value_name = "FILE")]
    pub(super) dictionary: Vec<PathBuf>,
    #[command(flatten)]
    keys: sealed::DictionaryKeys,
}

impl Flags for Source {
    fn give(&self, given: &mut Given) {
        given.path(Key::Rules, self.rules.as_ref());
        given.paths(Key::Dictionaries, &self.dictionary);
        self.keys.give(given);
    }
}

impl Source {
    /// The rules and dictionaries of the settings in force.
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            rules: settings.path(Key::Rules),
            dictionary: settings.paths(Key::Dictionaries),
            keys: sealed::DictionaryKeys::of(settings),
        }
    }

    /// Loads them; nothing is done with a broken dictionary.
    pub(super) fn load(&self) -> anyhow::Result<Dictionary> {
        sound(self.check())
    }

    /// Loads them, or says everything that is wrong with them.
    pub(super) fn check(&self) -> Result<Dictionary, Vec<Diagnostic>> {
        let mut sources = self.rules()?;
        sources.extend(self.files()?);
        self.with_sealed(load(&sources)?)
    }

    /// The same, where a file may hold a scope or list that is built in: it then
    /// stands in the place of that.
    fn check_in_place(&self) -> Result<Dictionary, Vec<Diagnostic>> {
        let mut sources = self.rules()?;
        for file in self.files()? {
            load::put_in_place(&mut sources, file);
        }
        self.with_sealed(load(&sources)?)
    }

    /// Adds the files that hold no text.
    fn with_sealed(&self, mut dictionary: Dictionary) -> Result<Dictionary, Vec<Diagnostic>> {
        sealed::add(&mut dictionary, &self.dictionary, &self.keys)?;
        Ok(dictionary)
    }

    fn rules(&self) -> Result<Vec<load::Source>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let sources = match &self.rules {
            None => load::shipped(),
            Some(folder) => load::read_folder(folder).unwrap_or_else(|error| {
                wrong.push(unreadable(folder, error));
                Vec::new()
            }),
        };
        if sources.is_empty() && wrong.is_empty() {
            let message = "holds no rules: a folder with regimes/, rules/ and scopes/ is meant";
            let folder = self.rules.clone().unwrap_or_default();
            wrong.push(Diagnostic {
                file: folder.display().to_string(),
                line: 0,
                message: message.into(),
            });
        }
        if wrong.is_empty() { Ok(sources) } else { Err(wrong) }
    }

    fn files(&self) -> Result<Vec<load::Source>, Vec<Diagnostic>> {
        let files = self.dictionary.iter().filter(|path| !sealed::is_sealed(path));
        let read = files.map(|path| load::read_file(path).map_err(|e| (path, e)));
        let (sources, wrong): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
        match wrong.is_empty() {
            true => Ok(sources.into_iter().filter_map(Result::ok).collect()),
            false => Err(wrong
                .into_iter()
                .filter_map(Result::err)
                .map(|(path, error)| unreadable(path, error))
                .collect()),
        }
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Diagnostic {
    Diagnostic { file: path.display().to_string(), line: 0, message: error.to_string() }
}

/// What was made of files that are in order, or an error that says all that is wrong.
fn sound<T>(checked: Result<T, Vec<Diagnostic>>) -> anyhow::Result<T> {
    match checked {
        Ok(sound) => Ok(sound),
        Err(wrong) => {
            let lines: Vec<_> = wrong.iter().map(ToString::to_string).collect();
            bail!("the dictionaries are not in order\n{}", lines.join("\n"))
        }
    }
}

/// The entry with an id, or an error that names those that are nearly it.
fn entry<'d>(dictionary: &'d Dictionary, id: &str) -> anyhow::Result<(usize, &'d Entry)> {
    if let Some(found) = dictionary.entries.iter().enumerate().find(|(_, e)| e.id == id) {
        return Ok(found);
    }
    let near = nearest(dictionary.entries.iter().map(|entry| entry.id.as_str()), id);
    match near.is_empty() {
        true => bail!("no entry {id}; `vetmark dictionary list` shows all"),
        false => bail!("no entry {id}; did you mean {}?", near.join(" or ")),
    }
}
