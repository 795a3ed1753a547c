//! Opening connections: what every one of them is set to, and waiting while other processes open the same file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{ErrorCode, OpenFlags};

use super::busy::Patience;
use super::connection::{Connection, Role};
use super::private::PrivateFolder;
use super::target::{SqliteTarget, Synchronous};
use super::{failure, functions};
use crate::driver::{Failure, FailureKind};

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;
/// Pages a connection may cache, in KiB (negative by SQLite's convention); taken only as they are read.
const CACHE_KIB: i64 = -16_000;
/// What the write-ahead log shrinks to when it starts anew after one large transaction.
const LOG_LIMIT: i64 = 64 * 1024 * 1024;

/// Opens connections to one database.
#[derive(Debug)]
pub(super) struct Opener {
    path: PathBuf,
    synchronous: &'static str,
    private: Option<Arc<PrivateFolder>>,
    patience: Duration,
}

impl Opener {
    /// Prepares to open a target; nothing is opened yet, but a private folder is created.
    pub(super) fn new(target: &SqliteTarget, patience: Duration) -> Result<Self, Failure> {
        Ok(match target {
            SqliteTarget::Memory => {
                let folder = Arc::new(PrivateFolder::create()?);
                Self { path: folder.database(), synchronous: "OFF", private: Some(folder), patience }
            }
            SqliteTarget::File(file) => {
                let synchronous = match file.synchronous {
                    Synchronous::Normal => "NORMAL",
                    Synchronous::Full => "FULL",
                };
                Self { path: file.path.clone(), synchronous, private: None, patience }
            }
        })
    }

    /// Whether SQLite ever waits for the disk with this database.
    pub(super) fn waits_for_disk(&self) -> bool {
        self.synchronous != "OFF"
    }

    /// Whether every commit waits for the disk.
    pub(super) fn commits_wait(&self) -> bool {
        self.synchronous == "FULL"
    }

    /// Opens a connection on a blocking thread.
    ///
    /// Processes that start at the same moment on a new file all want to make it a WAL database, and SQLite lets only one
    /// of them and turns the others away at once; so they come back until the time to connect is over.
    pub(super) async fn open(self: &Arc<Self>, role: Role) -> Result<Box<Connection>, Failure> {
        let mut patience = Patience::new(self.patience);
        loop {
            let opener = Arc::clone(self);
            let opened = tokio::task::spawn_blocking(move || opener.try_open(role)).await;
            match opened.map_err(|error| self.failed("was not opened").with_source(error))? {
                Ok(connection) => return Ok(Box::new(connection)),
                Err(error) if is_temporary(&error) => patience.pause(self.explain(error)).await?,
                Err(error) => return Err(self.explain(error)),
            }
        }
    }

    /// Opens a plain connection, for what no statement of a handle does.
    pub(super) fn open_raw(&self) -> rusqlite::Result<rusqlite::Connection> {
        // Each connection is used by one thread at a time, so SQLite's own mutexes are not needed; and no URI: a file may be
        // called `file:x?y`.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = rusqlite::Connection::open_with_flags(&self.path, flags)?;
        raw.busy_timeout(Duration::ZERO)?;
        use_write_ahead_log(&raw)?;
        raw.pragma_update(None, "synchronous", self.synchronous)?;
        raw.pragma_update(None, "wal_autocheckpoint", 0)?;
        raw.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
        Ok(raw)
    }

    fn try_open(&self, role: Role) -> rusqlite::Result<Connection> {
        let raw = self.open_raw()?;
        raw.pragma_update(None, "foreign_keys", true)?;
        raw.pragma_update(None, "cache_size", CACHE_KIB)?;
        raw.pragma_update(None, "query_only", role == Role::Reader)?;
        raw.set_prepared_statement_cache_capacity(STATEMENTS);
        functions::register(&raw)?;
        // Reads the schema now, so that the first statement does not have to on the calling thread.
        raw.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Connection::new(raw, role, self.private.clone())
    }

    /// The failure of an attempt, with the name of the file, and of the folder if that is what is missing.
    fn explain(&self, error: rusqlite::Error) -> Failure {
        let why = match (error.sqlite_error_code(), missing_folder(&self.path)) {
            (Some(ErrorCode::CannotOpen), Some(folder)) => {
                format!("cannot be opened: the folder `{}` does not exist", folder.display())
            }
            (Some(ErrorCode::CannotOpen), None) if self.path.is_dir() => "cannot be opened: it is a folder".to_owned(),
            (Some(ErrorCode::CannotOpen), None) => {
                "cannot be opened: the file or its folder is not accessible".to_owned()
            }
            (Some(ErrorCode::NotADatabase), _) => "is not a SQLite database".to_owned(),
            (Some(ErrorCode::ReadOnly), _) => "cannot be written to".to_owned(),
            (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => {
                format!("stayed locked by another process for {:?} (`DB_CONNECT_TIMEOUT_MS`)", self.patience)
            }
            _ => format!("cannot be opened: {error}"),
        };
        let cause = failure::from_error(error);
        let kind = if cause.kind == FailureKind::Busy { FailureKind::Busy } else { FailureKind::Connection };
        cause.retold(kind, self.told(&why))
    }

    fn failed(&self, why: &str) -> Failure {
        Failure::new(FailureKind::Connection, self.told(why))
    }

    fn told(&self, why: &str) -> String {
        format!("the database `{}` {why}", self.path.display())
    }
}

/// Makes the database a WAL database. Once it is one it stays one, and asking takes no lock.
fn use_write_ahead_log(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    let mode = |sql| raw.query_row(sql, [], |row| row.get::<_, String>(0));
    if mode("PRAGMA journal_mode")? == "wal" || mode("PRAGMA journal_mode = WAL")? == "wal" {
        return Ok(());
    }
    let message = "its file system has no shared memory, which a write-ahead log needs".to_owned();
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR), Some(message)))
}

/// Whether an attempt failed only because another process was at the same point.
fn is_temporary(error: &rusqlite::Error) -> bool {
    failure::is_busy(error) || failure::primary(error) == Some(rusqlite::ffi::SQLITE_PROTOCOL)
}

fn missing_folder(path: &Path) -> Option<&Path> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    (!folder.exists()).then_some(folder)
}
