//! `--store`: the record that a command keeps things in, or reads them from.

use std::path::PathBuf;

use anyhow::Context;

use super::locale::LangArg;
use super::settings::{Flags, Given, Key, SettingArgs, Settings};
use crate::model::Timestamp;
use crate::record::{Error, Store};
use crate::report::{Lang, Shown};

/// Which store.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct StoreFile {
    /// The store: one file, which examinations and people's decisions are kept in
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

impl Flags for StoreFile {
    fn give(&self, given: &mut Given) {
        given.path(Key::Store, self.store.as_ref());
    }
}

/// What every command that works on a store takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct StoreArgs {
    #[command(flatten)]
    store: StoreFile,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

impl StoreArgs {
    /// The settings in force, with more flags than the store's.
    pub(super) fn settings(&self, more: &[&dyn Flags]) -> anyhow::Result<Settings> {
        let own: [&dyn Flags; 2] = [&self.store, &self.lang];
        self.settings.settings(&[&own, more].concat())
    }

    /// The file, and the language.
    pub(super) fn file(&self) -> anyhow::Result<(PathBuf, Lang)> {
        let settings = self.settings(&[])?;
        let lang = settings.lang();
        let path = settings.path(Key::Store).context(lang.pick(
            "which store? --store FILE, or store in a settings file",
            "请指明库：--store FILE，或者在设置文件中写明store",
        ))?;
        Ok((path, lang))
    }

    /// The store, made where there is none, and the language.
    pub(super) fn create(&self) -> anyhow::Result<(Store, Lang)> {
        let (path, lang) = self.file()?;
        let store = Store::create(&path).map_err(|error| said(&error, &path, lang))?;
        Ok((store, lang))
    }

    /// The store, which must be there, and the language.
    pub(super) fn open(&self) -> anyhow::Result<(Store, Lang)> {
        let (path, lang) = self.file()?;
        let store = Store::open(&path).map_err(|error| said(&error, &path, lang))?;
        Ok((store, lang))
    }
}

/// What the store says, with its name.
pub(super) fn said(error: &Error, path: &std::path::Path, lang: Lang) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", Shown(&path.display().to_string()), lang.of(&error.words()))
}

/// What the record refuses or says is wrong, in the person's language.
pub(super) trait InWords<T> {
    fn in_words(self, lang: Lang) -> anyhow::Result<T>;
}

impl<T> InWords<T> for Result<T, Error> {
    fn in_words(self, lang: Lang) -> anyhow::Result<T> {
        self.map_err(|error| anyhow::anyhow!("{}", lang.of(&error.words())))
    }
}

/// Now: the record asks for the time, and has no clock.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
