//! What the machine found in a matter, as the record keeps it: rules, places,
//! digests; no text of a document but where quotes were asked for. Two examinations
//! that found the same have one digest, whatever they were made by.

use std::io;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::Result;
use crate::model::hex;
use crate::model::{self, Examination, GapKind, Level, Verdict};

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// SHA-256 of the matter's bytes.
    pub sha256: String,
    /// The verdict's name.
    pub verdict: String,
    /// The highest live level.
    pub level: Option<Claim>,
    /// The parts, in the order of the examination.
    pub parts: Vec<Part>,
}

/// A level that is claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its regime.
    pub regime: String,
    /// Its id there.
    pub level: String,
    /// Its rank there.
    pub rank: u8,
}

/// One document of the matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The trail, outermost first.
    pub path: Vec<String>,
    /// Type by content.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How much of it was read.
    pub read: String,
    /// What was not.
    pub gaps: Vec<Gap>,
    /// What was found.
    pub findings: Vec<Found>,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// `gap.encrypted` and the like.
    pub rule: String,
    /// The limit, where one was reached; else empty.
    pub what: String,
    /// What was tried; no part of the digest, since words change between releases.
    #[serde(skip)]
    pub detail: String,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// `f1`, `f2` … in the order of the examination.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// `note`, `review` or `block`.
    pub severity: String,
    /// The level it claims.
    pub level: Option<Claim>,
    /// The entry of a scope dictionary.
    pub entry: Option<String>,
    /// Where it stands.
    pub region: String,
    /// On which page.
    pub page: Option<u32>,
    /// On which line.
    pub line: Option<u32>,
    /// The characters it stands on.
    pub char: [usize; 2],
    /// The decision by which it does not count.
    pub suppressed: Option<String>,
    /// Its text, where that was asked for; no part of the digest.
    #[serde(skip)]
    pub quote: Option<String>,
    /// The text around it, likewise.
    #[serde(skip)]
    pub context: Option<String>,
}

impl Evidence {
    /// What an examination found. What of its text may be kept was decided before.
    ///
    /// # Errors
    /// None that a value of ours can cause.
    pub fn of(examination: &Examination) -> Result<Self> {
        let parts: Result<_> = examination.parts.iter().map(Part::of).collect();
        let parts: Vec<Part> = parts?;
        Ok(Self {
            sha256: of_bytes(&parts),
            verdict: examination.verdict.name().to_owned(),
            level: examination.level.as_ref().map(Claim::of),
            parts,
        })
    }

    /// Its digest, in lower-case hex.
    ///
    /// # Errors
    /// None that a value of ours can cause.
    pub fn digest(&self) -> Result<String> {
        let canonical = serde_json::to_vec(self).map_err(io::Error::other)?;
        Ok(hex(&Sha256::digest(&canonical)))
    }

    /// Findings, over all parts.
    pub fn findings(&self) -> impl Iterator<Item = &Found> {
        self.parts.iter().flat_map(|part| &part.findings)
    }
}

impl Claim {
    fn of(level: &Level) -> Self {
        Self { regime: level.regime.clone(), level: level.id.clone(), rank: level.rank }
    }

    /// From three columns.
    fn at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Self>> {
        let Some(regime) = row.get(column)? else { return Ok(None) };
        Ok(Some(Self { regime, level: row.get(column + 1)?, rank: row.get(column + 2)? }))
    }

    /// The three columns.
    fn columns(of: Option<&Self>) -> (Option<&str>, Option<&str>, Option<u8>) {
        match of {
            Some(claim) => (Some(&claim.regime), Some(&claim.level), Some(claim.rank)),
            None => (None, None, None),
        }
    }
}

impl Part {
    fn of(part: &model::Part) -> Result<Self> {
        let gap = |gap: &model::Gap| Gap {
            rule: gap.kind.rule().to_owned(),
            what: match gap.kind {
                GapKind::Limit(limit) => limit.name().to_owned(),
                _ => String::new(),
            },
            detail: gap.detail.clone(),
        };
        let findings: Result<_> = part.findings.iter().map(Found::of).collect();
        Ok(Self {
            path: trail(&part.path),
            media_type: part.media_type.clone(),
            sha256: part.sha256.clone(),
            bytes: part.bytes,
            read: name(&part.read)?,
            gaps: part.gaps.iter().map(gap).collect(),
            findings: findings?,
        })
    }
}

