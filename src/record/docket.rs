//! One matter with all that was found in it and said of it.

use rusqlite::OptionalExtension;

use super::error::{Error, Result};
use super::evidence::{self, Evidence};
use super::keep::subject;
use super::papers::Proposed;
use super::people;
use super::queue::Line;
use super::store::Store;
use crate::model::{Conclusion, Ruling, Step};

/// One matter.
#[derive(Clone, Debug)]
pub struct Docket {
    /// As it stands in the queue, once for each channel and at least once.
    pub lines: Vec<Line>,
    /// What was found in it.
    pub evidence: Evidence,
    /// The proposals that were made, of this version and those before, in order.
    pub proposals: Vec<Proposed>,
    /// By what, the last time.
    pub made_by: MadeBy,
    /// What people said of it, this version and those before, in order.
    pub acts: Vec<Acted>,
}

/// What an examination was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// The day of judgement.
    pub as_of: String,
    /// The version of vetmark.
    pub engine: String,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of the dictionaries.
    pub dictionaries: String,
    /// Digest of the suppressions.
    pub suppressions: Option<String>,
    /// Limits that were not the default.
    pub budget: Option<String>,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The proposal it is about, by its number.
    pub proposal: i64,
    /// The entry of the ledger.
    pub entry: u64,
    /// When.
    pub at: String,
    /// Which version of the matter it is about.
    pub version: u32,
    /// For which channel.
    pub channel: String,
    /// What they did.
    pub step: Step,
    /// Who: the name on papers.
    pub person: String,
    /// The name they act under.
    pub name: String,
    /// What they said.
    pub words: String,
    /// Whether they had opened the matter before.
    pub opened: bool,
    /// How many matters they acted on at one stroke.
    pub bulk: u32,
    /// Findings and what was said of them.
    pub rulings: Vec<(String, Ruling, String)>,
    /// Unread parts and what was said of them.
    pub attested: Vec<(u32, String)>,
    /// The conclusion, with addressee and deadline of a report upward.
    pub conclusion: Option<(Conclusion, Option<(String, String)>)>,
}

impl Store {
    /// One matter with all that was found in it and said of it.
    ///
    /// # Errors
    /// That there is no such matter.
    pub fn docket(&self, matter: i64) -> Result<Docket> {
        let lines = self.lines_where("AND matter.id = ?1 ORDER BY proposal.id", [matter])?;
        if lines.is_empty() {
            return Err(Error::Unknown(subject(matter)));
        }
        let id = self.connection.query_row(
            "SELECT evidence FROM matter WHERE id = ?1",
            [matter],
            |row| row.get(0),
        )?;
        let evidence = evidence::load(&self.connection, id)?;
        let (made_by, acts) = (self.made_by(matter)?, self.acts(matter)?);
        Ok(Docket { lines, evidence, proposals: self.proposals(matter)?, made_by, acts })
    }

    /// By what a matter was examined the last time.
    fn made_by(&self, matter: i64) -> Result<MadeBy> {
        let sql = "SELECT as_of, engine, rules, dictionaries, suppressions, budget \
                   FROM examination WHERE matter = ?1 ORDER BY id DESC LIMIT 1";
        let made = self.connection.prepare_cached(sql)?.query_row([matter], |row| {
            Ok(MadeBy {
                as_of: row.get(0)?,
                engine: row.get(1)?,
                rules: row.get(2)?,
                dictionaries: row.get(3)?,
                suppressions: row.get(4)?,
                budget: row.get(5)?,
            })
        });
        made.optional()?.ok_or_else(|| Error::Unknown(subject(matter)))
    }

    fn acts(&self, matter: i64) -> Result<Vec<Acted>> {
        let mut all = self.connection.prepare_cached(
            "SELECT act.id, act.entry, ledger.at, act.version, proposal.channel, act.step, \
             person.shown, act.words, act.opened, act.bulk, conclusion, addressee, deadline, \
             proposal.id, person.name \
             FROM act JOIN proposal ON proposal.id = act.proposal \
             JOIN ledger ON ledger.seq = act.entry JOIN person ON person.name = act.person \
             LEFT JOIN disposition ON disposition.act = act.id \
             WHERE proposal.matter = ?1 ORDER BY act.entry",
        )?;
        let mut rows = all.query([matter])?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            let act: i64 = row.get(0)?;
            let (step, conclusion): (String, Option<String>) = (row.get(5)?, row.get(10)?);
            let upward = match (row.get(11)?, row.get(12)?) {
                (Some(addressee), Some(deadline)) => Some((addressee, deadline)),
                _ => None,
            };
            let conclusion = conclusion.map(|name| people::read(&name)).transpose()?;
            acts.push(Acted {
                proposal: row.get(13)?,
                entry: row.get(1)?,
                at: row.get(2)?,
                version: row.get(3)?,
                channel: row.get(4)?,
                step: people::read(&step)?,
                person: row.get(6)?,
                name: row.get(14)?,
                words: row.get(7)?,
                opened: row.get(8)?,
                bulk: row.get(9)?,
                rulings: self.rulings(act)?,
                attested: self.attested(act)?,
                conclusion: conclusion.map(|conclusion| (conclusion, upward)),
            });
        }
        Ok(acts)
    }

    fn rulings(&self, act: i64) -> Result<Vec<(String, Ruling, String)>> {
        let mut all = self.connection.prepare_cached(
            "SELECT finding, ruling, reason FROM ruling WHERE act = ?1 \
             ORDER BY length(finding), finding",
        )?;
        let mut rows = all.query([act])?;
        let mut rulings = Vec::new();
        while let Some(row) = rows.next()? {
            let ruling: String = row.get(1)?;
            rulings.push((row.get(0)?, people::read(&ruling)?, row.get(2)?));
        }
        Ok(rulings)
    }

    fn attested(&self, act: i64) -> Result<Vec<(u32, String)>> {
        let mut all = self
            .connection
            .prepare_cached("SELECT part, words FROM attested WHERE act = ?1 ORDER BY part")?;
        let rows = all.query_map([act], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
