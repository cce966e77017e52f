//! What people do with a matter, step by step. Each operation is one transaction and
//! one entry of the ledger; what may not be done is refused by the tables (see
//! `migrations/0002-matters.sql` and `0003-deadlines.sql`), so that no caller can forget to ask.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::{Value, json};

use super::error::{Error, Refusal, Result};
use super::keep::subject;
use super::store::{Act, Store};
use super::{due, evidence, ledger, people};
use crate::model::{
    Asked, Attested, Calendar, Conclusion, Date, Disposition, Due, Proposal, Review, Ruled, Seen,
    Step, Upward,
};

/// A matter a person acts on: which, and what they had before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct On<'a> {
    /// Its number.
    pub matter: i64,
    /// What they had before them.
    pub seen: &'a Seen,
    /// How many matters they act on at one stroke: 1 where it is this one.
    pub bulk: u32,
}

/// What was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The entry of the ledger.
    pub entry: u64,
    /// The step that comes next.
    pub next: Step,
    /// Whether the person ever opened this version of the matter before they acted.
    pub opened: bool,
}

/// A proposal a person acts on, as it stands.
struct Before {
    proposal: i64,
    step: Step,
    evidence: i64,
    opened: bool,
    /// The step that comes next, and its last day where the office sets one.
    then: (Step, Option<Date>),
}

impl Store {
    /// Enters that a person looked at a matter, and what they had before them then.
    ///
    /// # Errors
    /// That there is no such matter or person.
    pub fn open_matter(&mut self, act: Act<'_>, matter: i64) -> Result<Seen> {
        self.write(|tx| {
            if !people::exists(tx, act.actor)? {
                return Err(Error::Unknown(format!("person {}", act.actor)));
            }
            let seen = seen(tx, matter)?;
            let seq = ledger::append(tx, act, "matter.look", &subject(matter), &json!(seen))?;
            tx.execute(
                "INSERT INTO opened VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (matter, seen.version, act.actor, seq),
            )?;
            Ok(seen)
        })
    }

    /// What a matter is now: what a decision about it must have had before it.
    ///
    /// # Errors
    /// That there is no such matter.
    pub fn seen(&self, matter: i64) -> Result<Seen> {
        seen(&self.connection, matter)
    }

    /// What a person had before them when they last looked at a matter.
    ///
    /// # Errors
    /// Those of the store.
    pub fn looked_at(&self, matter: i64, person: &str) -> Result<Option<Seen>> {
        let sql = "SELECT opened.version, evidence.sha256, evidence.digest FROM opened \
                   JOIN examination ON examination.matter = opened.matter \
                   AND examination.version = opened.version \
                   JOIN evidence ON evidence.id = examination.evidence \
                   WHERE opened.matter = ?1 AND opened.person = ?2 \
                   ORDER BY opened.version DESC LIMIT 1";
        let seen = self.connection.prepare_cached(sql)?.query_row((matter, person), |row| {
            Ok(Seen { version: row.get(0)?, sha256: row.get(1)?, evidence: row.get(2)? })
        });
        Ok(seen.optional()?)
    }

    /// The handling officer proposes to disclose a matter by a channel.
    ///
    /// # Errors
    /// That the actor may not, that it is proposed already, or that the matter changed.
    pub fn submit(&mut self, act: Act<'_>, on: &On<'_>, says: &Proposal) -> Result<Done> {
        self.write(|tx| {
            let proposal = propose(tx, on, says)?;
            let before = before(tx, act, on, &says.channel)?;
            debug_assert_eq!(before.proposal, proposal);
            let body = json!({ "proposal": says });
            let (_, entry) = step(tx, act, on, &before, Step::Submit, &says.opinion, body)?;
            next(tx, act, on, &before, entry)
        })
    }

