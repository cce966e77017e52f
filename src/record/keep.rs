//! Keeping examinations: each opens a matter, adds to one that is open, or opens one
//! anew whose bytes or evidence are no longer what people were asked about.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::error::Result;
use super::evidence::{self, Evidence};
use super::store::{Act, Store};
use super::{ledger, told};
use crate::model::Examination;

/// What became of an examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A matter was opened.
    Opened(i64),
    /// The matter was known, and nothing about it changed.
    Known(i64),
    /// The matter was known with other bytes or other evidence: it is open again, and
    /// what people said of it before stands for what it was then.
    Reopened(i64),
}

impl Kept {
    /// The number of the matter.
    pub fn matter(self) -> i64 {
        match self {
            Self::Opened(matter) | Self::Known(matter) | Self::Reopened(matter) => matter,
        }
    }
}

/// A matter as it stands.
struct Standing {
    id: i64,
    version: u32,
    sha256: String,
    evidence: i64,
}

/// An examination on its way into the store.
struct What<'a> {
    source: &'a str,
    of: &'a Examination,
    sha256: &'a str,
    evidence: i64,
    /// The number and digest of what was reported.
    told: (i64, &'a str),
}

/// What standard input is called: each time something else, so that no two are one
/// matter by their name.
const NOWHERE: &str = "-";

impl Store {
    /// Keeps an examination, in one transaction. `source` is where the original is,
    /// in full: a matter is known by it, or by the same bytes with the same evidence.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep(&mut self, act: Act<'_>, source: &str, of: &Examination) -> Result<Kept> {
        let found = Evidence::of(of)?;
        let digest = found.digest()?;
        self.write(|tx| kept(tx, act, source, of, (&found, &digest), Same::Bytes))
    }
}

/// What makes an examination one of a matter that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Same {
    /// The same source, or the same bytes with the same evidence under another.
    Bytes,
    /// The same source alone: two messages of the same bytes go to different people, and
    /// are decided about one by one.
    Source,
}

/// Keeps an examination within an operation.
pub(super) fn kept(
    tx: &Transaction<'_>,
    act: Act<'_>,
    source: &str,
    of: &Examination,
    (found, digest): (&Evidence, &str),
    same: Same,
) -> Result<Kept> {
    let evidence = evidence::keep(tx, found)?;
    let (told, said) = told::keep(tx, of)?;
    let sha256 = &found.sha256;
    let what = What { source, of, sha256, evidence, told: (told, &said) };
    let Some(known) = known(tx, source, sha256, evidence, same)? else {
        return open(tx, act, &what, digest);
    };
    if known.sha256 == *sha256 && known.evidence == evidence {
        examined(tx, act, (known.id, known.version), &what, "scan.again")?;
        ends(tx, known.id, of)?;
        return Ok(Kept::Known(known.id));
    }
    let version = known.version + 1;
    let why = match known.sha256 == *sha256 {
        true => "matter.reopen-rules",
        false => "matter.reopen-bytes",
    };
    let seq = examined(tx, act, (known.id, version), &what, why)?;
    tx.execute(
        "UPDATE matter SET version = ?2, sha256 = ?3, evidence = ?4, verdict = ?5, \
         band = ?6, proposed = 0, opened = ?7, entry = ?8, \
         level = (SELECT regime || ':' || level FROM evidence WHERE id = ?4) WHERE id = ?1",
        (
            known.id,
            version,
            sha256,
            evidence,
            of.verdict.name(),
            evidence::band(of.verdict),
            ledger::written(act.at),
            seq,
        ),
    )?;
    ends(tx, known.id, of)?;
    Ok(Kept::Reopened(known.id))
}

fn known(
    tx: &Transaction<'_>,
    source: &str,
    sha256: &str,
    evidence: i64,
    same: Same,
) -> Result<Option<Standing>> {
    let standing = |row: &rusqlite::Row<'_>| {
        Ok(Standing {
            id: row.get(0)?,
            version: row.get(1)?,
            sha256: row.get(2)?,
            evidence: row.get(3)?,
        })
    };
    let by_source = tx
        .prepare_cached(
            "SELECT id, version, sha256, evidence FROM matter \
             WHERE source = ?1 AND source <> ?2 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([source, NOWHERE], standing)
        .optional()?;
    if by_source.is_some() || same == Same::Source {
        return Ok(by_source);
    }
    Ok(tx
        .prepare_cached(
            "SELECT id, version, sha256, evidence FROM matter \
             WHERE sha256 = ?1 AND evidence = ?2 ORDER BY id LIMIT 1",
        )?
        .query_row((sha256, evidence), standing)
        .optional()?)
}

fn open(tx: &Transaction<'_>, act: Act<'_>, what: &What<'_>, digest: &str) -> Result<Kept> {
    let What { source, of, sha256, evidence, .. } = what;
    let sql = "SELECT 1 + max(coalesce((SELECT max(id) FROM matter), 0), \
               coalesce((SELECT max(matter) FROM purged), 0))";
    let id: i64 = tx.query_row(sql, [], |row| row.get(0))?;
    let body = json!({ "source": source, "evidence": digest });
    let seq = ledger::append(tx, act, "matter.open", &subject(id), &body)?;
    tx.prepare_cached(
        "INSERT INTO matter \
         (id, source, version, sha256, evidence, verdict, band, opened, entry, level) \
         SELECT ?1, ?2, 1, ?3, id, ?5, ?6, ?7, ?8, regime || ':' || level \
         FROM evidence WHERE id = ?4",
    )?
    .execute((
        id,
        source,
        sha256,
        evidence,
        of.verdict.name(),
        evidence::band(of.verdict),
        ledger::written(act.at),
        seq,
    ))?;
    examined(tx, act, (id, 1), what, "scan")?;
    ends(tx, id, of)?;
    Ok(Kept::Opened(id))
}

/// Keeps that an examination was made, and by what.
fn examined(
    tx: &Transaction<'_>,
    act: Act<'_>,
    (matter, version): (i64, u32),
    what: &What<'_>,
    action: &str,
) -> Result<u64> {
    let What { source, of, sha256, evidence, told } = what;
    let engine = &of.engine;
    let body = json!({
        "source": source,
        "version": version,
        "sha256": sha256,
        "bytes": of.bytes,
        "as_of": of.as_of,
        "verdict": of.verdict,
        "engine": engine,
        "told": told.1,
    });
    let seq = ledger::append(tx, act, action, &subject(matter), &body)?;
    tx.prepare_cached(
        "INSERT INTO examination (matter, version, entry, evidence, source, as_of, engine, \
         rules, dictionaries, suppressions, budget, told) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute((
        matter,
        version,
        seq,
        evidence,
        source,
        of.as_of.to_string(),
        engine.version,
        &engine.rules,
        &engine.dictionaries,
        &engine.suppressions,
        &engine.budget,
        told.0,
    ))?;
    Ok(seq)
}

/// What the mark that protects longest says of its end: by it a matter is found when its
/// term runs out.
fn ends(tx: &Transaction<'_>, matter: i64, of: &Examination) -> Result<()> {
    let block = of.declassification.as_ref();
    let state = block.map(|block| evidence::name(&block.state)).transpose()?;
    let through = block.and_then(|block| block.protected_through).map(|day| day.to_string());
    tx.prepare_cached("UPDATE matter SET state = ?2, through = ?3 WHERE id = ?1")?
        .execute((matter, state, through))?;
    Ok(())
}

/// What the ledger calls a matter.
pub(super) fn subject(matter: i64) -> String {
    format!("matter {matter}")
}
