//! Where statements run, what moves them, and that a timer goes on beside them.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::{SqliteDriver, SqliteFile, SqliteTarget, Synchronous};
use super::support::{Database, ENDLESS, Trace, WRITE, count, exec, insert, number, read_i64, statement, trace};
use crate::driver::{Connection, Driver, Transaction};
use crate::statement::{Collect, Discard, Sink, Statement, Work};
use crate::{PoolOptions, Value};

/// Reads some rows, then computes for tens of milliseconds.
const ROWS_THEN_WORK: &str = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT sum(i) FROM (WITH RECURSIVE n(i) AS \
     (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n)";

async fn insert_tracing(db: &impl Connection, work: Work) -> Trace {
    let insert = statement("INSERT INTO t (v) VALUES ($1) RETURNING id", vec![Value::I64(1)], work);
    Trace::of(db.run(insert, Box::new(Trace::default())).await.unwrap())
}

#[tokio::test]
async fn lookups_and_touches_run_on_the_calling_thread() {
    let db = Database::new().await;
    insert(&db.driver, 1).await.unwrap();
    assert!(trace(&db.driver, "SELECT id FROM t", Work::Lookup).await.is_inline());
    assert!(insert_tracing(&db.driver, Work::Touch).await.is_inline());
}

#[tokio::test]
async fn scans_and_writes_never_do() {
    let db = Database::new().await;
    insert(&db.driver, 1).await.unwrap();
    assert!(!trace(&db.driver, "SELECT id FROM t", Work::Scan).await.is_inline());
    assert!(!insert_tracing(&db.driver, Work::Write).await.is_inline());
    let batch = db.driver.run_batch(
        "INSERT INTO t (v) VALUES ($1) RETURNING id".into(),
        vec![vec![Value::I64(1)]],
        Box::new(Trace::default()),
    );
    assert!(!Trace::of(batch.await.unwrap()).is_inline());
}

/// The first commit starts the write-ahead log and waits for the disk, and with `synchronous=FULL` every one does.
#[tokio::test]
async fn commits_that_wait_for_the_disk_never_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.sqlite");
    let full = SqliteTarget::File(SqliteFile { path, synchronous: Synchronous::Full });
    let db = SqliteDriver::open(&full, &PoolOptions::default()).await.unwrap();
    exec(&db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)").await;
    insert(&db, 1).await.unwrap();
    assert!(!insert_tracing(&db, Work::Touch).await.is_inline());
    assert_eq!(number(&db, "PRAGMA synchronous", Work::Write).await.unwrap(), 2);
    let transaction = db.begin().await.unwrap();
    assert!(insert_tracing(&transaction, Work::Touch).await.is_inline(), "only the commit waits");
    transaction.commit().await.unwrap();
    assert_eq!(count(&db).await, 3);

    let db = SqliteDriver::open(&SqliteTarget::Memory, &PoolOptions::default()).await.unwrap();
    exec(&db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)").await;
    assert!(insert_tracing(&db, Work::Touch).await.is_inline(), "nothing in memory waits for a disk");
}

#[tokio::test]
async fn a_slow_lookup_is_interrupted_and_runs_again_elsewhere() {
    let db = Database::new().await;
    let first = trace(&db.driver, ROWS_THEN_WORK, Work::Lookup).await;
    assert_eq!((first.is_inline(), first.cleared, first.threads.len()), (false, 1, 3));
    // It is remembered: no second attempt on the calling thread.
    let second = trace(&db.driver, ROWS_THEN_WORK, Work::Lookup).await;
    assert_eq!((second.is_inline(), second.cleared, second.threads.len()), (false, 0, 3));
    assert!(trace(&db.driver, "SELECT 1", Work::Lookup).await.is_inline(), "others are not affected");
}

#[tokio::test]
async fn a_slow_lookup_does_not_harm_its_transaction() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let trace = trace(&transaction, ROWS_THEN_WORK, Work::Lookup).await;
    assert_eq!((trace.is_inline(), trace.cleared, trace.threads.len()), (false, 1, 3));
    insert(&transaction, 2).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 2);
}

/// A write that takes longer than the budget runs to its end where it is: stopping it would undo the whole transaction.
#[tokio::test]
async fn writes_are_never_interrupted() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let started = Instant::now();
    let outcome = transaction.run(statement(WRITE, Vec::new(), Work::Touch), Box::new(Discard)).await.unwrap();
    assert!(started.elapsed() > Duration::from_millis(2), "too quick to show anything");
    assert_eq!(outcome.affected, 100_000);
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 100_001);
}

#[tokio::test]
async fn writes_sent_as_reads_reach_the_writer() {
    let db = Database::new().await;
    for work in [Work::Lookup, Work::Scan] {
        let insert =
            statement("INSERT INTO t (v) VALUES ($1), ($2) RETURNING v", vec![Value::I64(7), Value::I64(8)], work);
        let outcome = db.driver.run(insert, Collect::new(read_i64)).await.unwrap();
        assert_eq!(outcome.affected, 2);
        assert_eq!(Collect::<i64>::rows(outcome.sink), [7, 8]);
    }
    assert_eq!(count(&db.driver).await, 4);
}

