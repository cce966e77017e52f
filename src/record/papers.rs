//! What papers are made of beside examinations: proposals, which matters, and that a
//! paper was made.

use serde_json::json;

use super::error::{Error, Result};
use super::ledger;
use super::people;
use super::store::{Act, Store};
use crate::model::{Carrier, Date, Step, Verdict};

/// A proposal, as it was made, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Its number.
    pub id: i64,
    /// The version of the matter it is about.
    pub version: u32,
    /// The channel.
    pub channel: String,
    /// What it is called.
    pub title: String,
    /// In what form it is to be disclosed.
    pub carrier: Carrier,
    /// When, as a day.
    pub on: String,
    /// Whether that is at a meeting.
    pub meeting: bool,
    /// By what it is held to be fit for disclosure.
    pub basis: String,
    /// The step to be taken next, or the one that ended it.
    pub step: Step,
}

/// Which matters a paper is about.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// These; all where there are none.
    pub matters: Vec<i64>,
    /// Those with this verdict.
    pub verdict: Option<Verdict>,
    /// Those that wait for this step; `submit`: those that nobody proposed.
    pub step: Option<Step>,
    /// Those that were opened, or opened again, on this day (UTC) or later.
    pub since: Option<Date>,
}

/// A paper that was made.
#[derive(Clone, Debug)]
pub struct Paper<'a> {
    /// Which.
    pub name: &'a str,
    /// About which matters.
    pub matters: &'a [i64],
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: &'a str,
    /// How many bytes.
    pub bytes: usize,
}

impl Store {
    /// The proposals of a matter, of all its versions, in the order they were made.
    ///
    /// # Errors
    /// Those of the store.
    pub fn proposals(&self, matter: i64) -> Result<Vec<Proposed>> {
        let mut all = self.connection.prepare_cached(
            "SELECT id, version, channel, title, carrier, day, meeting, basis, step \
             FROM proposal WHERE matter = ?1 ORDER BY id",
        )?;
        let mut rows = all.query([matter])?;
        let mut proposals = Vec::new();
        while let Some(row) = rows.next()? {
            let (carrier, step): (String, String) = (row.get(4)?, row.get(8)?);
            proposals.push(Proposed {
                id: row.get(0)?,
                version: row.get(1)?,
                channel: row.get(2)?,
                title: row.get(3)?,
                carrier: people::read(&carrier)?,
                on: row.get(5)?,
                meeting: row.get(6)?,
                basis: row.get(7)?,
                step: people::read(&step)?,
            });
        }
        Ok(proposals)
    }

    /// The numbers of the matters that are chosen, in order.
    ///
    /// # Errors
    /// The first number that is none, and those of the store.
    pub fn choose(&self, of: &Chosen) -> Result<Vec<i64>> {
        let mut all = self.connection.prepare_cached(
            "SELECT id FROM matter WHERE (?1 IS NULL OR verdict = ?1) \
             AND (?2 IS NULL OR opened >= ?2) \
             AND (?3 IS NULL OR (?3 = 'submit' AND proposed = 0) OR EXISTS (\
               SELECT 1 FROM proposal WHERE proposal.matter = matter.id \
               AND proposal.version = matter.version AND proposal.step = ?3)) ORDER BY id",
        )?;
        let since = of.since.map(|day| day.to_string());
        let (verdict, step) = (of.verdict.map(Verdict::name), of.step.map(Step::name));
        let rows = all.query_map((verdict, since, step), |row| row.get(0))?;
        let mut chosen: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        for matter in &of.matters {
            self.seen(*matter)?;
        }
        chosen.retain(|matter| of.matters.is_empty() || of.matters.contains(matter));
        Ok(chosen)
    }

    /// Enters that a paper was made of matters, and by whom.
    ///
    /// # Errors
    /// That there is no such person.
    pub fn exported(&mut self, act: Act<'_>, paper: &Paper<'_>) -> Result<u64> {
        self.write(|tx| {
            if !people::exists(tx, act.actor)? {
                return Err(Error::Unknown(format!("person {}", act.actor)));
            }
            let body = json!({
                "paper": paper.name,
                "count": paper.matters.len(),
                "matters": paper.matters,
                "sha256": paper.sha256,
                "bytes": paper.bytes,
            });
            ledger::append(tx, act, "report.export", "store", &body)
        })
    }
}
