//! Signing in: attempts and what they cost, sessions, and the way out. Failures are
//! entries of the ledger like everything else; what was typed is not.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::error::{Error, Result};
use super::ledger::{self, written};
use super::people::{self, Person, subject};
use super::secret::{Hashed, Token};
use super::store::{Act, Store};
use crate::model::Timestamp;

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without being used, in minutes.
    pub idle: i64,
    /// Whatever is done in it, in minutes.
    pub whole: i64,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { idle: 30, whole: 12 * 60 }
    }
}

/// Attempts in vain before a name is locked.
const FREE: u32 = 5;

/// The longest a name is locked, in minutes.
const LONGEST_LOCK: i64 = 60;

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub person: Person,
    /// The language they read in, where they chose one.
    pub lang: Option<String>,
    /// Whether its last use is long enough ago to be written down.
    pub stale: bool,
}

/// Whether a name may be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The password that is on record, if there is one, is to be compared.
    May(Option<Hashed>),
    /// It was tried in vain too often; nothing is compared until then.
    Locked(String),
}

impl Store {
    /// Whether anybody can sign in.
    ///
    /// # Errors
    /// Those of the store.
    pub fn has_accounts(&self) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM password)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// Counts an attempt to sign in, before anything is compared: of many at once none
    /// goes uncounted. `act.actor` is the name that was typed.
    ///
    /// # Errors
    /// Those of the store.
    pub fn attempt(&mut self, act: Act<'_>) -> Result<Attempt> {
        self.write(|tx| {
            let name = known_name(tx, act.actor)?;
            let sql = "SELECT failed, locked FROM attempt WHERE name = ?1";
            let before: Option<(u32, Option<String>)> =
                tx.query_row(sql, [name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let (failed, locked) = before.unwrap_or_default();
            if let Some(until) = locked.filter(|until| *until > written(act.at)) {
                return Ok(Attempt::Locked(until));
            }
            let failed = failed.saturating_add(1);
            tx.execute(
                "INSERT INTO attempt VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET failed = excluded.failed, locked = excluded.locked",
                (name, failed, lock(act.at, failed)),
            )?;
            let sql = "SELECT hash FROM password WHERE person = ?1";
            let hash = tx.query_row(sql, [name], |row| row.get(0)).optional()?;
            Ok(Attempt::May(hash.map(Hashed)))
        })
    }

    /// Enters that an attempt failed. The name stands in the ledger only if it is
    /// somebody's: people type passwords in the wrong field.
    ///
    /// # Errors
    /// Those of the store.
    pub fn attempt_failed(&mut self, act: Act<'_>) -> Result<()> {
        self.write(|tx| {
            let name = known_name(tx, act.actor)?;
            let machine = Act { actor: Act::MACHINE, at: act.at };
            let subject = if name.is_empty() { "person ?".to_owned() } else { subject(name) };
            let sql = "SELECT failed, locked FROM attempt WHERE name = ?1";
            let (failed, locked): (u32, Option<String>) = tx
                .query_row(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .unwrap_or_default();
            let body = json!({ "failed": failed, "locked": locked });
            ledger::append(tx, machine, "session.refuse", &subject, &body)?;
            Ok(())
        })
    }

    /// Begins a session of `act.actor`, who was found to be who they are: `by` says how
    /// (`password`, `certificate`). What the cookie holds is given back, and is nowhere else.
    ///
    /// # Errors
    /// That there is no such person.
    pub fn sign_in(&mut self, act: Act<'_>, by: &str, life: Lifetime) -> Result<Token> {
        let token = Token::new()?;
        self.write(|tx| {
            if !people::exists(tx, act.actor)? {
                return Err(Error::Unknown(subject(act.actor)));
            }
            let body = json!({ "by": by });
            let entry = ledger::append(tx, act, "session.open", &subject(act.actor), &body)?;
            tx.execute("DELETE FROM attempt WHERE name = ?1", [act.actor])?;
            tx.execute("DELETE FROM session WHERE ends <= ?1", [written(act.at)])?;
            tx.execute(
                "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5)",
                (token.digest(), act.actor, entry, written(act.at), later(act.at, life.whole)),
            )?;
            Ok(())
        })?;
        Ok(token)
    }

    /// The session of a cookie, if there is one that is open.
    ///
    /// # Errors
    /// Those of the store.
    pub fn session(&self, token: &Token, at: Timestamp, life: Lifetime) -> Result<Option<Session>> {
        let sql = "SELECT session.person, seen, lang FROM session \
                   JOIN person ON person.name = session.person AND gone IS NULL \
                   LEFT JOIN language ON language.person = session.person \
                   WHERE digest = ?1 AND ends > ?2 AND seen > ?3";
        let found: Option<(String, String, Option<String>)> = self
            .connection
            .prepare_cached(sql)?
            .query_row((token.digest(), written(at), later(at, -life.idle)), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((name, seen, lang)) = found else { return Ok(None) };
        let person = self.person(&name)?;
        Ok(person.map(|person| Session { person, lang, stale: seen <= later(at, -1) }))
    }

    /// Writes down that a session is in use.
    ///
    /// # Errors
    /// Those of the store.
    pub fn session_used(&mut self, token: &Token, at: Timestamp) -> Result<()> {
        self.write(|tx| {
            let sql = "UPDATE session SET seen = ?2 WHERE digest = ?1 AND seen < ?2";
            tx.execute(sql, (token.digest(), written(at)))?;
            Ok(())
        })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sign_out(&mut self, act: Act<'_>, token: &Token) -> Result<()> {
        self.write(|tx| {
            let sql = "DELETE FROM session WHERE digest = ?1";
            if tx.execute(sql, [token.digest()])? > 0 {
                ledger::append(tx, act, "session.close", &subject(act.actor), &json!({}))?;
            }
            Ok(())
        })
    }

    /// Sets the password of `act.actor`, who is signed in. All their sessions end.
    ///
    /// # Errors
    /// That there is no such person.
    pub fn set_password(&mut self, act: Act<'_>, password: &Hashed) -> Result<()> {
        self.write(|tx| put_password(tx, act, password))
    }

    /// The password on record, to compare another with.
    ///
    /// # Errors
    /// Those of the store.
    pub fn password(&self, name: &str) -> Result<Option<Hashed>> {
        let sql = "SELECT hash FROM password WHERE person = ?1";
        let hash = self.connection.query_row(sql, [name], |row| row.get(0)).optional()?;
        Ok(hash.map(Hashed))
    }

    /// Sets the language a person reads in: `en` or `zh`. No entry of the ledger: it is
    /// nobody else's concern.
    ///
    /// # Errors
    /// Those of the store.
    pub fn set_language(&mut self, name: &str, lang: &str) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO language VALUES (?1, ?2) \
                 ON CONFLICT DO UPDATE SET lang = excluded.lang",
                (name, lang),
            )?;
            Ok(())
        })
    }
}

