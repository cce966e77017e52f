//! `vetmark suppress`: decisions that hits are not what they seem.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Subcommand;

use super::key_file::Keys;
use super::locale::LangArg;
use super::output::Output;
use super::settings::{self, Flags, Given, SettingArgs, Settings};
use super::{Status, suppress_add, suppress_check};
use crate::model::Date;
use crate::report::{Lang, Shown};
use crate::suppress::{Decision, Store, Suppressions};

/// Decide that a finding is not what it seems, list such decisions, check them
///
/// A suppressed finding stays in every report and does not count towards the verdict. A decision
/// holds for one rule, one hit and the text around it, until a day; marks of a classification
/// and parts that could not be read are never suppressed. No text of a document is kept.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(suppress_add::Args),
    /// List the decisions of a file, those that expired among them
    List(List),
    Check(suppress_check::Args),
}

#[derive(Debug, clap::Args)]
struct List {
    /// The file of decisions
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    #[command(flatten)]
    keys: Keys,
    /// The day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    today: Option<Date>,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Add(args) => suppress_add::run(args),
        Command::List(args) => list(args),
        Command::Check(args) => suppress_check::run(args),
    }
}

/// `--suppressions` of a scan: the decisions it listens to.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Listen {
    /// Decisions by which findings do not count, as `vetmark suppress` keeps them; they need
    /// --key
    #[arg(long, value_name = "FILE")]
    suppressions: Option<PathBuf>,
}

impl Flags for Listen {
    fn give(&self, given: &mut Given) {
        given.path(settings::Key::Suppressions, self.suppressions.as_ref());
    }
}

impl Listen {
    /// The file that the settings in force name.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { suppressions: settings.path(settings::Key::Suppressions) }
    }

    /// Loads them; none where no file is named.
    pub(super) fn load(&self, keys: &Keys) -> anyhow::Result<Option<Arc<Suppressions>>> {
        let Some(file) = &self.suppressions else { return Ok(None) };
        load(file, keys).map(|loaded| Some(Arc::new(loaded)))
    }
}

/// The decisions of a file, held against the keys.
pub(super) fn load(file: &Path, keys: &Keys) -> anyhow::Result<Suppressions> {
    let (text, keys) = (read(file)?, keys.load()?);
    Suppressions::load(&text, &keys).with_context(|| in_file(file))
}

pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file)
        .with_context(|| format!("cannot read the suppressions {}", file.display()))
}

pub(super) fn in_file(file: &Path) -> String {
    format!("the suppressions {} are not in order", file.display())
}

fn list(args: &List) -> anyhow::Result<Status> {
    let store = Store::parse(&read(&args.store)?).with_context(|| in_file(&args.store))?;
    let settings = args.settings.settings(&[&args.keys, &args.lang])?;
    let keys = Keys::of(&settings).load()?;
    if !keys.is_empty() {
        store.verify(&keys).with_context(|| in_file(&args.store))?;
    }
    let (today, lang) = (args.today.unwrap_or_else(super::scan::today), settings.lang());
    let mut out = Output::open(None)?;
    for decision in &store.decisions {
        render(decision, today, lang, &mut out)?;
    }
    let expired = store.decisions.iter().filter(|decision| decision.expires < today).count();
    let all = store.decisions.len();
    writeln!(
        out,
        "{}",
        lang.pick(
            format!("{all} suppressions, {expired} expired"),
            format!("排除决定{all}项，其中{expired}项已到期"),
        )
    )?;
    if keys.is_empty() {
        super::remark(lang.pick(
            "not held against a key: whether somebody changed them is not known",
            "未用密钥核对，不能确定是否被改动",
        ));
    }
    out.finish()?;
    Ok(Status::NothingFound)
}

/// Writes a decision in two lines.
pub(super) fn render(
    decision: &Decision,
    today: Date,
    lang: Lang,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Decision { rule, entry, owner, reason, made, expires, .. } = decision;
    let entry = entry.as_deref().map_or_else(String::new, |entry| format!(" {entry}"));
    let state = match *expires < today {
        true => lang.pick(format!("EXPIRED {expires}"), format!("已到期 {expires}")),
        false => lang.pick(format!("until {expires}"), format!("有效至 {expires}")),
    };
    writeln!(out, "{}  {}{}  {state}", decision.id(), Shown(rule), Shown(&entry))?;
    writeln!(out, "    {}, {made}{}{}", Shown(owner), lang.pick(": ", "："), Shown(reason))
}
