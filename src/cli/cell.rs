//! Where documents are examined: in processes that can be lost, or in threads of
//! this one; `vetmark doctor` says what holds here.

use std::ffi::OsString;
#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroU32;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::time::Duration;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::Status;
use super::dictionary::Source;
use super::key_file::Keys;
use super::locale::{self, LangArg};
use super::passwords::PasswordFile;
use super::settings::{Flags, Given, Key, Origin, SettingArgs, Settings, Value};
use super::suppress::Listen;
#[cfg(target_os = "linux")]
use crate::cell::{self, Cells, Content, Handed, Item};
use crate::dictionary::Dictionary;
#[cfg(target_os = "linux")]
use crate::intake::Elsewhere;
use crate::intake::{self, Unread};
use crate::model::{Date, Examination, Losses};
use crate::pipeline::Pipeline;
use crate::view::{self, Show, Viewer};

/// Processor time to show a page in, in seconds, where settings do not say less.
#[cfg(target_os = "linux")]
const SHOWING_SECONDS: u64 = 60;

/// Where documents are examined.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct CellArgs {
    /// Where documents are examined: in processes of their own, which may do next to nothing and
    /// can be lost, or in threads of this one [default: process, where the system supports it]
    #[arg(long, value_enum, value_name = "WHERE")]
    isolation: Option<Isolation>,
    /// Processor time one matter may take in its process, in seconds; on the wall, three times as
    /// much [default: 300]
    #[arg(long, value_name = "SECONDS")]
    matter_seconds: Option<NonZeroU32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Isolation {
    /// In processes of their own
    Process,
    /// In threads of this process
    Thread,
}

impl Flags for CellArgs {
    fn give(&self, given: &mut Given) {
        given.word(Key::Isolation, self.isolation.as_ref().map(locale::name).as_deref());
        if let Some(seconds) = self.matter_seconds {
            let seconds = Value::Seconds(seconds.get().into());
            given.push(Key::BudgetProcessor, seconds, Origin::Flag("--matter-seconds"));
        }
    }
}

/// Examines matters as settings say.
pub(super) struct Examiner {
    place: Place,
    /// Bytes that are read of one matter.
    allowance: u64,
}

enum Place {
    #[cfg(target_os = "linux")]
    Cells(Box<Cells>),
    Threads(Box<Pipeline>),
}

/// What settings say of how matters are examined. In a cell other limits hold as
/// well.
fn pipeline(settings: &Settings, as_of: Date, in_cell: bool) -> anyhow::Result<Pipeline> {
    pipeline_of(settings, Source::of(settings).load()?, as_of, in_cell)
}

fn pipeline_of(
    settings: &Settings,
    dictionary: Dictionary,
    as_of: Date,
    in_cell: bool,
) -> anyhow::Result<Pipeline> {
    Ok(Pipeline::new(Arc::new(dictionary), settings.limits(), as_of)
        .with_limits_around(settings.limits_around(in_cell))
        .with_passwords(PasswordFile::of(settings).load()?)
        .with_suppressions(Listen::of(settings).load(&Keys::of(settings))?))
}

impl Examiner {
    /// The examiner that settings ask for; cells build the same pipeline of the same
    /// settings.
    pub(super) fn start(settings: &Settings, as_of: Date) -> anyhow::Result<Self> {
        let allowance = settings.read_limit();
        let in_cells = cfg!(target_os = "linux") && !settings.in_threads();
        if !in_cells && settings.word(Key::Isolation) == Some("process") {
            bail!("isolation process: this system has none of what cells are made of");
        }
        #[cfg(target_os = "linux")]
        if in_cells {
            let place = Place::Cells(Box::new(start_cells(settings, as_of)?));
            return Ok(Self { place, allowance });
        }
        let pipeline = pipeline(settings, as_of, false)?;
        Ok(Self { place: Place::Threads(Box::new(pipeline)), allowance })
    }
}

impl Examiner {
    /// What an examination depends on besides the bytes, in a line.
    pub(super) fn identity(&self) -> String {
        match &self.place {
            #[cfg(target_os = "linux")]
            Place::Cells(cells) => cells.identity().to_owned(),
            Place::Threads(pipeline) => pipeline.identity(),
        }
    }

