//! What the tests share: a database, a driver on it, and an observer who looks from outside.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use seedbed_tests::TestDb;
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, Row as _};

use crate::driver::postgres::{PostgresDriver, PostgresTarget};
use crate::driver::{Connection, Driver, Failure};
use crate::{Collect, Discard, PoolOptions, Row, Statement, Text, Value, Work};

/// The time within which nothing of a dropped future may be left.
pub(super) const SOON: Duration = Duration::from_millis(100);

/// A database of its own with one table of one row, and a session beside the driver's.
pub(super) struct Fixture {
    pub(super) driver: PostgresDriver,
    pub(super) observer: PgConnection,
    /// How many writes were made to see whether they last.
    writes: i64,
    /// How many times a lock did not come soon.
    pub(super) late: u32,
    pub(super) db: TestDb,
}

impl Fixture {
    pub(super) async fn new(max: usize) -> Self {
        Self::with(PoolOptions { max, ..PoolOptions::default() }).await
    }

    pub(super) async fn with(options: PoolOptions) -> Self {
        let db = TestDb::postgres().await;
        let mut observer = PgConnection::connect(db.url()).await.unwrap();
        let tables = "CREATE TABLE t (id bigint PRIMARY KEY, n integer NOT NULL); INSERT INTO t VALUES (1, 0);
                      CREATE TABLE writes (n bigint)";
        observer.execute(sqlx::raw_sql(tables)).await.unwrap();
        let driver = PostgresDriver::open(&target(db.url()), &options).await.unwrap();
        Self { driver, observer, writes: 0, late: 0, db }
    }

    /// Runs statements from outside.
    pub(super) async fn outside(&mut self, text: &str) {
        self.observer.execute(sqlx::raw_sql(AssertSqlSafe(text.to_owned()))).await.unwrap();
    }

    /// Reads one number from outside.
    pub(super) async fn number(&mut self, text: &str) -> i64 {
        let row = self.observer.fetch_one(sqlx::query(AssertSqlSafe(text.to_owned()))).await.unwrap();
        row.get(0)
    }

    /// How long another session waits for the lock of the row.
    pub(super) async fn wait_for_lock(&mut self) -> Duration {
        let start = Instant::now();
        self.outside("SELECT 1 FROM t WHERE id = 1 FOR UPDATE").await;
        start.elapsed()
    }

    /// Waits until no session of the driver has a transaction open or a statement running; fails after a second.
    pub(super) async fn wait_until_idle(&mut self) -> Duration {
        let start = Instant::now();
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND application_name = 'seedbed' AND state <> 'idle'";
        while self.number(busy).await > 0 {
            assert!(start.elapsed() < Duration::from_secs(1), "a session is still busy");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        start.elapsed()
    }

    /// Makes sure that a write through the driver is there to stay.
    pub(super) async fn check_that_writes_last(&mut self) {
        self.writes += 1;
        let values = vec![Value::I64(self.writes)];
        assert_eq!(execute(&self.driver, "INSERT INTO writes VALUES ($1)", values).await.unwrap(), 1);
        assert_eq!(self.number("SELECT count(*) FROM writes").await, self.writes);
    }
}

pub(super) fn target(url: &str) -> PostgresTarget {
    PostgresTarget::from_url(&SecretString::from(url)).unwrap()
}

/// Runs a write.
pub(super) async fn execute(on: &impl Connection, text: impl Into<Text>, values: Vec<Value>) -> Result<u64, Failure> {
    let statement = Statement { text: text.into(), values, work: Work::Write };
    on.run(statement, Box::new(Discard)).await.map(|outcome| outcome.affected)
}

/// Runs a read.
pub(super) async fn rows<T: Send + 'static>(
    on: &impl Connection,
    text: impl Into<Text>,
    values: Vec<Value>,
    read: fn(&mut Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let statement = Statement { text: text.into(), values, work: Work::Lookup };
    on.run(statement, Collect::new(read)).await.map(|outcome| Collect::rows(outcome.sink))
}

/// Reads one number.
pub(super) async fn number(on: &impl Connection, text: impl Into<Text>) -> Result<i64, Failure> {
    Ok(rows(on, text, vec![], |row| row.i64()).await?[0].expect("not NULL"))
}

/// When a future is dropped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Drop {
    /// As soon as it has to wait after being polled so many times.
    After(usize),
    /// When it could go on after being polled so many times: something has happened meanwhile.
    Before(usize),
}

/// Polls a future for a while, then drops it. `None` if it did not end before.
pub(super) async fn poll_for_a_while<F: Future>(future: F, drop: Drop) -> Option<F::Output> {
    let (limit, eager) = match drop {
        Drop::After(limit) => (limit, true),
        Drop::Before(limit) => (limit, false),
    };
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == limit {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if eager && polls == limit => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
