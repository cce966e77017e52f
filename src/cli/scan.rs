//! `vetmark scan`: from files and folders to one examination a matter.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::ValueEnum;

use super::cell::{CellArgs, Examiner};
use super::dictionary::Source;
use super::interrupt::Interrupt;
use super::keep::{Keeper, OriginalsArg};
use super::key_file::Keys;
use super::locale::{self, LangArg};
use super::output::Output;
use super::passwords::PasswordFile;
use super::progress::Progress;
use super::settings::{Flags, Given, Key, Origin, SettingArgs, Settings, Value};
use super::store_file::StoreFile;
use super::suppress::Listen;
use super::{Status, remark};
use crate::intake::{self, MatterBy};
use crate::model::{Date, Examination};
use crate::report::human::Human;
use crate::report::{Lang, Ledger, Quotes, Shown, ndjson};

/// Examine documents and give one verdict for each matter
///
/// Exit status: 0 if every matter is no_finding, 1 if a person is needed, 2 if the run could
/// not be done. Nothing is ever approved: a named person decides before anything is disclosed.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(super) struct Args {
    /// Files and folders, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How results are written [default: human]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Day of judgement, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    #[command(flatten)]
    flags: ScanFlags,
    #[command(flatten)]
    originals: OriginalsArg,
    /// Language of the report and of messages [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    /// Write results to a file, whole or not at all, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Flags of a scan that are settings.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct ScanFlags {
    /// What makes a matter: each file with all that is packed in it, or each folder that
    /// directly holds files [default: file]
    #[arg(long, value_enum)]
    matter_by: Option<By>,
    /// Matters examined at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    #[command(flatten)]
    source: Source,
    /// Whether text of documents is shown; auto: on a terminal only. Text of a part marked 绝密
    /// never is, unless --host-level says juemi [default: auto]
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on"
    )]
    quotes: Option<When>,
    /// The highest level this machine may hold: text of parts marked higher is not shown
    #[arg(long, value_enum, value_name = "LEVEL")]
    host_level: Option<HostArg>,
    #[command(flatten)]
    cells: CellArgs,
    #[command(flatten)]
    passwords: PasswordFile,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    store: StoreFile,
}

impl Flags for ScanFlags {
    fn give(&self, given: &mut Given) {
        given.word(Key::MatterBy, self.matter_by.as_ref().map(locale::name).as_deref());
        given.word(Key::Quotes, self.quotes.as_ref().map(locale::name).as_deref());
        given.word(Key::HostLevel, self.host_level.as_ref().map(locale::name).as_deref());
        if let Some(jobs) = self.jobs {
            given.push(Key::HostJobs, Value::Count(jobs.into()), Origin::Flag("--jobs"));
        }
        let more: [&dyn Flags; 6] =
            [&self.source, &self.cells, &self.passwords, &self.listen, &self.keys, &self.store];
        more.iter().for_each(|flags| flags.give(given));
    }
}

