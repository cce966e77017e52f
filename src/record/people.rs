//! Persons and their roles, and which steps are asked for. Three administrators have
//! three duties: one enters persons, one gives roles, one reads what all of them did.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;

use super::error::{Error, Refusal, Result};
use super::ledger;
use super::store::{Act, Store};
use crate::model::{Asked, Role, Step};

/// A person, as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name they act under.
    pub name: String,
    /// The name on papers.
    pub shown: String,
    /// Whether they left.
    pub gone: bool,
    /// What they may do.
    pub roles: Vec<Role>,
}

impl Store {
    /// Enters a person. Once there is a system administrator, only one may.
    ///
    /// # Errors
    /// That the actor may not, or that the name is taken.
    pub fn add_person(&mut self, act: Act<'_>, name: &str, shown: &str) -> Result<()> {
        self.write(|tx| {
            duty(tx, act, Role::SystemAdministrator)?;
            add(tx, act, name, shown)
        })
    }

    /// Enters that a person left: they act no more, and what they said stands.
    ///
    /// # Errors
    /// That the actor may not, or that there is no such person.
    pub fn retire_person(&mut self, act: Act<'_>, name: &str) -> Result<()> {
        self.write(|tx| {
            duty(tx, act, Role::SystemAdministrator)?;
            let seq = ledger::append(tx, act, "person.retire", &subject(name), &json!({}))?;
            let sql = "UPDATE person SET gone = ?2 WHERE name = ?1 AND gone IS NULL";
            match tx.execute(sql, (name, seq))? {
                0 => Err(Error::Unknown(subject(name))),
                _ => Ok(()),
            }
        })
    }

    /// Gives a person a role, or takes it. Once there is a security administrator,
    /// only one may, and nobody does so for themselves.
    ///
    /// # Errors
    /// That the actor may not, that there is no such person, or that the person has a
    /// duty with which no other role goes.
    pub fn grant(&mut self, act: Act<'_>, name: &str, role: Role, give: bool) -> Result<()> {
        self.write(|tx| {
            let administered = duty(tx, act, Role::SecurityAdministrator)?;
            if administered && act.actor == name {
                return Err(Error::Refused(Refusal::OwnRole));
            }
            if !exists(tx, name)? {
                return Err(Error::Unknown(subject(name)));
            }
            let action = if give { "person.grant" } else { "person.revoke" };
            let seq = ledger::append(tx, act, action, &subject(name), &json!({ "role": role }))?;
            match give {
                true => tx.execute(
                    "INSERT INTO role VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    (name, role.name(), seq),
                )?,
                false => tx.execute(
                    "DELETE FROM role WHERE person = ?1 AND role = ?2",
                    (name, role.name()),
                )?,
            };
            Ok(())
        })
    }

    /// Says when an optional step is taken, from the next proposal on.
    ///
    /// # Errors
    /// That the actor may not, or that the step is not optional.
    pub fn set_policy(&mut self, act: Act<'_>, step: Step, asked: Asked) -> Result<()> {
        self.write(|tx| {
            duty(tx, act, Role::SecurityAdministrator)?;
            if !step.is_optional() {
                return Err(Error::wrong(
                    format!("the step {} is always taken", step.name()),
                    format!("“{}”是必经步骤", step.words().zh),
                ));
            }
            let body = json!({ "asked": asked });
            ledger::append(tx, act, "policy.set", &format!("step {}", step.name()), &body)?;
            tx.execute(
                "UPDATE policy SET asked = ?2 WHERE step = ?1",
                (step.name(), asked.name()),
            )?;
            Ok(())
        })
    }

    /// When each optional step is taken, in the order of steps.
    ///
    /// # Errors
    /// Those of the store.
    pub fn policy(&self) -> Result<Vec<(Step, Asked)>> {
        let mut all = self.connection.prepare(
            "SELECT step, asked FROM policy JOIN step ON step.name = policy.step ORDER BY number",
        )?;
        let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut policy = Vec::new();
        for row in rows {
            let (step, asked): (String, String) = row?;
            policy.push((read(&step)?, read(&asked)?));
        }
        Ok(policy)
    }

    /// All persons, by name.
    ///
    /// # Errors
    /// Those of the store.
    pub fn people(&self) -> Result<Vec<Person>> {
        self.persons(None)
    }

    /// One person.
    ///
    /// # Errors
    /// Those of the store.
    pub fn person(&self, name: &str) -> Result<Option<Person>> {
        Ok(self.persons(Some(name))?.pop())
    }

    fn persons(&self, name: Option<&str>) -> Result<Vec<Person>> {
        let mut all = self.connection.prepare_cached(
            "SELECT name, shown, gone IS NOT NULL, \
             (SELECT group_concat(role, ' ') FROM role WHERE person = name) \
             FROM person WHERE name = coalesce(?1, name) ORDER BY name",
        )?;
        let rows = all.query_map([name], |row| {
            let roles: Option<String> = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, roles.unwrap_or_default()))
        })?;
        let mut people = Vec::new();
        for row in rows {
            let (name, shown, gone, roles) = row?;
            let roles: Result<_> = roles.split_whitespace().map(read).collect();
            people.push(Person { name, shown, gone, roles: roles? });
        }
        Ok(people)
    }
}

/// A value by its name in a column that holds no others.
pub(super) fn read<T: std::str::FromStr<Err = String>>(name: &str) -> Result<T> {
    name.parse().map_err(Error::Damaged)
}

/// Whether somebody has a duty; and if so, that the actor is one of them.
pub(super) fn duty(tx: &Transaction<'_>, act: Act<'_>, role: Role) -> Result<bool> {
    let sql = "SELECT count(*), coalesce(sum(person = ?2), 0) FROM role \
               JOIN person ON person.name = role.person WHERE role = ?1 AND gone IS NULL";
    let (all, own): (i64, i64) =
        tx.query_row(sql, (role.name(), act.actor), |row| Ok((row.get(0)?, row.get(1)?)))?;
    match (all, own) {
        (0, _) => Ok(false),
        (_, 0) => Err(Error::Refused(Refusal::NoDuty)),
        _ => Ok(true),
    }
}

/// Whether there is such a person, who has not left.
pub(super) fn exists(tx: &Transaction<'_>, name: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM person WHERE name = ?1 AND gone IS NULL";
    Ok(tx.query_row(sql, [name], |_| Ok(())).optional()?.is_some())
}

/// Enters a person, whoever asks.
pub(super) fn add(tx: &Transaction<'_>, act: Act<'_>, name: &str, shown: &str) -> Result<()> {
    let known = "SELECT 1 FROM person WHERE name = ?1";
    if tx.query_row(known, [name], |_| Ok(())).optional()?.is_some() {
        return Err(Error::wrong(
            format!("there is a {name} already, or was one"),
            format!("{name}已经存在或者曾经存在"),
        ));
    }
    if name.trim().is_empty() || shown.trim().is_empty() || name == Act::MACHINE {
        return Err(Error::wrong("a name is asked for", "须填写姓名"));
    }
    let seq = ledger::append(tx, act, "person.add", &subject(name), &json!({ "shown": shown }))?;
    tx.execute("INSERT INTO person (name, shown, entry) VALUES (?1, ?2, ?3)", (name, shown, seq))?;
    Ok(())
}

/// What the ledger calls a person.
pub(super) fn subject(name: &str) -> String {
    format!("person {name}")
}
