//! `scan --store`: what a scan keeps, and what it says of that.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::settings::{Key, Settings};
use super::store_file::{now, said};
use crate::model::Examination;
use crate::record::{Act, Kept, Store};
use crate::report::{Lang, Quotes};

/// Where a scan keeps examinations.
pub(super) struct Keeper {
    store: Store,
    quotes: Quotes,
    lang: Lang,
    opened: u64,
    known: u64,
    reopened: u64,
}

impl Keeper {
    /// The store that settings name, where they name one; made where there is none.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(path) = settings.path(Key::Store) else { return Ok(None) };
        let lang = settings.lang();
        let store = Store::create(&path).map_err(|error| said(&error, &path, lang))?;
        // A store is no terminal: quotes are kept where somebody says so, and no text of
        // a part above what this host may hold.
        let on = settings.word(Key::Quotes) == Some("on");
        let quotes = Quotes { on, host: settings.host_level() };
        Ok(Some(Self { store, quotes, lang, opened: 0, known: 0, reopened: 0 }))
    }

    /// A store that is examined with the documents would be another with each scan.
    pub(super) fn not_among(settings: &Settings, paths: &[PathBuf]) -> anyhow::Result<()> {
        let Some(store) = settings.path(Key::Store) else { return Ok(()) };
        // It may not be there yet; its folder is.
        let folder = match store.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let Ok(folder) = std::fs::canonicalize(folder) else { return Ok(()) };
        let file = folder.join(store.file_name().unwrap_or_default());
        let among =
            |path: &PathBuf| std::fs::canonicalize(path).is_ok_and(|path| file.starts_with(path));
        if paths.iter().any(among) {
            let store = store.display();
            bail!(
                "{}",
                settings.lang().pick(
                    format!(
                        "the store {store} stands among what is to be examined: keep it elsewhere"
                    ),
                    format!("库{store}位于待扫描的文件之中：请移至别处"),
                )
            );
        }
        Ok(())
    }

    /// Keeps an examination: when this returns, it is on the disk.
    pub(super) fn keep(&mut self, examination: &Examination) -> io::Result<Kept> {
        let mut examination = examination.clone();
        self.quotes.apply(&mut examination);
        let act = Act { actor: Act::MACHINE, at: now() };
        let source = whole(&examination.source);
        let kept = self.store.keep(act, &source, &examination).map_err(|error| {
            let path = self.store.path();
            io::Error::other(format!("{:#}", said(&error, path, self.lang)))
        })?;
        match kept {
            Kept::Opened(_) => self.opened += 1,
            Kept::Known(_) => self.known += 1,
            Kept::Reopened(_) => self.reopened += 1,
        }
        Ok(kept)
    }

    /// What was kept, in a line.
    pub(super) fn summary(&self) -> String {
        let Self { opened, known, reopened, .. } = self;
        self.lang.pick(
            format!("kept: {opened} matters opened, {known} known, {reopened} opened again"),
            format!("已留存：新立事项{opened}个，已有{known}个，重新打开{reopened}个"),
        )
    }
}

/// Where the original is, from the root on: a matter is known by it whatever folder a
/// scan was started in.
fn whole(source: &str) -> String {
    match source {
        "-" => source.to_owned(),
        _ => std::path::absolute(Path::new(source))
            .map_or_else(|_| source.to_owned(), |path| path.to_string_lossy().into_owned()),
    }
}
