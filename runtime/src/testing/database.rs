//! A database for one test: a copy of a template on PostgreSQL, a database in memory on SQLite.

use super::server::Server;
use crate::{Builder, Db, Result, SqliteTarget, Target};

/// A database of its own, with the tables of the schema and the seeds. It goes away with this value.
#[derive(Debug)]
pub struct TestDatabase {
    db: Db,
    /// The server that has the database, which has to be told to drop it, and the name.
    on: Option<(Server, String)>,
}

impl TestDatabase {
    /// A new database: on the PostgreSQL server that the builder or the environment names, or in memory where they name
    /// SQLite, whatever its file. What the database itself holds that they name is left alone. It has the hooks of the builder.
    ///
    /// On PostgreSQL it is copied from a template, which is made when the schema is seen for the first time. The user
    /// must be allowed to create databases.
    ///
    /// # Errors
    /// Settings that are wrong; a server that cannot be reached, or that refuses to create a database; a seed that cannot
    /// be loaded.
    pub async fn new(builder: Builder) -> Result<Self> {
        let config = builder.config()?;
        let Target::Postgres(target) = config.target.clone() else {
            let db = builder.at(Target::Sqlite(SqliteTarget::Memory)).connect().await?;
            return Ok(Self { db, on: None });
        };
        let server = Server::new(target, config, builder.schema());
        let name = server.create(&builder).await?;
        match builder.at(server.target(&name)).connect().await {
            Ok(db) => Ok(Self { db, on: Some((server, name)) }),
            Err(error) => server.drop(&name).await.and(Err(error)),
        }
    }

    /// The handle.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Closes the handle and drops the database, and says whether that worked; dropping this value does the same, but
    /// blocks the thread meanwhile.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses.
    pub async fn close(mut self) -> Result<()> {
        self.db.close().await;
        match self.on.take() {
            Some((server, name)) => server.drop(&name).await,
            None => Ok(()),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.on.take() else { return };
        // In a thread of its own: the one that drops this may be inside a runtime, and the test's may be gone.
        let dropped = std::thread::spawn(move || server.drop_blocking(&name)).join();
        if !matches!(dropped, Ok(Ok(()))) {
            tracing::warn!(target: "seedbed", "a test database could not be dropped; a later run drops it");
        }
    }
}
