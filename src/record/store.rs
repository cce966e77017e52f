//! The file: opening it, and the one way to write to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use serde::Serialize;

use super::error::{Error, Result};
use super::{ledger, migrations};
use crate::model::Timestamp;

/// How long a writer waits for another before it gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store that is open.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    path: PathBuf,
}

/// Who does something, and when: what every entry of the ledger says first.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The person's name; [`Act::MACHINE`] where none acted.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
}

impl Act<'_> {
    /// What the ledger calls this program, where no person acted.
    pub const MACHINE: &'static str = "vetmark";
}

impl Store {
    /// Opens a store, or makes one where there is no file.
    ///
    /// # Errors
    /// That the file is something else, is of a newer version, or cannot be written to.
    pub fn create(path: &Path) -> Result<Self> {
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// As [`Store::create`], and that there is none.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::metadata(path)?;
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens a store that is there, to read it as it stands.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn read(path: &Path) -> Result<Self> {
        std::fs::metadata(path)?;
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        match migrations::check(&connection)? {
            0 => Err(Error::NotAStore),
            _ => Ok(Self { connection, path: path.to_path_buf() }),
        }
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self> {
        let fresh = !path.exists();
        let mut connection = open(path, flags)?;
        // Before anything is written: a store of a newer program stays as it is.
        migrations::check(&connection)?;
        if fresh {
            own(path)?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        migrations::run(&mut connection)?;
        Ok(Self { connection, path: path.to_path_buf() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// One operation: all that `work` writes, or nothing.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        // At once a writer: two who read first and write then could both be right.
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// Enters something in the ledger that changes nothing else.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note(
        &mut self,
        act: Act<'_>,
        action: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<u64> {
        self.write(|tx| ledger::append(tx, act, action, subject, body))
    }

    /// Signs the ledger as it stands.
    ///
    /// # Errors
    /// That there is nothing to sign, and those of the store.
    pub fn sign(&mut self, key: &ledger::SigningKey, at: Timestamp) -> Result<ledger::Checkpoint> {
        self.write(|tx| ledger::checkpoint(tx, key, at))
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    // The name is a file's and never an address, and no other thread has this connection.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// Makes a new, empty file that its owner alone can read.
pub(super) fn new_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path).map(drop)?)
}

/// A new store is its owner's alone.
#[cfg(unix)]
fn own(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?)
}

#[cfg(not(unix))]
fn own(_: &Path) -> Result<()> {
    Ok(())
}
