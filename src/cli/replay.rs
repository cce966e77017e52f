//! `vetmark replay` and `vetmark released`: what is on record beside what the same
//! originals give today.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::cell::Examiner;
use super::keep::Keeper;
use super::locale::LangArg;
use super::matter_show::verdict_word;
use super::scan::ScanFlags;
use super::settings::{Flags, Given, Key, SettingArgs, Settings};
use super::store_file::{InWords, said};
use super::{Status, remark};
use crate::intake::{self, MatterBy};
use crate::model::{Date, Examination};
use crate::record::{Docket, Store, difference};
use crate::report::{Lang, Shown};

/// Examine a matter's original again, and say whether the recorded evidence still follows
///
/// Where it does not, exactly what differs is listed, and what differs in what the two were made
/// of: bytes, rules, dictionaries, the day. Nothing is recorded. Exit status: 0 if it follows, 1
/// if it does not, 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The matter's number
    matter: i64,
    /// Day of judgement, YYYY-MM-DD [default: the recorded one]
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    as_of: Option<Date>,
    #[command(flatten)]
    flags: ScanFlags,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// List matters that were cleared and whose evidence would differ today
///
/// Originals are examined where they are, with the rules or dictionary that is named. With
/// --reopen each matter that differs is opened again, to be decided anew. Exit status: 0 if none
/// differs, 1 if one does or cannot be read, 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct ReleasedArgs {
    /// A folder with rules, or a dictionary
    #[arg(long, value_name = "RULES|DICTIONARY")]
    affected_by: PathBuf,
    /// Open again what differs
    #[arg(long)]
    reopen: bool,
    /// Day of judgement, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    as_of: Option<Date>,
    #[command(flatten)]
    flags: ScanFlags,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Rules, where a folder is named, else a dictionary.
struct Affected<'a>(&'a Path);

impl Flags for Affected<'_> {
    fn give(&self, given: &mut Given) {
        let path = self.0.to_path_buf();
        match self.0.is_dir() {
            true => given.path(Key::Rules, Some(&path)),
            false => given.paths(Key::Dictionaries, &[path]),
        }
    }
}

/// Replays.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.flags, &args.lang])?;
    let (store, lang) = open(&settings)?;
    let docket = store.docket(args.matter).in_words(lang)?;
    let recorded = docket.made_by.as_of.parse()?;
    let examiner = Examiner::start(&settings, args.as_of.unwrap_or(recorded))?;
    let now = again(&examiner, &docket)?;
    let found = difference(&docket, &now).in_words(lang)?;
    let mut out = std::io::stdout().lock();
    for effect in &found.effects {
        writeln!(out, "{}", Shown(lang.of(effect)))?;
    }
    if !found.causes.is_empty() {
        writeln!(out, "{}", lang.pick("made of what differs:", "形成依据的不同："))?;
    }
    for cause in &found.causes {
        writeln!(out, "  {}", Shown(lang.of(cause)))?;
    }
    let says = match found.effects.is_empty() {
        true => lang.pick("the recorded evidence follows", "记录的审查发现可以复现"),
        false => lang.pick("the recorded evidence does not follow", "记录的审查发现不能复现"),
    };
    writeln!(out, "{says}")?;
    Ok(if found.effects.is_empty() { Status::NothingFound } else { Status::PersonNeeded })
}

/// Looks through what was cleared.
pub(super) fn released(args: &ReleasedArgs) -> anyhow::Result<Status> {
    let affected = Affected(&args.affected_by);
    if !args.affected_by.exists() {
        bail!("cannot open {}", Shown(&args.affected_by.display().to_string()));
    }
    let settings = args.settings.settings(&[&args.flags, &args.lang, &affected])?;
    let (store, lang) = open(&settings)?;
    let mut keeper = if args.reopen { Keeper::of(&settings)? } else { None };
    let examiner = Examiner::start(&settings, args.as_of.unwrap_or_else(super::scan::today))?;
    let (mut all, mut differ, mut unread, mut last) = (0, 0, 0, None);
    let mut out = std::io::stdout().lock();
    for line in store.cleared().in_words(lang)? {
        // Once for each matter, whatever channels it was cleared for.
        if last.replace(line.matter) == Some(line.matter) {
            continue;
        }
        all += 1;
        let docket = store.docket(line.matter).in_words(lang)?;
        let (matter, source) = (line.matter, Shown(&line.source));
        let now = match again(&examiner, &docket) {
            Ok(now) => now,
            Err(error) => {
                unread += 1;
                let why = lang.message(&format!("{error:#}")).into_owned();
                writeln!(out, "{matter}  {source}  {}", Shown(&why))?;
                continue;
            }
        };
        let found = difference(&docket, &now).in_words(lang)?;
        if found.effects.is_empty() {
            continue;
        }
        differ += 1;
        let (was, is) = (&line.verdict, now.verdict.name());
        let [was, is] = [was.as_str(), is].map(|verdict| verdict_word(verdict, lang));
        writeln!(out, "{matter}  {source}  {was} → {is}")?;
        for effect in &found.effects {
            writeln!(out, "  {}", Shown(lang.of(effect)))?;
        }
        if let Some(keeper) = &mut keeper {
            keeper.keep(&now)?;
        }
    }
    writeln!(
        out,
        "{}",
        lang.pick(
            format!("{all} cleared matters, {differ} would differ, {unread} could not be read"),
            format!("已放行事项{all}个，其中{differ}个结果不同，{unread}个无法读取"),
        )
    )?;
    if let Some(keeper) = keeper {
        remark(&keeper.summary());
    }
    Ok(if differ + unread == 0 { Status::NothingFound } else { Status::PersonNeeded })
}

fn open(settings: &Settings) -> anyhow::Result<(Store, Lang)> {
    let lang = settings.lang();
    let Some(path) = settings.path(Key::Store) else {
        bail!("{}", lang.pick("which store? --store FILE", "请指明库：--store FILE"));
    };
    let store = Store::open(&path).map_err(|error| said(&error, &path, lang))?;
    settings.tell(lang);
    Ok((store, lang))
}

/// Examines the original of a matter where it is.
fn again(examiner: &Examiner, docket: &Docket) -> anyhow::Result<Examination> {
    let source = docket.lines.first().map(|line| line.source.as_str()).unwrap_or_default();
    let path = PathBuf::from(source);
    let by = if path.is_dir() { MatterBy::Folder } else { MatterBy::File };
    // What is not there would be examined as a gap, and differ for no other reason.
    if source == "-" || !path.exists() {
        bail!("{}: the original is not there any more", Shown(source));
    }
    let Some(unread) = intake::walk(vec![path], by).find(|unread| unread.source == source) else {
        bail!("{}: the original is not there any more", Shown(source));
    };
    let mut now = None;
    examiner.examine_all(1, [unread], |examination, _| {
        now = Some(examination);
        Ok(())
    })?;
    match now {
        Some(now) => Ok(now),
        None => bail!("{}: it was not examined", Shown(source)),
    }
}