    /// A step between proposal and decision: a review, or the opinion of a department,
    /// of the organiser, of another body.
    ///
    /// # Errors
    /// That the actor may not, that another step comes next, that the matter changed
    /// meanwhile, or that a finding or an unread part was passed over in a review.
    pub fn review(
        &mut self,
        act: Act<'_>,
        on: &On<'_>,
        channel: &str,
        at: Step,
        says: &Review,
    ) -> Result<Done> {
        if matches!(at, Step::Submit | Step::Decide | Step::Closed) || at.is_undone() {
            return Err(Error::Refused(Refusal::NotThisStep));
        }
        self.write(|tx| {
            let before = before(tx, act, on, channel)?;
            let body = json!({ "channel": channel, "review": says });
            let (row, entry) = step(tx, act, on, &before, at, &says.opinion, body)?;
            for Ruled { finding, ruling, reason } in &says.rulings {
                tx.prepare_cached("INSERT INTO ruling VALUES (?1, ?2, ?3, ?4, ?5)")?
                    .execute((row, before.evidence, finding, ruling.name(), reason))
                    .map_err(|error| said_of(error, finding))?;
            }
            for Attested { part, words } in &says.attested {
                tx.prepare_cached("INSERT INTO attested VALUES (?1, ?2, ?3, ?4)")?
                    .execute((row, before.evidence, part, words))
                    .map_err(|error| said_of(error, &part.to_string()))?;
            }
            next(tx, act, on, &before, entry)
        })
    }

    /// The person in charge decides.
    ///
    /// # Errors
    /// As for [`Store::review`], and that a live mark was upheld in what is to be
    /// disclosed as it is.
    pub fn decide(
        &mut self,
        act: Act<'_>,
        on: &On<'_>,
        channel: &str,
        says: &Disposition,
    ) -> Result<Done> {
        self.write(|tx| {
            let before = before(tx, act, on, channel)?;
            let body = json!({ "channel": channel, "disposition": says });
            let (row, entry) = step(tx, act, on, &before, Step::Decide, &says.reason, body)?;
            let upward = says.upward.as_ref();
            if (says.conclusion == Conclusion::Report) != upward.is_some() {
                return Err(Error::wrong(
                    "what is reported upward has an addressee and a deadline, and nothing else has",
                    "报上级确定的须写明主送机关和期限，其他结论不写",
                ));
            }
            tx.execute(
                "INSERT INTO disposition VALUES (?1, ?2, ?3, ?4)",
                (
                    row,
                    says.conclusion.name(),
                    upward.map(|upward| &upward.addressee),
                    upward.map(|upward| upward.deadline.to_string()),
                ),
            )?;
            if let Some(Upward { addressee, deadline }) = upward {
                let clock = due::Opened {
                    matter: on.matter,
                    what: Due::Report,
                    proposal: Some(before.proposal),
                    step: None,
                    since: &ledger::written(act.at),
                    due: &deadline.to_string(),
                    whom: Some(addressee),
                    entry,
                };
                due::open(tx, &clock)?;
            }
            next(tx, act, on, &before, entry)
        })
    }

    /// The handling officer takes a proposal back, for a reason; another may be made.
    ///
    /// # Errors
    /// That it is somebody else's, that it was decided or ended before, or that no reason
    /// is given.
    pub fn withdraw(
        &mut self,
        act: Act<'_>,
        on: &On<'_>,
        channel: &str,
        reason: &str,
    ) -> Result<Done> {
        self.write(|tx| end(tx, act, on, channel, Step::Withdraw, reason))
    }

    /// Whoever's turn it is to review or decide gives a proposal back, for a reason, without
    /// saying anything of the matter; another may be made.
    ///
    /// # Errors
    /// That it is not their turn or their own work, or that no reason is given.
    pub fn send_back(
        &mut self,
        act: Act<'_>,
        on: &On<'_>,
        channel: &str,
        reason: &str,
    ) -> Result<Done> {
        self.write(|tx| end(tx, act, on, channel, Step::Return, reason))
    }
}

