//! What came through a gateway: each passage with its examination, in one operation;
//! and whether somebody decided that what is held may go.

use rusqlite::OptionalExtension;
use serde::Deserialize;
use serde_json::json;

use super::addresses;
use super::error::{Error, Result};
use super::evidence::Evidence;
use super::keep::{Kept, Same, kept, subject};
use super::ledger;
use super::secret::Token;
use super::store::{Act, Store};
use crate::model::{Examination, Words, named};

named! {
    /// What a gateway answers.
    Answered:
    /// It goes on, by somebody's standing leave.
    Pass, "pass", "passed on", "放行";
    /// It waits for a person.
    Hold, "hold", "held", "扣留";
    /// It went back to whoever sent it.
    Reject, "reject", "rejected", "退回";
    /// Whoever sent it is to try again.
    Later, "later", "put off", "暂缓";
}

/// What an entry is called that says that an author was told of their mail.
pub const NOTICE: &str = "gateway.notice";

/// What came through a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// By which protocol, e.g. `milter`.
    pub protocol: String,
    /// What it was answered.
    pub answer: Answered,
    /// The mail server's name for it.
    pub queue: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// To whom.
    pub recipients: Vec<String>,
    /// The account that was authenticated.
    pub account: Option<String>,
    /// Where it came from: an address, or the path of a socket or folder.
    pub client: String,
    /// On whose standing leave it passed; nobody's where it did not.
    pub leave: Option<String>,
}

/// A passage on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The entry of the ledger.
    pub entry: u64,
    /// The matter it is.
    pub matter: i64,
    /// Which version of it.
    pub version: u32,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// What came through.
    pub passage: Passage,
    /// Whether a purge cleared the addresses: then there are none.
    pub cleared: bool,
}

/// A person's decision that what is held may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The entry of the ledger.
    pub entry: u64,
    /// Who.
    pub person: String,
}

impl Store {
    /// Keeps an examination and what came of it at a gateway, in one transaction.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep_passage(
        &mut self,
        act: Act<'_>,
        source: &str,
        of: &Examination,
        passage: &Passage,
    ) -> Result<Kept> {
        let found = Evidence::of(of)?;
        let digest = found.digest()?;
        self.write(|tx| {
            let kept = kept(tx, act, source, of, (&found, &digest), Same::Source)?;
            let matter = kept.matter();
            let sql = "SELECT version FROM matter WHERE id = ?1";
            let version: u32 = tx.query_row(sql, [matter], |row| row.get(0))?;
            let salt = Token::new()?.bytes();
            let Passage { protocol, answer, queue, leave, .. } = passage;
            let body = json!({
                "version": version,
                "passage": {
                    "protocol": protocol, "answer": answer, "queue": queue, "leave": leave,
                },
                "addresses": addresses::sealed(passage, &salt)?,
            });
            let seq = ledger::append(tx, act, "gateway.passage", &subject(matter), &body)?;
            let recipients = json!(passage.recipients).to_string();
            tx.prepare_cached(
                "INSERT INTO passage (entry, matter, version, protocol, answer, queue, sender, \
                 recipients, account, client, leave, salt) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute((
                seq,
                matter,
                version,
                &passage.protocol,
                passage.answer.name(),
                &passage.queue,
                &passage.sender,
                recipients,
                &passage.account,
                &passage.client,
                &passage.leave,
                salt,
            ))?;
            Ok(kept)
        })
    }

    /// What came through a gateway as this matter, in order.
    ///
    /// # Errors
    /// Those of the store.
    pub fn passages(&self, matter: i64) -> Result<Vec<Passed>> {
        let mut all = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE matter = ?1 ORDER BY passage.entry"))?;
        let mut rows = all.query([matter])?;
        let mut passages = Vec::new();
        while let Some(row) = rows.next()? {
            passages.push(passed(row)?);
        }
        Ok(passages)
    }

    /// The last passage under a mail server's name.
    ///
    /// # Errors
    /// Those of the store.
    pub fn passage_of(&self, queue: &str) -> Result<Option<Passed>> {
        let mut last = self.connection.prepare_cached(&format!(
            "{SELECT} WHERE queue = ?1 ORDER BY passage.entry DESC LIMIT 1"
        ))?;
        let mut rows = last.query([queue])?;
        rows.next()?.map(passed).transpose()
    }

    /// What was held under a mail server's name, and of which nothing since says that it
    /// went: neither by order nor without.
    ///
    /// # Errors
    /// Those of the store.
    pub fn in_hold(&self) -> Result<Vec<Passed>> {
        let mut all = self.connection.prepare_cached(&format!(
            "{SELECT} WHERE queue IS NOT NULL AND answer = 'hold' AND protocol IN ('milter', 'postfix') \
             AND NOT EXISTS (SELECT 1 FROM ledger AS went \
             WHERE went.subject = 'queue ' || passage.queue AND went.seq > passage.entry) \
             ORDER BY passage.entry"
        ))?;
        let mut rows = all.query([])?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            held.push(passed(row)?);
        }
        Ok(held)
    }

    /// Whether a person decided that what came through may go by this channel as it is:
    /// about this version of the matter, which is the matter's still, and after it came, so
    /// that they could know whom it goes to.
    ///
    /// # Errors
    /// Those of the store.
    pub fn released(&self, passed: &Passed, channel: &str) -> Result<Option<Released>> {
        let mut last = self.connection.prepare_cached(
            "SELECT act.entry, act.person FROM proposal \
             JOIN matter ON matter.id = proposal.matter AND matter.version = proposal.version \
             JOIN act ON act.proposal = proposal.id AND act.step = 'decide' \
             JOIN disposition ON disposition.act = act.id \
             WHERE proposal.matter = ?1 AND proposal.version = ?2 AND proposal.channel = ?3 \
             AND proposal.step = 'closed' AND conclusion = 'disclose' AND act.entry > ?4",
        )?;
        let wanted = (passed.matter, passed.version, channel, passed.entry);
        let released =
            last.query_row(wanted, |row| Ok(Released { entry: row.get(0)?, person: row.get(1)? }));
        Ok(released.optional()?)
    }

    /// The last decision about what came through, where it is that it does not go as it
    /// is: about this version of the matter, and after it came.
    ///
    /// # Errors
    /// Those of the store.
    pub fn refused(&self, passed: &Passed, channel: &str) -> Result<Option<Released>> {
        let mut last = self.connection.prepare_cached(
            "SELECT act.entry, act.person, conclusion FROM proposal \
             JOIN act ON act.proposal = proposal.id AND act.step = 'decide' \
             JOIN disposition ON disposition.act = act.id \
             WHERE proposal.matter = ?1 AND proposal.version = ?2 AND proposal.channel = ?3 \
             AND proposal.step = 'closed' AND act.entry > ?4 ORDER BY act.entry DESC LIMIT 1",
        )?;
        let wanted = (passed.matter, passed.version, channel, passed.entry);
        let decided = last.query_row(wanted, |row| {
            let decided = Released { entry: row.get(0)?, person: row.get(1)? };
            Ok((decided, row.get::<_, String>(2)?))
        });
        let decided = decided.optional()?;
        Ok(decided.filter(|(_, conclusion)| conclusion != "disclose").map(|(decided, _)| decided))
    }

    /// Whether the author of what came through was told this of it, as [`NOTICE`] says.
    ///
    /// # Errors
    /// Those of the store.
    pub fn was_told(&self, passed: &Passed, what: &str) -> Result<bool> {
        let mut told = self.connection.prepare_cached(
            "SELECT 1 FROM ledger WHERE subject = ?1 AND action = ?2 AND seq > ?3 \
             AND json_extract(body, '$.what') = ?4 AND json_extract(body, '$.queue') IS ?5",
        )?;
        let queue = passed.passage.queue.as_deref();
        Ok(told.exists((subject(passed.matter), NOTICE, passed.entry, what, queue))?)
    }
}

