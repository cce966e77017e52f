//! All scopes on one page, in Markdown: `docs/scopes.md` is what this writes of
//! those that ship, and a test holds it to that.

use std::io::{self, Write};

use super::Source;
use super::list::validity;
use crate::cli::Status;
use crate::cli::output::Output;
use crate::dictionary::{Dictionary, Entry, Scope};
use crate::report::Lang;

/// Print all scopes and their entries as one page of Markdown
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    source: Source,
}

const HEAD: &str = "\
# Published scopes

Written by `vetmark dictionary page` from the files in `dictionaries/scopes/`: change those. Each published scope
(保密事项范围) with its source and how certain its text is, its entries as published, and what it says besides: criteria of
harm, internal matters, what is expressly no secret. These last have no words to look for and are never matched. What is
looked for of an entry: `vetmark dictionary explain ENTRY`. An entry whose certainty is not said is as certain as its scope;
what else is empty was not published or not seen.

A hit points a person to an entry. No entry gives a text a level: a body may not reason by analogy from a scope, nor widen or
narrow it (保密事项范围制定、修订和使用办法 2017, article 4), and a program may not either.
";

/// Writes the page.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let dictionary = args.source.load()?;
    let mut out = Output::open(None)?;
    write(&dictionary, &mut out)?;
    out.finish()?;
    Ok(Status::NothingFound)
}

fn write(dictionary: &Dictionary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEAD}")?;
    if !dictionary.categories.is_empty() {
        writeln!(
            out,
            "## Kinds of matter\n\nThe law names these; which scope or entry is of which kind is our ordering, since none is\n\
             published. Entries not said otherwise are of their scope's kind.\n"
        )?;
        for category in &dictionary.categories {
            let (zh, en) = (&category.name.zh, &category.name.en);
            writeln!(
                out,
                "- {} {zh} · {en} (`{}`; {})",
                category.number, category.id, category.basis
            )?;
        }
        writeln!(out)?;
    }
    writeln!(out, "| scope | entries | besides | |\n|---|---|---|---|")?;
    for (number, scope) in dictionary.scopes.iter().enumerate() {
        let entries = entries(dictionary, number).count();
        let besides = scope.unmatched.len();
        let anchor = scope.id.replace('.', "");
        writeln!(
            out,
            "| [`{}`](#{anchor}) | {entries} | {besides} | {} |",
            scope.id, scope.name.zh
        )?;
    }
    for (number, scope) in dictionary.scopes.iter().enumerate() {
        section(dictionary, number, scope, out)?;
    }
    Ok(())
}

fn entries(dictionary: &Dictionary, scope: usize) -> impl Iterator<Item = &Entry> {
    dictionary.entries.iter().filter(move |entry| entry.scope == scope)
}

fn section(
    dictionary: &Dictionary,
    number: usize,
    scope: &Scope,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "\n## {}\n\n**{}** · {}\n", scope.id, scope.name.zh, scope.name.en)?;
    let year = scope.year.map_or_else(String::new, |year| year.to_string());
    let valid = validity(scope.valid_from, scope.valid_to, Lang::En);
    let category = scope.category.map(|at| &dictionary.categories[at]);
    let category = category.map_or_else(String::new, |c| format!("{} {}", c.number, c.name.zh));
    let status = match scope.status.zh.is_empty() {
        true => String::new(),
        false => format!("{} · {}", scope.status.zh, scope.status.en),
    };
    for (what, value) in [
        ("Issued by", scope.issued_by.join("、")),
        ("Year", year),
        ("Valid", valid),
        ("Status", status),
        ("Kind", category),
        ("Certainty", scope.certainty.clone()),
        ("Read at", links(&scope.sources)),
    ] {
        if !value.is_empty() {
            writeln!(out, "- {what}: {value}")?;
        }
    }
    if entries(dictionary, number).next().is_some() {
        writeln!(
            out,
            "\n| entry | number | matter as published | level | term | knowledge scope | certainty |\n|---|---|---|---|---|---|---|"
        )?;
    }
    for entry in entries(dictionary, number) {
        let own = match entry.category == scope.category {
            true => String::new(),
            false => entry.category.map_or_else(String::new, |at| {
                format!(" (kind: {})", dictionary.categories[at].number)
            }),
        };
        writeln!(
            out,
            "| `{}`{own} | {} | {} | {} | {} | {} | {} |",
            entry.id,
            cell(&entry.number),
            cell(&entry.matter),
            cell(&entry.level),
            cell(&entry.term),
            cell(&entry.knowledge),
            cell(&entry.certainty),
        )?;
    }
    if !scope.unmatched.is_empty() {
        writeln!(
            out,
            "\nNever matched:\n\n| number | what it is | as published | level |\n|---|---|---|---|"
        )?;
    }
    for unmatched in &scope.unmatched {
        let kind = unmatched.kind.words();
        let level = match unmatched.term.is_empty() {
            true => cell(&unmatched.level),
            false => cell(&unmatched.term),
        };
        let (number, matter) = (cell(&unmatched.number), cell(&unmatched.matter));
        writeln!(out, "| {number} | {} · {} | {matter} | {level} |", kind.zh, kind.en)?;
    }
    Ok(())
}

fn links(sources: &[String]) -> String {
    sources.iter().map(|source| format!("<{source}>")).collect::<Vec<_>>().join(" ")
}

/// Text that does not end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
