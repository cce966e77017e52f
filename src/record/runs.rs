//! Scans on their way: how far each has come, for whoever waits for what it brings. No
//! entries of the ledger, which has what they find.

use super::accounts::later;
use super::error::Result;
use super::ledger::written;
use super::store::Store;
use crate::model::Timestamp;

/// Minutes without a word after which a scan is taken for stopped.
const SILENT: i64 = 2;

/// Minutes for which one that is over is still told of.
const TOLD: i64 = 10;

/// Days after which nothing is known of one any more.
const KEPT_DAYS: i64 = 7;

/// Where a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// On its way.
    Running,
    /// It said that it is done.
    Done,
    /// It said nothing for a while, and not that it is done.
    Silent,
}

/// A scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The paths as they were given.
    pub what: String,
    /// When it began: RFC 3339 in UTC.
    pub begun: String,
    /// How many matters it examined so far.
    pub seen: u64,
    /// Where it is.
    pub state: RunState,
}

impl Store {
    /// Says that a scan begins. Its number is given back.
    ///
    /// # Errors
    /// Those of the store.
    pub fn begin_run(&mut self, at: Timestamp, what: &str) -> Result<i64> {
        self.write(|tx| {
            let old = later(at, -KEPT_DAYS * 24 * 60);
            tx.execute("DELETE FROM run WHERE touched < ?1", [old])?;
            let sql = "INSERT INTO run (what, begun, touched) VALUES (?1, ?2, ?2)";
            tx.execute(sql, (what, written(at)))?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// Says how far a scan has come, and whether it is done.
    ///
    /// # Errors
    /// Those of the store.
    pub fn run_goes_on(&mut self, at: Timestamp, run: i64, seen: u64, done: bool) -> Result<()> {
        self.write(|tx| {
            let sql =
                "UPDATE run SET touched = ?2, seen = ?3, ended = iif(?4, ?2, NULL) WHERE id = ?1";
            tx.execute(sql, (run, written(at), seen, done))?;
            Ok(())
        })
    }

    /// The scans on their way and those that ended in the last minutes, the latest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn runs(&self, at: Timestamp, limit: u32) -> Result<Vec<Run>> {
        let mut rows = self.connection.prepare_cached(
            "SELECT what, begun, seen, CASE WHEN ended IS NOT NULL THEN 1 \
             WHEN touched < ?1 THEN 2 ELSE 0 END FROM run WHERE touched >= ?2 \
             ORDER BY id DESC LIMIT ?3",
        )?;
        let rows = rows.query_map((later(at, -SILENT), later(at, -TOLD), limit), |row| {
            let state = match row.get::<_, i64>(3)? {
                0 => RunState::Running,
                1 => RunState::Done,
                _ => RunState::Silent,
            };
            Ok(Run { what: row.get(0)?, begun: row.get(1)?, seen: row.get(2)?, state })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::create(&folder.path().join("store")).unwrap();
        let at = |minutes: i64| {
            let start: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
            start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
        };
        let states = |store: &Store, minutes| -> Vec<(String, u64, RunState)> {
            let runs = store.runs(at(minutes), 9).unwrap();
            runs.into_iter().map(|run| (run.what, run.seen, run.state)).collect()
        };
        let first = store.begin_run(at(0), "in/").unwrap();
        let second = store.begin_run(at(1), "old/").unwrap();
        store.run_goes_on(at(1), first, 7, false).unwrap();
        store.run_goes_on(at(2), second, 3, true).unwrap();
        let (one, two) = ("in/".to_owned(), "old/".to_owned());
        assert_eq!(
            states(&store, 2),
            [(two.clone(), 3, RunState::Done), (one.clone(), 7, RunState::Running)]
        );
        assert_eq!(
            states(&store, 5),
            [(two.clone(), 3, RunState::Done), (one, 7, RunState::Silent)]
        );
        assert_eq!(states(&store, 12), [(two, 3, RunState::Done)]);
        assert_eq!(states(&store, 60), []);
        store.begin_run(at(60 * 24 * 8), "later/").unwrap();
        let all: i64 =
            store.connection.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).unwrap();
        assert_eq!(all, 1, "what is over for long is thrown away");
    }
}
