//! Samples of what was cleared: drawn so that anybody can draw them again, and what a second
//! look at them says of all the others.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::store::{Act, Store};
use super::{ledger, people};
use crate::model::{Role, Words, hex, upper_limit};

/// A sample that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The entry of the ledger, by which it is called.
    pub entry: u64,
    /// How many matters it was drawn from.
    pub of: u64,
    /// The matters, in the order of their numbers.
    pub matters: Vec<i64>,
}

/// What a sample says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// The entry of the ledger.
    pub entry: u64,
    /// How many matters were looked at again.
    pub size: u64,
    /// How many there were to draw from.
    pub of: u64,
    /// In how many of them something had been missed.
    pub missed: u64,
    /// With the confidence that was asked for, no larger share of all of them was missed.
    pub limit: f64,
}

impl Sampled {
    /// What follows, in a sentence. The limit is rounded up: what is said is never less.
    pub fn words(&self, confidence: u8) -> Words {
        let Self { entry, size, of, missed, limit } = self;
        let percent = (limit * 1e4).ceil() / 100.0;
        match size >= of {
            true => Words::new(
                format!(
                    "all {of} cleared matters were looked at again, {missed} should not have been cleared as they were (entry {entry})"
                ),
                format!(
                    "已放行的{of}个事项全部复核，其中{missed}个不应照原样放行（台账第{entry}条）"
                ),
            ),
            false => Words::new(
                format!(
                    "{missed} of {size} should not have been cleared as they were; with {confidence} % confidence at most {percent:.2} % of all {of} (entry {entry})"
                ),
                format!(
                    "抽查{size}个，其中{missed}个不应照原样放行；在{confidence}%的置信度下，全部{of}个中此类事项不超过{percent:.2}%（台账第{entry}条）"
                ),
            ),
        }
    }
}

/// A sample on record.
#[derive(Clone, Debug, PartialEq)]
pub struct PastSample {
    /// What was drawn.
    pub drawn: Drawn,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// Who drew it.
    pub actor: String,
    /// What the second look found and with which confidence in per cent, once it is entered.
    pub outcome: Option<(Sampled, u8)>,
}

/// Matters that are cleared as they stand, for whatever channel.
const CLEARED: &str = "SELECT DISTINCT matter.id FROM matter JOIN proposal \
    ON proposal.matter = matter.id AND proposal.version = matter.version \
    JOIN act ON act.proposal = proposal.id JOIN disposition ON disposition.act = act.id \
    WHERE conclusion IN ('disclose', 'part') ORDER BY matter.id";

impl Store {
    /// Draws at most `size` of the matters that were cleared, each as likely as any other:
    /// those whose number hashes lowest behind the seed. Seed and sample are entered.
    ///
    /// # Errors
    /// That the actor is no auditor where there is one, and that nothing was cleared.
    pub fn draw(&mut self, act: Act<'_>, seed: &[u8; 32], size: u32) -> Result<Drawn> {
        self.write(|tx| {
            auditor(tx, act)?;
            let mut all = tx.prepare(CLEARED)?;
            let all: Vec<i64> =
                all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let of = all.len() as u64;
            let matters = lowest(seed, all, size as usize);
            if matters.is_empty() {
                return Err(Error::wrong(
                    "nothing was cleared, or none is asked for",
                    "没有已放行的事项，或者抽样数为零",
                ));
            }
            let body = json!({ "seed": hex(seed), "of": of, "matters": matters });
            let entry = ledger::append(tx, act, "sample.draw", "store", &body)?;
            Ok(Drawn { entry, of, matters })
        })
    }

    /// Enters what a second look at a sample found: the matters that should not have been
    /// cleared as they were, and the limit that follows for all of them.
    ///
    /// # Errors
    /// That the actor is no auditor where there is one, that there is no such sample, that
    /// its outcome is entered already, or that a matter is not in it.
    pub fn sampled(
        &mut self,
        act: Act<'_>,
        sample: u64,
        missed: &BTreeSet<i64>,
        percent: u8,
    ) -> Result<Sampled> {
        self.write(|tx| {
            auditor(tx, act)?;
            let (of, matters) = drawn(tx, sample)?;
            let subject = subject(sample);
            let known = "SELECT 1 FROM ledger WHERE action = 'sample.outcome' AND subject = ?1";
            if tx.query_row(known, [&subject], |_| Ok(())).optional()?.is_some() {
                return Err(Error::wrong(
                    format!("the outcome of {subject} is entered already"),
                    format!("第{sample}条抽样的结果已经登记"),
                ));
            }
            if let Some(other) = missed.iter().find(|matter| !matters.contains(matter)) {
                return Err(Error::wrong(
                    format!("matter {other} is not in {subject}"),
                    format!("事项{other}不在第{sample}条抽样之中"),
                ));
            }
            let (size, count) = (matters.len() as u64, missed.len() as u64);
            // All of them looked at again leaves nothing to be estimated.
            let limit = match size >= of {
                true => count as f64 / size.max(1) as f64,
                false => upper_limit(size, count, f64::from(percent) / 100.0),
            };
            let body = json!({
                "size": size, "of": of, "missed": missed, "confidence": percent, "limit": limit,
            });
            let entry = ledger::append(tx, act, "sample.outcome", &subject, &body)?;
            Ok(Sampled { entry, size, of, missed: count, limit })
        })
    }
}

