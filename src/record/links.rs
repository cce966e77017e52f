//! One-time links: how a person gets their first password, or another when they forgot it.
//! There is no default password, and nobody sets another's: one administrator makes the
//! link, another gives the code without which it opens nothing, and neither has both.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::accounts::{later, put_password};
use super::error::{Error, Result};
use super::ledger::{self, written};
use super::people::{self, subject};
use super::secret::{Code, Hashed, Token};
use super::store::{Act, Store};
use crate::model::{Role, Timestamp};

/// How long a person's link holds, in minutes.
pub const LINK_MINUTES: i64 = 24 * 60;

/// How long the link holds that sets up a store, in minutes.
pub const SETUP_MINUTES: i64 = 60;

/// So many wrong codes make a link void.
const TRIES: i64 = 5;

/// Who gives codes. The auditor too, so that a security administrator gets one as well.
pub const GIVE_CODES: &[Role; 2] = &[Role::SecurityAdministrator, Role::Auditor];

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// This person sets their password; with a code, where `coded` says so.
    Person {
        /// The name they act under.
        name: String,
        /// Whether a code is asked for.
        coded: bool,
    },
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
    /// Once there is a system administrator, only one may; once there is somebody else who
    /// may give its code, it wants one.
    ///
    /// # Errors
    /// That the actor may not, or that there is no such person.
    pub fn link(&mut self, act: Act<'_>, name: &str) -> Result<Token> {
        let token = Token::new()?;
        self.write(|tx| {
            people::duty(tx, act, Role::SystemAdministrator)?;
            let coded = code_giver(tx, act.actor, name)?;
            put_link(tx, act, &token, For { name: Some(name), coded }, LINK_MINUTES)
        })?;
        Ok(token)
    }

    /// Makes the code of a person's link that wants one; another they had for it is void.
    /// A security administrator gives it or an auditor, and nobody to themselves.
    ///
    /// # Errors
    /// That the actor may not, or that no link of theirs waits for one.
    pub fn code(&mut self, act: Act<'_>, name: &str) -> Result<Code> {
        let code = Code::new()?;
        self.write(|tx| {
            let may = act.actor != name && holds(tx, act.actor, GIVE_CODES)?;
            if !may {
                return Err(Error::wrong(
                    "the code of a link is given by a security administrator or an auditor, and \
                     not to themselves",
                    "链接的验证码由安全保密管理员或者安全审计员给出，且不得给予本人",
                ));
            }
            let sql = "SELECT digest FROM link WHERE person = ?1 AND coded = 1 AND ends > ?2";
            let link: Option<[u8; 32]> =
                tx.query_row(sql, (name, written(act.at)), |row| row.get(0)).optional()?;
            let link = link.ok_or_else(|| {
                Error::wrong("no link of theirs waits for a code", "此人没有等待验证码的链接")
            })?;
            ledger::append(tx, act, "person.code", &subject(name), &json!({}))?;
            tx.execute("UPDATE link SET code = ?2 WHERE digest = ?1", (link, code.digest(&link)))?;
            Ok(())
        })?;
        Ok(code)
    }

    /// Whose links want a code: names, and whether it was given.
    ///
    /// # Errors
    /// Those of the store.
    pub fn coded_links(&self, at: Timestamp) -> Result<Vec<(String, bool)>> {
        let sql = "SELECT person, code IS NOT NULL FROM link \
                   WHERE coded = 1 AND person IS NOT NULL AND ends > ?1 ORDER BY person";
        let mut all = self.connection.prepare_cached(sql)?;
        let rows = all.query_map([written(at)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
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
                    put_link(tx, act, &token, For::bare(&name), LINK_MINUTES)?;
                    links.push((Some(name), token));
                }
            }
            if links.len() < duties.len() {
                let token = Token::new()?;
                put_link(tx, act, &token, For::STORE, SETUP_MINUTES)?;
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

    /// Sets a password by a link and its code, where it wants one; the link is void from
    /// then on, and after some wrong codes. Whose it is is given back.
    ///
    /// # Errors
    /// That the link does not hold, or that the code is not its own.
    pub fn use_link(
        &mut self,
        at: Timestamp,
        token: &Token,
        code: Option<&Code>,
        password: &Hashed,
    ) -> Result<String> {
        // What was tried in vain is kept, so a refusal is no error of the operation.
        self.write(|tx| {
            let Some(LinkFor::Person { name, coded }) = link_for(tx, token, at)? else {
                return Ok(Err(void()));
            };
            if coded && !is_code(tx, token, code)? {
                return refuse(tx, Act { actor: Act::MACHINE, at }, token, &name).map(Err);
            }
            put_password(tx, Act { actor: &name, at }, password)?;
            Ok(Ok(name))
        })?
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
                put_link(tx, act, &token, For::bare(&newcomer.name), LINK_MINUTES)?;
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
    let sql = "SELECT person, coded FROM link WHERE digest = ?1 AND ends > ?2";
    let found: Option<(Option<String>, bool)> = connection
        .query_row(sql, (token.digest(), written(at)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match found {
        None => None,
        Some((Some(name), coded)) => Some(LinkFor::Person { name, coded }),
        Some((None, _)) => Some(LinkFor::Setup {
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

/// Whether somebody has one of these roles.
fn holds(tx: &Transaction<'_>, name: &str, roles: &[Role]) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM role JOIN person ON person.name = role.person \
               WHERE person = ?1 AND role = ?2 AND gone IS NULL)";
    for role in roles {
        if tx.query_row(sql, (name, role.name()), |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is somebody who may give the code of a link, other than who makes it and
/// whose it is. Where there is nobody, a link alone has to do, or nobody came back in.
fn code_giver(tx: &Transaction<'_>, maker: &str, whose: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM role JOIN person ON person.name = role.person \
               WHERE role IN (?1, ?2) AND gone IS NULL AND person NOT IN (?3, ?4))";
    let [security, audit] = GIVE_CODES.map(Role::name);
    Ok(tx.query_row(sql, (security, audit, maker, whose), |row| row.get(0))?)
}

fn is_code(tx: &Transaction<'_>, token: &Token, code: Option<&Code>) -> Result<bool> {
    let link = token.digest();
    let sql = "SELECT code FROM link WHERE digest = ?1";
    let kept: Option<[u8; 32]> = tx.query_row(sql, [link], |row| row.get(0))?;
    Ok(kept.is_some_and(|kept| code.is_some_and(|code| code.digest(&link) == kept)))
}

/// Counts a wrong code; the last one makes the link void.
fn refuse(tx: &Transaction<'_>, act: Act<'_>, token: &Token, name: &str) -> Result<Error> {
    let sql = "UPDATE link SET tried = tried + 1 WHERE digest = ?1 RETURNING tried";
    let tried: i64 = tx.query_row(sql, [token.digest()], |row| row.get(0))?;
    ledger::append(tx, act, "person.code-refuse", &subject(name), &json!({ "tried": tried }))?;
    if tried < TRIES {
        return Ok(Error::wrong(
            "this code is not the link's: ask the security administrator for it",
            "验证码与链接不符：请向安全保密管理员索取",
        ));
    }
    tx.execute("DELETE FROM link WHERE digest = ?1", [token.digest()])?;
    Ok(void())
}

/// Who a link is for: a person, or whoever sets up the store.
#[derive(Clone, Copy)]
struct For<'a> {
    name: Option<&'a str>,
    /// Whether it wants a code.
    coded: bool,
}

impl<'a> For<'a> {
    const STORE: Self = Self { name: None, coded: false };

    /// A person of a store that nobody can sign in to: nobody is there to give a code.
    fn bare(name: &'a str) -> Self {
        Self { name: Some(name), coded: false }
    }
}

fn put_link(
    tx: &Transaction<'_>,
    act: Act<'_>,
    token: &Token,
    whose: For<'_>,
    minutes: i64,
) -> Result<()> {
    let For { name, coded } = whose;
    let subject = match name {
        Some(name) if !people::exists(tx, name)? => return Err(Error::Unknown(subject(name))),
        Some(name) => subject(name),
        None => "store".to_owned(),
    };
    let ends = later(act.at, minutes);
    let body = json!({ "ends": ends, "coded": coded });
    let entry = ledger::append(tx, act, "person.link", &subject, &body)?;
    tx.execute("DELETE FROM link WHERE person IS ?1 OR ends <= ?2", (name, written(act.at)))?;
    let sql = "INSERT INTO link (digest, person, ends, entry, coded) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, (token.digest(), name, ends, entry, coded))?;
    Ok(())
}
