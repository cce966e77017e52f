//! Tokens, by which programs ask: what they may, until when, and who made them. The secret
//! is 256 random bits, which whoever made it saw once; a digest is all there is of it here.

use rusqlite::OptionalExtension;
use serde_json::json;

use super::error::{Error, Result};
use super::store::{Act, Store};
use super::{ledger, people};
use crate::model::{Role, Timestamp, Words, hex, named};

named! {
    /// What a token is good for.
    Scope:
    /// Having bytes examined, and asking for examinations by their digest.
    Examine, "examine", "examine", "审查";
    /// Reading matters and examinations that are in the record.
    Read, "read", "read", "读取";
}

/// The longest a token may be good for: a year and a day.
pub const LONGEST_DAYS: i64 = 366;

/// A token that is made.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What it is called.
    pub label: &'a str,
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// What it is good for.
    pub scopes: &'a [Scope],
    /// Until when.
    pub ends: Timestamp,
}

/// A token, as the store knows it: what it opens, and not what opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What it is called.
    pub label: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// Until when: RFC 3339, UTC.
    pub ends: String,
    /// Whether it was revoked.
    pub gone: bool,
}

impl Access {
    /// Whether it is good for something.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl Store {
    /// Makes a token. Once there is a system administrator, only one may.
    ///
    /// # Errors
    /// That the actor may not, that there is or was one of this name, that it is good for
    /// nothing, or that it ends too early or too late.
    pub fn add_token(&mut self, act: Act<'_>, token: &NewToken<'_>) -> Result<()> {
        let NewToken { label, digest, scopes, ends } = token;
        let latest = act.at.checked_add(jiff::SignedDuration::from_hours(24 * LONGEST_DAYS));
        if *ends <= act.at || latest.is_ok_and(|latest| *ends > latest) {
            return Err(Error::wrong(
                format!("a token ends within {LONGEST_DAYS} days"),
                format!("令牌的有效期不得超过{LONGEST_DAYS}天"),
            ));
        }
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let scopes: Vec<_> = scopes.into_iter().map(Scope::name).collect();
        if scopes.is_empty() || label.trim().is_empty() {
            return Err(Error::wrong(
                "a token has a name, and a scope: examine, read",
                "令牌须有名称和范围：examine、read",
            ));
        }
        self.write(|tx| {
            people::duty(tx, act, Role::SystemAdministrator)?;
            let sql = "SELECT 1 FROM token WHERE label = ?1";
            if tx.query_row(sql, [label], |_| Ok(())).optional()?.is_some() {
                return Err(Error::wrong(
                    format!("there is or was a token {label}"),
                    format!("令牌{label}已经存在或者曾经存在"),
                ));
            }
            let (scopes, ends) = (scopes.join(" "), ledger::written(*ends));
            let body = json!({ "scopes": scopes, "ends": ends, "digest": hex(digest) });
            let entry = ledger::append(tx, act, "token.add", &subject(label), &body)?;
            tx.execute(
                "INSERT INTO token (label, digest, scopes, ends, entry) VALUES (?1, ?2, ?3, ?4, ?5)",
                (label, digest, scopes, ends, entry),
            )?;
            Ok(())
        })
    }

    /// Ends a token before its time. Anybody may who may make one.
    ///
    /// # Errors
    /// That the actor may not, or that there is none of this name.
    pub fn revoke_token(&mut self, act: Act<'_>, label: &str) -> Result<()> {
        self.write(|tx| {
            people::duty(tx, act, Role::SystemAdministrator)?;
            let entry = ledger::append(tx, act, "token.revoke", &subject(label), &json!({}))?;
            let sql = "UPDATE token SET gone = ?2 WHERE label = ?1 AND gone IS NULL";
            match tx.execute(sql, (label, entry))? {
                0 => Err(Error::Unknown(subject(label))),
                _ => Ok(()),
            }
        })
    }

    /// All tokens, by name.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tokens(&self) -> Result<Vec<Access>> {
        let sql = "SELECT label, scopes, ends, gone IS NOT NULL FROM token ORDER BY label";
        let mut all = self.connection.prepare(sql)?;
        let mut rows = all.query([])?;
        let mut tokens = Vec::new();
        while let Some(row) = rows.next()? {
            tokens.push(token(row)?);
        }
        Ok(tokens)
    }

    /// The token with this digest, where it is good at this moment.
    ///
    /// # Errors
    /// Those of the store.
    pub fn token(&self, digest: &[u8; 32], at: Timestamp) -> Result<Option<Access>> {
        let sql = "SELECT label, scopes, ends, gone IS NOT NULL FROM token \
                   WHERE digest = ?1 AND gone IS NULL AND ends > ?2";
        let mut found = self.connection.prepare_cached(sql)?;
        let mut rows = found.query((digest, ledger::written(at)))?;
        rows.next()?.map(token).transpose()
    }

    /// The last examination of bytes under a name and by rules, as a line: the same bytes
    /// under the same name by the same rules on the same day need none again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn told_of(&self, bytes: &OfBytes<'_>) -> Result<Option<(i64, String)>> {
        // As `Pipeline::identity` says it.
        let sql = "SELECT max(examination.id), matter FROM told \
                   JOIN examination ON examination.told = told.id \
                   WHERE told.sha256 = ?1 AND (?2 IS NULL OR examination.source = ?2) \
                   AND (?3 IS NULL OR ?3 = 'vetmark ' || engine || ' ' || as_of || ' ' || rules \
                   || ' ' || dictionaries || ' ' || coalesce(suppressions, 'none') || ' ' \
                   || coalesce(budget, ''))";
        let OfBytes { sha256, source, identity } = bytes;
        let row =
            self.connection.prepare_cached(sql)?.query_row((sha256, source, identity), |row| {
                Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
            })?;
        let (Some(examination), Some(matter)) = row else { return Ok(None) };
        let line = self.line_of("examination.id = ?1", examination)?;
        Ok(line.map(|line| (matter, line)))
    }
}

