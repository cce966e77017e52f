//! Deadlines: what is reported upward, leaks, steps that the office gives so many days,
//! marks whose term ends. A clock is opened by an entry of the ledger and closed by
//! another; what is late is late until somebody says that it was done.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::error::{Error, Result};
use super::keep::subject;
use super::ledger::{self, written};
use super::people;
use super::store::{Act, Store};
use crate::model::{Calendar, Date, Due, Role, Step};

/// A leak is reported within so many hours from when it was found
/// (保守国家秘密法实施条例2024 第61条; 2014 第34条).
const LEAK_HOURS: i64 = 24;

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The matter.
    pub matter: i64,
    /// Where its original is.
    pub source: String,
    /// The verdict's name.
    pub verdict: String,
    /// What is to be done.
    pub what: Due,
    /// A day, or a moment (RFC 3339): the last on which it may be done.
    pub due: String,
    /// From when it runs; for a term that ends, nothing.
    pub since: Option<String>,
    /// The channel it is about, where it is about one.
    pub channel: Option<String>,
    /// The step to be taken.
    pub step: Option<Step>,
    /// To whom it is reported.
    pub whom: Option<String>,
}

impl Deadline {
    /// Whether it is over: a day when it has passed where the person is, a moment when
    /// it has passed.
    pub fn is_over(&self, now: Timestamp, today: Date) -> bool {
        match self.due.parse::<Timestamp>() {
            Ok(moment) => now > moment,
            Err(_) => self.due.parse::<Date>().is_ok_and(|day| today > day),
        }
    }
}

/// A clock that runs from now on.
pub(super) struct Opened<'a> {
    pub(super) matter: i64,
    pub(super) what: Due,
    pub(super) proposal: Option<i64>,
    pub(super) step: Option<Step>,
    pub(super) since: &'a str,
    pub(super) due: &'a str,
    pub(super) whom: Option<&'a str>,
    /// The entry that opens it, and that names the deadline.
    pub(super) entry: u64,
}

/// Opens a clock.
pub(super) fn open(tx: &Transaction<'_>, clock: &Opened<'_>) -> Result<()> {
    let Opened { matter, what, proposal, step, since, due, whom, entry } = clock;
    tx.prepare_cached(
        "INSERT INTO clock (matter, kind, proposal, step, since, due, whom, opened) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        matter,
        what.name(),
        proposal,
        step.map(Step::name),
        since,
        due,
        whom,
        entry,
    ))?;
    Ok(())
}

/// Closes what runs for the step a proposal stood at.
pub(super) fn step_taken(tx: &Transaction<'_>, proposal: i64, entry: u64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE clock SET closed = ?2 WHERE proposal = ?1 AND kind = 'step' AND closed IS NULL",
    )?
    .execute((proposal, entry))?;
    Ok(())
}

/// The last day for a step that is to be taken from a moment on, where the office sets one.
/// The day of the moment is the one in UTC: never a later one than in Chinese offices.
pub(super) fn step_due(tx: &Transaction<'_>, step: Step, from: Timestamp) -> Result<Option<Date>> {
    let days: Option<u32> = tx
        .prepare_cached("SELECT days FROM pace WHERE step = ?1")?
        .query_row([step.name()], |row| row.get(0))
        .optional()?;
    let Some(days) = days else { return Ok(None) };
    Ok(Some(calendar(tx)?.working_days_after(day_of(from), days)))
}

/// The day of a moment, in UTC.
pub(super) fn day_of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn calendar(connection: &rusqlite::Connection) -> Result<Calendar> {
    let mut all = connection.prepare_cached("SELECT day, worked FROM holiday ORDER BY day")?;
    let mut rows = all.query([])?;
    let mut days = Vec::new();
    while let Some(row) = rows.next()? {
        let day: String = row.get(0)?;
        let day: Date = day.parse().map_err(|_| Error::Damaged(format!("the holiday {day}")))?;
        days.push((day, row.get(1)?));
    }
    Ok(Calendar::of(days))
}

impl Store {
    /// Enters that a matter is, or may be, known to people who may not know it. It is to
    /// be reported within 24 hours of being found. The last moment is given back.
    ///
    /// # Errors
    /// That there is no such matter or person, that no words are given, or that it was
    /// found after now.
    pub fn leak(
        &mut self,
        act: Act<'_>,
        matter: i64,
        found: Timestamp,
        words: &str,
    ) -> Result<Timestamp> {
        if found > act.at {
            return Err(Error::wrong(
                "a leak cannot have been found later than now",
                "发现时间不得晚于现在",
            ));
        }
        let until = found
            .checked_add(LEAK_HOURS.hours())
            .map_err(|_| Error::wrong("there is no such day", "日期无效"))?;
        self.write(|tx| {
            person(tx, act, words)?;
            super::reviews::seen(tx, matter)?;
            let (since, due) = (written(found), written(until));
            let body = json!({ "words": words, "found": since, "due": due });
            let entry = ledger::append(tx, act, "matter.leak", &subject(matter), &body)?;
            let clock = Opened {
                matter,
                what: Due::Leak,
                proposal: None,
                step: None,
                since: &since,
                due: &due,
                whom: None,
                entry,
            };
            open(tx, &clock)?;
            Ok(until)
        })
    }

