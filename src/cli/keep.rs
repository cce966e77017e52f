//! `scan --store`: what a scan keeps, and what it says of that.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::remark;
use super::settings::{Flags, Given, Key, Settings};
use super::store_file::{now, said};
use crate::hold::{self, Hold, Put};
use crate::intake;
use crate::model::{Examination, Words, own_name};
use crate::record::{Act, Kept, Store};
use crate::report::{Lang, Quotes, Shown};
use crate::view;

/// Whether originals are kept.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct OriginalsArg {
    /// Keep the files that were examined in a folder beside the store, by the digest of their
    /// bytes, so that they can be shown whatever becomes of them
    #[arg(long)]
    keep_originals: bool,
}

impl Flags for OriginalsArg {
    fn give(&self, given: &mut Given) {
        given.word(Key::HoldKeep, self.keep_originals.then_some("on"));
    }
}

/// Where a scan keeps examinations.
pub(super) struct Keeper {
    store: Store,
    /// Where originals are kept, if they are.
    hold: Option<Hold>,
    quotes: Quotes,
    lang: Lang,
    opened: u64,
    known: u64,
    reopened: u64,
    held: u64,
    not_held: u64,
    /// The scan as the store calls it, once it began, and when that was last told how far it is.
    run: Option<(i64, Instant)>,
}

/// How often a scan tells how far it has come.
const TELL: Duration = Duration::from_secs(1);

impl Keeper {
    /// The store that settings name, where they name one; made where there is none.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let lang = settings.lang();
        let Some(path) = settings.path(Key::Store) else {
            if settings.hold().is_some() {
                bail!(
                    "{}",
                    lang.pick(
                        "originals are kept beside a store: --store FILE",
                        "原件留存于库旁：请指明--store FILE",
                    )
                );
            }
            return Ok(None);
        };
        let store = Store::create(&path).map_err(|error| said(&error, &path, lang))?;
        // A store is no terminal: quotes are kept where somebody says so, and no text of
        // a part above what this host may hold.
        let on = settings.word(Key::Quotes) == Some("on");
        let quotes = Quotes { on, host: settings.host_level() };
        let hold = match settings.hold() {
            None => None,
            Some(limit) => {
                let folder = Hold::beside(&path);
                let opened = Hold::open_or_make(&folder, limit);
                Some(opened.with_context(|| format!("cannot open {}", folder.display()))?)
            }
        };
        let (opened, known, reopened, held, not_held, run) = Default::default();
        Ok(Some(Self { store, hold, quotes, lang, opened, known, reopened, held, not_held, run }))
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

    /// Says to whoever looks at the store that a scan of these paths begins.
    pub(super) fn begin(&mut self, paths: &[PathBuf]) -> anyhow::Result<()> {
        let what: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let begun = self.store.begin_run(now(), &what.join(" "));
        let run = begun.map_err(|error| said(&error, self.store.path(), self.lang))?;
        self.run = Some((run, Instant::now()));
        Ok(())
    }

    /// Says that it is over.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        let Some((run, _)) = self.run.take() else { return Ok(()) };
        let told = self.store.run_goes_on(now(), run, self.seen(), true);
        told.map_err(|error| said(&error, self.store.path(), self.lang))
    }

    fn seen(&self) -> u64 {
        self.opened + self.known + self.reopened
    }

    /// Tells how far it has come, now and then.
    fn goes_on(&mut self) -> crate::record::Result<()> {
        let seen = self.seen();
        match &mut self.run {
            Some((run, last)) if last.elapsed() >= TELL => {
                *last = Instant::now();
                self.store.run_goes_on(now(), *run, seen, false)
            }
            _ => Ok(()),
        }
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
        self.hold(kept, &source, &examination)?;
        self.goes_on().map_err(|error| {
            io::Error::other(format!("{:#}", said(&error, self.store.path(), self.lang)))
        })?;
        Ok(kept)
    }

    /// Keeps the files of a matter that is on record: what is not, nobody would take out
    /// again. One that cannot be kept is said, and the scan goes on.
    fn hold(&mut self, kept: Kept, source: &str, examination: &Examination) -> io::Result<()> {
        let Some(hold) = &self.hold else { return Ok(()) };
        let (Kept::Opened(matter) | Kept::Known(matter) | Kept::Reopened(matter)) = kept;
        for part in examination.parts.iter().filter(|part| part.path.len() == 1) {
            let name = part.path.concat();
            match held(hold, source, own_name(&name), &part.sha256) {
                Ok(Put::Known) => self.held += 1,
                Ok(Put::Kept) => {
                    self.held += 1;
                    let act = Act { actor: Act::MACHINE, at: now() };
                    let body = serde_json::json!({ "sha256": part.sha256, "bytes": part.bytes });
                    let noted =
                        self.store.note(act, "original.hold", &format!("matter {matter}"), &body);
                    noted.map_err(|error| {
                        io::Error::other(format!(
                            "{:#}",
                            said(&error, self.store.path(), self.lang)
                        ))
                    })?;
                }
                Err(why) => {
                    self.not_held += 1;
                    let (why, shown) = (self.lang.of(&why), Shown(source));
                    remark(&self.lang.pick(
                        format!("{shown}: the original is not kept: {why}"),
                        format!("{shown}：未留存原件：{why}"),
                    ));
                }
            }
        }
        Ok(())
    }

    /// What was kept, in a line.
    pub(super) fn summary(&self) -> String {
        let Self { opened, known, reopened, held, not_held, .. } = self;
        let matters = self.lang.pick(
            format!("kept: {opened} matters opened, {known} known, {reopened} opened again"),
            format!("已留存：新立事项{opened}个，已有{known}个，重新打开{reopened}个"),
        );
        if self.hold.is_none() {
            return matters;
        }
        self.lang.pick(
            format!("{matters}; {held} originals held, {not_held} not"),
            format!("{matters}；留存原件{held}个，未能留存{not_held}个"),
        )
    }
}

/// Keeps one file, if it still is what was examined.
fn held(hold: &Hold, source: &str, name: &str, sha256: &str) -> Result<Put, Words> {
    if source == "-" {
        return Err(Words::new("it came by standard input", "来自标准输入"));
    }
    let opened = intake::open_path(&view::place(source, name));
    let mut file = opened.map_err(|gap| Words::new(&*gap.detail, &*gap.detail))?;
    hold.put(&mut file, sha256).map_err(|error: hold::Error| error.words())
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