/// What [`passed`] reads.
pub(super) const SELECT: &str = "SELECT passage.entry, matter, passage.version, body, at, sender, \
    recipients, account, client, salt, cleared FROM passage \
    JOIN ledger ON ledger.seq = passage.entry";

/// What a row and its entry say: the ledger's own words, which nobody can change, and the
/// addresses of the row, held against the seal that the entry has on them.
pub(super) fn passed(row: &rusqlite::Row<'_>) -> Result<Passed> {
    /// Entries of before addresses were sealed have them in their own words.
    #[derive(Deserialize)]
    struct Entered {
        protocol: String,
        answer: Answered,
        queue: Option<String>,
        leave: Option<String>,
        sender: Option<String>,
        #[serde(default)]
        recipients: Vec<String>,
        account: Option<String>,
        #[serde(default)]
        client: String,
    }
    #[derive(Deserialize)]
    struct Body {
        passage: Entered,
        addresses: Option<String>,
    }
    let damaged = |error: serde_json::Error| Error::Damaged(error.to_string());
    let body: String = row.get(3)?;
    let Body { passage: entered, addresses } = serde_json::from_str(&body).map_err(damaged)?;
    let Entered { protocol, answer, queue, leave, sender, recipients, account, client } = entered;
    let mut passage =
        Passage { protocol, answer, queue, sender, recipients, account, client, leave };
    let (entry, cleared) = (row.get(0)?, row.get::<_, Option<u64>>(10)?.is_some());
    if let Some(seal) = addresses
        && !cleared
    {
        passage.sender = row.get(5)?;
        passage.recipients = serde_json::from_str(&row.get::<_, String>(6)?).map_err(damaged)?;
        passage.account = row.get(7)?;
        passage.client = row.get(8)?;
        let salt: Option<Vec<u8>> = row.get(9)?;
        addresses::held_against(&seal, entry, &passage, &salt.unwrap_or_default())?;
    }
    Ok(Passed {
        entry,
        matter: row.get(1)?,
        version: row.get(2)?,
        at: row.get(4)?,
        passage,
        cleared,
    })
}
