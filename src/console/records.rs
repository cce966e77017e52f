//! The store behind the pages: one that writes, several that read, each of them in a thread
//! that may wait. Nothing else here blocks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::error::Error;
use crate::record::{self, Store};

/// How many read at once.
const READERS: usize = 4;

/// The store.
pub struct Records {
    path: PathBuf,
    writer: Arc<Mutex<Store>>,
    idle: Arc<Mutex<Vec<Store>>>,
    readers: Semaphore,
}

impl Records {
    /// Opens a store, or makes it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn open(path: &Path) -> record::Result<Self> {
        Ok(Self {
            path: path.to_path_buf(),
            writer: Arc::new(Mutex::new(Store::create(path)?)),
            idle: Arc::default(),
            readers: Semaphore::new(READERS),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads.
    ///
    /// # Errors
    /// What `work` gives, and those of the store.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> record::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.readers.acquire().await.map_err(|_| Error::Mistake)?;
        let (idle, path) = (Arc::clone(&self.idle), self.path.clone());
        blocking(move || {
            let reader = lock(&idle).pop();
            let reader = reader.map_or_else(|| Store::read(&path), Ok)?;
            let done = work(&reader);
            lock(&idle).push(reader);
            done
        })
        .await
    }

    /// Writes: one after another.
    ///
    /// # Errors
    /// What `work` gives, and those of the store.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> record::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let writer = Arc::clone(&self.writer);
        blocking(move || work(&mut lock(&writer))).await
    }
}

/// Does something that takes time in a thread that may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> record::Result<T> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(Error::Record),
        Err(_) => Err(Error::Mistake),
    }
}

/// Whoever panicked held a transaction that was rolled back: the store is as it was.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