    /// Enters that what was to be reported of a matter was: upward, or a leak. How many
    /// deadlines that ends is given back.
    ///
    /// # Errors
    /// That nothing of the kind runs, that there is no such person, or that no words are
    /// given: to whom it was reported and how it is found again.
    pub fn reported(&mut self, act: Act<'_>, matter: i64, what: Due, words: &str) -> Result<usize> {
        if !matches!(what, Due::Report | Due::Leak) {
            return Err(Error::wrong(
                "a step ends when it is taken, and a term when it is over",
                "步骤在办理后结束，保密期限届满后结束",
            ));
        }
        self.write(|tx| {
            person(tx, act, words)?;
            let body = json!({ "what": what, "words": words });
            let entry = ledger::append(tx, act, "matter.reported", &subject(matter), &body)?;
            let sql = "UPDATE clock SET closed = ?3 \
                       WHERE matter = ?1 AND kind = ?2 AND closed IS NULL";
            match tx.execute(sql, (matter, what.name(), entry))? {
                0 => {
                    let (name, words) = (subject(matter), what.words());
                    Err(Error::wrong(
                        format!("nothing is due of {name}: {}", words.en),
                        format!("事项{matter}没有待办的{}", words.zh),
                    ))
                }
                ended => Ok(ended),
            }
        })
    }

    /// What is due up to a moment, or overdue, the nearest first; at most `limit`.
    ///
    /// # Errors
    /// Those of the store.
    pub fn due(&self, until: Timestamp, limit: u32) -> Result<Vec<Deadline>> {
        // A day stands before every moment of it, in the order of texts as in time. Either half
        // walks along its index and no further than is asked for.
        let sql = "SELECT * FROM (SELECT matter.id, matter.source, matter.verdict, kind, clock.due, \
             since, channel, clock.step, whom FROM clock JOIN matter ON matter.id = clock.matter \
             LEFT JOIN proposal ON proposal.id = clock.proposal \
             WHERE closed IS NULL AND clock.due <= ?1 \
             ORDER BY clock.due, clock.matter LIMIT ?2) \
             UNION ALL SELECT * FROM (SELECT id, source, verdict, 'expiry', through, NULL, NULL, \
             NULL, NULL FROM matter WHERE through IS NOT NULL AND through <= ?1 \
             AND state = 'in_force' ORDER BY through, id LIMIT ?2) \
             ORDER BY 5, 1, 4 LIMIT ?2";
        let mut all = self.connection.prepare_cached(sql)?;
        let mut rows = all.query((written(until), limit))?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let (what, step): (String, Option<String>) = (row.get(3)?, row.get(7)?);
            due.push(Deadline {
                matter: row.get(0)?,
                source: row.get(1)?,
                verdict: row.get(2)?,
                what: people::read(&what)?,
                due: row.get(4)?,
                since: row.get(5)?,
                channel: row.get(6)?,
                step: step.map(|step| people::read(&step)).transpose()?,
                whom: row.get(8)?,
            });
        }
        Ok(due)
    }

    /// Keeps the calendar of public holidays, by which working days are counted from now
    /// on; the one before is replaced. What was set by that one stays.
    ///
    /// # Errors
    /// That the actor may not.
    pub fn set_holidays(&mut self, act: Act<'_>, calendar: &Calendar) -> Result<()> {
        self.write(|tx| {
            people::duty(tx, act, Role::SystemAdministrator)?;
            let body = json!({ "days": calendar.days() });
            ledger::append(tx, act, "store.holidays", "store", &body)?;
            tx.execute("DELETE FROM holiday", [])?;
            for (day, worked) in calendar.days() {
                tx.prepare_cached("INSERT INTO holiday VALUES (?1, ?2)")?
                    .execute((day.to_string(), worked))?;
            }
            Ok(())
        })
    }

    /// The calendar that is kept; one without holidays where none is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn calendar(&self) -> Result<Calendar> {
        calendar(&self.connection)
    }

    /// Says within how many working days a step is taken once it is its turn, from the
    /// next time on; `None`: whenever.
    ///
    /// # Errors
    /// That the actor may not, or that the step has no turn.
    pub fn set_pace(&mut self, act: Act<'_>, step: Step, days: Option<u32>) -> Result<()> {
        let in_turn = !matches!(step, Step::Submit | Step::Closed) && !step.is_undone();
        if !in_turn || days.is_some_and(|days| !(1..=250).contains(&days)) {
            return Err(Error::wrong(
                "a step on the way and 1 to 250 working days are wanted",
                "须为办理过程中的步骤，期限为1至250个工作日",
            ));
        }
        self.write(|tx| {
            people::duty(tx, act, Role::SecurityAdministrator)?;
            let about = format!("step {}", step.name());
            ledger::append(tx, act, "policy.pace", &about, &json!({ "days": days }))?;
            tx.execute("DELETE FROM pace WHERE step = ?1", [step.name()])?;
            if let Some(days) = days {
                tx.execute("INSERT INTO pace VALUES (?1, ?2)", (step.name(), days))?;
            }
            Ok(())
        })
    }

    /// Within how many working days steps are to be taken, in the order of steps.
    ///
    /// # Errors
    /// Those of the store.
    pub fn pace(&self) -> Result<Vec<(Step, u32)>> {
        let sql = "SELECT step, days FROM pace JOIN step ON step.name = pace.step ORDER BY number";
        let mut all = self.connection.prepare(sql)?;
        let mut rows = all.query([])?;
        let mut pace = Vec::new();
        while let Some(row) = rows.next()? {
            let step: String = row.get(0)?;
            pace.push((people::read(&step)?, row.get(1)?));
        }
        Ok(pace)
    }
}

/// That a person who is known says something.
fn person(tx: &Transaction<'_>, act: Act<'_>, words: &str) -> Result<()> {
    if !people::exists(tx, act.actor)? {
        return Err(Error::Unknown(format!("person {}", act.actor)));
    }
    match words.trim() {
        "" => Err(Error::wrong("what happened is said in words", "须写明情况")),
        _ => Ok(()),
    }
}