/// Ends a proposal without a decision. The matter waits for another one, unless it is
/// proposed for another channel too.
fn end(
    tx: &Transaction<'_>,
    act: Act<'_>,
    on: &On<'_>,
    channel: &str,
    how: Step,
    reason: &str,
) -> Result<Done> {
    let before = before(tx, act, on, channel)?;
    let body = json!({ "channel": channel, "reason": reason });
    let (_, entry) = step(tx, act, on, &before, how, reason, body)?;
    tx.execute("UPDATE proposal SET step = ?2 WHERE id = ?1", (before.proposal, how.name()))?;
    due::step_taken(tx, before.proposal, entry)?;
    tx.execute(
        "UPDATE matter SET proposed = EXISTS (SELECT 1 FROM proposal \
         WHERE proposal.matter = matter.id AND proposal.version = matter.version \
         AND proposal.step NOT IN ('withdraw', 'return')) WHERE id = ?1",
        [on.matter],
    )?;
    Ok(Done { entry, next: Step::Submit, opened: before.opened })
}

/// A report upward from a day on, by the edition in force that day.
pub fn upward(addressee: &str, from: crate::model::Date, calendar: &Calendar) -> Upward {
    Upward { addressee: addressee.to_owned(), deadline: calendar.report_by(from) }
}

/// What a matter is now.
pub(super) fn seen(connection: &rusqlite::Connection, matter: i64) -> Result<Seen> {
    let sql = "SELECT version, matter.sha256, digest FROM matter \
               JOIN evidence ON evidence.id = matter.evidence WHERE matter.id = ?1";
    connection
        .query_row(sql, [matter], |row| {
            Ok(Seen { version: row.get(0)?, sha256: row.get(1)?, evidence: row.get(2)? })
        })
        .optional()?
        .ok_or_else(|| Error::Unknown(subject(matter)))
}

/// Makes the record of a matter and channel, with the steps that the policy asks for.
fn propose(tx: &Transaction<'_>, on: &On<'_>, says: &Proposal) -> Result<i64> {
    let version = seen(tx, on.matter)?.version;
    let known = "SELECT 1 FROM proposal WHERE matter = ?1 AND version = ?2 AND channel = ?3 \
                 AND step NOT IN ('withdraw', 'return')";
    if tx.query_row(known, (on.matter, version, &says.channel), |_| Ok(())).optional()?.is_some() {
        return Err(Error::Refused(Refusal::NotThisStep));
    }
    tx.execute(
        "INSERT INTO proposal \
         (matter, version, channel, title, carrier, day, meeting, basis, band, step) \
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, band, 'submit' FROM matter WHERE id = ?1",
        (
            on.matter,
            version,
            &says.channel,
            &says.title,
            says.carrier.name(),
            says.on.to_string(),
            says.meeting,
            &says.basis,
        ),
    )
    .map_err(complete)?;
    let proposal = tx.last_insert_rowid();
    tx.execute("UPDATE matter SET proposed = 1 WHERE id = ?1", [on.matter])?;
    let asked: &[Asked] = match says.meeting {
        true => &[Asked::Always, Asked::Meeting],
        false => &[Asked::Always],
    };
    let add = "INSERT INTO route VALUES (?1, ?2)";
    for step in [Step::Submit, Step::Review, Step::Decide, Step::Closed] {
        tx.execute(add, (proposal, step.name()))?;
    }
    for asked in asked {
        let sql = "INSERT INTO route SELECT ?1, step FROM policy WHERE asked = ?2";
        tx.execute(sql, (proposal, asked.name()))?;
    }
    Ok(proposal)
}