#[tokio::test]
async fn affected_rows_are_those_of_the_statement_itself() {
    let db = Database::new().await;
    assert_eq!(exec(&db.driver, "INSERT INTO t (v) VALUES (1), (2), (3)").await, 3);
    assert_eq!(exec(&db.driver, "CREATE INDEX t_v ON t (v)").await, 0);
    assert_eq!(exec(&db.driver, "UPDATE t SET v = 0 WHERE v > 5").await, 0);
    assert_eq!(exec(&db.driver, "SELECT * FROM t").await, 0);
    assert_eq!(exec(&db.driver, "DELETE FROM t").await, 3);
}

/// Runs some work on a runtime of one thread beside a timer of a millisecond, and gives how often the timer ran.
///
/// Work that holds the thread lets it run once. Its longest pause is for a benchmark to tell: here other tests compete for
/// the processors.
fn ticks_beside(work: impl AsyncFnOnce(&Database)) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Database::new().await;
        let ticks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ticks);
        let timer = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        tokio::task::yield_now().await;
        work(&db).await;
        timer.abort();
        ticks.load(Ordering::Relaxed)
    })
}

#[test]
fn a_timer_goes_on_beside_many_lookups() {
    let ticks = ticks_beside(async |db| {
        insert(&db.driver, 1).await.unwrap();
        for _ in 0..50_000 {
            number(&db.driver, "SELECT v FROM t WHERE id = 1", Work::Lookup).await.unwrap();
        }
    });
    assert!(ticks > 20, "{ticks} ticks");
}

/// Each stays below the budget of a read, but many of them in a row cost a task more than as many quick ones would.
#[tokio::test]
async fn a_task_yields_more_often_between_lookups_of_some_length() {
    let db = Database::new().await;
    let some_length =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT sum(i) FROM n";
    let mut lookups = pin!(async {
        for _ in 0..1_000 {
            number(&db.driver, some_length, Work::Lookup).await.unwrap();
        }
    });
    let mut polls = 0;
    std::future::poll_fn(|context| {
        polls += 1;
        lookups.as_mut().poll(context)
    })
    .await;
    // A thousand operations of one unit each would be eight polls.
    assert!(polls > 12, "{polls} polls");
}

#[test]
fn a_timer_goes_on_beside_a_long_scan() {
    for work in [Work::Lookup, Work::Scan] {
        let ticks = ticks_beside(async |db| {
            assert_eq!(number(&db.driver, ENDLESS, work).await.unwrap(), 500_000_500_000);
        });
        assert!(ticks > 5, "{ticks} ticks beside a {work:?}");
    }
}

#[test]
fn a_timer_goes_on_beside_inserts_across_checkpoints() {
    let ticks = ticks_beside(async |db| {
        for v in 0..10_000 {
            insert(&db.driver, v).await.unwrap();
        }
    });
    assert!(ticks > 20, "{ticks} ticks");
}

/// Reads do not wait for the writer, and see what was committed before they began.
#[tokio::test]
async fn readers_go_on_beside_a_write() {
    let db = Database::new().await;
    insert(&db.driver, 1).await.unwrap();
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 2).await.unwrap();
    assert_eq!(number(&transaction, "SELECT count(*) FROM t", Work::Lookup).await.unwrap(), 2);
    let reads: Vec<_> = (0..20).map(|_| number(&db.driver, "SELECT count(*) FROM t", Work::Scan)).collect();
    for read in futures_util::future::join_all(reads).await {
        assert_eq!(read.unwrap(), 1);
    }
    transaction.commit().await.unwrap();
    assert_eq!(number(&db.driver, "SELECT count(*) FROM t", Work::Lookup).await.unwrap(), 2);
}

/// A panic in a sink reaches the caller, and the connection goes on.
#[tokio::test]
async fn a_panic_while_reading_harms_nobody_else() {
    let options = PoolOptions { max: 1, acquire: Duration::from_millis(500), ..PoolOptions::default() };
    let db = Arc::new(Database::with(options).await);
    insert(&db.driver, 1).await.unwrap();
    for work in [Work::Lookup, Work::Scan] {
        let panics = Arc::clone(&db);
        let task = tokio::spawn(async move {
            let select = Statement { text: "SELECT v FROM t".into(), values: Vec::new(), work };
            panics.driver.run(select, Box::new(Panic)).await.map(drop)
        });
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(count(&db.driver).await, 1);
    }
}

struct Panic;

impl Sink for Panic {
    fn row(&mut self, _: &mut crate::Row<'_>) -> Result<(), crate::Failure> {
        panic!("a sink that cannot read");
    }

    fn clear(&mut self) {}
}
