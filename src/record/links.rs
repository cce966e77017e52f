//! One-time links: how a person gets their first password, or another when they forgot it.
//! There is no default password, and nobody sets another's.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::accounts::{later, put_password};
use super::error::{Error, Result};
use super::ledger::{self, written};
use super::people::{self, subject};
use super::secret::{Hashed, Token};
use super::store::{Act, Store};
use crate::model::{Role, Timestamp};

/// How long a person's link holds, in minutes.
pub const LINK_MINUTES: i64 = 24 * 60;

/// How long the link holds that sets up a store, in minutes.
pub const SETUP_MINUTES: i64 = 60;

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// This person sets their password.
    Person(String),
    /// The administrators of a store are entered that has none; these two duties nobody has.
    Setup {
        /// No system administrator yet.
        system: bool,
        /// No security administrator yet.
        security: bool,
    },
}

/// A person who is to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The name they act under.
    pub name: String,
    /// The name on papers.
    pub shown: String,
}

impl Store {
    /// Makes a link by which a person sets their password. One they had before is void.
    /// Once there is a system administrator, only one may.
    ///
    /// # Errors
    /// That the actor may not, or that there is no such person.
    pub fn link(&mut self, act: Act<'_>, name: &str) -> Result<Token> {
        let token = Token::new()?;
        self.write(|tx| {
            people::duty(tx, act, Role::SystemAdministrator)?;
            put_link(tx, act, &token, Some(name), LINK_MINUTES)
        })?;
        Ok(token)
    }

    /// Makes the link by which a store that nobody can sign in to gets its
    /// administrators. Where it has both, their own links are made instead: names and links.
    ///
    /// # Errors
    /// That somebody can sign in.
    pub fn first_links(&mut self, at: Timestamp) -> Result<Vec<(Option<String>, Token)>> {
        let act = Act { actor: Act::MACHINE, at };
        self.write(|tx| {
            if tx.query_row("SELECT EXISTS (SELECT 1 FROM password)", [], |row| row.get(0))? {
                return Err(Error::wrong(
                    "somebody can sign in: they make links for others",
                    "已有人可以登录：由其为他人生成链接",
                ));
            }
            // A link that was printed before is void: nobody knows who saw it.
            tx.execute("DELETE FROM link", [])?;
            let duties = [Role::SystemAdministrator, Role::SecurityAdministrator];
            let mut links = Vec::new();
            for duty in duties {
                if let Some(name) = holder(tx, duty)? {
                    let token = Token::new()?;
                    put_link(tx, act, &token, Some(&name), LINK_MINUTES)?;
                    links.push((Some(name), token));
                }
            }
            if links.len() < duties.len() {
                let token = Token::new()?;
                put_link(tx, act, &token, None, SETUP_MINUTES)?;
                links.push((None, token));
            }
            Ok(links)
        })
    }

    /// What a link is for, if it still holds.
    ///
    /// # Errors
    /// Those of the store.
    pub fn link_for(&self, token: &Token, at: Timestamp) -> Result<Option<LinkFor>> {
        link_for(&self.connection, token, at)
    }

    /// Sets a password by a link, which is void from then on. Whose it is is given back.
    ///
    /// # Errors
    /// That the link does not hold.
    pub fn use_link(&mut self, at: Timestamp, token: &Token, password: &Hashed) -> Result<String> {
        self.write(|tx| match link_for(tx, token, at)? {
            Some(LinkFor::Person(name)) => {
                put_password(tx, Act { actor: &name, at }, password)?;
                Ok(name)
            }
            _ => Err(void()),
        })
    }

    /// Enters the administrators of a store by its link, which is void from then on; each
    /// gets a link of their own.
    ///
    /// # Errors
    /// That the link does not hold, that the two are one, or that a name is taken.
    pub fn set_up(
        &mut self,
        at: Timestamp,
        token: &Token,
        system: Option<&Newcomer>,
        security: Option<&Newcomer>,
    ) -> Result<Vec<(String, Token)>> {
        self.write(|tx| {
            let Some(LinkFor::Setup { system: no_system, security: no_security }) =
                link_for(tx, token, at)?
            else {
                return Err(void());
            };
            let act = Act { actor: SETUP, at };
            let wanted = [
                (no_system, system, Role::SystemAdministrator),
                (no_security, security, Role::SecurityAdministrator),
            ];
            let mut links = Vec::new();
            for (missing, newcomer, role) in wanted {
                if !missing {
                    continue;
                }
                let newcomer = newcomer.ok_or_else(|| {
                    Error::wrong("both administrators are asked for", "两名管理员均须填写")
                })?;
                enter(tx, act, newcomer, role)?;
                let token = Token::new()?;
                put_link(tx, act, &token, Some(&newcomer.name), LINK_MINUTES)?;
                links.push((newcomer.name.clone(), token));
            }
            tx.execute("DELETE FROM link WHERE digest = ?1", [token.digest()])?;
            Ok(links)
        })
    }
}

/// Whoever sets up a store, as its ledger calls them.
const SETUP: &str = "setup";

fn void() -> Error {
    Error::wrong(
        "this link does not hold, or no longer: it was used, replaced, or its time is over",
        "链接无效：已使用、已被替换或者已过期",
    )
}

fn enter(tx: &Transaction<'_>, act: Act<'_>, new: &Newcomer, role: Role) -> Result<()> {
    people::add(tx, act, &new.name, &new.shown)?;
    let body = json!({ "role": role });
    let seq = ledger::append(tx, act, "person.grant", &subject(&new.name), &body)?;
    tx.execute("INSERT INTO role VALUES (?1, ?2, ?3)", (&new.name, role.name(), seq))?;
    Ok(())
}

fn link_for(
    connection: &rusqlite::Connection,
    token: &Token,
    at: Timestamp,
) -> Result<Option<LinkFor>> {
    let sql = "SELECT person FROM link WHERE digest = ?1 AND ends > ?2";
    let found: Option<Option<String>> =
        connection.query_row(sql, (token.digest(), written(at)), |row| row.get(0)).optional()?;
    Ok(match found {
        None => None,
        Some(Some(person)) => Some(LinkFor::Person(person)),
        Some(None) => Some(LinkFor::Setup {
            system: holder(connection, Role::SystemAdministrator)?.is_none(),
            security: holder(connection, Role::SecurityAdministrator)?.is_none(),
        }),
    })
}

/// Who has a duty: the first by name.
fn holder(connection: &rusqlite::Connection, role: Role) -> Result<Option<String>> {
    let sql = "SELECT person FROM role JOIN person ON person.name = role.person \
               WHERE role = ?1 AND gone IS NULL ORDER BY person LIMIT 1";
    Ok(connection.query_row(sql, [role.name()], |row| row.get(0)).optional()?)
}

fn put_link(
    tx: &Transaction<'_>,
    act: Act<'_>,
    token: &Token,
    name: Option<&str>,
    minutes: i64,
) -> Result<()> {
    let subject = match name {
        Some(name) if !people::exists(tx, name)? => return Err(Error::Unknown(subject(name))),
        Some(name) => subject(name),
        None => "store".to_owned(),
    };
    let ends = later(act.at, minutes);
    let entry = ledger::append(tx, act, "person.link", &subject, &json!({ "ends": ends }))?;
    tx.execute("DELETE FROM link WHERE person IS ?1 OR ends <= ?2", (name, written(act.at)))?;
    tx.execute("INSERT INTO link VALUES (?1, ?2, ?3, ?4)", (token.digest(), name, ends, entry))?;
    Ok(())
}
