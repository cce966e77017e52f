//! That a person looked at the text or the picture of a document: entered before it is
//! shown, since a look that cannot be entered is none.

use rusqlite::OptionalExtension;
use serde_json::json;

use super::error::{Error, Result};
use super::keep::subject;
use super::store::{Act, Store};
use super::{ledger, people, reviews};
use crate::model::Seen;

/// What of a matter a person looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The part, from 1.
    pub part: u32,
    /// The page, from 1; 0 for what stands on none.
    pub page: u32,
    /// Whether it is the picture of the page, and not its text.
    pub picture: bool,
}

impl Store {
    /// Enters that a person looks at a page, and gives what the matter is at that moment.
    ///
    /// # Errors
    /// That there is no such person, matter or part.
    pub fn look(&mut self, act: Act<'_>, matter: i64, at: Look) -> Result<Seen> {
        self.write(|tx| {
            if !people::exists(tx, act.actor)? {
                return Err(Error::Unknown(format!("person {}", act.actor)));
            }
            let seen = reviews::seen(tx, matter)?;
            let sql = "SELECT part.sha256 FROM part JOIN matter ON matter.evidence = part.evidence \
                       WHERE matter.id = ?1 AND part.number = ?2";
            let sha256: Option<String> =
                tx.query_row(sql, (matter, at.part), |row| row.get(0)).optional()?;
            let Some(sha256) = sha256 else {
                return Err(Error::Unknown(format!("part {} of {}", at.part, subject(matter))));
            };
            let body = json!({
                "version": seen.version,
                "part": at.part,
                "sha256": sha256,
                "page": at.page,
                "as": if at.picture { "picture" } else { "text" },
            });
            ledger::append(tx, act, "matter.page", &subject(matter), &body)?;
            Ok(seen)
        })
    }
}
