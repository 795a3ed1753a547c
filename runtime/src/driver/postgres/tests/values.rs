//! Every type there and back: single values, arrays, NULL, extremes; and what is refused on the way.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::support::{Fixture, execute, rows};
use crate::driver::{Failure, FailureKind};
use crate::{Row, Value, ValueType};

const TYPES: [ValueType; 14] = [
    ValueType::Bool,
    ValueType::I16,
    ValueType::I32,
    ValueType::I64,
    ValueType::F32,
    ValueType::F64,
    ValueType::Decimal,
    ValueType::Text,
    ValueType::Uuid,
    ValueType::Date,
    ValueType::Time,
    ValueType::Timestamp,
    ValueType::Json,
    ValueType::Bytes,
];

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Value {
    let value: Decimal = text.parse().unwrap();
    Value::Decimal(value, u8::try_from(value.scale()).unwrap())
}

/// Values of a type, the extremes among them.
fn samples(ty: ValueType) -> Vec<Value> {
    match ty {
        ValueType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        ValueType::I16 => [0, -1, i16::MIN, i16::MAX].map(Value::I16).to_vec(),
        ValueType::I32 => [0, -1, i32::MIN, i32::MAX].map(Value::I32).to_vec(),
        ValueType::I64 => [0, -1, i64::MIN, i64::MAX].map(Value::I64).to_vec(),
        ValueType::F32 => [0.0, -0.1, f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY].map(Value::F32).to_vec(),
        ValueType::F64 => [0.0, 0.1, f64::MIN, f64::MAX, f64::EPSILON, f64::NEG_INFINITY].map(Value::F64).to_vec(),
        ValueType::Decimal => {
            let texts = ["0", "-1.50", "12345678.90", "0.0000000001", "999999999999999999", "10000", "-0.0001"];
            texts.map(decimal).to_vec()
        }
        ValueType::Text => {
            ["", "abc", "O'Neil \\ \"x\"", "naïve 日本語 🦀", "null"].map(|text| Value::Text(text.into())).to_vec()
        }
        ValueType::Uuid => vec![Value::Uuid(Uuid::nil()), Value::Uuid(Uuid::max()), Value::Uuid(Uuid::from_u128(7))],
        ValueType::Date => {
            ["0001-01-01", "1969-12-31", "2000-02-29", "9999-12-31"].map(|text| Value::Date(date(text))).to_vec()
        }
        ValueType::Time => ["00:00:00", "12:34:56.789012", "23:59:59.999999"]
            .map(|text| Value::Time(text.parse::<NaiveTime>().unwrap()))
            .to_vec(),
        ValueType::Timestamp => ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"]
            .map(|text| Value::Timestamp(instant(text)))
            .to_vec(),
        ValueType::Json => vec![
            Value::Json(json!({"a": [1, 2.5, null, true, "x"], "": {}})),
            Value::Json(json!(null)),
            Value::Json(json!("text")),
            Value::Json(json!(i64::MAX)),
        ],
        ValueType::Bytes => vec![Value::Bytes(vec![]), Value::Bytes(vec![0, 255, 1]), Value::Bytes(vec![7; 100_000])],
    }
}

/// Reads a column as a value of a type.
fn reader(ty: ValueType) -> fn(&mut Row<'_>) -> Result<Option<Value>, Failure> {
    match ty {
        ValueType::Bool => |row| Ok(row.bool()?.map(Value::Bool)),
        ValueType::I16 => |row| Ok(row.i16()?.map(Value::I16)),
        ValueType::I32 => |row| Ok(row.i32()?.map(Value::I32)),
        ValueType::I64 => |row| Ok(row.i64()?.map(Value::I64)),
        ValueType::F32 => |row| Ok(row.f32()?.map(Value::F32)),
        ValueType::F64 => |row| Ok(row.f64()?.map(Value::F64)),
        ValueType::Decimal => |row| Ok(row.decimal(0)?.map(|value| Value::Decimal(value, value.scale() as u8))),
        ValueType::Text => |row| Ok(row.text()?.map(Value::Text)),
        ValueType::Uuid => |row| Ok(row.uuid()?.map(Value::Uuid)),
        ValueType::Date => |row| Ok(row.date()?.map(Value::Date)),
        ValueType::Time => |row| Ok(row.time()?.map(Value::Time)),
        ValueType::Timestamp => |row| Ok(row.timestamp()?.map(Value::Timestamp)),
        ValueType::Json => |row| Ok(row.json()?.map(Value::Json)),
        ValueType::Bytes => |row| Ok(row.bytes()?.map(Value::Bytes)),
    }
}

