//! The command line: one file a subcommand, its arguments beside its `run`.
//!
//! Every command ends in a [`Status`]; an error of any kind is status 2.

mod cell;
mod completions;
mod config;
mod dictionary;
mod explain;
mod explain_finding;
#[cfg(target_os = "linux")]
mod gateway;
mod help;
mod interrupt;
mod keep;
mod key_file;
mod ledger;
mod locale;
mod man;
mod matter;
mod matter_due;
mod matter_sample;
mod matter_show;
mod new_key;
mod output;
mod passwords;
mod person;
mod progress;
mod render;
mod replay;
mod report;
mod report_from;
mod rules;
mod rules_page;
mod scan;
mod serve;
mod serve_api;
mod settings;
mod store;
mod store_file;
mod store_token;
mod suppress;
mod suppress_add;
mod suppress_check;
mod text;
mod usage;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;
use std::thread;

use clap::{Parser, Subcommand};

use crate::report::{Lang, Shown};

/// Finds classification marks in documents before they are disclosed, and says
/// what could not be read.
#[derive(Debug, Parser)]
#[command(
    name = "vetmark",
    disable_version_flag = true,
    args_override_self = true,
    max_term_width = 100
)]
struct Cli {
    /// Print version and digests of rules and dictionaries
    #[arg(short = 'V', long)]
    version: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::Args),
    Text(text::Args),
    Render(render::Args),
    Report(report::Args),
    Rules(rules::Args),
    Dictionary(dictionary::Args),
    Explain(explain::Args),
    Suppress(suppress::Args),
    Person(person::Args),
    Matter(matter::Args),
    Replay(replay::Args),
    Released(replay::ReleasedArgs),
    #[cfg(target_os = "linux")]
    Gateway(Box<gateway::Args>),
    Ledger(ledger::Args),
    Store(store::Args),
    Serve(serve::Args),
    Completions(completions::Args),
    Man(man::Args),
    Doctor(cell::DoctorArgs),
    Config(config::Args),
    Cell(cell::Args),
}

/// How a command ended, as its exit status says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// 0: done, and nothing needs a person beyond the approval that everything needs.
    NothingFound,
    /// 1: done, and a person is needed.
    PersonNeeded,
    /// 2: could not be done.
    NotDone,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::NothingFound => 0,
            Status::PersonNeeded => 1,
            Status::NotDone => 2,
        })
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    say_where_and_no_more();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = locale::spoken();
    let cli = match parse(lang, arguments) {
        Ok(cli) => cli,
        Err(status) => return status.into(),
    };
    let ended = match cli.command {
        // On this thread alone: what it gives up, it gives up for the whole process.
        Some(Command::Cell(args)) => cell::run(args),
        _ => on_a_large_stack(|| dispatch(cli)),
    };
    match ended {
        Ok(status) => status.into(),
        Err(error) if is_broken_pipe(&error) => Status::NotDone.into(),
        Err(error) => {
            fail(lang, &error);
            Status::NotDone.into()
        }
    }
}

fn parse(lang: Lang, arguments: Vec<OsString>) -> Result<Cli, Status> {
    Cli::try_parse_from(&arguments).map_err(|error| {
        let message = usage::words(lang, &error, &arguments);
        // An argument may be a file name from a stranger: `vetmark scan *`.
        let lines: Vec<_> = message.lines().map(|line| Shown(line).to_string()).collect();
        let message = lines.join("\n") + "\n";
        if error.use_stderr() {
            let _ = io::stderr().write_all(message.as_bytes());
            Status::NotDone
        } else {
            let _ = io::stdout().write_all(message.as_bytes());
            Status::NothingFound
        }
    })
}

fn dispatch(cli: Cli) -> anyhow::Result<Status> {
    if cli.version {
        return version();
    }
    match cli.command {
        Some(Command::Scan(args)) => scan::run(args),
        Some(Command::Text(args)) => text::run(&args),
        Some(Command::Render(args)) => render::run(&args),
        Some(Command::Report(args)) => report::run(&args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Dictionary(args)) => dictionary::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Suppress(args)) => suppress::run(&args),
        Some(Command::Person(args)) => person::run(&args),
        Some(Command::Matter(args)) => matter::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Released(args)) => replay::released(&args),
        #[cfg(target_os = "linux")]
        Some(Command::Gateway(args)) => gateway::run(&args),
        Some(Command::Ledger(args)) => ledger::run(&args),
        Some(Command::Store(args)) => store::run(&args),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
        Some(Command::Doctor(args)) => cell::doctor(&args),
        Some(Command::Config(args)) => config::run(&args),
        Some(Command::Cell(args)) => cell::run(args),
        None => {
            io::stderr().write_all(help::short(locale::spoken()).as_bytes())?;
            Ok(Status::NotDone)
        }
    }
}

fn version() -> anyhow::Result<Status> {
    let dictionary = dictionary::Source::default().load()?;
    let mut out = io::stdout().lock();
    writeln!(out, "vetmark {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "rules {}", dictionary.rules_digest)?;
    writeln!(out, "dictionaries {}", dictionary.scopes_digest)?;
    Ok(Status::NothingFound)
}

/// Says on standard error why a command could not be done.
fn fail(lang: Lang, error: &anyhow::Error) {
    let causes: Vec<_> =
        error.chain().map(|cause| lang.message(&cause.to_string()).into_owned()).collect();
    say(lang.pick("error: ", "错误："), &causes.join(lang.pick(": ", "：")));
}

/// Says an error that was made in English on standard error, of which there may be more.
fn complain(english: &str) {
    let lang = locale::spoken();
    say(lang.pick("error: ", "错误："), &lang.message(english));
}

/// Says something on standard error, fit for a terminal whatever is in it.
fn say(head: &str, message: &str) {
    for (at, line) in message.lines().enumerate() {
        let head = if at == 0 { head } else { "" };
        let _ = writeln!(io::stderr(), "{head}{}", Shown(line));
    }
}

/// Says something that was made in English, and is no error, on standard error.
fn note(english: &str) {
    remark(&locale::spoken().message(english));
}

/// Says something on standard error that is no error.
fn remark(message: &str) {
    let _ = writeln!(io::stderr(), "{}", Shown(message));
}

/// Readers limit their depth by what the stack of a worker holds, and the main
/// thread's is smaller.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> anyhow::Result<T> + Send) -> anyhow::Result<T> {
    const STACK: usize = 64 << 20;
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("main".into())
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|_| anyhow::bail!("this is a mistake in vetmark"))
    })
}

/// A panic's message may hold text of a document, so only its place is said. A
/// worker's is caught and reported as a gap, and not said here at all.
fn say_where_and_no_more() {
    panic::set_hook(Box::new(|panic| {
        if thread::current().name() != Some("main") {
            return;
        }
        if let Some(place) = panic.location() {
            let _ = writeln!(io::stderr(), "panic at {}:{}", place.file(), place.line());
        }
    }));
}

/// Whether whoever read our output has gone away: no reason for a complaint.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
