//! `vetmark dictionary diff`: what would change over a corpus.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::ValueEnum;
use serde::Serialize;

use super::{sound, try_entry, unreadable};
use crate::cli::locale::{self, LangArg};
use crate::cli::output::Output;
use crate::cli::{Status, remark};
use crate::dictionary::{Dictionary, Kind, load};
use crate::extract::Limits;
use crate::intake::{self, MatterBy};
use crate::model::Place;
use crate::pipeline::{Change, Fate, PartDifference, compare};
use crate::report::{Lang, Shown};

/// Say what would change over a corpus if one scope dictionary took another's place
///
/// First how many hits of each entry there are with either, then each that comes, goes or changes,
/// with its place. Exit status: 0 if nothing would change, 1 if something would or something could
/// not be read, 2 if it could not be done.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The dictionary as it is: a file, or a folder of such
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The dictionary as it would be
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Documents to look through (may be given more than once)
    #[arg(long, required = true, value_name = "DIR")]
    corpus: Vec<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: one JSON object a line, for each entry and then for each change
    Json,
}

/// Compares.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    for path in args.corpus.iter().chain([&args.old, &args.new]) {
        if !path.exists() {
            bail!("cannot open {}: there is no such file", path.display());
        }
    }
    let lang = locale::choose(args.lang);
    let (old, new) = (dictionary(&args.old)?, dictionary(&args.new)?);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut changed: Vec<(String, Change)> = Vec::new();
    let (mut parts, mut unread) = (0, 0);
    for matter in intake::walk(args.corpus.clone(), MatterBy::File) {
        for part in compare(&old, &new, &Limits::default(), matter.read(intake::READ_LIMIT)) {
            parts += 1;
            unread += usize::from(!part.gaps.is_empty());
            let PartDifference { path, counts: found, changes, .. } = part;
            for (entry, (old, new)) in found {
                let count = counts.entry(entry).or_default();
                count.old += old;
                count.new += new;
            }
            let path = path.join(" > ");
            for change in changes {
                let count = counts.entry(change.entry.clone()).or_default();
                *count.of(change.fate) += 1;
                changed.push((path.clone(), change));
            }
        }
    }
    let mut out = Output::open(None)?;
    match args.format {
        Format::Text => text(&counts, &changed, lang, &mut out)?,
        Format::Json => json(&counts, &changed, &mut out)?,
    }
    out.finish()?;
    remark(&lang.pick(
        format!("{parts} parts looked through, {unread} of them not fully read"),
        format!("共查看{parts}个部分，其中{unread}个未能完整读取"),
    ));
    Ok(match changed.is_empty() && unread == 0 {
        true => Status::NothingFound,
        false => Status::PersonNeeded,
    })
}

/// The entries of a file or folder alone, with the lists that are built in.
fn dictionary(path: &Path) -> anyhow::Result<Dictionary> {
    let mut files = vec![path.to_path_buf()];
    if path.is_dir() {
        files = std::fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
    }
    let mut sources = load::shipped();
    sources.retain(|source| source.kind != Kind::Scope || !load::holds_scope(source));
    for file in files {
        match load::read_file(&file) {
            Ok(source) => load::put_in_place(&mut sources, source),
            Err(error) => return sound(Err(vec![unreadable(&file, error)])),
        }
    }
    sound(load(&sources))
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Count {
    old: usize,
    new: usize,
    came: usize,
    gone: usize,
    changed: usize,
}

impl Count {
    fn of(&mut self, fate: Fate) -> &mut usize {
        match fate {
            Fate::Came => &mut self.came,
            Fate::Gone => &mut self.gone,
            Fate::Changed => &mut self.changed,
        }
    }
}

fn text(
    counts: &BTreeMap<String, Count>,
    changed: &[(String, Change)],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let moved = counts.iter().filter(|(_, count)| count.came + count.gone + count.changed > 0);
    for (entry, Count { old, new, came, gone, changed }) in moved {
        writeln!(out, "{entry}: {old} → {new} (+{came} -{gone} ~{changed})")?;
    }
    let still = counts.values().filter(|count| count.came + count.gone + count.changed == 0);
    let (entries, hits) = still.fold((0, 0), |(n, hits), count| (n + 1, hits + count.new));
    let words = lang.pick(
        format!("{entries} entries with {hits} hits stay as they are"),
        format!("{entries}个条目的{hits}处命中不变"),
    );
    writeln!(out, "{words}")?;
    for (path, change) in changed {
        let sign = match change.fate {
            Fate::Came => '+',
            Fate::Gone => '-',
            Fate::Changed => '~',
        };
        let place = try_entry::place(&change.place, lang);
        let term = change.evidence.first().map_or("", |words| lang.of(words));
        writeln!(
            out,
            "{sign} {} {} ({}): {}",
            change.entry,
            Shown(path),
            Shown(&place),
            Shown(term)
        )?;
    }
    Ok(())
}

fn json(
    counts: &BTreeMap<String, Count>,
    changed: &[(String, Change)],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct EntryLine<'a> {
        entry: &'a str,
        #[serde(flatten)]
        count: Count,
    }
    #[derive(Serialize)]
    struct ChangeLine<'a> {
        change: &'static str,
        entry: &'a str,
        path: &'a str,
        place: &'a Place,
        evidence: Vec<&'a str>,
    }
    for (entry, count) in counts {
        writeln!(out, "{}", serde_json::to_string(&EntryLine { entry, count: *count })?)?;
    }
    for (path, change) in changed {
        let line = ChangeLine {
            change: match change.fate {
                Fate::Came => "came",
                Fate::Gone => "gone",
                Fate::Changed => "changed",
            },
            entry: &change.entry,
            path,
            place: &change.place,
            evidence: change.evidence.iter().map(|words| words.en.as_str()).collect(),
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