#[tokio::test]
async fn single_values_and_null() {
    let fixture = Fixture::new(1).await;
    for ty in TYPES {
        for value in samples(ty) {
            // A statement is prepared for the types of its first values, so each type needs a text of its own.
            let text = format!("SELECT $1 AS {ty:?}");
            let back = rows(&fixture.driver, text, vec![value.clone()], reader(ty)).await.unwrap();
            assert_eq!(back, [Some(value)]);
        }
        let text = format!("SELECT $1 AS {ty:?}");
        assert_eq!(rows(&fixture.driver, text, vec![Value::Null(ty)], reader(ty)).await.unwrap(), [None]);
    }
}

#[tokio::test]
async fn arrays_of_every_type_with_null_and_empty() {
    let fixture = Fixture::new(1).await;
    for ty in TYPES {
        let text = format!("SELECT v AS {ty:?} FROM unnest($1) WITH ORDINALITY AS u (v, at) ORDER BY at");
        let mut elements = samples(ty);
        elements.insert(1, Value::Null(ty));
        let expected: Vec<_> = elements.iter().map(|value| (!value.is_null()).then(|| value.clone())).collect();
        let back = rows(&fixture.driver, text.clone(), vec![Value::Array(ty, elements)], reader(ty)).await.unwrap();
        assert_eq!(back, expected);
        let none = rows(&fixture.driver, text, vec![Value::Array(ty, vec![])], reader(ty)).await.unwrap();
        assert_eq!(none, []);
    }
}

#[tokio::test]
async fn columns_of_a_table() {
    let mut fixture = Fixture::new(1).await;
    fixture
        .outside(
            "CREATE DOMAIN email AS varchar(40); CREATE TYPE mood AS ENUM ('sad', 'glad');
             CREATE TABLE v (id bigint PRIMARY KEY, short varchar(5), fixed char(3), cost numeric(12, 6), doc jsonb,
                             plain json, at timestamptz, mail email, mood mood)",
        )
        .await;
    let insert = "INSERT INTO v (id, short, fixed, cost, doc, plain, at, mail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        Value::I64(1),
        Value::Text("abc".into()),
        Value::Text("xy".into()),
        decimal("1.5"),
        Value::Json(json!({"k": 1})),
        Value::Null(ValueType::Json),
        Value::Timestamp(instant("2026-01-31T10:20:30.123456Z")),
        Value::Text("a@b.c".into()),
    ];
    assert_eq!(execute(&fixture.driver, insert, values).await.unwrap(), 1);
    fixture.outside("UPDATE v SET mood = 'glad', plain = '{\"p\": 2}'").await;
    let read = |row: &mut Row<'_>| {
        let texts = [row.text()?, row.text()?, row.text()?, row.text()?].map(Option::unwrap);
        let cost = row.decimal(6)?.unwrap();
        Ok((texts, cost, [row.json()?.unwrap(), row.json()?.unwrap()], row.timestamp()?.unwrap()))
    };
    let text = "SELECT short, fixed, mail, mood, cost, doc, plain, at FROM v WHERE id = ANY($1)";
    let ids = Value::Array(ValueType::I64, vec![Value::I64(1), Value::Null(ValueType::I64), Value::I64(9)]);
    let found = rows(&fixture.driver, text, vec![ids], read).await.unwrap();
    let (texts, cost, docs, at) = &found[0];
    assert_eq!(texts, &["abc", "xy ", "a@b.c", "glad"]);
    assert_eq!(cost.to_string(), "1.500000");
    assert_eq!(docs, &[json!({"k": 1}), json!({"p": 2})]);
    assert_eq!(*at, instant("2026-01-31T10:20:30.123456Z"));
}