/// Sets a password, ends every session and link, and unlocks the name.
pub(super) fn put_password(tx: &Transaction<'_>, act: Act<'_>, password: &Hashed) -> Result<()> {
    if !people::exists(tx, act.actor)? {
        return Err(Error::Unknown(subject(act.actor)));
    }
    let entry = ledger::append(tx, act, "person.password", &subject(act.actor), &json!({}))?;
    tx.execute(
        "INSERT INTO password VALUES (?1, ?2, ?3) \
         ON CONFLICT DO UPDATE SET hash = excluded.hash, entry = excluded.entry",
        (act.actor, &password.0, entry),
    )?;
    tx.execute("DELETE FROM session WHERE person = ?1", [act.actor])?;
    tx.execute("DELETE FROM link WHERE person = ?1", [act.actor])?;
    tx.execute("DELETE FROM attempt WHERE name = ?1", [act.actor])?;
    Ok(())
}

/// The name, if it is somebody's who is here; else the empty name.
fn known_name<'a>(tx: &Transaction<'_>, name: &'a str) -> Result<&'a str> {
    Ok(if people::exists(tx, name)? { name } else { "" })
}

/// Until when a name is locked after so many attempts: a minute, then twice as long each time.
fn lock(at: Timestamp, failed: u32) -> Option<String> {
    let over = failed.checked_sub(FREE)?;
    let minutes = 1_i64.checked_shl(over.min(10)).unwrap_or(LONGEST_LOCK).min(LONGEST_LOCK);
    Some(later(at, minutes))
}

/// A time so many minutes later, as the store writes it.
pub(super) fn later(at: Timestamp, minutes: i64) -> String {
    let span = jiff::SignedDuration::from_mins(minutes);
    written(at.checked_add(span).unwrap_or(at))
}
