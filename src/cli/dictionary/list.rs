//! `vetmark dictionary list`: which scopes and entries there are.

use std::io::{self, Write};

use anyhow::bail;
use clap::ValueEnum;
use serde::Serialize;

use super::Source;
use crate::cli::Status;
use crate::cli::locale::LangArg;
use crate::cli::output::Output;
use crate::cli::settings::SettingArgs;
use crate::dictionary::{Dictionary, Entry, Scope, Unmatched};
use crate::model::{Date, Words};
use crate::report::{Lang, Shown};

/// List scopes and their entries: level, number, certainty, source, validity
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only this scope, e.g. cn.education.2001 (may be given more than once)
    #[arg(long, value_name = "ID")]
    scope: Vec<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    source: Source,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: one JSON object a line, for each scope, each of its entries, and what else it says
    Json,
}

/// Lists.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.source, &args.lang])?;
    let dictionary = Source::of(&settings).load()?;
    for id in &args.scope {
        if !dictionary.scopes.iter().any(|scope| scope.id == *id) {
            bail!("no scope {id}; `vetmark dictionary list` shows all");
        }
    }
    let lang = settings.lang();
    let mut out = Output::open(None)?;
    for (number, scope) in dictionary.scopes.iter().enumerate() {
        if !args.scope.is_empty() && !args.scope.contains(&scope.id) {
            continue;
        }
        let entries = dictionary.entries.iter().filter(|entry| entry.scope == number);
        match args.format {
            Format::Text => text(&dictionary, scope, entries, lang, &mut out)?,
            Format::Json => json(&dictionary, scope, entries, &mut out)?,
        }
    }
    out.finish()?;
    Ok(Status::NothingFound)
}

fn text<'d>(
    dictionary: &Dictionary,
    scope: &Scope,
    entries: impl Iterator<Item = &'d Entry>,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}: {}", scope.id, Shown(lang.of(&scope.name)))?;
    let fact = |out: &mut dyn Write, en: &str, zh: &str, value: &str| match value {
        "" => Ok(()),
        value => {
            writeln!(out, "  {}{}", lang.pick(format!("{en}: "), format!("{zh}：")), Shown(value))
        }
    };
    fact(out, "status", "状态", lang.of(&scope.status))?;
    fact(out, "valid", "有效期", &validity(scope.valid_from, scope.valid_to, lang))?;
    fact(out, "certainty", "可靠程度", &lang.message(&scope.certainty))?;
    fact(out, "source", "来源", &scope.sources.join(" "))?;
    for entry in entries {
        let level = if entry.level.is_empty() { "-" } else { &entry.level };
        let number = if entry.number.is_empty() { "-" } else { &entry.number };
        let name = lang.of(&entry.name);
        write!(out, "  {}  {}  {}  {}", entry.id, Shown(level), Shown(number), Shown(name))?;
        let own_days = validity(entry.valid_from, entry.valid_to, lang);
        let certainty = lang.message(&entry.certainty);
        let mut aside = vec![own_days.as_str()];
        // A body's own list and the scope it stands in are as certain as each other.
        if entry.certainty != dictionary.scopes[entry.scope].certainty {
            aside.push(&certainty);
        }
        aside.retain(|words| !words.is_empty());
        if !aside.is_empty() {
            write!(out, "  [{}]", Shown(&aside.join("; ")))?;
        }
        writeln!(out)?;
    }
    // What the scope says besides is known of, and never matched.
    for Unmatched { number, kind, matter, .. } in &scope.unmatched {
        let kind = lang.of(&kind.words()).to_owned();
        writeln!(out, "  -  {}  {kind}  {}", Shown(number), Shown(matter))?;
    }
    Ok(())
}

/// `2001-01-01 to 2020-06-30`; empty where no day is known.
pub(super) fn validity(from: Option<Date>, to: Option<Date>, lang: Lang) -> String {
    match (from, to) {
        (Some(from), Some(to)) => lang.pick(format!("{from} to {to}"), format!("{from} 至 {to}")),
        (Some(from), None) => lang.pick(format!("from {from}"), format!("自 {from}")),
        (None, Some(to)) => lang.pick(format!("to {to}"), format!("至 {to}")),
        (None, None) => String::new(),
    }
}

#[derive(Serialize)]
struct ScopeLine<'d> {
    kind: &'static str,
    id: &'d str,
    name: &'d Words,
    category: Option<&'d str>,
    issued_by: &'d [String],
    year: Option<i16>,
    status: &'d Words,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    sources: &'d [String],
    certainty: &'d str,
    file: &'d str,
}

#[derive(Serialize)]
struct EntryLine<'d> {
    kind: &'static str,
    id: &'d str,
    scope: &'d str,
    number: &'d str,
    name: &'d Words,
    category: Option<&'d str>,
    matter: &'d str,
    level: &'d str,
    term: &'d str,
    knowledge: &'d str,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    sources: &'d [String],
    certainty: &'d str,
    terms: &'d [String],
    file: &'d str,
    line: usize,
}

/// What a scope says that is no entry.
#[derive(Serialize)]
struct UnmatchedLine<'d> {
    kind: &'static str,
    scope: &'d str,
    number: &'d str,
    is: &'d Words,
    matter: &'d str,
    level: &'d str,
    term: &'d str,
    sources: &'d [String],
    certainty: &'d str,
}

fn json<'d>(
    dictionary: &Dictionary,
    scope: &Scope,
    entries: impl Iterator<Item = &'d Entry>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let category =
        |at: Option<usize>| at.and_then(|at| dictionary.categories.get(at)).map(|c| c.id.as_str());
    let line = ScopeLine {
        kind: "scope",
        id: &scope.id,
        name: &scope.name,
        category: category(scope.category),
        issued_by: &scope.issued_by,
        year: scope.year,
        status: &scope.status,
        valid_from: scope.valid_from,
        valid_to: scope.valid_to,
        sources: &scope.sources,
        certainty: &scope.certainty,
        file: &scope.file,
    };
    writeln!(out, "{}", serde_json::to_string(&line)?)?;
    for entry in entries {
        // What an entry does not say of itself is what its scope says.
        let sources = if entry.sources.is_empty() { &scope.sources } else { &entry.sources };
        let certainty =
            if entry.certainty.is_empty() { &scope.certainty } else { &entry.certainty };
        let line = EntryLine {
            kind: "entry",
            id: &entry.id,
            scope: &scope.id,
            number: &entry.number,
            name: &entry.name,
            category: category(entry.category),
            matter: &entry.matter,
            level: &entry.level,
            term: &entry.term,
            knowledge: &entry.knowledge,
            valid_from: entry.valid_from.or(scope.valid_from),
            valid_to: entry.valid_to.or(scope.valid_to),
            sources,
            certainty,
            terms: &entry.terms,
            file: &entry.file,
            line: entry.line,
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    for unmatched in &scope.unmatched {
        let line = UnmatchedLine {
            kind: "unmatched",
            scope: &scope.id,
            number: &unmatched.number,
            is: &unmatched.kind.words(),
            matter: &unmatched.matter,
            level: &unmatched.level,
            term: &unmatched.term,
            sources: match unmatched.sources.is_empty() {
                true => &scope.sources,
                false => &unmatched.sources,
            },
            certainty: match unmatched.certainty.is_empty() {
                true => &scope.certainty,
                false => &unmatched.certainty,
            },
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
