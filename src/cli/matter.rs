//! `vetmark matter`: the procedure of a matter, from proposal to decision.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;

use super::store_file::{InWords, StoreArgs, now};
use super::{Status, matter_due, matter_sample, matter_show, remark};
use crate::intake::is_unchanged;
use crate::model::{
    Attested, Calendar, Carrier, Conclusion, Date, Disposition, Proposal, Review, Ruled, Ruling,
    Step, Upward,
};
use crate::record::{Act, Done, Error, On, Store, upward};
use crate::report::{Lang, Shown};

/// Take matters through their procedure: proposal, review, decision
///
/// Each command makes one record for each matter it names. Nobody reviews or approves what they
/// submitted or reviewed; no step is skipped; what is said of a matter that changed since the
/// person looked at it (`matter show --by`) is refused.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(matter_show::List),
    Show(matter_show::Show),
    Submit(Submit),
    Review(Say),
    Decide(Decide),
    /// Take proposals back: whoever made them, for a reason; others may be made
    Withdraw(End),
    /// Give proposals back: whoever's turn it is to review or decide, for a reason; others may
    /// be made
    Return(End),
    Due(matter_due::List),
    Leak(matter_due::Leak),
    Reported(matter_due::Reported),
    Sample(matter_sample::Draw),
    Sampled(matter_sample::Outcome),
}

/// Which matters, by whom.
#[derive(Debug, clap::Args)]
struct Which {
    /// Numbers of matters
    #[arg(required = true, value_name = "MATTER")]
    matters: Vec<i64>,
    /// Who does this
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The channel they are to be disclosed by: a website, a newspaper, a meeting
    #[arg(long)]
    channel: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Propose to disclose matters: the handling officer's step
#[derive(Debug, clap::Args)]
struct Submit {
    #[command(flatten)]
    which: Which,
    /// What it is called
    #[arg(long)]
    title: String,
    /// document, manuscript, exhibition, interview, recording or other
    #[arg(long, default_value = "document")]
    carrier: Carrier,
    /// The day it is to be disclosed, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    on: Date,
    /// It is to be released at a meeting, whose organiser may have to be asked
    #[arg(long)]
    meeting: bool,
    /// By what it is held to be fit for disclosure
    #[arg(long)]
    basis: String,
    /// The officer's own opinion
    #[arg(long)]
    opinion: String,
}

/// Review matters, or give another opinion on the way
///
/// In a review every finding that is no note is upheld, overturned or left, with a reason, and
/// every part that could not be read is attested.
#[derive(Debug, clap::Args)]
struct Say {
    #[command(flatten)]
    which: Which,
    /// department, organiser, review, second-review or consult
    #[arg(long, default_value = "review")]
    step: Step,
    /// The opinion
    #[arg(long)]
    opinion: String,
    /// A finding that is what it seems, or some: f1,f4 or f2-f9 (may be given more than once)
    #[arg(long, value_name = "FINDING=REASON", value_parser = pair)]
    uphold: Vec<(String, String)>,
    /// A finding that is not
    #[arg(long, value_name = "FINDING=REASON", value_parser = pair)]
    overturn: Vec<(String, String)>,
    /// A finding that is left to whoever decides
    #[arg(long, value_name = "FINDING=REASON", value_parser = pair)]
    leave: Vec<(String, String)>,
    /// A part that was not read by the machine and was by the reviewer, by its number
    #[arg(long, value_name = "PART=WORDS", value_parser = pair)]
    attest: Vec<(String, String)>,
}

#[derive(Debug, clap::Args)]
struct End {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Decide about matters: the person in charge
#[derive(Debug, clap::Args)]
struct Decide {
    #[command(flatten)]
    which: Which,
    /// disclose, part, withhold, declassify or report
    #[arg(long)]
    conclusion: Conclusion,
    /// Why
    #[arg(long)]
    reason: String,
    /// To whom it is reported (with --conclusion report)
    #[arg(long, value_name = "NAME")]
    addressee: Option<String>,
    /// Calendar of holidays, by which working days are counted: a day a line, `off` or `worked`
    /// behind it [default: the store's, see `store holidays`]
    #[arg(long, value_name = "FILE")]
    holidays: Option<PathBuf>,
}

/// The findings of a list: `f1`, `f1,f4`, `f2-f9`.
fn findings(list: &str) -> impl Iterator<Item = String> {
    list.split(',').flat_map(|piece| {
        let number = |id: &str| id.strip_prefix('f')?.parse().ok();
        let range = piece.split_once('-').and_then(|(a, b)| Some((number(a)?, number(b)?)));
        match range {
            Some((from, to)) if from <= to && to - from < MOST => {
                (from..=to).map(|at: u32| format!("f{at}")).collect()
            }
            _ => vec![piece.to_owned()],
        }
    })
}

/// Findings of one list: more than any matter has.
const MOST: u32 = 100_000;

/// What stands before and behind an equals sign.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, words)) if !name.is_empty() && !words.trim().is_empty() => {
            Ok((name.to_owned(), words.to_owned()))
        }
        _ => Err("NAME=WORDS is wanted".into()),
    }
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::List(args) => matter_show::list(args),
        Command::Show(args) => matter_show::show(args),
        Command::Submit(args) => submit(args),
        Command::Review(args) => review(args),
        Command::Decide(args) => decide(args),
        Command::Withdraw(End { which, reason }) => {
            which.each(|store, act, on| store.withdraw(act, on, &which.channel, reason))
        }
        Command::Return(End { which, reason }) => {
            which.each(|store, act, on| store.send_back(act, on, &which.channel, reason))
        }
        Command::Due(args) => matter_due::list(args),
        Command::Leak(args) => matter_due::leak(args),
        Command::Sample(args) => matter_sample::draw(args),
        Command::Sampled(args) => matter_sample::outcome(args),
        Command::Reported(args) => matter_due::reported(args),
    }
}

