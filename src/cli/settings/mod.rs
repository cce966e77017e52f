//! Settings: what a run is told by its flags, by the environment and by a file, in
//! this order, and where each came from. A mistake in any of them stops the run.
//!
//! A layer of our own over `toml` and `clap`, since what matters here is what
//! libraries for settings lose on the way: the line of a mistake, the origin of
//! each value, units, and that nothing unknown is passed over.

mod args;
mod file;
mod given;
mod key;
#[cfg(test)]
mod tests;
mod value;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::bail;

pub(super) use args::{Flags, SettingArgs};
pub(super) use file::{Found, places, read as read_file};
pub(super) use given::{Given, Mistake, Origin, not_in_order};
pub(super) use key::{DefaultValue, GATEWAY_REMEMBERS, Key, SETTINGS, Setting};
pub(super) use value::{Kind, Value};

use super::remark;
use crate::extract::Limits;
use crate::intake::READ_LIMIT;
use crate::report::{HostLevel, Lang};

/// What a matter may take on the wall, in processor times.
const WALL_FACTOR: u64 = 3;

/// The settings in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    given: Given,
    /// The file that was read.
    pub(super) file: Option<Found>,
    /// Whether a gateway works by them.
    is_gateway: bool,
}

impl Settings {
    /// Gathers the settings of a command.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    fn load(args: &SettingArgs, flags: &[&dyn Flags]) -> anyhow::Result<Self> {
        let (mut given, mut wrong) = (Given::default(), Vec::new());
        let found = match args.no_config {
            true => Ok(None),
            false => file::find(args.config.as_deref()),
        };
        let file = found.unwrap_or_else(|mistake| {
            wrong.push(mistake);
            None
        });
        if let Some(found) = &file {
            file::read(&found.path, &mut given, &mut wrong);
        }
        args::environment(&mut given, &mut wrong);
        args::set(&args.set, &mut given, &mut wrong);
        flags.iter().for_each(|flags| flags.give(&mut given));
        Self { given, file, is_gateway: false }.checked(wrong)
    }

    /// Settings of one source.
    pub(super) fn of(given: Given) -> Self {
        Self { given, file: None, is_gateway: false }
    }

    /// The same as a gateway's, which runs for months and meets few copies: what nobody
    /// says is then [`GATEWAY_REMEMBERS`] for `host.remember`.
    pub(super) fn of_gateway(self) -> Self {
        Self { is_gateway: true, ..self }
    }

    /// The settings that a cell is handed, and no others.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn of_cell(texts: &[std::ffi::OsString]) -> anyhow::Result<Self> {
        let (mut given, mut wrong) = (Given::default(), Vec::new());
        args::set(texts, &mut given, &mut wrong);
        Self::of(given).checked(wrong)
    }

    /// What [`Settings::of_cell`] makes the same settings of, as far as a cell needs them.
    pub(super) fn for_cell(&self) -> Vec<std::ffi::OsString> {
        let mut texts = Vec::new();
        let needed = |key: Key| key >= Key::Rules && key <= Key::BudgetMemory;
        for setting in SETTINGS.iter().filter(|setting| needed(setting.key)) {
            let Some((value, _)) = self.given.get(setting.key) else { continue };
            for text in value.texts() {
                let mut whole = std::ffi::OsString::from(setting.name);
                whole.push("=");
                whole.push(text);
                texts.push(whole);
            }
        }
        texts
    }

    /// The same, if they are in order and go together.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn checked(self, mut wrong: Vec<Mistake>) -> anyhow::Result<Self> {
        if let (Some((Value::Size(host), origin)), Some(Value::Size(cell))) =
            (self.given.get(Key::HostMemory), self.value(Key::BudgetMemory))
            && *host < cell
            && !self.in_threads()
        {
            let (host, cell) = (Value::Size(*host), Value::Size(cell));
            let why = format!(
                "host.memory: {host} for all processes, and budget.memory gives each {cell}: not \
                 one may be started"
            );
            wrong.push(Mistake::of(&origin.to_string(), why));
        }
        if wrong.is_empty() { Ok(self) } else { Err(not_in_order(&wrong)) }
    }

    /// What a setting is, where it is anything.
    pub(super) fn value(&self, key: Key) -> Option<Value> {
        match self.given.get(key) {
            Some((value, _)) => Some(value.clone()),
            None if key == Key::HostRemember && self.is_gateway => {
                Some(Value::Size(GATEWAY_REMEMBERS))
            }
            None if key == Key::BudgetWall => {
                Some(Value::Seconds(WALL_FACTOR.saturating_mul(self.number(Key::BudgetProcessor))))
            }
            None => key.setting().default_value(),
        }
    }

    /// Where it came from; nowhere, where it is the default.
    pub(super) fn origin(&self, key: Key) -> Option<&Origin> {
        self.given.get(key).map(|(_, origin)| origin)
    }

    fn number(&self, key: Key) -> u64 {
        self.value(key).map_or(0, |value| value.number())
    }

    /// One of the words of a setting, where it is set or has a default.
    pub(super) fn word(&self, key: Key) -> Option<&'static str> {
        match self.value(key) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The file of a setting.
    pub(super) fn path(&self, key: Key) -> Option<PathBuf> {
        match self.value(key) {
            Some(Value::Path(path)) => Some(path),
            _ => None,
        }
    }

    /// The files of a setting.
    pub(super) fn paths(&self, key: Key) -> Vec<PathBuf> {
        match self.value(key) {
            Some(Value::Paths(paths)) => paths,
            _ => Vec::new(),
        }
    }

    /// Whether documents are examined in threads because somebody says so.
    pub(super) fn in_threads(&self) -> bool {
        self.word(Key::Isolation) == Some("thread")
    }

    /// The language that is asked for, or the locale's.
    pub(super) fn lang(&self) -> Lang {
        match self.word(Key::Lang) {
            Some("zh") => Lang::Zh,
            Some(_) => Lang::En,
            None => super::locale::of_the_locale(),
        }
    }

    /// The highest level this machine may hold, where it is said.
    pub(super) fn host_level(&self) -> Option<HostLevel> {
        self.word(Key::HostLevel).map(|word| match word {
            "juemi" => HostLevel::Juemi,
            "jimi" => HostLevel::Jimi,
            "mimi" => HostLevel::Mimi,
            _ => HostLevel::None,
        })
    }

    /// Bytes that are read of one matter.
    pub(super) fn read_limit(&self) -> u64 {
        self.number(Key::BudgetRead)
    }

    /// Limits of reading for one matter.
    pub(super) fn limits(&self) -> Limits {
        let small = |key| u32::try_from(self.number(key)).unwrap_or(u32::MAX);
        Limits {
            bytes: self.number(Key::BudgetBytes),
            ratio: self.number(Key::BudgetRatio),
            parts: small(Key::BudgetParts),
            depth: small(Key::BudgetDepth) as usize,
            pages: small(Key::BudgetPages),
            text: self.number(Key::BudgetText),
            lines: self.number(Key::BudgetLines),
            cells: self.number(Key::BudgetCells),
            steps: self.number(Key::BudgetSteps),
        }
    }

    /// Processor seconds of one matter in a cell.
    pub(super) fn processor_seconds(&self) -> u64 {
        self.number(Key::BudgetProcessor)
    }

    /// Time on the wall of one matter in a cell.
    pub(super) fn wall(&self) -> Duration {
        Duration::from_secs(self.number(Key::BudgetWall))
    }

    /// Bytes of address space of one cell.
    pub(super) fn memory(&self) -> u64 {
        self.number(Key::BudgetMemory)
    }

    /// Matters after which a cell is replaced.
    pub(super) fn recycle(&self) -> u64 {
        self.number(Key::HostRecycle)
    }

    /// Bytes of examinations that are remembered.
    pub(super) fn remember(&self) -> u64 {
        self.number(Key::HostRemember)
    }

    /// Bytes that may be kept of originals, where they are to be kept.
    pub(super) fn hold(&self) -> Option<u64> {
        (self.word(Key::HoldKeep) == Some("on")).then(|| self.number(Key::HoldLimit))
    }

    /// Limits that hold around the reading, in a cell or not, as far as they differ
    /// from the default: what they end is a gap, so results depend on them.
    pub(super) fn limits_around(&self, in_cell: bool) -> Vec<(&'static str, u64)> {
        let named = [
            ("read", Key::BudgetRead, READ_LIMIT),
            ("processor", Key::BudgetProcessor, 300),
            ("wall", Key::BudgetWall, 300 * WALL_FACTOR),
            ("memory", Key::BudgetMemory, 8 << 30),
        ];
        let named = named.into_iter().take(if in_cell { 4 } else { 1 });
        let all = named.map(|(name, key, default)| (name, self.number(key), default));
        all.filter(|(_, set, default)| set != default).map(|(name, set, _)| (name, set)).collect()
    }

    /// How many matters are examined at the same time: as many as are asked for, and
    /// no more than the memory of all cells holds. Fewer change no result; a cell with
    /// less memory would.
    pub(super) fn jobs(&self) -> (u64, u64) {
        let asked = match self.given.get(Key::HostJobs) {
            Some((value, _)) => value.number(),
            None => thread::available_parallelism().map_or(1, |cores| cores.get() as u64),
        };
        let fit = match self.given.get(Key::HostMemory) {
            Some((value, _)) if !self.in_threads() => value.number() / self.memory().max(1),
            _ => asked,
        };
        (asked, asked.min(fit).max(1))
    }

    /// What gives up some of what protects a run: the setting, its value, where it
    /// came from, and why.
    pub(super) fn weakened(&self, lang: Lang) -> Vec<(&'static Setting, Value, Origin, String)> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let (value, origin) = self.given.get(setting.key)?;
            let why = setting.weakens(value, lang)?;
            Some((setting, value.clone(), origin.clone(), why))
        });
        given.collect()
    }

    /// Says on standard error what gives up protection and was not typed for this
    /// run, and that fewer matters are examined at a time than somebody asked for.
    pub(super) fn tell(&self, lang: Lang) {
        for (setting, value, origin, why) in self.weakened(lang) {
            if !matches!(origin, Origin::Flag(_)) {
                let (name, colon) = (setting.name, lang.pick(": ", "："));
                remark(&format!("{origin}{colon}{name} = {value}{colon}{why}"));
            }
        }
        let (asked, jobs) = self.jobs();
        if jobs < asked && self.origin(Key::HostJobs).is_some() {
            remark(&lang.pick(
                format!("{jobs} jobs instead of {asked}: more would pass host.memory"),
                format!("并行数由{asked}减为{jobs}：再多将超出host.memory"),
            ));
        }
    }

    /// Suppressions are worth nothing without a key to hold them against. Only a scan
    /// listens to them, so only a scan asks.
    ///
    /// # Errors
    /// That there is none.
    pub(super) fn suppressions_have_keys(&self) -> anyhow::Result<()> {
        match (self.given.get(Key::Suppressions), self.given.get(Key::Keys)) {
            (Some((_, origin)), None) => {
                let why =
                    "suppressions are held against a key: --key FILE, or keys in a settings file";
                Err(not_in_order(&[Mistake::of(&origin.to_string(), why)]))
            }
            _ => Ok(()),
        }
    }

    /// A file that merely stands where the run was started may have come with the
    /// documents: it is not heeded where it is one of them.
    ///
    /// # Errors
    /// That it is one.
    pub(super) fn not_among(&self, paths: &[PathBuf]) -> anyhow::Result<()> {
        let Some(Found { path, by_chance: true }) = &self.file else { return Ok(()) };
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        let Some(file) = whole(path) else { return Ok(()) };
        if paths.iter().filter_map(|path| whole(path)).any(|path| file.starts_with(path)) {
            let file = path.display();
            bail!(
                "{file} stands among what is to be examined, and may have come with it: \
                 --config {file} takes its settings, --no-config leaves them"
            );
        }
        Ok(())
    }
}
