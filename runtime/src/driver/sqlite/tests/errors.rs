//! What each of SQLite's errors becomes.

use super::super::{SqliteDriver, SqliteTarget};
use super::support::{exec, number, statement, try_exec};
use crate::driver::{Connection, Driver, Failure, FailureKind};
use crate::statement::{Discard, Work};
use crate::{PoolOptions, Value};

async fn database() -> SqliteDriver {
    let db = SqliteDriver::open(&SqliteTarget::Memory, &PoolOptions::default()).await.unwrap();
    for text in [
        "CREATE TABLE roles (id INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            email TEXT NOT NULL UNIQUE,
            kind TEXT CONSTRAINT users_kind_check CHECK (kind IN ('person', 'program')),
            region TEXT,
            number INTEGER,
            role_id INTEGER REFERENCES roles (id),
            UNIQUE (region, number)
        ) STRICT",
        "CREATE TABLE names (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
        "CREATE UNIQUE INDEX users_lower_email_key ON users (lower(email))",
        "INSERT INTO roles VALUES (1)",
        "INSERT INTO names VALUES ('secret')",
        "INSERT INTO users (email, kind, region, number, role_id) VALUES ('secret@b.c', 'person', 'secret', 7, 1)",
    ] {
        exec(&db, text).await;
    }
    db
}

/// What a failure says: kind, constraint, table, columns, code.
type Facts<'a> = (FailureKind, Option<&'a str>, Option<&'a str>, Vec<&'a str>, Option<&'a str>);

fn facts(failure: &Failure) -> Facts<'_> {
    (
        failure.kind,
        failure.constraint.as_deref(),
        failure.table.as_deref(),
        failure.columns.iter().map(String::as_str).collect(),
        failure.code.as_deref(),
    )
}

async fn check(text: &'static str, expected: Facts<'_>) {
    let db = database().await;
    let failure = try_exec(&db, text).await.expect_err(text);
    assert_eq!(facts(&failure), expected, "{text}");
    assert!(!failure.message.contains("secret"), "the message tells a value: {}", failure.message);
    assert!(std::error::Error::source(&failure).is_some(), "{text}");
    assert_eq!(number(&db, "SELECT count(*) FROM users", Work::Scan).await.unwrap(), 1, "{text}");
}

#[tokio::test]
async fn unique() {
    use FailureKind::Unique;
    check(
        "INSERT INTO users (email) VALUES ('secret@b.c')",
        (Unique, Some("users_lower_email_key"), None, vec![], Some("2067")),
    )
    .await;
    check(
        "INSERT INTO users (email, region, number) VALUES ('x', 'secret', 7)",
        (Unique, None, Some("users"), vec!["region", "number"], Some("2067")),
    )
    .await;
    check("INSERT INTO users (id, email) VALUES (1, 'x')", (Unique, None, Some("users"), vec!["id"], Some("1555")))
        .await;
    check("INSERT INTO names VALUES ('secret')", (Unique, None, Some("names"), vec!["key"], Some("1555"))).await;
}

#[tokio::test]
async fn checks() {
    use FailureKind::{Check, ForeignKey, NotNull, Other};
    check("UPDATE users SET kind = 'secret'", (Check, Some("users_kind_check"), None, vec![], Some("275"))).await;
    check("UPDATE users SET email = NULL", (NotNull, None, Some("users"), vec!["email"], Some("1299"))).await;
    check("UPDATE users SET role_id = 99", (ForeignKey, None, Some("users"), vec!["role_id"], Some("787"))).await;
    check("DELETE FROM roles", (ForeignKey, None, Some("users"), vec!["role_id"], Some("787"))).await;
    check("UPDATE users SET number = 'secret'", (Other, None, Some("users"), vec!["number"], Some("3091"))).await;
}

#[tokio::test]
async fn out_of_range() {
    check(
        "SELECT sum(i) FROM (SELECT 9223372036854775807 AS i UNION ALL SELECT 1)",
        (FailureKind::OutOfRange, None, None, vec![], Some("1")),
    )
    .await;
    check("SELECT zeroblob(2000000000)", (FailureKind::TooLong, None, None, vec![], Some("18"))).await;
}

#[tokio::test]
async fn undefined() {
    use FailureKind::{Other, Undefined};
    check("SELECT 1 FROM nobody", (Undefined, None, Some("nobody"), vec![], Some("1"))).await;
    check("SELECT 1 FROM main.nobody", (Undefined, None, Some("nobody"), vec![], Some("1"))).await;
    check("SELECT age FROM users", (Undefined, None, None, vec!["age"], Some("1"))).await;
    check("SELECT users.age FROM users", (Undefined, None, None, vec!["age"], Some("1"))).await;
    check("INSERT INTO users (age) VALUES (1)", (Undefined, None, Some("users"), vec!["age"], Some("1"))).await;
    check("DROP INDEX nobody", (Undefined, None, None, vec![], Some("1"))).await;
    check("SELECT nobody()", (Undefined, None, None, vec![], Some("1"))).await;
    check("SELEC 1", (Other, None, None, vec![], Some("1"))).await;
}

#[tokio::test]
async fn texts_of_more_than_one_statement_are_refused() {
    let db = database().await;
    let failure = try_exec(&db, "DELETE FROM users; SELECT 1").await.unwrap_err();
    assert_eq!(failure.message, "more than one statement in a text: run them one by one");
    assert_eq!(number(&db, "SELECT count(*) FROM users", Work::Scan).await.unwrap(), 1);
    // A semicolon at the end is not another statement.
    assert_eq!(exec(&db, "DELETE FROM users ; \n").await, 1);
}

#[tokio::test]
async fn as_many_values_as_placeholders() {
    let db = database().await;
    let short = statement("SELECT $1, $2, $1", vec![Value::I64(1)], Work::Lookup);
    let failure = db.run(short, Box::new(Discard)).await.err().unwrap();
    assert_eq!(failure.message, "the statement takes 2 values, 1 were given");
    assert!(
        db.run(statement("SELECT $1, $2, $1", vec![Value::I64(1), Value::I64(2)], Work::Lookup), Box::new(Discard))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_full_disk_and_a_database_that_only_reads() {
    let db = database().await;
    exec(&db, "PRAGMA max_page_count = 1").await;
    let failure = try_exec(&db, "INSERT INTO names SELECT hex(randomblob(100000))").await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Other, Some("13")));
    exec(&db, "PRAGMA max_page_count = 100000").await;
    exec(&db, "PRAGMA query_only = 1").await;
    let failure = try_exec(&db, "DELETE FROM names").await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Other, Some("8")));
}