fn submit(args: &Submit) -> anyhow::Result<Status> {
    let Submit { which, title, carrier, on, meeting, basis, opinion } = args;
    let says = Proposal {
        title: title.clone(),
        carrier: *carrier,
        channel: which.channel.clone(),
        on: *on,
        meeting: *meeting,
        basis: basis.clone(),
        opinion: opinion.clone(),
    };
    which.each(|store, act, on| store.submit(act, on, &says))
}

fn review(args: &Say) -> anyhow::Result<Status> {
    let rulings = [
        (&args.uphold, Ruling::Upheld),
        (&args.overturn, Ruling::Overturned),
        (&args.leave, Ruling::Left),
    ];
    let rulings = rulings.into_iter().flat_map(|(all, ruling)| {
        all.iter().flat_map(move |(which, reason)| {
            let reason = reason.clone();
            findings(which).map(move |finding| Ruled { finding, ruling, reason: reason.clone() })
        })
    });
    let attested = args.attest.iter().map(|(part, words)| {
        let part = part.parse().with_context(|| format!("--attest {part}: a number is wanted"))?;
        Ok(Attested { part, words: words.clone() })
    });
    let says = Review {
        opinion: args.opinion.clone(),
        rulings: rulings.collect(),
        attested: attested.collect::<anyhow::Result<_>>()?,
    };
    let (channel, step) = (&args.which.channel, args.step);
    args.which.each(|store, act, on| store.review(act, on, channel, step, &says))
}

fn decide(args: &Decide) -> anyhow::Result<Status> {
    let upward = match &args.addressee {
        Some(to) => Some(reported_by(args, to)?),
        None => None,
    };
    let (conclusion, reason) = (args.conclusion, args.reason.clone());
    let says = Disposition { conclusion, reason, upward };
    let channel = &args.which.channel;
    args.which.each(|store, act, on| store.decide(act, on, channel, &says))
}

/// The report upward of a decision, by the calendar given or the store's.
fn reported_by(args: &Decide, to: &str) -> anyhow::Result<Upward> {
    let (store, lang) = args.which.store.open()?;
    let calendar = match &args.holidays {
        Some(file) => calendar(file)?,
        None => store.calendar().in_words(lang)?,
    };
    let upward = upward(to, super::scan::today(), &calendar);
    if calendar == Calendar::default() {
        let deadline = upward.deadline;
        remark(&lang.pick(
            format!("deadline {deadline}: weekends alone are left out, no holidays were given"),
            format!("期限{deadline}：未提供节假日，仅扣除周末"),
        ));
    }
    Ok(upward)
}