    /// Examines every matter and hands each examination to `keep`, in order, with
    /// what was lost on the way.
    ///
    /// # Errors
    /// The first error of `keep`, or what ended the run.
    pub(super) fn examine_all(
        &self,
        jobs: usize,
        matters: impl IntoIterator<Item = Unread>,
        mut keep: impl FnMut(Examination, Losses) -> io::Result<()>,
    ) -> io::Result<()> {
        let allowance = self.allowance;
        match &self.place {
            #[cfg(target_os = "linux")]
            Place::Cells(cells) => {
                let matters = matters.into_iter().map(|unread| {
                    let source = unread.source.clone();
                    (source.clone(), move || handed(source, unread, allowance))
                });
                cells.examine_all(jobs, matters, keep)
            }
            Place::Threads(pipeline) => {
                let matters = matters.into_iter();
                let matters =
                    matters.map(|unread| (unread.source.clone(), move || unread.read(allowance)));
                let keep = |examination| keep(examination, Losses::default());
                pipeline.examine_all(jobs, matters, keep)
            }
        }
    }
}

/// What shows documents to people: in processes of their own, one for each look, or in
/// threads of this one.
///
/// # Errors
/// That passwords cannot be loaded, or that processes are asked for where there are none.
pub(super) fn shows(settings: &Settings) -> anyhow::Result<Arc<dyn Show>> {
    let in_cells = cfg!(target_os = "linux") && !settings.in_threads();
    if !in_cells && settings.word(Key::Isolation) == Some("process") {
        bail!("isolation process: this system has none of what cells are made of");
    }
    let viewer = viewer(settings)?;
    #[cfg(target_os = "linux")]
    if in_cells {
        let own = showing_settings(settings, super::scan::today());
        let at_once = usize::try_from(settings.jobs().1).unwrap_or(1);
        return Ok(Arc::new(cell::Showing::new(own, at_once)));
    }
    let (read, allowance) = (intake::open_file as view::Reader, settings.read_limit());
    Ok(Arc::new(view::InThread { viewer, read, allowance }))
}

/// A cell that shows, which knows nobody's rules and dictionaries. A person waits for it.
#[cfg(target_os = "linux")]
fn showing_settings(settings: &Settings, as_of: Date) -> cell::Settings {
    let mut own = cell_settings(settings, as_of);
    own.arguments.push("--showing".into());
    own.processor_seconds = own.processor_seconds.min(SHOWING_SECONDS);
    own.wall = own.wall.min(Duration::from_secs(SHOWING_SECONDS * 3));
    own
}

fn viewer(settings: &Settings) -> anyhow::Result<Viewer> {
    Ok(Viewer::new(settings.limits(), PasswordFile::of(settings).load()?))
}

#[cfg(target_os = "linux")]
fn handed(source: String, unread: Unread, allowance: u64) -> Handed {
    let item = |(name, place)| {
        let (content, gap) = match place {
            Elsewhere::File(path) => {
                (Content::File(Box::new(move || intake::open_path(&path))), None)
            }
            Elsewhere::Bytes(bytes, gap) => (Content::Bytes(bytes), gap),
            Elsewhere::Lost(gap) => (Content::Nothing, Some(gap)),
        };
        Item { name, content, gap }
    };
    Handed { source, items: unread.hand_over(allowance).into_iter().map(item).collect() }
}

/// Starts the first cell. It loads dictionaries and rules, this process does not.
#[cfg(target_os = "linux")]
pub(super) fn start_cells(settings: &Settings, as_of: Date) -> anyhow::Result<Cells> {
    Cells::start(cell_settings(settings, as_of)).or_else(|error| {
        // Where files are at fault, loading them here says better what is wrong.
        pipeline(settings, as_of, true)?;
        Err(error).context(
            "documents cannot be examined in processes of their own (--isolation thread \
             examines them in this one)",
        )
    })
}

