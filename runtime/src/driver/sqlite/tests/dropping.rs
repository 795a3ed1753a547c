//! Futures dropped at every poll, and a little later: no connection is lost or left in a transaction, and a write happened
//! as a whole or not at all.

use std::time::{Duration, Instant};

use super::super::budget::Control;
use super::support::{Database, ENDLESS, Trace, count, drop_after, exec, impatient, insert, number, try_exec};
use crate::driver::{Connection, Driver, Transaction};
use crate::statement::{Discard, Work};
use crate::{PoolOptions, Value};

/// More polls than any of the operations needs.
const POLLS: usize = 8;

const THREE: &str = "INSERT INTO t (v) SELECT value FROM json_each('[1,2,3]')";

/// One reader, and nobody waits for long: a connection that is lost is missed at once.
async fn database() -> Database {
    let db = Database::with(PoolOptions { acquire: Duration::from_secs(5), ..impatient() }).await;
    // The first commit is on a blocking thread; the ones of the tests are not.
    insert(&db.driver, 0).await.unwrap();
    db
}

/// Every connection works and is outside a transaction, and nothing of ours holds the lock.
async fn settled(db: &Database) -> i64 {
    insert(&db.driver, 1).await.expect("the writer is there");
    let count = count(&db.driver).await;
    db.other().execute_batch("BEGIN IMMEDIATE; COMMIT").expect("the lock is free");
    exec(&db.driver, "DELETE FROM t").await;
    count - 1
}

/// Drops an operation at each poll; after each, as many rows were written as the operation writes, or none.
async fn check(rows: i64, operation: impl AsyncFn(&Database)) {
    let mut completed = 0;
    for polls in 1..=POLLS {
        let db = database().await;
        exec(&db.driver, "DELETE FROM t").await;
        let output = drop_after(polls, operation(&db)).await;
        let written = settled(&db).await;
        match output {
            Some(()) => {
                completed += 1;
                assert_eq!(written, rows, "done after at most {polls} polls");
            }
            None => assert!(written == 0 || written == rows, "{written} rows were written after {polls} polls"),
        }
    }
    assert!(completed > 0, "{POLLS} polls were not enough");
}

