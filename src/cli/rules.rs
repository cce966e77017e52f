//! `vetmark rules`: what is looked for, and whether the dictionaries are in order.

use std::io::Write;

use clap::Subcommand;

use super::dictionary::{Source, in_order};
use super::locale::LangArg;
use super::output::Output;
use super::settings::SettingArgs;
use super::{Status, locale, rules_page};
use crate::pipeline::rehearse;
use crate::report::{Lang, Shown, phrases};

/// Check or list the rules and dictionaries
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check rules and dictionaries and say everything that is wrong, with file and line
    ///
    /// Exit status: 0 if they are in order, 2 if not.
    Check {
        #[command(flatten)]
        source: Source,
    },
    /// Print all rules as one page of Markdown, in English and Chinese
    Page {
        #[command(flatten)]
        source: Source,
    },
    /// List all rules with their weight and title
    List {
        #[command(flatten)]
        source: Source,
        /// Language of titles [default: the locale's]
        #[arg(long, value_enum)]
        lang: Option<LangArg>,
        #[command(flatten)]
        settings: SettingArgs,
    },
}

/// Checks or lists.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Check { source } => check(source),
        Command::Page { source } => {
            let dictionary = source.load()?;
            let mut out = Output::open(None)?;
            rules_page::write(&dictionary, &mut out)?;
            out.finish()?;
            Ok(Status::NothingFound)
        }
        Command::List { source, lang, settings } => {
            let settings = settings.settings(&[source, lang])?;
            list(&Source::of(&settings), settings.lang())
        }
    }
}

fn check(source: &Source) -> anyhow::Result<Status> {
    let Some(dictionary) = in_order(source.check(), rehearse) else { return Ok(Status::NotDone) };
    let mut out = Output::open(None)?;
    let count = dictionary.rules.len();
    let words = format!("{count} rules in order");
    writeln!(out, "{}", locale::spoken().pick(words, format!("规则{count}条，均无误")))?;
    writeln!(out, "rules {}", dictionary.rules_digest)?;
    writeln!(out, "dictionaries {}", dictionary.scopes_digest)?;
    out.finish()?;
    Ok(Status::NothingFound)
}

fn list(source: &Source, lang: Lang) -> anyhow::Result<Status> {
    let dictionary = source.load()?;
    let mut out = Output::open(None)?;
    let longest = dictionary.rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in &dictionary.rules {
        let severity = phrases::severity(rule.severity).of(lang);
        writeln!(out, "{:longest$}  {severity:6}  {}", rule.id, Shown(lang.of(&rule.title)))?;
    }
    out.finish()?;
    Ok(Status::NothingFound)
}