impl Flags for Option<Format> {
    fn give(&self, given: &mut Given) {
        given.word(Key::Format, self.as_ref().map(locale::name).as_deref());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: grouped by verdict, the strongest first
    Human,
    /// For programs: one JSON object a line, one line a matter
    Ndjson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Each file with everything packed in it
    File,
    /// Each folder that directly holds files
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// Show text of documents
    On,
    /// Show none
    Off,
    /// Show it on a terminal only
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HostArg {
    /// No state secrets
    None,
    /// 秘密
    Mimi,
    /// 机密
    Jimi,
    /// 绝密
    Juemi,
}

/// A day as it is written on the command line.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day as in 2026-11-23 is wanted".into())
}

/// Scans.
pub(super) fn run(args: Args) -> anyhow::Result<Status> {
    check_paths(&args.paths)?;
    let settings =
        args.settings.settings(&[&args.format, &args.flags, &args.originals, &args.lang])?;
    settings.not_among(&args.paths)?;
    settings.suppressions_have_keys()?;
    Keeper::not_among(&settings, &args.paths)?;
    settings.tell(settings.lang());
    let as_of = args.as_of.unwrap_or_else(today);
    let examiner = Examiner::start(&settings, as_of)?;
    let jobs = usize::try_from(settings.jobs().1).unwrap_or(1);
    let by = match settings.word(Key::MatterBy) {
        Some("folder") => MatterBy::Folder,
        _ => MatterBy::File,
    };

    let mut scan = Scan::begin(&settings, args.out.as_deref())?;
    if let Some(keeper) = &mut scan.keeper {
        keeper.begin(&args.paths)?;
    }
    let interrupt = Interrupt::listen();
    let progress = Progress::show(&args.paths, by);
    let matters = intake::walk(args.paths, by).take_while(|_| !interrupt.happened());
    let ended = examiner.examine_all(jobs, matters, |examination, losses| {
        scan.ledger.lose(losses);
        scan.keep(examination)?;
        progress.step(&scan.ledger);
        Ok(())
    });
    progress.end();
    ended?;
    scan.end(interrupt.happened())
}

/// A scan on its way: where results go, and what has been counted.
struct Scan {
    ledger: Ledger,
    /// The report in the making; `None` where results are written as they come.
    report: Option<Human>,
    quotes: Quotes,
    lang: Lang,
    out: Output,
    /// The store that examinations are kept in, where one is named.
    keeper: Option<Keeper>,
    /// Whether a person sees the report and standard error in one place.
    seen_together: bool,
}

impl Scan {
    fn begin(settings: &Settings, out: Option<&Path>) -> anyhow::Result<Self> {
        let lang = settings.lang();
        let to_terminal = out.is_none() && io::stdout().is_terminal();
        let report = (settings.word(Key::Format) != Some("ndjson")).then(|| Human::new(lang));
        Ok(Self {
            ledger: Ledger::default(),
            seen_together: to_terminal && io::stderr().is_terminal() && report.is_some(),
            report,
            quotes: quotes(settings, to_terminal),
            lang,
            out: Output::open(out)?,
            keeper: Keeper::of(settings)?,
        })
    }

    fn keep(&mut self, mut examination: Examination) -> io::Result<()> {
        self.ledger.enter(&examination);
        // Before it is reported: what a report says is on record is.
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(&examination)?;
        }
        self.quotes.apply(&mut examination);
        match &mut self.report {
            Some(report) => report.add(&examination),
            None => {
                ndjson::render(&examination, &mut self.out)?;
                // Whoever waits at the other end of a pipe gets each matter when it is done.
                self.out.flush()
            }
        }
    }

    /// Ends the run with its ledger. A run that was interrupted is not done, and
    /// a file that was asked for is then not written.
    fn end(mut self, interrupted: bool) -> anyhow::Result<Status> {
        let is_file = matches!(self.out, Output::File { .. });
        if let Some(report) = self.report.take()
            && !(interrupted && is_file)
        {
            report.finish(&self.ledger, &mut self.out)?;
        }
        if !(interrupted && is_file) {
            self.out.finish()?;
        }
        if !self.seen_together {
            self.ledger.render(self.lang, &mut io::stderr())?;
        }
        if let Some(keeper) = &mut self.keeper {
            keeper.end()?;
            remark(&keeper.summary());
        }
        if interrupted {
            remark(self.lang.pick(
                "interrupted: the matters above are all that were examined; what follows them was not read",
                "已中断：只审查了以上事项，其后的均未读取",
            ));
            if is_file {
                remark(self.lang.pick("no file was written", "未写出文件"));
            }
            return Ok(Status::NotDone);
        }
        Ok(match self.ledger.nothing_found() {
            true => Status::NothingFound,
            false => Status::PersonNeeded,
        })
    }
}

fn quotes(settings: &Settings, to_terminal: bool) -> Quotes {
    let on = match settings.word(Key::Quotes) {
        Some("on") => true,
        Some("off") => false,
        _ => to_terminal,
    };
    Quotes { on, host: settings.host_level() }
}

/// A path that does not exist is a mistake in the command, not a document.
pub(super) fn check_paths(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        if path.as_os_str() != "-"
            && let Err(error) = fs::symlink_metadata(path)
            && error.kind() == io::ErrorKind::NotFound
        {
            bail!("cannot open {}: {error}", shown(path));
        }
    }
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("standard input can be read only once");
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    Shown(&path.display().to_string()).to_string()
}

/// Today where this machine is: the only clock there is in vetmark.
pub(super) fn today() -> Date {
    jiff::ZonedDateTime::now().date()
}
