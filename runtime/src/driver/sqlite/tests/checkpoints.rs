//! The write-ahead log is moved into the database and starts anew, also while somebody writes without a pause.

use std::fs;
use std::time::{Duration, Instant};

use super::support::{Database, count, exec, insert};
use crate::driver::{Connection, Driver, Transaction};
use crate::statement::{Discard, Work};
use crate::{PoolOptions, Value};

/// Four thousand pages start a checkpoint; this is three times as much.
const FAR_TOO_LONG: u64 = 3 * 4_000 * 4_096;

fn log_size(db: &Database) -> u64 {
    fs::metadata(db.path.with_extension("sqlite-wal")).map_or(0, |log| log.len())
}

/// What the log shrinks to when it starts anew.
const LIMIT: u64 = 64 * 1024 * 1024;

const BLOBS: &str = "CREATE TABLE b (x BLOB NOT NULL) STRICT";

async fn write_40_megabytes(db: &Database) {
    for _ in 0..40 {
        exec(&db.driver, "INSERT INTO b VALUES (randomblob(1000000))").await;
    }
}

#[tokio::test]
async fn the_log_does_not_grow_for_ever() {
    let db = Database::new().await;
    let mut longest = 0;
    for round in 0..30 {
        for v in 0..1_000 {
            insert(&db.driver, v).await.unwrap();
        }
        // Two pages a row: fifteen times the size that starts a checkpoint.
        longest = longest.max(log_size(&db));
        // On a busy machine the background may be late; the write after a checkpoint begins the log anew.
        let started = Instant::now();
        while log_size(&db) >= FAR_TOO_LONG {
            assert!(started.elapsed() < Duration::from_secs(20), "{longest} bytes in round {round}");
            tokio::time::sleep(Duration::from_millis(10)).await;
            insert(&db.driver, 0).await.unwrap();
        }
    }
    assert!(count(&db.driver).await >= 30_000);
    assert!(longest > 4_096 * 1_000, "{longest} bytes: nothing was shown");
}

/// The pages reach the database itself, not only the log.
#[tokio::test]
async fn pages_reach_the_database() {
    let db = Database::new().await;
    exec(&db.driver, BLOBS).await;
    let before = fs::metadata(&db.path).unwrap().len();
    write_40_megabytes(&db).await;
    let started = Instant::now();
    while fs::metadata(&db.path).unwrap().len() < before + 16_000_000 {
        assert!(started.elapsed() < Duration::from_secs(20), "no checkpoint took place");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A reader that stays keeps the log from starting anew; once it is gone the log does.
#[tokio::test]
async fn a_reader_only_delays() {
    let db = Database::with(PoolOptions { acquire: Duration::from_secs(10), ..PoolOptions::default() }).await;
    let other = db.other();
    other.execute_batch("BEGIN; SELECT * FROM t").unwrap();
    exec(&db.driver, BLOBS).await;
    write_40_megabytes(&db).await;
    let held = log_size(&db);
    other.execute_batch("COMMIT").unwrap();
    write_40_megabytes(&db).await;
    assert!(held > 40_000_000, "{held} bytes: the reader was not in the way");
    write_40_megabytes(&db).await;
    // What is beyond the limit goes when the log starts anew, and stays if it never does.
    let started = Instant::now();
    while log_size(&db) > LIMIT {
        assert!(started.elapsed() < Duration::from_secs(20), "{} bytes", log_size(&db));
        insert(&db.driver, 1).await.unwrap();
    }
}

/// The last commit before a crash is in the log, so nothing depends on a checkpoint.
#[tokio::test]
async fn what_was_committed_is_there_without_a_checkpoint() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    let insert = super::support::statement("INSERT INTO t (v) VALUES ($1)", vec![Value::I64(1)], Work::Touch);
    transaction.run(insert, Box::new(Discard)).await.unwrap();
    transaction.commit().await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for suffix in ["sqlite", "sqlite-wal"] {
        fs::copy(db.path.with_extension(suffix), copy.path().join("test").with_extension(suffix)).unwrap();
    }
    let copied = rusqlite::Connection::open(copy.path().join("test.sqlite")).unwrap();
    assert_eq!(copied.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)), Ok(1));
}
