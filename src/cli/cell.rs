//! Where documents are examined: in processes that can be lost, or in threads of
//! this one; `vetmark doctor` says what holds here.

use std::ffi::OsString;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Parser, ValueEnum};

use super::locale::{self, LangArg};
use super::{Cli, Command, Status};
#[cfg(target_os = "linux")]
use crate::cell::{self, Cells, Content, Handed, Item, Settings};
#[cfg(target_os = "linux")]
use crate::intake::Elsewhere;
use crate::intake::{self, Unread};
use crate::model::{Date, Examination, Losses};
use crate::pipeline::Pipeline;

/// Where documents are examined.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CellArgs {
    /// Where documents are examined: in processes of their own, which may do next to nothing and
    /// can be lost, or in threads of this one [default: process, where the system supports it]
    #[arg(long, value_enum, value_name = "WHERE")]
    isolation: Option<Isolation>,
    /// Processor time one matter may take in its process, in seconds; on the wall, three times as
    /// much
    #[arg(long, value_name = "SECONDS", default_value = "300")]
    matter_seconds: NonZeroU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Isolation {
    /// In processes of their own
    Process,
    /// In threads of this process
    Thread,
}

/// Examines matters as the arguments say.
pub(super) enum Examiner {
    /// In cells.
    #[cfg(target_os = "linux")]
    Cells(Cells),
    /// In threads.
    Threads(Box<Pipeline>),
}

impl CellArgs {
    /// The examiner for a command whose cells build the same pipeline from the
    /// command's own arguments.
    pub(super) fn examiner(&self, pipeline: Pipeline, as_of: Date) -> anyhow::Result<Examiner> {
        let is_there = cfg!(target_os = "linux");
        match self.isolation {
            Some(Isolation::Process) if !is_there => {
                bail!("--isolation process: this system has none of what cells are made of")
            }
            #[cfg(target_os = "linux")]
            None | Some(Isolation::Process) => {
                let cells = Cells::start(self.settings(as_of)?, pipeline.identity());
                let cells = cells.context(
                    "documents cannot be examined in processes of their own (--isolation thread \
                     examines them in this one)",
                )?;
                Ok(Examiner::Cells(cells))
            }
            _ => Ok(Examiner::Threads(Box::new(pipeline))),
        }
    }
}

impl Examiner {
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
        match self {
            #[cfg(target_os = "linux")]
            Self::Cells(cells) => {
                let matters = matters.into_iter().map(|unread| {
                    let source = unread.source.clone();
                    (source.clone(), move || handed(source, unread))
                });
                cells.examine_all(jobs, matters, keep)
            }
            Self::Threads(pipeline) => {
                let matters = matters.into_iter();
                let matters = matters.map(|unread| (unread.source.clone(), || unread.read()));
                let keep = |examination| keep(examination, Losses::default());
                pipeline.examine_all(jobs, matters, keep)
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn handed(source: String, unread: Unread) -> Handed {
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
    Handed { source, items: unread.hand_over().into_iter().map(item).collect() }
}

#[cfg(target_os = "linux")]
impl CellArgs {
    fn settings(&self, as_of: Date) -> anyhow::Result<Settings> {
        let seconds = u64::from(self.matter_seconds.get());
        Ok(Settings {
            processor_seconds: seconds,
            wall: Duration::from_secs(seconds.saturating_mul(3)),
            ..settings(as_of)?
        })
    }
}

/// A cell is this program, with the arguments of this run behind `cell`.
#[cfg(target_os = "linux")]
fn settings(as_of: Date) -> anyhow::Result<Settings> {
    // Not by its name: the file may be replaced by a newer one while this runs.
    let program = std::path::PathBuf::from("/proc/self/exe");
    let own = std::env::args_os().skip(1);
    let mut arguments: Vec<OsString> = vec!["cell".into(), "--as-of".into()];
    arguments.push(as_of.to_string().into());
    arguments.push("--".into());
    arguments.extend(own);
    Ok(Settings::new(program, arguments))
}

/// Work as a cell of another vetmark, which starts it
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(super) struct Args {
    /// Day of judgement
    #[arg(long, value_parser = super::scan::day)]
    as_of: Date,
    /// Arguments of the run it belongs to
    #[arg(last = true)]
    run: Vec<OsString>,
}

/// Works as a cell.
#[cfg(target_os = "linux")]
pub(super) fn run(args: Args) -> anyhow::Result<Status> {
    let run = std::iter::once(OsString::from("vetmark")).chain(args.run);
    let (pipeline, settings) = match Cli::try_parse_from(run)?.command {
        Some(Command::Scan(scan)) => (scan.pipeline(args.as_of)?, scan.cells.settings(args.as_of)?),
        Some(Command::Doctor(_)) => (own_pipeline(args.as_of)?, settings(args.as_of)?),
        _ => bail!("a cell of a command that has none"),
    };
    cell::work(&pipeline, &settings, intake::open_file, intake::READ_LIMIT)?;
    Ok(Status::NothingFound)
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
}

fn own_pipeline(as_of: Date) -> anyhow::Result<Pipeline> {
    let dictionary = super::dictionary::Source::default().load()?;
    Ok(Pipeline::new(std::sync::Arc::new(dictionary), crate::extract::Limits::default(), as_of))
}

/// Starts a cell and tells what it gave up.
pub(super) fn doctor(args: &DoctorArgs) -> anyhow::Result<Status> {
    let lang = locale::choose(args.lang);
    let mut out = io::stdout().lock();
    #[cfg(target_os = "linux")]
    {
        let as_of = super::scan::today();
        let cells = Cells::start(settings(as_of)?, own_pipeline(as_of)?.identity())?;
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
            writeln!(out, "{}: {}", lang.pick(en, zh), if holds { yes } else { no })?;
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