#[tokio::test]
async fn reads() {
    check(0, async |db| {
        number(&db.driver, "SELECT 1", Work::Lookup).await.unwrap();
    })
    .await;
    check(0, async |db| {
        number(&db.driver, "SELECT 1", Work::Scan).await.unwrap();
    })
    .await;
    check(0, async |db| {
        number(&db.driver, ENDLESS, Work::Lookup).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn writes() {
    check(1, async |db| {
        insert(&db.driver, 7).await.unwrap();
    })
    .await;
    check(3, async |db| {
        exec(&db.driver, THREE).await;
    })
    .await;
}

#[tokio::test]
async fn batches() {
    check(2, async |db| {
        let rows = vec![vec![Value::I64(1)], vec![Value::I64(2)]];
        db.driver.run_batch("INSERT INTO t (v) VALUES ($1)".into(), rows, Box::new(Discard)).await.map(drop).unwrap();
    })
    .await;
}

#[tokio::test]
async fn transactions() {
    check(0, async |db| drop(db.driver.begin().await.unwrap())).await;
    check(4, async |db| {
        let transaction = db.driver.begin().await.unwrap();
        insert(&transaction, 1).await.unwrap();
        exec(&transaction, THREE).await;
        transaction.commit().await.unwrap();
    })
    .await;
    check(1, async |db| {
        let transaction = db.driver.begin().await.unwrap();
        transaction.savepoint(1).await.unwrap();
        exec(&transaction, THREE).await;
        transaction.rollback_to(1).await.unwrap();
        insert(&transaction, 1).await.unwrap();
        transaction.commit().await.unwrap();
    })
    .await;
    check(0, async |db| {
        let transaction = db.driver.begin().await.unwrap();
        exec(&transaction, THREE).await;
        transaction.rollback().await.unwrap();
    })
    .await;
}

/// Drops an operation after some milliseconds, while it runs on a blocking thread, and gives how long the next one waits.
async fn abandoned(db: &Database, after: Duration, operation: impl AsyncFn(&Database)) -> Duration {
    assert!(tokio::time::timeout(after, operation(db)).await.is_err(), "it should have taken longer");
    let started = Instant::now();
    assert_eq!(settled(db).await, 0);
    started.elapsed()
}

/// What nobody waits for is stopped, not left to run: the statements here take far longer than what is waited for them.
#[tokio::test]
async fn running_statements_are_interrupted() {
    let db = database().await;
    exec(&db.driver, "DELETE FROM t").await;
    // A thousand times the work, so that it would not end before the test.
    const FOREVER: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    const WRITE_FOREVER: &str =
        "INSERT INTO t (v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let limit = Duration::from_secs(4);
    for after in [0, 1, 2, 5, 20, 100].map(Duration::from_millis) {
        let lookup = abandoned(&db, after, async |db| {
            let _ = number(&db.driver, FOREVER, Work::Lookup).await;
        })
        .await;
        let scan = abandoned(&db, after, async |db| {
            let _ = number(&db.driver, FOREVER, Work::Scan).await;
        })
        .await;
        let write = abandoned(&db, after, async |db| {
            let _ = try_exec(&db.driver, WRITE_FOREVER).await;
        })
        .await;
        let inside = abandoned(&db, after, async |db| {
            let transaction = db.driver.begin().await.unwrap();
            insert(&transaction, 1).await.unwrap();
            drop(try_exec(&transaction, WRITE_FOREVER).await);
        })
        .await;
        // A write inside a savepoint is not stopped by its own future, but it is when the transaction goes too.
        let nested = abandoned(&db, after, async |db| {
            let transaction = db.driver.begin().await.unwrap();
            transaction.savepoint(1).await.unwrap();
            drop(try_exec(&transaction, WRITE_FOREVER).await);
        })
        .await;
        for took in [lookup, scan, write, inside, nested] {
            assert!(took < limit, "{took:?} after {after:?}");
        }
    }
}

/// `count(*)` is one instruction, which the progress handler never sees; only the interrupt does.
#[test]
fn cancelling_interrupts_the_running_operation_and_no_other() {
    let raw = rusqlite::Connection::open_in_memory().unwrap();
    let control = Control::new(raw.get_interrupt_handle());
    // An interrupt has an effect only while a statement is under way.
    let mut statement = raw.prepare("SELECT 1 UNION ALL SELECT 2").unwrap();
    let mut rows = statement.query([]).unwrap();
    assert!(rows.next().unwrap().is_some());

    let over = control.begin();
    control.end();
    control.cancel(over);
    control.cancel_running();
    assert_eq!((control.is_cancelled(), raw.is_interrupted()), (false, false));

    let running = control.begin();
    control.cancel(over);
    assert_eq!((control.is_cancelled(), raw.is_interrupted()), (false, false));
    control.cancel(running);
    assert_eq!((control.is_cancelled(), raw.is_interrupted()), (true, true));
    control.end();
    assert!(!control.is_cancelled());
}

#[tokio::test]
async fn a_running_batch_is_interrupted() {
    let db = database().await;
    exec(&db.driver, "DELETE FROM t").await;
    let rows: Vec<_> = (0..200_000).map(|v| vec![Value::I64(v)]).collect();
    let batch = async |db: &Database| {
        let text = "INSERT INTO t (v) VALUES ($1) RETURNING id";
        drop(db.driver.run_batch(text.into(), rows.clone(), Box::new(Trace::default())).await);
    };
    for after in [1, 10, 40].map(Duration::from_millis) {
        assert!(tokio::time::timeout(after, batch(&db)).await.is_err(), "it should have taken longer");
        assert_eq!(settled(&db).await, 0);
    }
}

/// Somebody else's statement on the same connection is never hit by an interrupt that comes too late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_hits_nobody_else() {
    let db = database().await;
    let abandon = async {
        for turn in 0..400 {
            let _ = drop_after(1 + turn % 2, number(&db.driver, "SELECT count(*) FROM t", Work::Scan)).await;
            let _ = drop_after(1 + turn % 2, exec(&db.driver, THREE)).await;
            tokio::task::yield_now().await;
        }
    };
    let others = async {
        for v in 0..400 {
            number(&db.driver, "SELECT count(*) FROM t", Work::Scan).await.expect("a read of somebody else");
            assert_eq!(insert(&db.driver, v).await.expect("a write of somebody else"), 1);
        }
    };
    futures_util::future::join(abandon, others).await;
}

/// A runtime that goes away takes no connection with it.
#[test]
fn a_runtime_that_ends_takes_nothing_along() {
    let build = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let first = build();
    let db = first.block_on(database());
    let transaction = first.block_on(async {
        let transaction = db.driver.begin().await.unwrap();
        insert(&transaction, 1).await.unwrap();
        assert!(drop_after(1, number(&db.driver, ENDLESS, Work::Scan)).await.is_none());
        transaction
    });
    first.shutdown_background();
    drop(transaction);
    assert_eq!(build().block_on(settled(&db)), 1);
}