/// The proposal as it stands, and whether the actor ever looked at it.
fn before(tx: &Transaction<'_>, act: Act<'_>, on: &On<'_>, channel: &str) -> Result<Before> {
    let sql = "SELECT id, step FROM proposal WHERE matter = ?1 AND channel = ?2 \
               ORDER BY version DESC, id DESC LIMIT 1";
    let found: Option<(i64, String)> =
        tx.query_row(sql, (on.matter, channel), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((proposal, step)) = found else {
        return Err(Error::Unknown(format!("{} for {channel}", subject(on.matter))));
    };
    // Evidence that nobody keeps is not what anybody could have looked at here.
    let evidence = evidence::number(tx, &on.seen.evidence)?;
    let evidence = evidence.ok_or(Error::Refused(Refusal::Stale))?;
    let sql = "SELECT 1 FROM opened WHERE matter = ?1 AND version = ?2 AND person = ?3";
    let opened = tx
        .query_row(sql, (on.matter, on.seen.version, act.actor), |_| Ok(()))
        .optional()?
        .is_some();
    let step = people::read(&step)?;
    let then = then(tx, act, proposal, step)?;
    Ok(Before { proposal, step, evidence, opened, then })
}

/// The next step of a proposal's route, which stays what it is where that has none.
fn then(
    tx: &Transaction<'_>,
    act: Act<'_>,
    proposal: i64,
    step: Step,
) -> Result<(Step, Option<Date>)> {
    let sql = "SELECT route.step FROM route JOIN step ON step.name = route.step \
               WHERE proposal = ?1 AND number > (SELECT number FROM step WHERE name = ?2) \
               ORDER BY number LIMIT 1";
    let next: Option<String> =
        tx.prepare_cached(sql)?.query_row((proposal, step.name()), |row| row.get(0)).optional()?;
    let Some(next) = next else { return Ok((step, None)) };
    let next = people::read(&next)?;
    Ok((next, due::step_due(tx, next, act.at)?))
}

/// Enters what a person did at a step. The tables say whether they may.
fn step(
    tx: &Transaction<'_>,
    act: Act<'_>,
    on: &On<'_>,
    before: &Before,
    at: Step,
    words: &str,
    mut body: Value,
) -> Result<(i64, u64)> {
    body["seen"] = json!(on.seen);
    body["opened"] = json!(before.opened);
    body["bulk"] = json!(on.bulk);
    if let (false, (next, Some(until))) = (at.is_undone(), before.then) {
        body["then"] = json!({ "step": next, "due": until });
    }
    let stage = (at == Step::Return).then(|| before.step.name());
    let action = format!("matter.{}", at.name());
    let entry = ledger::append(tx, act, &action, &subject(on.matter), &body)?;
    tx.execute(
        "INSERT INTO act (proposal, step, person, entry, version, sha256, evidence, opened, bulk, \
         words, stage) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        (
            before.proposal,
            at.name(),
            act.actor,
            entry,
            on.seen.version,
            &on.seen.sha256,
            before.evidence,
            before.opened,
            on.bulk,
            words,
            stage,
        ),
    )
    .map_err(complete)?;
    Ok((tx.last_insert_rowid(), entry))
}

/// Hands the proposal on to the next step of its route.
fn next(
    tx: &Transaction<'_>,
    act: Act<'_>,
    on: &On<'_>,
    before: &Before,
    entry: u64,
) -> Result<Done> {
    let (next, until) = before.then;
    tx.prepare_cached("UPDATE proposal SET step = ?2 WHERE id = ?1")?
        .execute((before.proposal, next.name()))?;
    due::step_taken(tx, before.proposal, entry)?;
    if let Some(until) = until {
        let clock = due::Opened {
            matter: on.matter,
            what: Due::Step,
            proposal: Some(before.proposal),
            step: Some(next),
            since: &ledger::written(act.at),
            due: &until.to_string(),
            whom: None,
            entry,
        };
        due::open(tx, &clock)?;
    }
    Ok(Done { entry, next, opened: before.opened })
}

/// What is missing in words that a column asks for.
fn complete(error: rusqlite::Error) -> Error {
    match is_check(&error) {
        true => Error::wrong(
            "title, channel, basis and opinion or reason are asked for",
            "标题、公开渠道、依据以及意见或者理由均须填写",
        ),
        false => error.into(),
    }
}

/// What was said of something that is not there, or without a reason.
fn said_of(error: rusqlite::Error, what: &str) -> Error {
    match is_check(&error) {
        true => Error::wrong(
            format!("{what} is not in the matter, is named twice, or no reason is given"),
            format!("{what}不属于该事项、重复列出或者未写理由"),
        ),
        false => error.into(),
    }
}

/// Whether a constraint of a table, and not one of its triggers, refused.
fn is_check(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            failure.code == rusqlite::ErrorCode::ConstraintViolation
                && !message.as_deref().unwrap_or_default().starts_with("vetmark:")
        }
        _ => false,
    }
}
