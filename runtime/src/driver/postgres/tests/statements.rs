//! Prepared statements: how many round trips they take, and what happens when their tables change.

use seedbed_tests::proxy::Proxy;

use super::support::{Fixture, execute, number, rows, target};
use crate::driver::postgres::PostgresDriver;
use crate::driver::{Connection, Driver, FailureKind, Transaction};
use crate::{PoolOptions, Text, Value};

const FIND: &str = "SELECT n FROM t WHERE id = $1";

async fn find(on: &impl Connection) -> Option<i32> {
    rows(on, FIND, vec![Value::I64(1)], |row| row.i32()).await.unwrap()[0]
}

#[tokio::test]
async fn a_find_is_one_round_trip_and_is_prepared_once() {
    let proxy = Proxy::start().unwrap();
    let fixture = Fixture::new(1).await;
    let options = PoolOptions { max: 1, ..PoolOptions::default() };
    let driver = PostgresDriver::open(&target(&proxy.url(&fixture.db)), &options).await.unwrap();
    assert_eq!((proxy.counts().startups, proxy.counts().round_trips()), (1, 1), "{:?}", proxy.statements());
    find(&driver).await;

    proxy.reset();
    find(&driver).await;
    let counts = proxy.counts();
    assert_eq!((counts.round_trips(), counts.parses, counts.executes), (1, 0, 1));

    // The same text, built again, is the same statement.
    rows(&driver, FIND.to_owned(), vec![Value::I64(1)], |row| row.i32()).await.unwrap();
    assert_eq!(proxy.counts().parses, 0);

    proxy.reset();
    let transaction = driver.begin().await.unwrap();
    find(&transaction).await;
    transaction.commit().await.unwrap();
    assert_eq!(proxy.counts().round_trips(), 3);

    proxy.reset();
    drop(driver.begin().await.unwrap());
    // BEGIN and, in the background, ROLLBACK and the question whether that was all.
    while proxy.counts().queries < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert_eq!(proxy.counts().connections, 0);
}

#[tokio::test]
async fn a_text_that_is_run_once_is_one_round_trip_and_is_not_prepared() {
    let proxy = Proxy::start().unwrap();
    let fixture = Fixture::new(1).await;
    let options = PoolOptions { max: 1, ..PoolOptions::default() };
    let driver = PostgresDriver::open(&target(&proxy.url(&fixture.db)), &options).await.unwrap();
    proxy.reset();
    assert_eq!(execute(&driver, Text::Once("UPDATE t SET n = 3".into()), vec![]).await.unwrap(), 1);
    let counts = proxy.counts();
    assert_eq!((counts.round_trips(), counts.parses), (1, 0));
    execute(&driver, Text::Once("SELECT 1/0".into()), vec![]).await.unwrap_err();
    assert_eq!(find(&driver).await, Some(3));
}

#[tokio::test]
async fn a_refused_write_takes_no_extra_round_trip() {
    let proxy = Proxy::start().unwrap();
    let fixture = Fixture::new(1).await;
    let options = PoolOptions { max: 1, ..PoolOptions::default() };
    let driver = PostgresDriver::open(&target(&proxy.url(&fixture.db)), &options).await.unwrap();
    let insert = "INSERT INTO t VALUES (1, 1)";
    execute(&driver, insert, vec![]).await.unwrap_err();
    proxy.reset();
    execute(&driver, insert, vec![]).await.unwrap_err();
    find(&driver).await;
    assert_eq!(proxy.counts().round_trips(), 3, "the insert, and the preparation and execution of the find");
}

