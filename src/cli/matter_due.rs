//! `vetmark matter due`, `leak` and `reported`: what is to be done by when, and that it was.

use std::io::Write;

use anyhow::bail;
use clap::ValueEnum;
use serde_json::json;

use super::store_file::{InWords, StoreArgs, now};
use super::{Status, remark};
use crate::model::{Due, Timestamp};
use crate::record::{Act, Deadline};
use crate::report::{Lang, Shown};

/// List what is due, the nearest first: reports upward, leaks, steps, terms that end
///
/// Exit status: 0 if nothing is, 1 if something is, 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Up to so far from now on: 7d, 12h
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = span)]
    within: jiff::Span,
    /// So many lines
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: u32,
    /// Lines for people, or an object a line
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object a line
    Ndjson,
}

/// Enter that a matter is or may be known to people who may not know it
///
/// From when it was found, 24 hours are left to report it to the secrecy administration and
/// the superior body (保守国家秘密法实施条例2024 第61条): `matter due` names it until `matter
/// reported` says that it was.
#[derive(Debug, clap::Args)]
pub(super) struct Leak {
    /// Its number
    matter: i64,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
    /// What was found where
    #[arg(long)]
    words: String,
    /// When it was found, such as 2026-11-27T08:00:00+08:00 [default: now]
    #[arg(long, value_name = "TIME")]
    found: Option<Timestamp>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Enter that what was to be reported of a matter was
#[derive(Debug, clap::Args)]
pub(super) struct Reported {
    /// Its number
    matter: i64,
    /// report (upward) or leak
    #[arg(long)]
    what: Due,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
    /// To whom, and under which number it is found again
    #[arg(long)]
    words: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// So many days or hours.
fn span(text: &str) -> Result<jiff::Span, String> {
    let wrong = || "days or hours are wanted, as in 7d or 12h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let hours = match unit {
        "d" => number.saturating_mul(24),
        "h" => number,
        _ => return Err(wrong()),
    };
    if !(0..=876_000).contains(&hours) {
        return Err("at most 36500 days".into());
    }
    jiff::Span::new().try_hours(hours).map_err(|_| wrong())
}

/// Lists.
pub(super) fn list(args: &List) -> anyhow::Result<Status> {
    let (store, lang) = args.store.open()?;
    let (now, today) = (now(), super::scan::today());
    let until = now.checked_add(args.within)?;
    let due = store.due(until, args.limit).in_words(lang)?;
    let mut out = std::io::stdout().lock();
    for one in &due {
        let over = one.is_over(now, today);
        match args.format {
            Format::Human => writeln!(out, "{}", line(one, over, lang))?,
            Format::Ndjson => writeln!(out, "{}", object(one, over))?,
        }
    }
    Ok(if due.is_empty() { Status::NothingFound } else { Status::PersonNeeded })
}

fn line(one: &Deadline, over: bool, lang: Lang) -> String {
    let what = one.what.words();
    let mut words = format!("{}  ", one.due);
    if over {
        words += lang.pick("OVERDUE  ", "已逾期  ");
    }
    words += &format!("{}  {}", one.matter, lang.of(&what));
    if let Some(step) = one.step {
        words += &format!("{}{}", lang.pick(": ", "："), lang.of(&step.words()));
    }
    if let Some(whom) = &one.whom {
        words += &format!(" → {}", Shown(whom));
    }
    if let Some(channel) = &one.channel {
        words += &format!("  {}", Shown(channel));
    }
    format!("{words}  {}", Shown(&one.source))
}

fn object(one: &Deadline, over: bool) -> serde_json::Value {
    json!({
        "schema": "vetmark.due/1",
        "matter": one.matter,
        "what": one.what,
        "due": one.due,
        "overdue": over,
        "since": one.since,
        "step": one.step,
        "channel": one.channel,
        "whom": one.whom,
        "verdict": one.verdict,
        "source": one.source,
    })
}

/// Opens the clock of a leak.
pub(super) fn leak(args: &Leak) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    let act = Act { actor: &args.by, at: now() };
    let found = args.found.unwrap_or(act.at);
    let until = store.leak(act, args.matter, found, &args.words).in_words(lang)?;
    let local = until.to_zoned_datetime(jiff::tz::TimeZone::system());
    let local = local.strftime("%Y-%m-%d %H:%M %:z");
    remark(&lang.pick(
        format!(
            "to be reported to the secrecy administration of the same tier and the superior body by {local}"
        ),
        format!("须于{local}前向同级保密行政管理部门和上级主管部门报告"),
    ));
    Ok(Status::PersonNeeded)
}

/// Closes clocks.
pub(super) fn reported(args: &Reported) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    if args.words.trim().is_empty() {
        bail!("{}", lang.pick("--words is empty", "--words为空"));
    }
    let act = Act { actor: &args.by, at: now() };
    store.reported(act, args.matter, args.what, &args.words).in_words(lang)?;
    Ok(Status::NothingFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_days_or_hours() {
        for (text, hours) in [
            ("7d", Some(168)),
            ("0d", Some(0)),
            ("12h", Some(12)),
            ("", None),
            ("7", None),
            ("-7d", None),
            ("7w", None),
            ("d", None),
            ("9999999d", None),
            ("9999999999999999999999d", None),
            ("7日", None),
        ] {
            assert_eq!(span(text).ok().map(|span| span.get_hours()), hours, "{text}");
        }
    }
}