#[tokio::test]
async fn a_column_of_another_type_is_named_with_both_types_also_when_it_is_null() {
    let fixture = Fixture::new(1).await;
    for text in ["SELECT 1::int4 AS size", "SELECT NULL::int4 AS size"] {
        let failure = rows(&fixture.driver, text, vec![], |row| row.i64()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Decode);
        assert_eq!(failure.message, "column `size` is `int4` in the database, but is read as `int8`");
        assert_eq!(failure.columns, ["size"]);
    }
    let failure =
        rows(&fixture.driver, "SELECT 1::int8", vec![], |row| Ok((row.i64()?, row.text()?))).await.unwrap_err();
    assert_eq!(failure.message, "column 2 of a result that has 1");
}

#[tokio::test]
async fn a_column_that_only_later_rows_read_is_compared_as_well() {
    let fixture = Fixture::new(1).await;
    let read = |row: &mut Row<'_>| if row.i64()? == Some(1) { Ok(None) } else { row.i64() };
    let text = "SELECT * FROM (VALUES (1::int8, 1::int4), (2, 2)) AS v (id, size)";
    let failure = rows(&fixture.driver, text, vec![], read).await.unwrap_err();
    assert!(failure.message.contains("`size` is `int4`"), "{failure}");
}

#[tokio::test]
async fn a_row_that_cannot_be_taken_leaves_the_connection_as_it_was() {
    let fixture = Fixture::new(1).await;
    let failure =
        rows(&fixture.driver, "SELECT 'infinity'::timestamptz FROM generate_series(1, 5000)", vec![], |row| {
            row.timestamp()
        })
        .await
        .unwrap_err();
    assert!(failure.message.contains("infinite"), "{failure}");
    assert_eq!(rows(&fixture.driver, "SELECT 1::int8", vec![], |row| row.i64()).await.unwrap(), [Some(1)]);
}

#[tokio::test]
async fn columns_beyond_the_sixty_fourth_are_read_as_well() {
    let fixture = Fixture::new(1).await;
    let columns: Vec<String> = (0..100).map(|n| format!("{n}::int8")).collect();
    let text = format!("SELECT {} FROM generate_series(1, 3)", columns.join(", "));
    let read = |row: &mut Row<'_>| (0..100).map(|_| row.i64()).sum::<Result<Option<i64>, _>>();
    assert_eq!(rows(&fixture.driver, text, vec![], read).await.unwrap(), [Some(4950); 3]);
}

#[tokio::test]
async fn values_that_no_database_takes_are_refused_before_they_are_sent() {
    let fixture = Fixture::new(1).await;
    let far = instant("9999-12-31T23:59:59Z") + chrono::TimeDelta::days(1);
    let cases = [
        (Value::F64(f64::NAN), "NaN"),
        (Value::F32(f32::NAN), "NaN"),
        (Value::Text("a\0b".into()), "NUL"),
        (Value::Timestamp(far), "9999"),
        (Value::Date(far.date_naive()), "9999"),
        (Value::Array(ValueType::Text, vec![Value::Text("\0".into())]), "NUL"),
        (Value::Array(ValueType::Text, vec![Value::I64(1)]), "holds int8"),
    ];
    for (value, expected) in cases {
        let failure = execute(&fixture.driver, "SELECT $1, $2", vec![Value::I64(1), value]).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Value);
        assert!(failure.message.contains("`$2`") && failure.message.contains(expected), "{failure}");
    }
}
