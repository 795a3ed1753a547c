//! A fresh database for each test, on either dialect, dropped when the test is done with it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use seedbed_schema::Dialect;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{postgres, scratch};

/// An empty database that belongs to one test.
///
/// Dropping it drops the database, whoever is still connected.
#[derive(Debug)]
pub struct TestDb {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// A database of the shared server, by name.
    Server(String),
    /// A directory that holds the database file and what SQLite puts beside it.
    Directory(PathBuf),
}

impl TestDb {
    /// Creates a database on the shared PostgreSQL server, which is started at the first call.
    ///
    /// # Panics
    /// When there is no server and none can be installed; the message says what to do.
    pub async fn postgres() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Copying files takes a fifth of the time that the default, writing the template into the log, takes.
        administer(format!("CREATE DATABASE {name} STRATEGY FILE_COPY"))
            .await
            .unwrap_or_else(|error| panic!("cannot create the test database `{name}`: {error}"));
        Self { url: postgres::server().url(&name), place: Place::Server(name) }
    }

    /// Creates a directory for a SQLite database; the file itself appears when somebody connects.
    pub async fn sqlite() -> Self {
        let directory = scratch::directory();
        Self { url: format!("sqlite:{}", directory.join("t.db").display()), place: Place::Directory(directory) }
    }

    /// Creates a database of `dialect`.
    pub async fn new(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => Self::postgres().await,
            Dialect::Sqlite => Self::sqlite().await,
        }
    }

    /// The address to connect to, as `DATABASE_URL` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The dialect that this database speaks.
    pub fn dialect(&self) -> Dialect {
        match self.place {
            Place::Server(_) => Dialect::Postgres,
            Place::Directory(_) => Dialect::Sqlite,
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let dropped = match &self.place {
            Place::Server(name) => administer_blocking(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")),
            Place::Directory(directory) => fs::remove_dir_all(directory).map_err(|error| error.to_string()),
        };
        // A second panic during a failing test's unwinding would hide the first: the message has to do.
        if let Err(error) = dropped {
            eprintln!("cannot drop the test database `{}`: {error}", self.url);
        }
    }
}

/// Runs one statement as the server's administrator.
async fn administer(statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(&postgres::server().url("postgres")).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// The same from code that may itself run inside a runtime, which must not be blocked on: a thread with its own.
fn administer_blocking(statement: String) -> Result<(), String> {
    let work = move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        runtime.block_on(administer(statement)).map_err(|error| error.to_string())
    };
    std::thread::spawn(work).join().unwrap_or_else(|_| Err("the thread that talks to the server panicked".into()))
}