/// Reads a calendar of public holidays.
pub(super) fn calendar(file: &Path) -> anyhow::Result<Calendar> {
    let what = || format!("cannot read the holidays {}", file.display());
    let text = fs::read_to_string(file).with_context(what)?;
    Calendar::parse(&text).map_err(|why| anyhow::anyhow!("{}: {why}", what()))
}

impl Which {
    /// Does something with each matter, and says what came of it: one record each.
    fn each(
        &self,
        work: impl Fn(&mut Store, Act<'_>, &On<'_>) -> Result<Done, Error>,
    ) -> anyhow::Result<Status> {
        let (mut store, lang) = self.store.open()?;
        let bulk = u32::try_from(self.matters.len()).unwrap_or(u32::MAX);
        let (mut refused, mut unopened) = (Vec::new(), Vec::new());
        let mut out = std::io::stdout().lock();
        for &matter in &self.matters {
            match self.one(&mut store, matter, bulk, lang, &work) {
                Ok(done) => {
                    let next = done.next.words();
                    let next = lang.of(&next);
                    writeln!(
                        out,
                        "{}",
                        lang.pick(
                            format!("matter {matter}: entry {}; next: {next}", done.entry),
                            format!("事项{matter}：台账第{}条；下一步：{next}", done.entry),
                        )
                    )?;
                    if !done.opened {
                        unopened.push(matter.to_string());
                    }
                }
                Err(error) if bulk == 1 => return Err(error),
                Err(error) => refused.push(format!("{matter}: {error:#}")),
            }
        }
        if !unopened.is_empty() {
            let (by, all) = (&self.by, unopened.join(" "));
            remark(
                &lang.pick(format!("never opened by {by}: {all}"), format!("{by}从未打开：{all}")),
            );
        }
        for refused in &refused {
            super::complain(refused);
        }
        Ok(if refused.is_empty() { Status::NothingFound } else { Status::PersonNeeded })
    }

    fn one(
        &self,
        store: &mut Store,
        matter: i64,
        bulk: u32,
        lang: Lang,
        work: &impl Fn(&mut Store, Act<'_>, &On<'_>) -> Result<Done, Error>,
    ) -> anyhow::Result<Done> {
        let seen = match store.looked_at(matter, &self.by).in_words(lang)? {
            Some(seen) => seen,
            None => store.seen(matter).in_words(lang)?,
        };
        unchanged(store, matter, &seen.sha256, lang)?;
        let act = Act { actor: &self.by, at: now() };
        work(store, act, &On { matter, seen: &seen, bulk }).in_words(lang)
    }
}

/// What is decided about is what lies where it was examined: a file that is another now
/// is scanned first. Where there is no file, the record is all there is.
fn unchanged(store: &Store, matter: i64, sha256: &str, lang: Lang) -> anyhow::Result<()> {
    let lines = store.docket(matter).in_words(lang)?.lines;
    let Some(source) = lines.first().map(|line| line.source.as_str()) else { return Ok(()) };
    let same = is_unchanged(Path::new(source), sha256)
        .with_context(|| format!("cannot read {}", Shown(source)))?;
    if !same {
        let source = Shown(source);
        bail!(
            "{}",
            lang.pick(
                format!("{source} was changed since it was examined: scan it again"),
                format!("{source}在审查后已被改动：请重新扫描"),
            )
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_findings() {
        for (list, want) in [
            ("f1", "f1"),
            ("f1,f4", "f1 f4"),
            ("f2-f4,f9", "f2 f3 f4 f9"),
            ("f4-f2", "f4-f2"),
            ("f1-f9999999", "f1-f9999999"),
            ("x-y", "x-y"),
        ] {
            assert_eq!(findings(list).collect::<Vec<_>>().join(" "), want, "{list}");
        }
    }
}
