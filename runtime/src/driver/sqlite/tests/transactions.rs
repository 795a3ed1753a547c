//! Transactions and savepoints: what is kept, what is undone, and what a failure half way leaves.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;

use super::support::{
    Database, ENDLESS, LONG_WRITE, WRITE, count, drop_after, exec, insert, number, statement, try_exec,
};
use crate::driver::{Connection, Driver, FailureKind, Transaction};
use crate::statement::{Collect, Discard, Work};
use crate::{PoolOptions, Row, Value};

const DELETE_ALL: &str = "DELETE FROM t";

#[tokio::test]
async fn commit_keeps_and_rollback_undoes() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    assert_eq!(count(&db.driver).await, 0, "nobody sees it before the end");
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 1);

    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 2).await.unwrap();
    exec(&transaction, DELETE_ALL).await;
    transaction.rollback().await.unwrap();
    assert_eq!(count(&db.driver).await, 1);

    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 2).await.unwrap();
    drop(transaction);
    assert_eq!(count(&db.driver).await, 1);
    db.other().execute_batch("BEGIN IMMEDIATE; COMMIT").expect("the lock is free at once");
}

/// A dropped transaction that wrote much is rolled back on a blocking thread.
#[tokio::test]
async fn dropping_a_large_transaction_frees_the_writer() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    exec(&transaction, "INSERT INTO t (v) SELECT value FROM json_each('[1,2,3]')").await;
    drop(transaction);
    insert(&db.driver, 1).await.unwrap();
    assert_eq!(count(&db.driver).await, 1);
}

#[tokio::test]
async fn savepoints_nest() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    transaction.savepoint(1).await.unwrap();
    insert(&transaction, 2).await.unwrap();
    transaction.savepoint(2).await.unwrap();
    insert(&transaction, 3).await.unwrap();
    transaction.rollback_to(2).await.unwrap();
    assert_eq!(count(&transaction).await, 2);
    transaction.savepoint(2).await.unwrap();
    insert(&transaction, 4).await.unwrap();
    transaction.release(2).await.unwrap();
    transaction.release(1).await.unwrap();
    transaction.savepoint(1).await.unwrap();
    exec(&transaction, DELETE_ALL).await;
    transaction.rollback_to_later(1);
    assert_eq!(count(&transaction).await, 3, "done before the next statement");
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 3);
}

#[tokio::test]
async fn a_later_rollback_is_done_before_a_commit() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    transaction.savepoint(1).await.unwrap();
    insert(&transaction, 2).await.unwrap();
    transaction.savepoint(2).await.unwrap();
    insert(&transaction, 3).await.unwrap();
    transaction.rollback_to_later(2);
    transaction.rollback_to_later(1);
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 1);
}

/// A nested transaction may be dropped before its savepoint was made.
#[tokio::test]
async fn going_back_to_a_savepoint_that_was_never_made_does_nothing() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    transaction.rollback_to_later(1);
    insert(&transaction, 2).await.unwrap();
    transaction.rollback_to(1).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 2);
}

/// Nobody knows whether a statement that was dropped half way happened, so nothing after it may count on it.
#[tokio::test]
async fn a_dropped_statement_breaks_its_transaction() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    assert!(drop_after(1, try_exec(&transaction, LONG_WRITE)).await.is_none());
    let failure = insert(&transaction, 2).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    assert_eq!(transaction.savepoint(1).await.unwrap_err().kind, FailureKind::Cancelled);
    assert_eq!(transaction.commit().await.unwrap_err().kind, FailureKind::Cancelled);
    assert_eq!(count(&db.driver).await, 0);
    insert(&db.driver, 1).await.unwrap();
}

#[tokio::test]
async fn a_savepoint_repairs_what_was_dropped_after_it() {
    for later in [false, true] {
        let db = Database::new().await;
        let transaction = db.driver.begin().await.unwrap();
        insert(&transaction, 1).await.unwrap();
        transaction.savepoint(1).await.unwrap();
        assert!(drop_after(1, try_exec(&transaction, WRITE)).await.is_none());
        assert_eq!(transaction.release(1).await.unwrap_err().kind, FailureKind::Cancelled);
        if later {
            transaction.rollback_to_later(1);
        } else {
            transaction.rollback_to(1).await.unwrap();
        }
        insert(&transaction, 2).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count(&db.driver).await, 2);
    }
}

