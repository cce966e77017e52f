//! `vetmark dictionary check`: whether scope dictionaries are in order.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::Source;
use crate::cli::output::Output;
use crate::cli::{Status, complain};
use crate::dictionary::{Diagnostic, Dictionary, Entry};
use crate::pipeline::{Failure, rehearse_entries};

/// Check scope dictionaries and say everything that is wrong, with file and line
///
/// Every entry is rehearsed on its own examples and counter-examples. A file that holds a scope
/// which is built in is checked in the place of that. Exit status: 0 if all is in order, 2 if not.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Scope dictionaries
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder with rules to use instead of those built in
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Checks.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let (rules, dictionary) = (args.rules.clone(), args.files.clone());
    let source = Source { rules, dictionary, ..Source::default() };
    let names: BTreeSet<_> = args.files.iter().map(|path| path.display().to_string()).collect();
    let own = |entry: &Entry| names.contains(&entry.file);
    let checked = in_order(source.check_in_place(), |dictionary| rehearse_entries(dictionary, own));
    let Some(dictionary) = checked else { return Ok(Status::NotDone) };

    let entries = || dictionary.entries.iter().filter(|entry| own(entry));
    let examples = |entry: &Entry| entry.examples.len() + entry.negative_examples.len();
    let rehearsed: usize = entries().map(examples).sum();
    let without = entries().filter(|entry| examples(entry) == 0).count();
    let mut out = Output::open(None)?;
    writeln!(out, "{} entries in order, {rehearsed} examples rehearsed", entries().count())?;
    if without > 0 {
        writeln!(out, "{without} entries have no examples: nothing proves them")?;
    }
    out.finish()?;
    Ok(Status::NothingFound)
}

/// The dictionary, if it was loaded and its examples do what they say; else all
/// that is wrong is said on standard error.
pub(in crate::cli) fn in_order(
    checked: Result<Dictionary, Vec<Diagnostic>>,
    rehearse: impl Fn(&Arc<Dictionary>) -> Vec<Failure>,
) -> Option<Arc<Dictionary>> {
    match checked {
        Ok(dictionary) => {
            let dictionary = Arc::new(dictionary);
            let failures = rehearse(&dictionary);
            failures.iter().for_each(|failure| complain(&failure.to_string()));
            failures.is_empty().then_some(dictionary)
        }
        Err(mut wrong) => {
            wrong.sort();
            wrong.iter().for_each(|diagnostic| complain(&diagnostic.to_string()));
            None
        }
    }
}
