//! Handles to fresh databases, and rows that are complete but for what a test is about.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kinds::seedbed::{Decimal, Discard, Statement, Uuid, Work};
use kinds::{Color, NewKind, NewMaybeKind, NewPerson, Person};
use seedbed::Db;
use seedbed_tests::TestDb;

/// A handle to a database with the tables of `specs/kinds`, and nothing in them.
pub(crate) async fn open(db: &TestDb) -> Db {
    kinds::builder().env(|_| None).url(db.url()).connect().await.expect("the database takes the tables")
}

/// A handle to a database with the eleven models and their seeds.
pub(crate) async fn open_platform(db: &TestDb) -> Db {
    database::builder().env(|_| None).url(db.url()).connect().await.expect("the database takes tables and seeds")
}

/// An instant, written as RFC 3339 has it.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time")
}

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a decimal")
}

/// A row with a value in every field.
pub(crate) fn kind() -> NewKind {
    NewKind::builder()
        .flag(true)
        .small(7)
        .whole(70)
        .big(700)
        .single(0.5)
        .double(0.25)
        .price(decimal("12.5"))
        .integral(decimal("18"))
        .fine(decimal("0.5"))
        .short("short")
        .body("body")
        .token(Uuid::from_u128(7))
        .code("code")
        .day(date("2026-01-31"))
        .clock(time("10:20:30"))
        .moment(instant("2026-01-31T10:20:30Z"))
        .data(serde_json::json!({ "a": [1, 2] }))
        .raw(b"raw".as_slice())
        .color(Color::Green)
}

/// A row in which every field may be set or left out.
pub(crate) fn maybe() -> NewMaybeKind {
    NewMaybeKind::builder()
}

/// A person of that name, with an address made of it.
pub(crate) async fn person(db: &Db, name: &str) -> Person {
    let new = NewPerson::builder().email(format!("{name}@example.com")).name(name.to_owned());
    Person::create(db, new).await.expect("the address is free")
}

/// Runs a statement that the generated API has no words for.
pub(crate) async fn execute(db: &Db, sql: &str) {
    let statement = Statement { text: sql.to_owned().into(), values: Vec::new(), work: Work::Write };
    db.run(statement, Box::new(Discard)).await.map(drop).expect("the statement is right");
}