/// A savepoint made before cannot repair what was dropped outside it.
#[tokio::test]
async fn a_savepoint_repairs_only_what_came_after_it() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    assert!(drop_after(1, number(&transaction, ENDLESS, Work::Scan)).await.is_none());
    transaction.rollback_to(1).await.unwrap();
    assert_eq!(insert(&transaction, 2).await.unwrap_err().kind, FailureKind::Cancelled);
    transaction.rollback().await.unwrap();
    insert(&db.driver, 1).await.unwrap();
}

/// A statement that never had its turn did nothing, so dropping it does no harm.
#[tokio::test]
async fn dropping_a_statement_that_waits_breaks_nothing() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    let first = try_exec(&transaction, WRITE);
    let waits = drop_after(1, insert(&transaction, 9));
    let (first, waits) = futures_util::future::join(first, waits).await;
    assert_eq!(first.unwrap(), 100_000);
    assert!(waits.is_none());
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 100_000);
}

#[tokio::test]
async fn statements_of_one_transaction_take_turns() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    let writes = (0..50).map(|v| {
        let work = if v % 2 == 0 { Work::Touch } else { Work::Write };
        transaction.run(statement("INSERT INTO t (v) VALUES ($1)", vec![Value::I64(v)], work), Box::new(Discard))
    });
    for outcome in futures_util::future::join_all(writes).await {
        assert_eq!(outcome.unwrap().affected, 1);
    }
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 50);
}

/// SQLite would undo the statement and go on. PostgreSQL does not, so neither do we; a savepoint is the way out on both.
#[tokio::test]
async fn a_failed_statement_ends_the_transaction_or_its_savepoint() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let failure = try_exec(&transaction, "INSERT INTO t (id, v) VALUES (2, 2), (1, 1)").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unique);
    let failure = insert(&transaction, 3).await.unwrap_err();
    assert!(failure.message.contains("can only be rolled back"), "{failure}");
    assert!(transaction.commit().await.is_err());
    assert_eq!(count(&db.driver).await, 0);

    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    transaction.savepoint(1).await.unwrap();
    try_exec(&transaction, "INSERT INTO t (id, v) VALUES (1, 1)").await.unwrap_err();
    transaction.rollback_to(1).await.unwrap();
    insert(&transaction, 3).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 2);
}

/// Some failures make SQLite roll everything back by itself; what follows must not be committed as if nothing happened.
#[tokio::test]
async fn a_transaction_that_sqlite_rolled_back_is_gone() {
    let db = Database::new().await;
    exec(&db.driver, "CREATE TABLE u (v INTEGER UNIQUE ON CONFLICT ROLLBACK) STRICT").await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    exec(&transaction, "INSERT INTO u VALUES (1)").await;
    assert_eq!(try_exec(&transaction, "INSERT INTO u VALUES (1)").await.unwrap_err().kind, FailureKind::Unique);
    let failure = insert(&transaction, 2).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    assert!(failure.message.contains("roll all of it back"), "{}", failure.message);
    assert_eq!(transaction.rollback_to(1).await.unwrap_err().kind, FailureKind::Cancelled);
    assert_eq!(transaction.commit().await.unwrap_err().kind, FailureKind::Cancelled);
    assert_eq!(count(&db.driver).await, 0);

    let transaction = db.driver.begin().await.unwrap();
    exec(&transaction, "INSERT INTO u VALUES (1)").await;
    assert!(try_exec(&transaction, "INSERT INTO u VALUES (1)").await.is_err());
    transaction.rollback().await.expect("there is nothing left to undo");
}

#[tokio::test]
async fn a_text_cannot_begin_or_end_a_transaction() {
    let db = Database::new().await;
    for work in [Work::Lookup, Work::Scan, Work::Touch, Work::Write] {
        let begin = db.driver.run(statement("BEGIN", Vec::new(), work), Box::new(Discard)).await;
        assert!(begin.err().unwrap().message.starts_with("a statement began a transaction"), "{work:?}");
        insert(&db.driver, 1).await.unwrap();
        db.other().execute_batch("BEGIN IMMEDIATE; COMMIT").expect("no transaction was left open");
    }
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let commit = try_exec(&transaction, "COMMIT").await;
    assert!(commit.unwrap_err().message.starts_with("a statement ended the transaction"));
    assert_eq!(insert(&transaction, 1).await.unwrap_err().kind, FailureKind::Cancelled);
}

