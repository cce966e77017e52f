//! `vetmark report`: papers from what `scan --format ndjson` wrote, or from the store.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use super::Status;
use super::dictionary::Source;
use super::explain::law;
use super::locale::LangArg;
use super::output::Output;
use super::report_from::{From, Which};
use super::settings::SettingArgs;
use super::store_file::StoreFile;
use crate::dictionary::Rule;
use crate::model::hex;
use crate::report::worklist::{self, Worklist};
use crate::report::{Lang, csv, findings, form, ndjson, register, sarif, xlsx};

/// Make papers of examinations: tables, SARIF, JSON, review forms, declassification worklists
///
/// Of what `scan --format ndjson` wrote, or of matters in the store with what people said of
/// them. Nothing is examined again, and text of documents is in the papers only where it was
/// kept. No paper approves anything. What is taken out of a store is entered in its ledger: by
/// whom, of which matters, and the SHA-256 of the paper. Exit status: 0 if it was written, 2 if
/// it could not be.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The examinations, as `scan --format ndjson` writes them; - is standard input
    /// [default: the store]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Which paper
    #[arg(long = "as", value_enum, value_name = "PAPER")]
    paper: Paper,
    /// Where it goes, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    store: StoreFile,
    #[command(flatten)]
    which: Which,
    /// How many days ahead a worklist looks for terms that end
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(i32).range(0..=36_500))]
    within: i32,
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
    /// The register of review forms, a table of one row a matter and channel
    Register,
    /// A declassification worklist (解密审核工作清单) as HTML to be printed, by original
    /// classifying body and year
    Worklist,
    /// The same as a table
    WorklistCsv,
    /// Findings, register and worklist as three sheets of one workbook
    Xlsx,
}

impl Paper {
    fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Register | Self::WorklistCsv)
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Makes the paper.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.source, &args.lang, &args.store])?;
    let lang = settings.lang();
    if args.bom && !args.paper.is_table() {
        bail!("--bom is for tables: --as csv, register or worklist-csv");
    }
    let mut from = From::of(args.file.as_deref(), &args.which, &settings)?;
    let mut out = Output::open(args.out.as_deref())?;
    // Not a byte of it before all was read, and before it is entered that it was made.
    let mut paper = Vec::new();
    if args.bom {
        paper.extend(csv::BYTE_ORDER_MARK.bytes());
    }
    match args.paper {
        Paper::Sarif => {
            let matters: Vec<_> = from.all()?.into_iter().map(|filed| filed.examined).collect();
            let dictionary = Source::of(&settings).load()?;
            let about = |id: &str| dictionary.rule(id).map(|rule| about(rule, lang));
            sarif::render(lang, &matters, &about, &mut paper)?;
        }
        _ => make(args, &from, lang, &mut paper)?,
    }
    let digest = hex(&Sha256::digest(&paper));
    from.taken(&args.paper.name(), &digest, paper.len())?;
    out.write_all(&paper)?;
    out.finish()?;
    Ok(Status::NothingFound)
}

/// Makes a paper that needs no dictionary.
fn make(args: &Args, from: &From, lang: Lang, paper: &mut Vec<u8>) -> anyhow::Result<()> {
    match args.paper {
        Paper::Sarif => {}
        Paper::Json => {
            let mut array = ndjson::Array::begin(&mut *paper)?;
            from.each(|_, line| Ok(array.add(line)?))?;
            array.end()?;
        }
        Paper::Form => {
            form::head(lang, paper)?;
            from.each(|filed, _| Ok(form::sheets(lang, &filed, paper)?))?;
            form::end(paper)?;
        }
        Paper::Csv => {
            let matters = from.all()?;
            csv::table(&findings::table(lang, matters.iter().map(|one| &one.examined)), paper)?;
        }
        Paper::Register => csv::table(&register::table(lang, &from.all()?), paper)?,
        Paper::Worklist => {
            let matters = from.all()?;
            worklist::render(lang, &Worklist::of(&matters, args.within), paper)?;
        }
        Paper::WorklistCsv => {
            let matters = from.all()?;
            csv::table(&Worklist::of(&matters, args.within).table(lang), paper)?;
        }
        Paper::Xlsx => {
            let matters = from.all()?;
            let tables = [
                findings::table(lang, matters.iter().map(|one| &one.examined)),
                register::table(lang, &matters),
                Worklist::of(&matters, args.within).table(lang),
            ];
            paper.extend(xlsx::book(lang, &tables)?);
        }
    }
    Ok(())
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
