//! What the tests share: opening databases, short ways to run statements, and dropping a future half way.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::Poll;
use std::thread::{self, ThreadId};
use std::time::Duration;

use tempfile::TempDir;

use super::super::{SqliteDriver, SqliteFile, SqliteTarget, Synchronous};
use crate::driver::{Connection, Driver, Failure};
use crate::statement::{Collect, Discard, Outcome, Sink, Statement, Text, Work};
use crate::{PoolOptions, Row, Value};

/// A statement that takes some hundred milliseconds, and can be interrupted.
pub(super) const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT sum(i) FROM n";

/// A write of a hundred thousand rows.
pub(super) const WRITE: &str = "INSERT INTO t (v) WITH RECURSIVE n(i) AS \
     (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n";

/// A write of more rows that takes about as long.
pub(super) const LONG_WRITE: &str = "INSERT INTO t (v) WITH RECURSIVE n(i) AS \
     (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT i FROM n";

/// A file database in a folder of its own, with a table `t (id, v)`.
pub(super) struct Database {
    pub(super) driver: SqliteDriver,
    pub(super) path: PathBuf,
    _folder: TempDir,
}

impl Database {
    pub(super) async fn new() -> Self {
        Self::with(PoolOptions::default()).await
    }

    pub(super) async fn with(options: PoolOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.sqlite");
        let driver = SqliteDriver::open(&file(&path), &options).await.unwrap();
        exec(&driver, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v INTEGER NOT NULL) STRICT").await;
        Self { driver, path, _folder: folder }
    }

    /// A connection of somebody else.
    pub(super) fn other(&self) -> rusqlite::Connection {
        let other = rusqlite::Connection::open(&self.path).unwrap();
        other.busy_timeout(Duration::ZERO).unwrap();
        other
    }
}

pub(super) fn file(path: &Path) -> SqliteTarget {
    SqliteTarget::File(SqliteFile { path: path.to_owned(), synchronous: Synchronous::Normal })
}

/// A pool of one reader where nobody waits long.
pub(super) fn impatient() -> PoolOptions {
    PoolOptions { max: 1, acquire: Duration::from_millis(300), ..PoolOptions::default() }
}

pub(super) fn statement(text: impl Into<Text>, values: Vec<Value>, work: Work) -> Statement {
    Statement { text: text.into(), values, work }
}

pub(super) async fn try_exec(db: &impl Connection, text: impl Into<Text>) -> Result<u64, Failure> {
    db.run(statement(text, Vec::new(), Work::Write), Box::new(Discard)).await.map(|outcome| outcome.affected)
}

pub(super) async fn exec(db: &impl Connection, text: impl Into<Text>) -> u64 {
    try_exec(db, text).await.unwrap()
}

pub(super) async fn insert(db: &impl Connection, v: i64) -> Result<u64, Failure> {
    let insert = statement("INSERT INTO t (v) VALUES ($1)", vec![Value::I64(v)], Work::Touch);
    db.run(insert, Box::new(Discard)).await.map(|outcome| outcome.affected)
}

/// Reads one number.
pub(super) async fn number(db: &impl Connection, text: &'static str, work: Work) -> Result<i64, Failure> {
    let outcome = db.run(statement(text, Vec::new(), work), Collect::new(read_i64)).await?;
    Ok(Collect::<i64>::rows(outcome.sink)[0])
}

pub(super) async fn count(db: &impl Connection) -> i64 {
    number(db, "SELECT count(*) FROM t", Work::Scan).await.unwrap()
}

pub(super) fn read_i64(row: &mut Row<'_>) -> Result<i64, Failure> {
    Ok(row.i64()?.unwrap())
}

/// Polls a future at most so many times, then drops it; gives its output if it was done by then.
pub(super) async fn drop_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut polled = 0;
    std::future::poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polled == polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A sink that notes on which thread each row came, and how often it was cleared.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) threads: Vec<ThreadId>,
    pub(super) cleared: usize,
}

impl Trace {
    pub(super) fn of(outcome: Outcome) -> Self {
        let sink: Box<dyn std::any::Any> = outcome.sink;
        *sink.downcast::<Self>().unwrap()
    }

    /// Whether all rows came on the calling thread.
    pub(super) fn is_inline(&self) -> bool {
        assert!(!self.threads.is_empty(), "no row came");
        self.threads.iter().all(|thread| *thread == thread::current().id())
    }
}

impl Sink for Trace {
    fn row(&mut self, _: &mut Row<'_>) -> Result<(), Failure> {
        self.threads.push(thread::current().id());
        Ok(())
    }

    fn clear(&mut self) {
        self.threads.clear();
        self.cleared += 1;
    }
}

/// Runs a statement and says where its rows came.
pub(super) async fn trace(db: &impl Connection, text: impl Into<Text>, work: Work) -> Trace {
    Trace::of(db.run(statement(text, Vec::new(), work), Box::new(Trace::default())).await.unwrap())
}