/// A key that is checked at the end fails the commit, and nothing stays open.
#[tokio::test]
async fn a_commit_that_fails_rolls_back() {
    let db = Database::new().await;
    exec(&db.driver, "CREATE TABLE c (t_id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED) STRICT").await;
    let transaction = db.driver.begin().await.unwrap();
    exec(&transaction, "INSERT INTO c VALUES (99)").await;
    assert_eq!(transaction.commit().await.unwrap_err().kind, FailureKind::ForeignKey);
    assert_eq!(number(&db.driver, "SELECT count(*) FROM c", Work::Scan).await.unwrap(), 0);
    db.other().execute_batch("BEGIN IMMEDIATE; COMMIT").expect("the lock is free");
}

fn pair(row: &mut Row<'_>) -> Result<(i64, i64), crate::Failure> {
    Ok((row.i64()?.unwrap(), row.i64()?.unwrap()))
}

#[tokio::test]
async fn a_batch_gives_its_rows_in_order() {
    let db = Database::new().await;
    let text = "INSERT INTO t (v) VALUES ($1) RETURNING id, v";
    let rows = |values: std::ops::Range<i64>| values.map(|v| vec![Value::I64(v)]).collect::<Vec<_>>();
    let outcome = db.driver.run_batch(text.into(), rows(10..13), Collect::new(pair)).await.unwrap();
    assert_eq!(outcome.affected, 3);
    assert_eq!(Collect::<(i64, i64)>::rows(outcome.sink), [(1, 10), (2, 11), (3, 12)]);
    let outcome = db.driver.run_batch(text.into(), Vec::new(), Box::new(Discard)).await.unwrap();
    assert_eq!(outcome.affected, 0);

    let transaction = db.driver.begin().await.unwrap();
    let outcome = transaction.run_batch(text.into(), rows(20..22), Collect::new(pair)).await.unwrap();
    assert_eq!(Collect::<(i64, i64)>::rows(outcome.sink), [(4, 20), (5, 21)]);
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 5);
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let db = Database::new().await;
    let text = "INSERT INTO t (id, v) VALUES ($1, 0)";
    let rows = || vec![vec![Value::I64(1)], vec![Value::I64(2)], vec![Value::I64(1)]];
    let failure = db.driver.run_batch(text.into(), rows(), Box::new(Discard)).await.err().unwrap();
    assert_eq!(failure.kind, FailureKind::Unique);
    assert_eq!(count(&db.driver).await, 0);

    let transaction = db.driver.begin().await.unwrap();
    exec(&transaction, "INSERT INTO t (id, v) VALUES (7, 0)").await;
    transaction.savepoint(1).await.unwrap();
    assert!(transaction.run_batch(text.into(), rows(), Box::new(Discard)).await.is_err());
    transaction.rollback_to(1).await.unwrap();
    exec(&transaction, "INSERT INTO t (id, v) VALUES (1, 0)").await;
    transaction.commit().await.unwrap();
    assert_eq!(count(&db.driver).await, 2);
}

/// DDL is part of a transaction like everything else.
#[tokio::test]
async fn tables_are_made_in_transactions() {
    let db = Database::with(PoolOptions { acquire: Duration::from_secs(5), ..PoolOptions::default() }).await;
    let transaction = db.driver.begin().await.unwrap();
    exec(&transaction, "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT").await;
    exec(&transaction, "CREATE INDEX t_v ON t (v)").await;
    exec(&transaction, "INSERT INTO a VALUES (1)").await;
    transaction.rollback().await.unwrap();
    let failure = try_exec(&db.driver, "SELECT * FROM a").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Undefined);
}

/// A task may be moved to another thread at every pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_move_between_threads() {
    let db = Arc::new(Database::new().await);
    let tasks = (0..4).map(|_| {
        let db = Arc::clone(&db);
        tokio::spawn(async move {
            for v in 0..20 {
                let transaction = db.driver.begin().await.unwrap();
                transaction.savepoint(1).await.unwrap();
                insert(&transaction, v).await.unwrap();
                transaction.release(1).await.unwrap();
                let rows = vec![vec![Value::I64(v)]];
                let text = "INSERT INTO t (v) VALUES ($1)";
                transaction.run_batch(text.into(), rows, Box::new(Discard)).await.map(drop).unwrap();
                transaction.commit().await.unwrap();
            }
        })
    });
    for task in futures_util::future::join_all(tasks).await {
        task.unwrap();
    }
    assert_eq!(count(&db.driver).await, 160);
}