impl Store {
    /// Samples, the latest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn samples(&self, limit: u32) -> Result<Vec<PastSample>> {
        let mut drawn = self.connection.prepare_cached(
            "SELECT seq, at, actor, body FROM ledger WHERE action = 'sample.draw' \
             ORDER BY seq DESC LIMIT ?1",
        )?;
        let mut outcome = self.connection.prepare_cached(
            "SELECT seq, body FROM ledger WHERE action = 'sample.outcome' AND subject = ?1",
        )?;
        let mut rows = drawn.query([limit])?;
        let mut samples = Vec::new();
        while let Some(row) = rows.next()? {
            let (entry, body): (u64, String) = (row.get(0)?, row.get(3)?);
            let (of, matters) = read_drawn(&body)?;
            let found: Option<(u64, String)> = outcome
                .query_row([subject(entry)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let outcome = found.map(|(entry, body)| read_outcome(entry, &body)).transpose()?;
            let drawn = Drawn { entry, of, matters };
            samples.push(PastSample { drawn, at: row.get(1)?, actor: row.get(2)?, outcome });
        }
        Ok(samples)
    }
}

fn read_outcome(entry: u64, body: &str) -> Result<(Sampled, u8)> {
    let body: Value = serde_json::from_str(body).map_err(std::io::Error::other)?;
    let number = |name: &str| body[name].as_u64().unwrap_or_default();
    let missed = body["missed"].as_array().map_or(0, |missed| missed.len() as u64);
    let limit = body["limit"].as_f64().unwrap_or(1.0);
    let sampled = Sampled { entry, size: number("size"), of: number("of"), missed, limit };
    Ok((sampled, u8::try_from(number("confidence")).unwrap_or_default()))
}

/// What the ledger calls a sample.
fn subject(entry: u64) -> String {
    format!("sample {entry}")
}

/// Once there is an auditor, only they draw; before, whoever can write to the store does.
fn auditor(tx: &Transaction<'_>, act: Act<'_>) -> Result<()> {
    people::duty(tx, act, Role::Auditor).map(drop)
}

/// The matters that hash lowest behind the seed, in the order of their numbers.
fn lowest(seed: &[u8; 32], mut matters: Vec<i64>, size: usize) -> Vec<i64> {
    matters.sort_by_cached_key(|matter| {
        let mut hash = Sha256::new();
        hash.update(seed);
        hash.update(matter.to_be_bytes());
        (hash.finalize().to_vec(), *matter)
    });
    matters.truncate(size);
    matters.sort_unstable();
    matters
}

fn drawn(tx: &Transaction<'_>, sample: u64) -> Result<(u64, Vec<i64>)> {
    let sql = "SELECT body FROM ledger WHERE seq = ?1 AND action = 'sample.draw'";
    let body: Option<String> = tx.query_row(sql, [sample], |row| row.get(0)).optional()?;
    read_drawn(&body.ok_or_else(|| Error::Unknown(subject(sample)))?)
}

fn read_drawn(body: &str) -> Result<(u64, Vec<i64>)> {
    let body: Value = serde_json::from_str(body).map_err(std::io::Error::other)?;
    let matters = body["matters"].as_array().into_iter().flatten().filter_map(Value::as_i64);
    Ok((body["of"].as_u64().unwrap_or_default(), matters.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_one_sample_and_every_matter_has_its_chance() {
        let all: Vec<i64> = (1..=40).collect();
        let one = lowest(&[1; 32], all.clone(), 10);
        assert_eq!(one.len(), 10);
        assert!(one.is_sorted());
        let turned: Vec<i64> = all.iter().rev().copied().collect();
        assert_eq!(one, lowest(&[1; 32], turned, 10), "whatever order they come in");
        assert_ne!(one, lowest(&[2; 32], all.clone(), 10));
        // 400 samples of a quarter: each matter is in about a hundred of them.
        let mut often = [0; 41];
        for seed in 0..400_u16 {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&seed.to_be_bytes());
            lowest(&bytes, all.clone(), 10).iter().for_each(|matter| often[*matter as usize] += 1);
        }
        assert!(often[1..].iter().all(|count| (60..=140).contains(count)), "{often:?}");
        assert_eq!(lowest(&[1; 32], all, 99).len(), 40);
    }
}
