//! The ledger: what happened, in order. Each entry's hash covers the hash before it,
//! so that no entry can be changed, taken out, put in or moved without all after it
//! being made anew; a checkpoint signs the hash of one, so that they cannot be.

mod sign;
#[cfg(test)]
mod tests;
mod verify;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::store::{Act, Store};
use crate::model::Timestamp;
use crate::model::{hex, unhex};

pub use sign::{Checkpoint, PublicKey, SigningKey};
pub use verify::{Broken, Fault, Verified, verify};

/// The first words of what is hashed, so that no other thing has the same hash.
const DOMAIN: &[u8] = b"vetmark.ledger/1";

/// A SHA-256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        unhex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("64 hexadecimal digits"))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// One entry, as an exported ledger has it in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What was said, as the JSON text that the hash covers.
    pub body: String,
    /// The hash of the entry before; zeros for the first.
    pub prev: Hash,
    /// SHA-256 of `prev` and of everything above.
    pub hash: Hash,
}

impl Entry {
    /// The hash it must have: of the hash before it, then of its canonical bytes,
    /// in which every text stands behind its length.
    pub fn computed(&self) -> Hash {
        let mut hash = Sha256::new();
        hash.update(self.prev.0);
        hash.update(DOMAIN);
        hash.update(self.seq.to_be_bytes());
        for text in [&self.at, &self.actor, &self.action, &self.subject, &self.body] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        Hash(hash.finalize().into())
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            subject: row.get(4)?,
            body: row.get(5)?,
            prev: Hash(row.get(6)?),
            hash: Hash(row.get(7)?),
        })
    }
}

/// When, as the ledger writes it: to the millisecond, so that all are of one length.
pub(super) fn written(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Number and hash of the last entry; 0 and zeros where there is none.
fn head(connection: &Connection) -> Result<(u64, Hash)> {
    let sql = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1";
    let head = connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok((row.get(0)?, Hash(row.get(1)?))))
        .optional()?;
    Ok(head.unwrap_or_default())
}

/// Enters something. Its number is given back.
pub(super) fn append(
    tx: &Transaction<'_>,
    act: Act<'_>,
    action: &str,
    subject: &str,
    body: &impl Serialize,
) -> Result<u64> {
    let (last, prev) = head(tx)?;
    let body = serde_json::to_string(body).map_err(std::io::Error::other)?;
    let mut entry = Entry {
        seq: last + 1,
        at: written(act.at),
        actor: act.actor.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        body,
        prev,
        hash: Hash::default(),
    };
    entry.hash = entry.computed();
    insert(tx, &entry)?;
    Ok(entry.seq)
}

fn insert(connection: &Connection, entry: &Entry) -> Result<()> {
    let Entry { seq, at, actor, action, subject, body, prev, hash } = entry;
    connection
        .prepare_cached("INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute((*seq, at, actor, action, subject, body, prev.0, hash.0))?;
    Ok(())
}

/// Signs the last entry.
pub(super) fn checkpoint(
    tx: &Transaction<'_>,
    key: &SigningKey,
    at: Timestamp,
) -> Result<Checkpoint> {
    let (seq, hash) = head(tx)?;
    if seq == 0 {
        return Err(Error::wrong("the ledger is empty", "台账为空"));
    }
    let signed = key.sign(seq, hash, &written(at));
    tx.execute(
        "INSERT INTO checkpoint (seq, hash, at, key, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
        (signed.seq, hash.0, &signed.at, signed.key.bytes(), signed.signature()),
    )?;
    Ok(signed)
}

/// The checkpoints of a store, in order.
fn checkpoints(connection: &Connection) -> Result<Vec<Checkpoint>> {
    let mut all = connection
        .prepare("SELECT seq, hash, at, key, signature FROM checkpoint ORDER BY seq, id")?;
    let rows = all.query_map([], |row| {
        let (key, signature) = (PublicKey::of(row.get(3)?), row.get(4)?);
        Ok(Checkpoint::of(row.get(0)?, Hash(row.get(1)?), row.get(2)?, key, signature))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every entry in the order of numbers, to a callback that may end it with an error.
fn each(connection: &Connection, take: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
    let mut all = connection.prepare("SELECT * FROM ledger ORDER BY seq")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        take(Entry::of_row(row)?)?;
    }
    Ok(())
}

/// The first line of an exported ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
    checkpoints: Vec<Checkpoint>,
}

/// What that line says it is.
const SCHEMA: &str = "vetmark.ledger/1";

impl Store {
    /// Writes the ledger as a file that can be verified without the store: a line with
    /// the checkpoints, then a line an entry.
    ///
    /// # Errors
    /// Those of the store and of the writer.
    pub fn export_ledger(&self, out: &mut dyn std::io::Write) -> Result<u64> {
        // One transaction: what is added meanwhile is in neither part.
        let tx = self.connection.unchecked_transaction()?;
        let head = Head { schema: SCHEMA.into(), checkpoints: checkpoints(&tx)? };
        let mut line = |value: &dyn Line| -> Result<()> {
            out.write_all(value.json()?.as_bytes())?;
            Ok(out.write_all(b"\n")?)
        };
        line(&head)?;
        let mut count = 0;
        each(&tx, &mut |entry| {
            count += 1;
            line(&entry)
        })?;
        Ok(count)
    }
}

/// What stands in a line of an exported ledger.
trait Line {
    fn json(&self) -> std::io::Result<String>;
}

impl<T: Serialize> Line for T {
    fn json(&self) -> std::io::Result<String> {
        serde_json::to_string(self).map_err(std::io::Error::other)
    }
}

/// The entries of a store behind number `after`, at most `limit`.
///
/// # Errors
/// Those of the store.
pub fn entries_after(store: &Store, after: u64, limit: u32) -> Result<Vec<Entry>> {
    let mut all =
        store.connection.prepare("SELECT * FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
    let rows = all.query_map((after, limit), Entry::of_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The entries of a store before number `before`, the newest first, at most `limit`; those
/// about one subject alone where one is named.
///
/// # Errors
/// Those of the store.
pub fn entries_before(
    store: &Store,
    before: u64,
    subject: Option<&str>,
    limit: u32,
) -> Result<Vec<Entry>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let sql = match subject {
        Some(_) => {
            "SELECT * FROM ledger WHERE subject = ?2 AND seq < ?1 ORDER BY seq DESC LIMIT ?3"
        }
        None => "SELECT * FROM ledger WHERE seq < ?1 AND ?2 IS NULL ORDER BY seq DESC LIMIT ?3",
    };
    let mut all = store.connection.prepare_cached(sql)?;
    let rows = all.query_map((before, subject, limit), Entry::of_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
