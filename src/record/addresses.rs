//! Whose what came through a gateway is and whom it goes to. These are data about persons:
//! they stand in the passage and not in the ledger, which has a seal on them, and a purge
//! clears them. What is sealed cannot be changed unseen; what was cleared cannot be guessed
//! from its seal, since the salt goes with it.

use rusqlite::Transaction;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::ledger;
use super::passages::{Passage, Passed};
use super::store::{Act, Store};
use crate::model::{Date, hex};

/// The first words of what is sealed, so that no other thing has the same seal.
const DOMAIN: &[u8] = b"vetmark.addresses/1";

/// Bytes of a salt.
pub(super) const SALT: usize = 32;

/// What of a passage is about persons, in the order in which it is sealed.
#[derive(Serialize)]
struct Addresses<'p> {
    sender: &'p Option<String>,
    recipients: &'p [String],
    account: &'p Option<String>,
    client: &'p str,
}

/// The seal on the addresses of a passage: SHA-256 of the domain, the salt, and the
/// addresses as JSON, in lower-case hex.
///
/// # Errors
/// None that an address can bring about.
pub(super) fn sealed(passage: &Passage, salt: &[u8; SALT]) -> Result<String> {
    let Passage { sender, recipients, account, client, .. } = passage;
    let addresses = Addresses { sender, recipients, account, client };
    let json = serde_json::to_vec(&addresses).map_err(std::io::Error::other)?;
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(salt);
    hash.update(json);
    Ok(hex(&hash.finalize()))
}

/// Whether the addresses of a row are those that were sealed.
///
/// # Errors
/// That they are not.
pub(super) fn held_against(seal: &str, entry: u64, of: &Passage, salt: &[u8]) -> Result<()> {
    let seals = match <&[u8; SALT]>::try_from(salt) {
        Ok(salt) => sealed(of, salt)? == seal,
        Err(_) => false,
    };
    let wrong = || Error::Damaged(format!("entry {entry}: the addresses are not those sealed"));
    seals.then_some(()).ok_or_else(wrong)
}

/// Addresses older than a day, but for those of what is still held: whoever decides about
/// that must know whom it goes to.
const OLD: &str = "salt IS NOT NULL AND entry IN (SELECT seq FROM ledger \
    WHERE ledger.action = 'gateway.passage' AND ledger.at < ?1) \
    AND NOT (answer = 'hold' AND queue IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger AS went \
    WHERE went.subject = 'queue ' || passage.queue AND went.seq > passage.entry))";

/// Clears them, which is entered; says how many passages had any.
///
/// # Errors
/// Those of the store.
pub(super) fn clear(tx: &Transaction<'_>, act: Act<'_>, before: Date) -> Result<u64> {
    let count = format!("SELECT count(*) FROM passage WHERE {OLD}");
    let passages: u64 = tx.query_row(&count, [before.to_string()], |row| row.get(0))?;
    if passages > 0 {
        let body = json!({ "before": before, "passages": passages });
        let seq = ledger::append(tx, act, "addresses.purge", "store", &body)?;
        let clear = format!(
            "UPDATE passage SET sender = NULL, recipients = '[]', account = NULL, client = '', \
             salt = NULL, cleared = ?2 WHERE {OLD}"
        );
        tx.execute(&clear, (before.to_string(), seq))?;
    }
    Ok(passages)
}

impl Store {
    /// Entries of passages whose addresses are not those that were sealed.
    pub(super) fn readdressed(&self) -> Result<Vec<i64>> {
        let mut all = self.connection.prepare(&format!(
            "{} WHERE salt IS NOT NULL ORDER BY passage.entry",
            super::passages::SELECT
        ))?;
        let mut rows = all.query([])?;
        let mut wrong = Vec::new();
        while let Some(row) = rows.next()? {
            match super::passages::passed(row) {
                Ok(Passed { .. }) => {}
                Err(Error::Damaged(_)) => wrong.push(row.get(0)?),
                Err(error) => return Err(error),
            }
        }
        Ok(wrong)
    }
}
