//! Every kind of failure, from a real server, with the names it gives and without the values of rows.

use super::support::{Fixture, execute, rows, target};
use crate::driver::postgres::PostgresDriver;
use crate::driver::{Driver, Failure, FailureKind, Transaction};
use crate::{PoolOptions, Value};

const TABLES: &str = "
    CREATE TABLE parents (id bigint PRIMARY KEY);
    CREATE TABLE children (
        id bigint CONSTRAINT children_pkey PRIMARY KEY,
        parent_id bigint CONSTRAINT children_parent_id_fkey REFERENCES parents DEFERRABLE,
        mail text CONSTRAINT children_mail_key UNIQUE,
        age smallint NOT NULL DEFAULT 1 CONSTRAINT children_age_check CHECK (age > 0),
        code varchar(3),
        cost numeric(4, 2)
    );
    INSERT INTO children (id, mail) VALUES (1, 'taken@secret.example');
";

async fn with_tables() -> Fixture {
    let mut fixture = Fixture::new(2).await;
    fixture.outside(TABLES).await;
    fixture
}

async fn refused(fixture: &Fixture, text: &'static str) -> Failure {
    execute(&fixture.driver, text, vec![]).await.unwrap_err()
}

#[tokio::test]
async fn constraints_name_themselves_and_their_table() {
    let fixture = with_tables().await;
    let cases = [
        (
            "INSERT INTO children (id, mail) VALUES (2, 'taken@secret.example')",
            FailureKind::Unique,
            "children_mail_key",
        ),
        ("INSERT INTO children (id) VALUES (1)", FailureKind::Unique, "children_pkey"),
        ("INSERT INTO children (id, parent_id) VALUES (2, 99)", FailureKind::ForeignKey, "children_parent_id_fkey"),
        ("INSERT INTO children (id, age) VALUES (2, -5)", FailureKind::Check, "children_age_check"),
    ];
    for (text, kind, constraint) in cases {
        let failure = refused(&fixture, text).await;
        assert_eq!((failure.kind, failure.constraint.as_deref()), (kind, Some(constraint)), "{failure:?}");
        assert_eq!(failure.table.as_deref(), Some("children"));
    }
    let failure = refused(&fixture, "INSERT INTO children (id, age) VALUES (2, NULL)").await;
    assert_eq!(failure.kind, FailureKind::NotNull);
    assert_eq!((failure.table.as_deref(), &failure.columns[..]), (Some("children"), &["age".to_owned()][..]));
}

#[tokio::test]
async fn other_refusals_have_their_kinds() {
    let fixture = with_tables().await;
    let cases = [
        ("INSERT INTO children (id, code) VALUES (2, 'abcd')", FailureKind::TooLong, "22001"),
        ("INSERT INTO children (id, age) VALUES (2, 40000)", FailureKind::OutOfRange, "22003"),
        ("INSERT INTO children (id, cost) VALUES (2, 123.4)", FailureKind::OutOfRange, "22003"),
        ("SELECT id FROM nowhere", FailureKind::Undefined, "42P01"),
        ("SELECT nothing FROM children", FailureKind::Undefined, "42703"),
        ("SELEC 1", FailureKind::Other, "42601"),
        ("SELECT 1/0", FailureKind::Other, "22012"),
        ("SELECT E'\\\\u0000'::jsonb || ('\"\\u0000\"')::jsonb", FailureKind::Other, "22P02"),
    ];
    for (text, kind, code) in cases {
        let failure = refused(&fixture, text).await;
        assert_eq!((failure.kind, failure.code.as_deref()), (kind, Some(code)), "{failure:?}");
    }
    // After all these the connection is the same, and goes on.
    assert_eq!(rows(&fixture.driver, "SELECT 1::int8", vec![], |row| row.i64()).await.unwrap(), [Some(1)]);
}

