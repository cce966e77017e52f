//! Examinations as they were reported: what papers are made of, without examining
//! anything again. What no output may show was taken out before, and is not here.

use rusqlite::{OptionalExtension, Transaction};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::keep::subject;
use super::store::Store;
use crate::model::{
    Coverage, Declassification, Disclosure, Examination, Level, Part, Verdict, Words, hex,
};

/// What is kept of it as it stands: its middle, in the order of a line of a report.
#[derive(Serialize)]
struct Middle<'a> {
    verdict: Verdict,
    disclosure: &'a Disclosure,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'a Level>,
    next_step: &'a Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    declassification: Option<&'a Declassification>,
    parts: &'a [Part],
    coverage: &'a Coverage,
}

/// What the record keeps of its end.
#[derive(Serialize)]
struct End {
    name: &'static str,
    version: String,
    rules: String,
    dictionaries: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<String>,
}

/// Keeps what was reported, or finds what says the same. Its number and digest are
/// given back.
pub(super) fn keep(tx: &Transaction<'_>, of: &Examination) -> Result<(i64, String)> {
    let middle = Middle {
        verdict: of.verdict,
        disclosure: &of.disclosure,
        level: of.level.as_ref(),
        next_step: &of.next_step,
        declassification: of.declassification.as_ref(),
        parts: &of.parts,
        coverage: &of.coverage,
    };
    let json = serde_json::to_string(&middle).map_err(std::io::Error::other)?;
    let digest = hex(&Sha256::digest(&json));
    let known = tx
        .prepare_cached("SELECT id FROM told WHERE digest = ?1")?
        .query_row([&digest], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok((id, digest));
    }
    tx.prepare_cached("INSERT INTO told (digest, sha256, bytes, json) VALUES (?1, ?2, ?3, ?4)")?
        .execute((&digest, &of.sha256, of.bytes, &json))?;
    Ok((tx.last_insert_rowid(), digest))
}

impl Store {
    /// The last examination of a matter as a line of `vetmark.examination/1`.
    ///
    /// # Errors
    /// That there is no such matter, or that it was last examined before such lines were kept.
    pub fn told(&self, matter: i64) -> Result<String> {
        self.line_of("matter = ?1", matter)?.ok_or_else(|| match self.seen(matter) {
            Ok(_) => Error::wrong(
                format!("{} was last examined by an older version: scan it again", subject(matter)),
                format!("事项{matter}由旧版本审查：请重新扫描"),
            ),
            Err(error) => error,
        })
    }

    /// One examination as such a line, the last where there are several.
    pub(super) fn line_of(
        &self,
        condition: &'static str,
        value: impl rusqlite::ToSql,
    ) -> Result<Option<String>> {
        let sql = format!(
            "SELECT source, as_of, engine, rules, dictionaries, suppressions, budget, \
             told.sha256, told.bytes, told.json FROM examination \
             JOIN told ON told.id = examination.told WHERE {condition} \
             ORDER BY examination.id DESC LIMIT 1"
        );
        let row = self.connection.prepare_cached(&sql)?.query_row([value], |row| {
            let end = End {
                name: "vetmark",
                version: row.get(2)?,
                rules: row.get(3)?,
                dictionaries: row.get(4)?,
                suppressions: row.get(5)?,
                budget: row.get(6)?,
            };
            let (source, as_of): (String, String) = (row.get(0)?, row.get(1)?);
            let (sha256, bytes, json) = (row.get(7)?, row.get(8)?, row.get(9)?);
            Ok((source, as_of, sha256, bytes, json, end))
        });
        row.optional()?.map(|row| line(&row)).transpose()
    }
}

/// Source, day, digest, size, middle and end.
type Row = (String, String, String, u64, String, End);

fn line((source, as_of, sha256, bytes, middle, end): &Row) -> Result<String> {
    let text = |of: &str| serde_json::to_string(of).map_err(std::io::Error::other);
    let end = serde_json::to_string(end).map_err(std::io::Error::other)?;
    let middle = middle.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let middle = middle.ok_or_else(|| Error::Damaged("what was reported is no object".into()))?;
    let (source, sha256, as_of) = (text(source)?, text(sha256)?, text(as_of)?);
    Ok(format!(
        "{{\"schema\":\"vetmark.examination/1\",\"source\":{source},\"sha256\":{sha256},\
         \"bytes\":{bytes},\"as_of\":{as_of},{middle},\"engine\":{end}}}"
    ))
}

#[cfg(test)]
mod tests {
    use crate::record::tests::{act, examination, office};
    use crate::record::{Act, Error};

    #[test]
    fn what_was_reported_is_given_back_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), true);
        let mut of = examination(1, true);
        of.engine.budget = Some("pages=5".into());
        store.keep(act(Act::MACHINE), "/in/a.zip", &of).unwrap();
        of.source = "/in/a.zip".into();
        assert_eq!(store.told(1).unwrap(), serde_json::to_string(&of).unwrap());
        // Another day says the same, and costs a row and no copy.
        of.as_of = of.as_of.tomorrow().unwrap();
        store.keep(act(Act::MACHINE), "/in/a.zip", &of).unwrap();
        assert_eq!(store.told(1).unwrap(), serde_json::to_string(&of).unwrap());
        let count = |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            store.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("told"), count("examination")), (1, 3));
        assert!(matches!(store.told(2), Err(Error::Unknown(_))));
    }
}