impl Found {
    fn of(finding: &model::Finding) -> Result<Self> {
        let place = &finding.place;
        Ok(Self {
            id: finding.id.clone(),
            rule: finding.rule.clone(),
            severity: name(&finding.severity)?,
            level: finding.level.as_ref().map(Claim::of),
            entry: finding.entry.clone(),
            region: name(&place.region)?,
            page: place.page,
            line: place.line,
            char: place.char,
            suppressed: finding.suppressed.as_ref().map(|suppression| suppression.id.clone()),
            quote: finding.quote.clone(),
            context: finding.context.clone(),
        })
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<(i64, Self)> {
        let found = Self {
            id: row.get(1)?,
            rule: row.get(2)?,
            severity: row.get(3)?,
            level: Claim::at(row, 4)?,
            entry: row.get(7)?,
            region: row.get(8)?,
            page: row.get(9)?,
            line: row.get(10)?,
            char: [row.get(11)?, row.get(12)?],
            suppressed: row.get(13)?,
            quote: row.get(14)?,
            context: row.get(15)?,
        };
        Ok((row.get(0)?, found))
    }
}

/// A part's trail from the name of its file on: the folders before it are where the
/// matter is, and depend on how a scan was told of it.
fn trail(path: &[String]) -> Vec<String> {
    let mut trail = path.to_vec();
    if let Some(first) = trail.first_mut() {
        *first = first.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    }
    trail
}

/// SHA-256 of the one file, or of the lines `digest  name` of the files of a folder.
fn of_bytes(parts: &[Part]) -> String {
    let files: Vec<_> = parts.iter().filter(|part| part.path.len() == 1).collect();
    if let [only] = files[..] {
        return only.sha256.clone();
    }
    let mut hash = Sha256::new();
    for file in files {
        hash.update(format!("{}  {}\n", file.sha256, file.path.concat()));
    }
    hex(&hash.finalize())
}

/// The word the contract has for a value.
pub(super) fn name(value: &impl Serialize) -> Result<String> {
    let value = serde_json::to_value(value).map_err(io::Error::other)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// Where a verdict stands in the queue: 0 the strongest.
pub(super) fn band(verdict: Verdict) -> usize {
    Verdict::STRONGEST_FIRST.iter().position(|known| *known == verdict).unwrap_or_default()
}

/// Keeps it, or finds what is kept of the same. Its number is given back.
pub(super) fn keep(tx: &Transaction<'_>, evidence: &Evidence) -> Result<i64> {
    let digest = evidence.digest()?;
    if let Some(id) = number(tx, &digest)? {
        return Ok(id);
    }
    let (regime, level, rank) = Claim::columns(evidence.level.as_ref());
    tx.prepare_cached(
        "INSERT INTO evidence (digest, sha256, verdict, regime, level, rank) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((&digest, &evidence.sha256, &evidence.verdict, regime, level, rank))?;
    let id = tx.last_insert_rowid();
    for (part, number) in evidence.parts.iter().zip(1_i64..) {
        keep_part(tx, id, number, part)?;
    }
    Ok(id)
}

fn keep_part(tx: &Transaction<'_>, id: i64, number: i64, part: &Part) -> Result<()> {
    let path = serde_json::to_string(&part.path).map_err(io::Error::other)?;
    tx.prepare_cached("INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute((
        id,
        number,
        path,
        &part.media_type,
        &part.sha256,
        part.bytes,
        &part.read,
    ))?;
    for (gap, at) in part.gaps.iter().zip(1_i64..) {
        tx.prepare_cached("INSERT INTO gap VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute((
            id,
            number,
            at,
            &gap.rule,
            &gap.what,
            &gap.detail,
        ))?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO finding VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    for found in &part.findings {
        let (regime, level, rank) = Claim::columns(found.level.as_ref());
        insert.execute(rusqlite::params![
            id,
            found.id,
            number,
            found.rule,
            found.severity,
            regime,
            level,
            rank,
            found.entry,
            found.region,
            found.page,
            found.line,
            found.char[0],
            found.char[1],
            found.suppressed,
            found.quote,
            found.context,
        ])?;
    }
    Ok(())
}

/// The number of what has a digest.
pub(super) fn number(connection: &Connection, digest: &str) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT id FROM evidence WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0))
        .optional()?)
}

/// What is kept under a number.
pub(super) fn load(connection: &Connection, id: i64) -> Result<Evidence> {
    let mut evidence = connection.query_row(
        "SELECT sha256, verdict, regime, level, rank FROM evidence WHERE id = ?1",
        [id],
        |row| {
            Ok(Evidence {
                sha256: row.get(0)?,
                verdict: row.get(1)?,
                level: Claim::at(row, 2)?,
                parts: Vec::new(),
            })
        },
    )?;
    let mut parts = connection.prepare_cached(
        "SELECT path, media_type, sha256, bytes, read FROM part WHERE evidence = ?1 ORDER BY number",
    )?;
    let parts = parts.query_map([id], |row| {
        let path: String = row.get(0)?;
        Ok(Part {
            path: serde_json::from_str(&path).unwrap_or_default(),
            media_type: row.get(1)?,
            sha256: row.get(2)?,
            bytes: row.get(3)?,
            read: row.get(4)?,
            gaps: Vec::new(),
            findings: Vec::new(),
        })
    })?;
    evidence.parts = parts.collect::<rusqlite::Result<_>>()?;
    let mut gaps = connection.prepare_cached(
        "SELECT part, rule, what, detail FROM gap WHERE evidence = ?1 ORDER BY part, number",
    )?;
    let gaps = gaps.query_map([id], |row| {
        Ok((row.get(0)?, Gap { rule: row.get(1)?, what: row.get(2)?, detail: row.get(3)? }))
    })?;
    for gap in gaps {
        let (number, gap) = gap?;
        if let Some(part) = part_at(&mut evidence.parts, number) {
            part.gaps.push(gap);
        }
    }
    // `f10` comes behind `f9`.
    let mut findings = connection.prepare_cached(
        "SELECT part, id, rule, severity, regime, level, rank, entry, region, page, line, \
         char_from, char_to, suppressed, quote, context \
         FROM finding WHERE evidence = ?1 ORDER BY length(id), id",
    )?;
    for found in findings.query_map([id], Found::of_row)? {
        let (number, found) = found?;
        if let Some(part) = part_at(&mut evidence.parts, number) {
            part.findings.push(found);
        }
    }
    Ok(evidence)
}

/// The part of a number, from 1.
fn part_at(parts: &mut [Part], number: i64) -> Option<&mut Part> {
    parts.get_mut(usize::try_from(number - 1).ok()?)
}
