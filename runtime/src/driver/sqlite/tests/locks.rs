//! Other processes: a lock that is held for a while, or too long, and many that start at once.

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::SqliteDriver;
use super::support::{Database, count, exec, file, impatient, insert, number, statement, try_exec};
use crate::driver::{Connection, Driver, Failure, FailureKind, Transaction};
use crate::statement::{Discard, Work};
use crate::{PoolOptions, Value};

/// Tells a copy of this test program which database to use.
const DATABASE: &str = "SEEDBED_TEST_DATABASE";

/// Starts a copy of this program that runs one of the tests below.
fn process(test: &str, path: &std::path::Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("driver::sqlite::tests::locks::{test}"), "--nocapture"])
        .env(DATABASE, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where a copy is to work; a file of its own when the test runs by itself.
fn given_path(folder: &tempfile::TempDir) -> std::path::PathBuf {
    env::var_os(DATABASE).map_or_else(|| folder.path().join("own.sqlite"), Into::into)
}

/// Opens a database that others may be opening too, and writes to it.
#[tokio::test]
async fn opens_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = given_path(&folder);
    let db = SqliteDriver::open(&file(&path), &PoolOptions::default()).await.unwrap();
    let transaction = db.begin().await.unwrap();
    exec(&transaction, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v INTEGER NOT NULL) STRICT").await;
    transaction.commit().await.unwrap();
    for v in 0..20 {
        insert(&db, v).await.unwrap();
    }
    assert!(count(&db).await >= 20);
    db.close(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn eight_processes_start_at_once() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.sqlite");
        let processes: Vec<_> = (0..8).map(|_| process("opens_and_writes", &path)).collect();
        for mut process in processes {
            assert!(process.wait().unwrap().success());
        }
        let db = SqliteDriver::open(&file(&path), &PoolOptions::default()).await.unwrap();
        assert_eq!(count(&db).await, 160);
    }
}

/// Holds the lock for a second, from when the table `held` is there.
#[test]
fn holds_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let raw = rusqlite::Connection::open(given_path(&folder)).unwrap();
    raw.busy_timeout(Duration::from_secs(5)).unwrap();
    raw.execute_batch("CREATE TABLE held (x); BEGIN IMMEDIATE").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    raw.execute_batch("COMMIT").unwrap();
    assert!(raw.is_autocommit());
}

#[tokio::test]
async fn a_lock_of_another_process_is_waited_for() {
    let db = Database::new().await;
    let mut process = process("holds_the_lock", &db.path);
    let held = "SELECT count(*) FROM sqlite_schema WHERE name = 'held'";
    while number(&db.driver, held, Work::Lookup).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let started = Instant::now();
    // Readers do not wait, nor does anything else on this thread.
    let (write, ticks) = futures_util::future::join(insert(&db.driver, 1), async {
        let mut ticks = 0;
        while started.elapsed() < Duration::from_millis(400) {
            assert_eq!(count(&db.driver).await, 0);
            tokio::time::sleep(Duration::from_millis(1)).await;
            ticks += 1;
        }
        ticks
    })
    .await;
    assert_eq!(write.unwrap(), 1);
    assert!(ticks > 20, "{ticks}");
    assert!(started.elapsed() > Duration::from_millis(500), "{:?}", started.elapsed());
    assert!(process.wait().unwrap().success());
}

/// Everything that writes, beside a lock that is never let go.
async fn locked_out(db: &Database) -> Vec<Failure> {
    let batch =
        db.driver.run_batch("INSERT INTO t (v) VALUES ($1)".into(), vec![vec![Value::I64(1)]], Box::new(Discard));
    vec![
        insert(&db.driver, 1).await.unwrap_err(),
        try_exec(&db.driver, "DELETE FROM t").await.unwrap_err(),
        db.driver.begin().await.err().unwrap(),
        batch.await.err().unwrap(),
    ]
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_is_busy() {
    let db = Database::with(impatient()).await;
    let other = db.other();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    for failure in locked_out(&db).await {
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Busy, Some("5")));
        assert_eq!(
            failure.message,
            "the database is locked: another process was writing for more than 300ms \
             (`DB_POOL_ACQUIRE_MS` says how long to wait)"
        );
    }
    assert!(started.elapsed() >= Duration::from_millis(4 * 300), "{:?}", started.elapsed());
    other.execute_batch("COMMIT").unwrap();
    insert(&db.driver, 1).await.unwrap();
    assert_eq!(count(&db.driver).await, 1);
}

#[tokio::test]
async fn the_writer_of_this_process_is_waited_for() {
    let db = Database::with(impatient()).await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let failure = insert(&db.driver, 2).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::PoolTimeout);
    let message = &failure.message;
    assert!(
        message.starts_with("the connection that writes did not become free within 300ms: a transaction"),
        "{message}"
    );
    assert!(message.contains("`DB_POOL_ACQUIRE_MS`"), "{message}");

    let (waited, committed) = futures_util::future::join(insert(&db.driver, 2), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        transaction.commit().await
    })
    .await;
    assert!(waited.is_ok() && committed.is_ok());
    assert_eq!(count(&db.driver).await, 2);
}

#[tokio::test]
async fn readers_are_waited_for() {
    let db = Database::with(impatient()).await;
    let forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let endless = db.driver.run(statement(forever, Vec::new(), Work::Scan), Box::new(Discard));
    let failure = tokio::select! {
        biased;
        _ = endless => panic!("it has no end"),
        read = number(&db.driver, "SELECT 1", Work::Lookup) => read.unwrap_err(),
    };
    assert_eq!(failure.kind, FailureKind::PoolTimeout);
    assert!(failure.message.starts_with("none of the 1 connections that read"), "{}", failure.message);
    assert_eq!(number(&db.driver, "SELECT 1", Work::Lookup).await.unwrap(), 1);
}

/// First come, first served: nobody who writes in a loop keeps the others out.
#[tokio::test]
async fn writers_take_turns() {
    let db = Database::new().await;
    let order = parking_lot::Mutex::new(Vec::new());
    let writers = (0..4).map(|writer| {
        let (db, order) = (&db, &order);
        async move {
            for _ in 0..10 {
                exec(&db.driver, "INSERT INTO t (v) VALUES (1)").await;
                order.lock().push(writer);
            }
        }
    });
    futures_util::future::join_all(writers).await;
    let order = order.into_inner();
    let first_round: std::collections::BTreeSet<_> = order[..8].iter().collect();
    assert_eq!(first_round.len(), 4, "{order:?}");
}