/// A cell is this program, with the settings of this run behind `cell`: it reads no
/// settings file, and its environment is empty.
#[cfg(target_os = "linux")]
fn cell_settings(settings: &Settings, as_of: Date) -> cell::Settings {
    // Not by its name: the file may be replaced by a newer one while this runs.
    let program = std::path::PathBuf::from("/proc/self/exe");
    let mut arguments: Vec<OsString> = vec!["cell".into(), "--as-of".into()];
    arguments.push(as_of.to_string().into());
    let share = Source::of(settings).is_long();
    if share {
        arguments.push("--shared".into());
    }
    for setting in settings.for_cell() {
        let mut flag = OsString::from("--set=");
        flag.push(setting);
        arguments.push(flag);
    }
    cell::Settings {
        memory: settings.memory(),
        processor_seconds: settings.processor_seconds(),
        wall: settings.wall(),
        recycle: settings.recycle(),
        remember: settings.remember(),
        share,
        ..cell::Settings::new(program, arguments)
    }
}

/// Work as a cell of another vetmark, which starts it
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(super) struct Args {
    /// Day of judgement
    #[arg(long, value_parser = super::scan::day)]
    as_of: Date,
    /// Standard output is a file that all cells share
    #[arg(long)]
    shared: bool,
    /// Show one document, and examine none
    #[arg(long)]
    showing: bool,
    /// Settings of the run it belongs to
    #[arg(long)]
    set: Vec<OsString>,
}

/// Works as a cell.
#[cfg(target_os = "linux")]
pub(super) fn run(args: Args) -> anyhow::Result<Status> {
    let settings = Settings::of_cell(&args.set)?;
    if args.showing {
        let own = showing_settings(&settings, args.as_of);
        cell::show(&viewer(&settings)?, &own, intake::open_file, settings.read_limit())?;
        return Ok(Status::NothingFound);
    }
    let pipeline = match args.shared {
        true => {
            let dictionary = Source::of(&settings).load_ready(&shared()?)?;
            pipeline_of(&settings, dictionary, args.as_of, true)?
        }
        false => pipeline(&settings, args.as_of, true)?,
    };
    let own = cell_settings(&settings, args.as_of);
    cell::work(&pipeline, &own, intake::open_file, settings.read_limit())?;
    Ok(Status::NothingFound)
}

/// The file that all cells of a run share, empty for the first of them: taken from
/// standard output, which leads nowhere from then on.
#[cfg(target_os = "linux")]
fn shared() -> io::Result<File> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn run(_: Args) -> anyhow::Result<Status> {
    bail!("this system has none of what cells are made of")
}

/// Say what protects this machine from documents, and whether it works here
#[derive(Debug, clap::Args)]
pub(super) struct DoctorArgs {
    /// Language of the report [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Starts a cell and tells what it gave up.
pub(super) fn doctor(args: &DoctorArgs) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.lang])?;
    let lang = settings.lang();
    settings.tell(lang);
    let mut out = io::stdout().lock();
    #[cfg(target_os = "linux")]
    {
        let as_of = super::scan::today();
        let cells = start_cells(&settings, as_of)?;
        let held = cells.confinement();
        for (en, zh, holds) in [
            ("limits of memory, time and open files", "内存、时间、打开文件数限额", held.limits),
            (
                "no file or port can be opened (Landlock)",
                "不能打开任何文件或端口（Landlock）",
                held.landlock,
            ),
            ("few system calls (seccomp)", "仅允许少数系统调用（seccomp）", held.seccomp),
        ] {
            let (yes, no) = (lang.pick("enforced", "已生效"), lang.pick("NOT ENFORCED", "未生效"));
            let (what, colon) = (lang.pick(en, zh), lang.pick(": ", "："));
            writeln!(out, "{what}{colon}{}", if holds { yes } else { no })?;
        }
        if held.is_whole() {
            return Ok(Status::NothingFound);
        }
    }
    writeln!(
        out,
        "{}",
        lang.pick(
            "Not everything that keeps documents from harm holds on this machine.",
            "本机未能落实全部防护措施。"
        )
    )?;
    Ok(Status::PersonNeeded)
}
