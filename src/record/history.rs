//! What a matter was: the steps of its proposals, how often it was examined, and which
//! other matters come from the same place.

use super::docket::MadeBy;
use super::error::Result;
use super::people;
use super::queue::Line;
use super::store::Store;
use crate::model::Step;

/// One time that a matter was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The entry of the ledger.
    pub entry: u64,
    /// When.
    pub at: String,
    /// Which version of the matter it made, or found again.
    pub version: u32,
    /// SHA-256 of its bytes then.
    pub sha256: String,
    /// The verdict's name then.
    pub verdict: String,
    /// By what.
    pub made_by: MadeBy,
}

impl Store {
    /// All steps that a proposal has to go through, in order.
    ///
    /// # Errors
    /// Those of the store.
    pub fn route(&self, proposal: i64) -> Result<Vec<Step>> {
        let mut all = self.connection.prepare_cached(
            "SELECT route.step FROM route JOIN step ON step.name = route.step \
             WHERE route.proposal = ?1 ORDER BY step.number",
        )?;
        let names = all.query_map([proposal], |row| row.get(0))?;
        let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
        names.iter().map(|name| people::read(name)).collect()
    }

    /// How often a matter was examined, the last time first; at most `limit` of them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn examinations(&self, matter: i64, limit: u32) -> Result<Vec<Examined>> {
        let mut all = self.connection.prepare_cached(
            "SELECT examination.entry, ledger.at, version, evidence.sha256, evidence.verdict, \
             as_of, engine, rules, dictionaries, suppressions, budget \
             FROM examination JOIN ledger ON ledger.seq = examination.entry \
             JOIN evidence ON evidence.id = examination.evidence \
             WHERE matter = ?1 ORDER BY examination.id DESC LIMIT ?2",
        )?;
        let rows = all.query_map((matter, limit), |row| {
            Ok(Examined {
                entry: row.get(0)?,
                at: row.get(1)?,
                version: row.get(2)?,
                sha256: row.get(3)?,
                verdict: row.get(4)?,
                made_by: MadeBy {
                    as_of: row.get(5)?,
                    engine: row.get(6)?,
                    rules: row.get(7)?,
                    dictionaries: row.get(8)?,
                    suppressions: row.get(9)?,
                    budget: row.get(10)?,
                },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Other matters with the same bytes, or that lay in the same place: what was said of them
    /// may help, and binds nobody here. At most `limit` of them, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn related(&self, matter: i64, limit: u32) -> Result<Vec<Line>> {
        self.lines_where(
            "AND matter.id IN (SELECT other.id FROM matter AS this JOIN matter AS other \
             ON other.sha256 = this.sha256 OR other.source = this.source \
             WHERE this.id = ?1 AND other.id <> ?1 ORDER BY other.id DESC LIMIT ?2) \
             ORDER BY matter.id DESC, proposal.id LIMIT ?2",
            (matter, limit),
        )
    }

    /// The channels that were ever named, in order; at most `limit` of them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn channels(&self, limit: u32) -> Result<Vec<String>> {
        // From one name to the next along the index, and not over every proposal.
        let mut all = self.connection.prepare_cached(
            "WITH RECURSIVE named (channel) AS (SELECT min(channel) FROM proposal UNION ALL \
             SELECT (SELECT min(channel) FROM proposal WHERE channel > named.channel) \
             FROM named WHERE named.channel IS NOT NULL) \
             SELECT channel FROM named WHERE channel IS NOT NULL LIMIT ?1",
        )?;
        let rows = all.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