/// A transaction that has ended stops no statement of the one that has its connection now.
#[tokio::test]
async fn a_transaction_that_ended_stops_nothing_more() {
    let db = Arc::new(Database::new().await);
    let first = db.driver.begin().await.unwrap();
    let turns = first.turns();
    first.commit().await.unwrap();

    let second = db.driver.begin().await.unwrap();
    let rows: Vec<_> = (0..20_000).map(|v| vec![Value::I64(v)]).collect();
    let batch = tokio::spawn(async move {
        second.run_batch("INSERT INTO t (v) VALUES ($1)".into(), rows, Box::new(Discard)).await.map(drop)?;
        second.commit().await
    });
    while !batch.is_finished() {
        turns.end();
        tokio::task::yield_now().await;
    }
    batch.await.unwrap().unwrap();
    assert_eq!(count(&db.driver).await, 20_000);
}

/// Going back takes two statements, and may be dropped after either, also when it happens on behalf of a later statement.
#[test]
fn going_back_may_be_dropped_half_way() {
    on_one_blocking_thread(async {
        for later in [false, true] {
            let db = Database::new().await;
            let transaction = db.driver.begin().await.unwrap();
            insert(&transaction, 1).await.unwrap();
            transaction.savepoint(1).await.unwrap();
            exec(&transaction, WRITE).await;
            let hold_up = async { hold_up() };
            if later {
                transaction.rollback_to_later(1);
                let _ = join(drop_after(2, number(&transaction, "SELECT 1", Work::Lookup)), hold_up).await;
            } else {
                let (ended, ()) = join(drop_after(2, transaction.rollback_to(1)), hold_up).await;
                if ended.is_none() {
                    transaction.rollback_to_later(1);
                }
            }
            transaction.savepoint(1).await.unwrap();
            insert(&transaction, 2).await.unwrap();
            transaction.release(1).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(count(&db.driver).await, 2);
        }
    });
}

/// A savepoint whose making was dropped does not stay behind, where a later one of its name would be taken for it.
#[test]
fn a_savepoint_whose_making_was_dropped_is_forgotten() {
    on_one_blocking_thread(async {
        let db = Database::new().await;
        let transaction = db.driver.begin().await.unwrap();
        exec(&transaction, WRITE).await;
        hold_up();
        assert!(drop_after(1, transaction.savepoint(1)).await.is_none());
        transaction.rollback_to_later(1);
        insert(&transaction, 1).await.unwrap();
        let failure = try_exec(&transaction, "ROLLBACK TO s1").await.unwrap_err();
        assert!(failure.message.contains("no such savepoint"), "{failure}");
    });
}

/// What a savepoint keeps cannot be undone any more, and must not be kept if nobody heard that it was.
#[test]
fn a_dropped_release_leaves_nothing_but_rolling_back() {
    on_one_blocking_thread(async {
        let db = Database::new().await;
        let transaction = db.driver.begin().await.unwrap();
        insert(&transaction, 1).await.unwrap();
        for depth in [1, 2] {
            transaction.savepoint(depth).await.unwrap();
            exec(&transaction, WRITE).await;
        }
        hold_up();
        assert!(drop_after(1, transaction.release(2)).await.is_none());
        transaction.rollback_to_later(2);
        assert_eq!(insert(&transaction, 2).await.unwrap_err().kind, FailureKind::Cancelled);
        assert_eq!(transaction.release(1).await.unwrap_err().kind, FailureKind::Cancelled);
        // The savepoint around it was there before.
        transaction.rollback_to(1).await.unwrap();
        insert(&transaction, 3).await.unwrap();
        transaction.savepoint(1).await.unwrap();
        exec(&transaction, WRITE).await;
        hold_up();
        assert!(drop_after(1, transaction.release(1)).await.is_none());
        transaction.rollback_to_later(1);
        assert_eq!(transaction.commit().await.unwrap_err().kind, FailureKind::Cancelled);
        assert_eq!(count(&db.driver).await, 0);
    });
}

/// Runs a test where jobs on blocking threads wait for each other, so that [`hold_up`] decides when they run.
fn on_one_blocking_thread(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap().block_on(test);
}

/// Keeps back for a while what comes to the blocking thread after this.
fn hold_up() {
    drop(tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(50))));
}