/// Which examination of bytes.
#[derive(Clone, Copy, Debug)]
pub struct OfBytes<'a> {
    /// SHA-256 of the bytes.
    pub sha256: &'a str,
    /// Where the record has them from; anywhere where there is none.
    pub source: Option<&'a str>,
    /// By what: rules, limits and day, as a pipeline says them; by anything where there is
    /// none.
    pub identity: Option<&'a str>,
}

fn token(row: &rusqlite::Row<'_>) -> Result<Access> {
    let scopes: String = row.get(1)?;
    let scopes: Result<_> = scopes.split_whitespace().map(people::read).collect();
    Ok(Access { label: row.get(0)?, scopes: scopes?, ends: row.get(2)?, gone: row.get(3)? })
}

fn subject(label: &str) -> String {
    format!("token {label}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::{act, examination, office};
    use crate::record::{Act, Refusal};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_token_is_good_for_what_it_says_until_it_ends_or_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), false);
        let ends = at("2026-12-27T08:00:00Z");
        let of = |label: &'static str, scopes: &'static [Scope], ends| NewToken {
            label,
            digest: [7; 32],
            scopes,
            ends,
        };
        use Scope::{Examine, Read};
        for wrong in [
            of("scanner", &[], ends),
            of(" ", &[Read], ends),
            of("scanner", &[Read], at("2026-11-27T08:00:00Z")),
            of("scanner", &[Read], at("2027-11-29T08:00:00Z")),
        ] {
            let added = store.add_token(act("setup"), &wrong);
            assert!(matches!(added, Err(Error::Wrong(_))), "{wrong:?}: {added:?}");
        }
        store.add_token(act("setup"), &of("scanner", &[Read, Examine, Read], ends)).unwrap();
        let again = NewToken { digest: [8; 32], ..of("scanner", &[Read], ends) };
        assert!(store.add_token(act("setup"), &again).is_err(), "a name is one token's for good");
        let now = at("2026-11-28T08:00:00Z");
        let found = store.token(&[7; 32], now).unwrap().unwrap();
        assert_eq!(found.scopes, [Examine, Read]);
        assert!(found.may(Read) && found.may(Examine));
        assert_eq!(store.token(&[8; 32], now).unwrap(), None);
        assert_eq!(store.token(&[7; 32], ends).unwrap(), None, "it has ended");
        store.revoke_token(act("setup"), "scanner").unwrap();
        assert_eq!(store.token(&[7; 32], now).unwrap(), None);
        assert!(store.revoke_token(act("setup"), "scanner").is_err());
        assert!(store.tokens().unwrap()[0].gone);
        assert_eq!(store.check().unwrap().wrong, []);

        store.add_person(act("setup"), "sys", "sys").unwrap();
        store.grant(act("setup"), "sys", Role::SystemAdministrator, true).unwrap();
        let theirs = store.add_token(act("li"), &of("other", &[Read], ends));
        assert!(matches!(theirs, Err(Error::Refused(Refusal::NoDuty))), "{theirs:?}");
    }

    #[test]
    fn a_token_that_nobody_entered_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let store = office(folder.path(), false);
        for sql in [
            "INSERT INTO token VALUES ('mine', zeroblob(32), 'read', '2027-01-01T00:00:00.000Z', 1, NULL)",
            "UPDATE token SET scopes = 'examine read'",
            "DELETE FROM token",
        ] {
            let done = store.connection.execute(sql, []);
            assert_eq!(done.is_ok(), sql.starts_with("INSERT"), "{sql}");
        }
        assert_ne!(store.check().unwrap().wrong, []);
    }

    #[test]
    fn bytes_are_known_by_digest_name_rules_and_day() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), false);
        let of = examination(1, false);
        store.keep(act(Act::MACHINE), "api/a.zip", &of).unwrap();
        let sha256 = of.sha256.as_str();
        let own = "vetmark 0.1.0 2026-11-27 r d none ";
        for (source, identity, known) in [
            (None, None, true),
            (Some("api/a.zip"), Some(own), true),
            (Some("/in/a.zip"), Some(own), true),
            (Some("api/b.zip"), Some(own), false),
            (None, Some("vetmark 0.1.0 2026-11-27 other d none "), false),
            (None, Some("vetmark 0.2.0 2026-11-27 r d none "), false),
            (None, Some("vetmark 0.1.0 2026-11-28 r d none "), false),
            (None, Some("vetmark 0.1.0 2026-11-27 r d none pages=5"), false),
        ] {
            let found = store.told_of(&OfBytes { sha256, source, identity }).unwrap();
            assert_eq!(found.is_some(), known, "{source:?} {identity:?}");
        }
        let (matter, line) =
            store.told_of(&OfBytes { sha256, source: None, identity: None }).unwrap().unwrap();
        assert_eq!(matter, 1);
        assert!(line.contains("\"source\":\"api/a.zip\""), "{line}");
        let none = OfBytes { sha256: &"0".repeat(64), source: None, identity: None };
        assert_eq!(store.told_of(&none).unwrap(), None);
    }
}
