//! Savepoints, and batches inside transactions.

use std::time::Duration;

use tokio::time::timeout;

use super::support::{Drop, Fixture, execute, number, poll_for_a_while};
use crate::driver::{Connection, Driver, FailureKind, Transaction};
use crate::{Collect, Discard, Value};

const SET: &str = "UPDATE t SET n = $1 WHERE id = 1";

async fn set(on: &impl Connection, n: i32) {
    assert_eq!(execute(on, SET, vec![Value::I32(n)]).await.unwrap(), 1);
}

#[tokio::test]
async fn commit_keeps_and_rollback_undoes() {
    let mut fixture = Fixture::new(1).await;
    for (n, keep) in [(1, true), (2, false), (3, true)] {
        let transaction = fixture.driver.begin().await.unwrap();
        set(&transaction, n).await;
        if keep { transaction.commit().await.unwrap() } else { transaction.rollback().await.unwrap() }
    }
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 3);
}

#[tokio::test]
async fn savepoints_nest() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    set(&transaction, 1).await;
    transaction.savepoint(1).await.unwrap();
    set(&transaction, 2).await;
    transaction.savepoint(2).await.unwrap();
    set(&transaction, 3).await;
    transaction.release(2).await.unwrap();
    transaction.rollback_to(1).await.unwrap();
    assert_eq!(number(&transaction, "SELECT n::int8 FROM t").await.unwrap(), 1);
    transaction.savepoint(1).await.unwrap();
    set(&transaction, 4).await;
    transaction.release(1).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 4);
}

#[tokio::test]
async fn a_failed_statement_is_undone_with_its_savepoint() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    set(&transaction, 1).await;
    transaction.savepoint(1).await.unwrap();
    execute(&transaction, "SELECT 1/0", vec![]).await.unwrap_err();
    assert_eq!(execute(&transaction, "SELECT 1", vec![]).await.unwrap_err().code.as_deref(), Some("25P02"));
    transaction.rollback_to(1).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 1);
}

#[tokio::test]
async fn a_dropped_nested_transaction_is_undone_before_the_next_statement() {
    let mut fixture = Fixture::new(2).await;
    let transaction = fixture.driver.begin().await.unwrap();
    set(&transaction, 1).await;
    transaction.savepoint(1).await.unwrap();
    set(&transaction, 2).await;
    transaction.savepoint(2).await.unwrap();
    timeout(Duration::from_millis(20), execute(&transaction, "SELECT pg_sleep(30)", vec![])).await.unwrap_err();
    transaction.rollback_to_later(2);
    transaction.rollback_to_later(1);
    assert_eq!(number(&transaction, "SELECT n::int8 FROM t").await.unwrap(), 1);
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 1);
}

#[tokio::test]
async fn a_dropped_nested_transaction_is_undone_before_the_commit() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    set(&transaction, 1).await;
    transaction.savepoint(1).await.unwrap();
    set(&transaction, 2).await;
    transaction.rollback_to_later(1);
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 1);
}

#[tokio::test]
async fn a_savepoint_that_was_never_set_has_nothing_to_undo() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    set(&transaction, 1).await;
    drop(transaction.savepoint(1));
    transaction.rollback_to_later(1);
    set(&transaction, 2).await;
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 2);
}

#[tokio::test]
async fn a_transaction_that_could_not_go_back_does_not_pass_for_committed() {
    let mut fixture = Fixture::new(1).await;
    // The server releases the savepoint, but nobody waits to hear of it, unless it answers at once.
    let transaction = loop {
        let transaction = fixture.driver.begin().await.unwrap();
        set(&transaction, 1).await;
        transaction.savepoint(1).await.unwrap();
        set(&transaction, 2).await;
        if poll_for_a_while(transaction.release(1), Drop::After(1)).await.is_none() {
            break transaction;
        }
        transaction.rollback().await.unwrap();
    };
    transaction.rollback_to_later(1);
    let failure = number(&transaction, "SELECT n::int8 FROM t").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled, "{failure}");
    transaction.commit().await.unwrap_err();
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 0);
}

#[tokio::test]
async fn a_batch_is_all_or_none_and_a_transaction_survives_it() {
    let mut fixture = Fixture::new(1).await;
    let insert = || "INSERT INTO t VALUES ($1, $2) RETURNING id".into();
    let row = |id| vec![Value::I64(id), Value::I32(0)];
    let good = vec![row(2), row(3), row(4)];
    let bad = vec![row(5), row(2)];
    let read = |row: &mut crate::Row<'_>| row.i64();

    let outcome = fixture.driver.run_batch(insert(), good, Collect::new(read)).await.unwrap();
    assert_eq!(outcome.affected, 3);
    assert_eq!(Collect::<Option<i64>>::rows(outcome.sink), [Some(2), Some(3), Some(4)]);
    let failure = fixture.driver.run_batch(insert(), bad.clone(), Box::new(Discard)).await.err().unwrap();
    assert_eq!(failure.kind, FailureKind::Unique);

    let transaction = fixture.driver.begin().await.unwrap();
    let failure = transaction.run_batch(insert(), bad, Box::new(Discard)).await.err().unwrap();
    assert_eq!(failure.kind, FailureKind::Unique);
    let outcome = transaction.run_batch(insert(), vec![row(6)], Box::new(Discard)).await.unwrap();
    assert_eq!(outcome.affected, 1);
    assert_eq!(transaction.run_batch(insert(), vec![], Box::new(Discard)).await.unwrap().affected, 0);
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT sum(id)::int8 FROM t").await, 1 + 2 + 3 + 4 + 6);
}

#[tokio::test]
async fn the_advisory_lock_of_a_transaction_ends_with_it() {
    let fixture = Fixture::new(2).await;
    let lock = "SELECT pg_try_advisory_xact_lock(7)::int::int8";
    let first = fixture.driver.begin().await.unwrap();
    assert_eq!(number(&first, lock).await.unwrap(), 1);
    assert_eq!(number(&fixture.driver, lock).await.unwrap(), 0);
    first.commit().await.unwrap();
    assert_eq!(number(&fixture.driver, lock).await.unwrap(), 1);
}