#[tokio::test]
async fn a_changed_result_type_is_met_by_preparing_anew() {
    let mut fixture = Fixture::new(1).await;
    assert_eq!(find(&fixture.driver).await, Some(0));
    fixture.outside("ALTER TABLE t ALTER n TYPE bigint").await;
    let found = rows(&fixture.driver, FIND, vec![Value::I64(1)], |row| row.i64()).await.unwrap();
    assert_eq!(found, [Some(0)]);
    let update = "UPDATE t SET n = n + 1 RETURNING n";
    execute(&fixture.driver, update, vec![]).await.unwrap();
    fixture.outside("ALTER TABLE t ALTER n TYPE integer").await;
    assert_eq!(execute(&fixture.driver, update, vec![]).await.unwrap(), 1);
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 2, "each update has run once");
}

#[tokio::test]
async fn inside_a_transaction_a_changed_result_type_can_be_tried_again() {
    let mut fixture = Fixture::new(1).await;
    assert_eq!(find(&fixture.driver).await, Some(0));
    fixture.outside("ALTER TABLE t ALTER n TYPE bigint").await;
    let transaction = fixture.driver.begin().await.unwrap();
    let failure = rows(&transaction, FIND, vec![Value::I64(1)], |row| row.i64()).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Retryable, Some("0A000")));
    transaction.rollback().await.unwrap();
    // The same connection, and again inside a transaction.
    let transaction = fixture.driver.begin().await.unwrap();
    assert_eq!(rows(&transaction, FIND, vec![Value::I64(1)], |row| row.i64()).await.unwrap(), [Some(0)]);
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn a_statement_that_the_server_forgot_is_prepared_anew() {
    let fixture = Fixture::new(1).await;
    find(&fixture.driver).await;
    execute(&fixture.driver, "DEALLOCATE ALL", vec![]).await.unwrap();
    assert_eq!(find(&fixture.driver).await, Some(0));

    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "DEALLOCATE ALL", vec![]).await.unwrap();
    let failure = rows(&transaction, FIND, vec![Value::I64(1)], |row| row.i32()).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Retryable, Some("26000")));
    drop(transaction);
    assert_eq!(find(&fixture.driver).await, Some(0));
}

#[tokio::test]
async fn other_things_that_are_not_supported_are_not_tried_again() {
    let fixture = Fixture::new(1).await;
    let failure = execute(&fixture.driver, "SELECT 1 FROM t GROUP BY id FOR UPDATE", vec![]).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Other, Some("0A000")));
}

#[tokio::test]
async fn more_texts_than_are_kept_prepared() {
    let fixture = Fixture::new(1).await;
    for n in 0..300 {
        assert_eq!(number(&fixture.driver, format!("SELECT {n}::int8")).await.unwrap(), n);
    }
    assert!(number(&fixture.driver, "SELECT count(*) FROM pg_prepared_statements").await.unwrap() <= 257);
}

#[tokio::test]
async fn rows_that_were_written_are_counted_and_rows_that_were_read_are_not() {
    let fixture = Fixture::new(1).await;
    let insert = "INSERT INTO t SELECT v, 0 FROM unnest($1) AS v RETURNING id";
    let ids = Value::Array(crate::ValueType::I64, (2..12).map(Value::I64).collect());
    assert_eq!(execute(&fixture.driver, insert, vec![ids]).await.unwrap(), 10);
    assert_eq!(execute(&fixture.driver, "DELETE FROM t WHERE id > 10", vec![]).await.unwrap(), 1);
    let statement = crate::Statement { text: "SELECT id FROM t".into(), values: vec![], work: crate::Work::Scan };
    let outcome = fixture.driver.run(statement, Box::new(crate::Discard)).await.unwrap();
    assert_eq!(outcome.affected, 0);
}

#[tokio::test]
async fn a_transaction_is_not_begun_by_a_statement() {
    let mut fixture = Fixture::new(1).await;
    for text in ["BEGIN", "  rollback", "SAVEPOINT s"] {
        let failure = execute(&fixture.driver, Text::from(text), vec![]).await.unwrap_err();
        assert!(failure.message.contains("by its own functions"), "{failure}");
    }
    fixture.check_that_writes_last().await;
}
