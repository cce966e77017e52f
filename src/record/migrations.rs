//! Bringing a store to the version of this program: one SQL file a version, each
//! in a transaction of its own.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::{Error, Result};

/// The files, in order. One that was released is never changed: a change is a new one.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001-ledger.sql"),
    include_str!("migrations/0002-matters.sql"),
    include_str!("migrations/0003-deadlines.sql"),
    include_str!("migrations/0004-accounts.sql"),
    include_str!("migrations/0005-passages.sql"),
    include_str!("migrations/0006-tokens.sql"),
    include_str!("migrations/0007-runs.sql"),
    include_str!("migrations/0008-find.sql"),
    include_str!("migrations/0009-codes.sql"),
    include_str!("migrations/0010-addresses.sql"),
];

/// What SQLite's header says of a store of ours: `vetm`.
const APPLICATION: i64 = 0x7665_746d;

/// The version of this program's stores.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Looks whether a file is a store that this program can use.
///
/// # Errors
/// That it is something else, or newer.
pub(super) fn check(connection: &Connection) -> Result<i64> {
    let version = number(connection, "user_version")?;
    let application = number(connection, "application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, version) {
        (0, 0) if tables == 0 => Ok(0),
        (APPLICATION, found) if found > KNOWN => Err(Error::Newer { found, known: KNOWN }),
        (APPLICATION, found) => Ok(found),
        _ => Err(Error::NotAStore),
    }
}

/// Brings it up to date.
///
/// # Errors
/// Why that cannot be; the store is then of the version it had come to.
pub(super) fn run(connection: &mut Connection) -> Result<()> {
    while (check(connection)?) < KNOWN {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Somebody else may have done it while we waited.
        let version = check(&tx)?;
        if let Some(sql) = usize::try_from(version).ok().and_then(|at| MIGRATIONS.get(at)) {
            step(&tx, sql, version + 1)?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// Brings an empty file to an older version, to see what becomes of it.
#[cfg(test)]
pub(super) fn to(connection: &mut Connection, version: i64) -> Result<()> {
    for (sql, version) in MIGRATIONS.iter().zip(1..=version) {
        let tx = connection.transaction()?;
        step(&tx, sql, version)?;
        tx.commit()?;
    }
    Ok(())
}

fn step(tx: &Transaction<'_>, sql: &str, version: i64) -> Result<()> {
    tx.execute_batch(sql)?;
    tx.pragma_update(None, "application_id", APPLICATION)?;
    tx.pragma_update(None, "user_version", version)?;
    Ok(())
}

fn number(connection: &Connection, pragma: &str) -> Result<i64> {
    Ok(connection.pragma_query_value(None, pragma, |row| row.get(0))?)
}