#[tokio::test]
async fn values_of_rows_are_in_no_form_of_the_failure() {
    let fixture = with_tables().await;
    for (text, value) in [
        ("INSERT INTO children (id, mail) VALUES (3, $1)", "taken@secret.example"),
        ("INSERT INTO children (id, age, mail) VALUES (3, -1, $1)", "new@secret.example"),
        ("SELECT $1::text::uuid", "secret"),
        ("SELECT $1::text::date", "secret"),
    ] {
        let failure = execute(&fixture.driver, text, vec![Value::Text(value.into())]).await.unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[tokio::test]
async fn locks_and_time_limits() {
    let mut fixture = with_tables().await;
    fixture.outside("BEGIN; SELECT 1 FROM t FOR UPDATE").await;
    let failure = refused(&fixture, "SELECT 1 FROM t FOR UPDATE NOWAIT").await;
    assert_eq!(failure.kind, FailureKind::Busy);
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "SET LOCAL statement_timeout = '50ms'", vec![]).await.unwrap();
    let failure = execute(&transaction, "UPDATE t SET n = 5", vec![]).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Cancelled, Some("57014")));
    drop(transaction);
    fixture.outside("ROLLBACK").await;
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn what_failed_in_passing_is_retryable_also_when_only_the_commit_says_so() {
    let mut fixture = with_tables().await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", vec![]).await.unwrap();
    execute(&transaction, "SELECT n FROM t", vec![]).await.unwrap();
    fixture.outside("UPDATE t SET n = 7").await;
    let failure = execute(&transaction, "UPDATE t SET n = 8", vec![]).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Retryable, Some("40001")));
    let failure = execute(&transaction, "SELECT n FROM t", vec![]).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Retryable, Some("25P02")));
    assert_eq!(transaction.commit().await.unwrap_err().kind, FailureKind::Retryable);
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 7);
}

#[tokio::test]
async fn two_transactions_in_each_others_way() {
    let mut fixture = with_tables().await;
    fixture.outside("INSERT INTO t VALUES (2, 0)").await;
    let (first, second) = (fixture.driver.begin().await.unwrap(), fixture.driver.begin().await.unwrap());
    execute(&first, "UPDATE t SET n = 1 WHERE id = 1", vec![]).await.unwrap();
    execute(&second, "UPDATE t SET n = 2 WHERE id = 2", vec![]).await.unwrap();
    let (one, two) = tokio::join!(
        async {
            let result = execute(&first, "UPDATE t SET n = 1 WHERE id = 2", vec![]).await;
            drop(first);
            result
        },
        async {
            let result = execute(&second, "UPDATE t SET n = 2 WHERE id = 1", vec![]).await;
            drop(second);
            result
        }
    );
    let deadlock = one.err().or(two.err()).expect("one of them is the victim");
    assert_eq!((deadlock.kind, deadlock.code.as_deref()), (FailureKind::Retryable, Some("40P01")));
}

#[tokio::test]
async fn a_commit_that_a_deferred_constraint_refuses() {
    let mut fixture = with_tables().await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "SET CONSTRAINTS ALL DEFERRED", vec![]).await.unwrap();
    execute(&transaction, "INSERT INTO children (id, parent_id) VALUES (5, 99)", vec![]).await.unwrap();
    let failure = transaction.commit().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::ForeignKey);
    assert_eq!(failure.constraint.as_deref(), Some("children_parent_id_fkey"));
    fixture.wait_until_idle().await;
    assert_eq!(fixture.number("SELECT count(*) FROM children").await, 1);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_failed_transaction_never_passes_for_committed() {
    let mut fixture = with_tables().await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "UPDATE t SET n = 50", vec![]).await.unwrap();
    execute(&transaction, "INSERT INTO children (id) VALUES (1)", vec![]).await.unwrap_err();
    // The server answers COMMIT with a rollback, and with no error.
    let failure = transaction.commit().await.unwrap_err();
    assert!(failure.message.contains("can only be rolled back"), "{failure}");
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 0);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn places_that_cannot_be_reached() {
    let fixture = Fixture::new(1).await;
    let options = PoolOptions { connect: std::time::Duration::from_secs(2), ..PoolOptions::default() };
    let nobody_listens = "postgres://ada:hunter2@127.0.0.1:1/shop";
    let failure = PostgresDriver::open(&target(nobody_listens), &options).await.err().unwrap();
    assert_eq!(failure.kind, FailureKind::Connection);
    assert!(failure.message.contains("`127.0.0.1:1/shop`"), "{failure}");
    assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");

    let (server, _) = fixture.db.url().rsplit_once('/').unwrap();
    let failure = PostgresDriver::open(&target(&format!("{server}/nowhere")), &options).await.err().unwrap();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Connection, Some("3D000")));

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ada@{}/shop?sslmode=disable", silent.local_addr().unwrap());
    let options = PoolOptions { connect: std::time::Duration::from_millis(200), ..options };
    let failure = PostgresDriver::open(&target(&url), &options).await.err().unwrap();
    assert!(failure.message.contains("200ms") && failure.message.contains("DB_CONNECT_TIMEOUT_MS"), "{failure}");
}
