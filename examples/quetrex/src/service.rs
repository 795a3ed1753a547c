//! The service itself; what it does with each model is in the module of that model.

use quetrex_db::{Db, Result, Tx};

/// What the programs of Quetrex do with their data. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DatabaseService {
    pub(crate) db: Db,
}

impl DatabaseService {
    /// A service on any handle: tests hand in one to a database of their own.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The handle, for queries that the service has no words for.
    pub fn handle(&self) -> &Db {
        &self.db
    }

    /// Runs the work inside a transaction: all of it is kept, or, after an error, nothing.
    ///
    /// # Errors
    /// That of the work, or of the commit.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.db.transaction(work).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
