//! `vetmark dictionary check`: whether scope dictionaries are in order.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::Source;
use crate::cli::output::Output;
use crate::cli::{Status, complain, locale, say};
use crate::dictionary::{Diagnostic, Dictionary, Entry};
use crate::pipeline::{Failure, rehearse_entries};
use crate::report::Lang;

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
    let (lang, count) = (locale::spoken(), entries().count());
    let words = lang.pick(
        format!("{count} entries in order, {rehearsed} examples rehearsed"),
        format!("条目{count}个，均无误；已演练示例{rehearsed}个"),
    );
    writeln!(out, "{words}")?;
    if without > 0 {
        let words = lang.pick(
            format!("{without} entries have no examples: nothing proves them"),
            format!("{without}个条目没有示例：无从证明其效果"),
        );
        writeln!(out, "{words}")?;
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
            failures.iter().for_each(complain_of);
            failures.is_empty().then_some(dictionary)
        }
        Err(mut wrong) => {
            wrong.sort();
            wrong.iter().for_each(|diagnostic| complain(&diagnostic.to_string()));
            None
        }
    }
}

/// Says that an example did not do what its author says it does.
pub(super) fn complain_of(failure: &Failure) {
    let Failure { file, line, entry, example, problem } = failure;
    match locale::spoken() {
        Lang::En => complain(&failure.to_string()),
        Lang::Zh => say("错误：", &format!("{file}:{line}：{entry}：{}：{example:?}", problem.zh)),
    }
}
