//! `vetmark report`: papers from what `scan --format ndjson` wrote.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::Status;
use super::dictionary::Source;
use super::explain::law;
use super::locale::LangArg;
use super::output::Output;
use super::settings::SettingArgs;
use crate::dictionary::Rule;
use crate::report::examined::Examined;
use crate::report::{Lang, Shown, csv, form, ndjson, sarif};

/// Make papers of examinations: a table, SARIF, JSON, review forms
///
/// Reads what `scan --format ndjson` wrote and examines nothing again; text of documents is
/// in the papers only where it is in that file. No paper approves anything. Exit status: 0 if
/// it was written, 2 if it could not be.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The examinations, as `scan --format ndjson` writes them; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which paper
    #[arg(long = "as", value_enum, value_name = "PAPER")]
    paper: Paper,
    /// Where it goes, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Begin a table with a byte order mark, by which some spreadsheets know UTF-8
    #[arg(long)]
    bom: bool,
    #[command(flatten)]
    source: Source,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// What can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Paper {
    /// SARIF 2.1.0, findings and gaps as results
    Sarif,
    /// A table, one row a finding or gap
    Csv,
    /// All examinations in one JSON array
    Json,
    /// Disclosure review forms (信息公开保密审查表) as HTML to be printed, one a matter
    Form,
}

/// Longest line that is taken: an examination of many thousands of findings.
const LINE: u64 = 256 << 20;

/// Makes the paper.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.source, &args.lang])?;
    let lang = settings.lang();
    if args.bom && args.paper != Paper::Csv {
        bail!("--bom is for tables: --as csv");
    }
    let mut out = Output::open(args.out.as_deref())?;
    // Not a byte of it before all of the file was read.
    let mut paper = Vec::new();
    match args.paper {
        Paper::Csv => {
            if args.bom {
                paper.extend(csv::BYTE_ORDER_MARK.bytes());
            }
            csv::head(&mut paper)?;
            each(&args.file, |one, _| Ok(csv::matter(lang, &one, &mut paper)?))?;
        }
        Paper::Json => {
            let mut array = ndjson::Array::begin(&mut paper)?;
            each(&args.file, |_, line| Ok(array.add(line)?))?;
            array.end()?;
        }
        Paper::Form => {
            form::head(lang, &mut paper)?;
            each(&args.file, |one, _| Ok(form::sheet(lang, &one, &mut paper)?))?;
            form::end(&mut paper)?;
        }
        Paper::Sarif => {
            let matters = all(&args.file)?;
            let dictionary = Source::of(&settings).load()?;
            let about = |id: &str| dictionary.rule(id).map(|rule| about(rule, lang));
            sarif::render(lang, &matters, &about, &mut paper)?;
        }
    }
    out.write_all(&paper)?;
    out.finish()?;
    Ok(Status::NothingFound)
}

fn about(rule: &Rule, lang: Lang) -> sarif::About {
    sarif::About {
        title: rule.title.clone(),
        meaning: rule.meaning.clone(),
        action: rule.action.clone(),
        severity: rule.severity,
        basis: rule.basis.iter().map(|basis| law(basis, lang)).collect(),
    }
}

/// All examinations of a file.
fn all(file: &Path) -> anyhow::Result<Vec<Examined>> {
    let mut matters = Vec::new();
    each(file, |one, _| {
        matters.push(one);
        Ok(())
    })?;
    Ok(matters)
}

/// Goes through a file's examinations, each with the line it stands on. The first line
/// that is none ends it: a paper with a matter left out would pass for a whole one.
fn each(
    file: &Path,
    mut with: impl FnMut(Examined, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let name = Shown(&name);
    let what = || format!("cannot read {name}");
    let mut lines: Box<dyn BufRead> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(file).with_context(what)?)),
    };
    for number in 1_u64.. {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LINE + 1).read_until(b'\n', &mut line).with_context(what)?;
        if read == 0 {
            break;
        }
        if line.len() as u64 > LINE {
            bail!("{name}, line {number}: longer than {LINE} bytes");
        }
        let no_examination = || format!("{name}, line {number}: no examination");
        let line = std::str::from_utf8(&line).with_context(no_examination)?.trim();
        if !line.is_empty() {
            with(Examined::read(line).with_context(no_examination)?, line)?;
        }
    }
    Ok(())
}
