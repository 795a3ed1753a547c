//! `COPY … FROM STDIN`.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use super::support::{Fixture, execute, number};
use crate::driver::{Driver, Failure, FailureKind, Transaction};

const COPY: &str = "COPY t (id, n) FROM STDIN (FORMAT csv)";

fn chunks(parts: &[&str]) -> impl futures_util::Stream<Item = Result<Vec<u8>, Failure>> + Send {
    let parts: Vec<_> = parts.iter().map(|part| Ok(part.as_bytes().to_vec())).collect();
    stream::iter(parts)
}

#[tokio::test]
async fn chunks_are_cut_anywhere_and_rows_are_counted() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    assert_eq!(transaction.copy_in(COPY, chunks(&["2,2", "0\n3,", "30\n", "", "4,40\n"])).await.unwrap(), 3);
    assert_eq!(number(&transaction, "SELECT sum(n)::int8 FROM t").await.unwrap(), 90);
    transaction.commit().await.unwrap();
    assert_eq!(fixture.number("SELECT count(*) FROM t").await, 4);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn many_rows() {
    let fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let rows = stream::iter((0..200).map(|chunk| {
        let lines: String = (0..500).map(|row| format!("{},7\n", 2 + chunk * 500 + row)).collect();
        Ok(lines.into_bytes())
    }));
    assert_eq!(transaction.copy_in(COPY, rows).await.unwrap(), 100_000);
    transaction.rollback().await.unwrap();
    assert_eq!(number(&fixture.driver, "SELECT count(*) FROM t").await.unwrap(), 1);
}

#[tokio::test]
async fn what_the_server_refuses_is_reported_and_the_connection_goes_on() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    transaction.savepoint(1).await.unwrap();
    let failure = transaction.copy_in(COPY, chunks(&["1,5\n"])).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unique);
    transaction.rollback_to(1).await.unwrap();
    transaction.savepoint(1).await.unwrap();
    let failure = transaction.copy_in("COPY nowhere FROM STDIN", chunks(&[])).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Undefined);
    transaction.rollback_to(1).await.unwrap();
    assert_eq!(transaction.copy_in(COPY, chunks(&["2,5\n"])).await.unwrap(), 1);
    transaction.commit().await.unwrap();
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_source_that_fails_leaves_no_row() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let source = chunks(&["2,2\n"]).chain(stream::iter([Err(Failure::new(FailureKind::Value, "line 3 is wrong"))]));
    let failure = transaction.copy_in(COPY, source).await.unwrap_err();
    assert_eq!(failure.message, "line 3 is wrong");
    transaction.commit().await.unwrap_err();
    assert_eq!(fixture.number("SELECT count(*) FROM t").await, 1);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_dropped_copy_is_undone_and_its_connection_is_not_used_again() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "UPDATE t SET n = -1", vec![]).await.unwrap();
    let endless = chunks(&["2,2\n"]).chain(stream::pending());
    timeout(Duration::from_millis(30), transaction.copy_in(COPY, endless)).await.unwrap_err();
    let failure = execute(&transaction, "SELECT 1", vec![]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    drop(transaction);
    fixture.wait_for_lock().await;
    assert_eq!(fixture.number("SELECT count(*) FROM t WHERE n <> 0 OR id <> 1").await, 0);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_savepoint_does_not_save_a_transaction_from_a_dropped_copy() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    transaction.savepoint(1).await.unwrap();
    let endless = chunks(&["2,2\n"]).chain(stream::pending());
    timeout(Duration::from_millis(30), transaction.copy_in(COPY, endless)).await.unwrap_err();
    assert_eq!(transaction.rollback_to(1).await.unwrap_err().kind, FailureKind::Connection);
    execute(&transaction, "UPDATE t SET n = -1", vec![]).await.unwrap_err();
    transaction.commit().await.unwrap_err();
    assert_eq!(fixture.number("SELECT count(*) FROM t WHERE n <> 0 OR id <> 1").await, 0);
    fixture.check_that_writes_last().await;
}
