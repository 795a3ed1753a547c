//! Every type on its way in and out: extremes, NULL, the stored form, arrays, and what is refused.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::super::{SqliteDriver, SqliteTarget};
use super::support::{exec, statement};
use crate::driver::{Connection, Driver, Failure, FailureKind};
use crate::statement::{Collect, Discard, Statement, Work};
use crate::{PoolOptions, Row, Value, ValueType};

async fn memory() -> SqliteDriver {
    SqliteDriver::open(&SqliteTarget::Memory, &PoolOptions::default()).await.unwrap()
}

async fn rows<T: Send + 'static>(
    db: &SqliteDriver,
    statement: Statement,
    read: fn(&mut Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    Ok(Collect::rows(db.run(statement, Collect::new(read)).await?.sink))
}

/// Stores values and NULL in a strict column and reads them back, with the text (or number) that stands in the column.
async fn round_trip<T: Send + PartialEq + std::fmt::Debug + 'static>(
    class: &str,
    ty: ValueType,
    read: fn(&mut Row<'_>) -> Result<Option<T>, Failure>,
    cases: Vec<(Value, T, &str)>,
) {
    let db = memory().await;
    exec(&db, format!("CREATE TABLE v (id INTEGER PRIMARY KEY, x {class}) STRICT")).await;
    for (value, expected, stored) in cases {
        let insert = "INSERT INTO v (x) VALUES ($1) RETURNING x";
        let given = rows(&db, statement(insert, vec![value.clone()], Work::Touch), read).await.unwrap();
        assert_eq!(given, [Some(expected)], "{value:?}");
        let text = rows(
            &db,
            statement("SELECT CAST(x AS TEXT) FROM v WHERE x IS $1", vec![value.clone()], Work::Lookup),
            |row| row.text(),
        );
        assert_eq!(text.await.unwrap(), [Some(stored.to_owned())], "{value:?}");
        exec(&db, "DELETE FROM v").await;
    }
    let null = statement("INSERT INTO v (x) VALUES ($1) RETURNING x", vec![Value::Null(ty)], Work::Touch);
    assert_eq!(rows(&db, null, read).await.unwrap(), [None]);
}

#[tokio::test]
async fn bool() {
    let cases = vec![(Value::Bool(true), true, "1"), (Value::Bool(false), false, "0")];
    round_trip("INTEGER", ValueType::Bool, |row| row.bool(), cases).await;
}

#[tokio::test]
async fn integers() {
    let cases = vec![(Value::I16(i16::MIN), i16::MIN, "-32768"), (Value::I16(i16::MAX), i16::MAX, "32767")];
    round_trip("INTEGER", ValueType::I16, |row| row.i16(), cases).await;
    let cases = vec![(Value::I32(i32::MIN), i32::MIN, "-2147483648"), (Value::I32(i32::MAX), i32::MAX, "2147483647")];
    round_trip("INTEGER", ValueType::I32, |row| row.i32(), cases).await;
    let cases = vec![
        (Value::I64(i64::MIN), i64::MIN, "-9223372036854775808"),
        (Value::I64(i64::MAX), i64::MAX, "9223372036854775807"),
        (Value::I64(0), 0, "0"),
    ];
    round_trip("INTEGER", ValueType::I64, |row| row.i64(), cases).await;
}

#[tokio::test]
async fn floats() {
    let cases = vec![
        (Value::F32(f32::MAX), f32::MAX, "3.40282346638529e+38"),
        (Value::F32(0.1), 0.1, "0.100000001490116"),
        (Value::F32(f32::NEG_INFINITY), f32::NEG_INFINITY, "-Inf"),
    ];
    round_trip("REAL", ValueType::F32, |row| row.f32(), cases).await;
    let cases = vec![
        (Value::F64(f64::MIN_POSITIVE), f64::MIN_POSITIVE, "2.2250738585072e-308"),
        (Value::F64(1.0), 1.0, "1.0"),
        (Value::F64(-0.5), -0.5, "-0.5"),
        (Value::F64(f64::INFINITY), f64::INFINITY, "Inf"),
    ];
    round_trip("REAL", ValueType::F64, |row| row.f64(), cases).await;
}

#[tokio::test]
async fn decimals() {
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let case = |text, stored| (Value::Decimal(decimal(text), 6), decimal(text), stored);
    let cases = vec![
        case("0", "0"),
        case("1.5", "1500000"),
        case("-0.000001", "-1"),
        case("123456789012.345678", "123456789012345678"),
        case("-999999999999.999999", "-999999999999999999"),
        // More digits than the column keeps, but none that matter.
        case("2.500000000", "2500000"),
    ];
    round_trip("INTEGER", ValueType::Decimal, |row| row.decimal(6), cases).await;
}

#[tokio::test]
async fn text() {
    let long = "ä".repeat(100_000);
    let case = |text: &'static str| (Value::Text(text.to_owned()), text.to_owned(), text);
    let cases = vec![
        case(""),
        case("007"),
        case("null"),
        case("it's \"quoted\"\n\u{1f600}"),
        (Value::Text(long.clone()), long.clone(), &long),
    ];
    round_trip("TEXT", ValueType::Text, |row| row.text(), cases).await;
}

#[tokio::test]
async fn uuids() {
    let stored = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let uuid = Uuid::parse_str(&stored.to_uppercase()).unwrap();
    let cases = vec![
        (Value::Uuid(uuid), uuid, stored),
        (Value::Uuid(Uuid::nil()), Uuid::nil(), "00000000-0000-0000-0000-000000000000"),
        (Value::Uuid(Uuid::max()), Uuid::max(), "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ];
    round_trip("TEXT", ValueType::Uuid, |row| row.uuid(), cases).await;
}

#[tokio::test]
async fn dates_and_times() {
    let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let cases = vec![
        (Value::Date(date(1, 1, 1)), date(1, 1, 1), "0001-01-01"),
        (Value::Date(date(2024, 2, 29)), date(2024, 2, 29), "2024-02-29"),
        (Value::Date(date(9999, 12, 31)), date(9999, 12, 31), "9999-12-31"),
    ];
    round_trip("TEXT", ValueType::Date, |row| row.date(), cases).await;

    let time = |h, m, s, us| NaiveTime::from_hms_micro_opt(h, m, s, us).unwrap();
    let cut = NaiveTime::from_hms_nano_opt(10, 20, 30, 123_456_999).unwrap();
    let cases = vec![
        (Value::Time(time(0, 0, 0, 0)), time(0, 0, 0, 0), "00:00:00.000000"),
        (Value::Time(cut), time(10, 20, 30, 123_456), "10:20:30.123456"),
        (Value::Time(time(23, 59, 59, 999_999)), time(23, 59, 59, 999_999), "23:59:59.999999"),
    ];
    round_trip("TEXT", ValueType::Time, |row| row.time(), cases).await;
}

#[tokio::test]
async fn timestamps() {
    let micros = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let case = |given: &str, kept: &'static str| (Value::Timestamp(micros(given)), micros(kept), kept);
    let cases = vec![
        case("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        case("2026-01-31T10:20:30.1234569Z", "2026-01-31T10:20:30.123456Z"),
        // The instant before the epoch that a division would round the wrong way.
        case("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        case("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        case("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z"),
    ];
    round_trip("TEXT", ValueType::Timestamp, |row| row.timestamp(), cases).await;
}

#[tokio::test]
async fn json() {
    let document = json!({"b": [1, 2.5, null, true], "a": {"text": "ä\n"}, "big": 9_007_199_254_740_993_i64});
    let cases = vec![
        (Value::Json(json!(null)), json!(null), "null"),
        (Value::Json(json!([])), json!([]), "[]"),
        (
            Value::Json(document.clone()),
            document,
            r#"{"a":{"text":"ä\n"},"b":[1,2.5,null,true],"big":9007199254740993}"#,
        ),
    ];
    round_trip("TEXT", ValueType::Json, |row| row.json(), cases).await;
}

#[tokio::test]
async fn bytes() {
    let cases = vec![(Value::Bytes(vec![]), vec![], ""), (Value::Bytes(b"abc".to_vec()), b"abc".to_vec(), "abc")];
    round_trip("BLOB", ValueType::Bytes, |row| row.bytes(), cases).await;
}

/// Every element of an array equals what a column of its type keeps.
#[tokio::test]
async fn arrays_match_columns() {
    let db = memory().await;
    let at = Utc.with_ymd_and_hms(2026, 1, 31, 10, 20, 30).unwrap();
    let cases = [
        Value::Bool(true),
        Value::I16(i16::MIN),
        Value::I32(i32::MAX),
        Value::I64(i64::MIN),
        Value::I64(i64::MAX),
        Value::F32(0.1),
        Value::F32(f32::from_bits(1)),
        Value::F32(f32::MAX),
        Value::F64(0.0),
        Value::F64(5.0),
        Value::F64(-1.0e-70),
        Value::F64(f64::INFINITY),
        Value::F64(f64::NEG_INFINITY),
        Value::Decimal("999999999999.999999".parse().unwrap(), 6),
        Value::Text("it's \"quoted\" \\ \u{1} \u{1f600}".to_owned()),
        Value::Uuid(Uuid::max()),
        Value::Date(at.date_naive()),
        Value::Time(at.time()),
        Value::Timestamp(at),
        Value::Json(json!({"a": [1, "x"]})),
    ];
    for value in cases {
        let query = "SELECT value IS $1 AND typeof(value) IS typeof($2) FROM json_each($3)";
        let array = Value::Array(value.value_type(), vec![value.clone()]);
        let values = vec![value.clone(), value.clone(), array];
        let equal = rows(&db, statement(query, values, Work::Lookup), |row| row.bool()).await.unwrap();
        assert_eq!(equal, [Some(true)], "{value:?}");
    }
}

/// A float of an array is the very number that was given, not a neighbour.
#[tokio::test]
async fn floats_of_arrays_are_exact() {
    let db = memory().await;
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let floats: Vec<f64> = std::iter::repeat_with(|| {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from_bits(bits)
    })
    .filter(|float| (1e-70..=1e90).contains(&float.abs()))
    .take(20_000)
    .collect();
    let array = Value::Array(ValueType::F64, floats.iter().map(|float| Value::F64(*float)).collect());
    let select = statement("SELECT value FROM json_each($1)", vec![array], Work::Scan);
    let given = rows(&db, select, |row| Ok(row.f64()?.unwrap())).await.unwrap();
    let different = floats.iter().zip(&given).filter(|(a, b)| a != b).count();
    assert_eq!((given.len(), different), (floats.len(), 0));
}

#[tokio::test]
async fn arrays_of_null_and_bytes() {
    let db = memory().await;
    let array = Value::Array(ValueType::Bytes, vec![Value::Bytes(vec![0, 255]), Value::Null(ValueType::Bytes)]);
    let select = statement("SELECT unhex(value) FROM json_each($1)", vec![array], Work::Lookup);
    assert_eq!(rows(&db, select, |row| row.bytes()).await.unwrap(), [Some(vec![0, 255]), None]);
}

async fn refused(value: Value) -> Failure {
    let db = memory().await;
    let result = db.run(statement("SELECT $1", vec![value], Work::Lookup), Box::new(Discard)).await;
    result.err().expect("the value was taken")
}

#[tokio::test]
async fn values_that_no_column_keeps_are_refused() {
    let far = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
    let cases = [
        (Value::F64(f64::NAN), FailureKind::Value, "value 1 of the statement is not a number"),
        (Value::F32(f32::NAN), FailureKind::Value, "value 1 of the statement is not a number"),
        (Value::Text("a\0b".to_owned()), FailureKind::Value, "value 1 of the statement is text with NUL"),
        (Value::Date(far), FailureKind::Value, "value 1 of the statement lies outside the years 1 to 9999"),
        (
            Value::Timestamp(far.and_time(NaiveTime::MIN).and_utc()),
            FailureKind::Value,
            "value 1 of the statement lies outside the years 1 to 9999",
        ),
        (
            Value::Decimal("0.125".parse().unwrap(), 2),
            FailureKind::OutOfRange,
            "value 1 of the statement has more than 2 digits after the point",
        ),
        (
            Value::Decimal("1000000000000".parse().unwrap(), 6),
            FailureKind::OutOfRange,
            "value 1 of the statement has more than 18 digits with 6 after the point",
        ),
        (
            Value::Decimal(Decimal::MAX, 18),
            FailureKind::OutOfRange,
            "value 1 of the statement has more than 18 digits with 18 after the point",
        ),
        (
            Value::Array(ValueType::F64, vec![Value::F64(f64::NAN)]),
            FailureKind::Value,
            "value 1 of the statement is not a number",
        ),
        (
            Value::Array(ValueType::F64, vec![Value::F64(1e300)]),
            FailureKind::Value,
            "value 1 of the statement lists a number too large or too small for SQLite to read it exactly; \
             compare with it by itself",
        ),
    ];
    for (value, kind, message) in cases {
        let failure = refused(value.clone()).await;
        assert_eq!((failure.kind, failure.message.as_str()), (kind, message), "{value:?}");
    }
}

async fn undecoded<T: Send + 'static>(
    select: &'static str,
    read: fn(&mut Row<'_>) -> Result<Option<T>, Failure>,
) -> (Vec<String>, String) {
    let db = memory().await;
    let result = rows(&db, statement(select, Vec::new(), Work::Lookup), read).await;
    let failure = result.err().expect("the value was read");
    assert_eq!(failure.kind, FailureKind::Decode);
    (failure.columns.clone(), failure.message.clone())
}

/// A value of another type is never converted, and the failure names the column and keeps the value to itself.
#[tokio::test]
async fn other_storage_classes_are_refused() {
    let check = |(columns, message): (Vec<String>, String), expected: &str| {
        assert_eq!(columns, ["c"]);
        assert_eq!(message, format!("column `c` holds {expected}"));
    };
    check(undecoded("SELECT 2 AS c", |row| row.bool()).await, "an integer other than 0 and 1, expected a truth value");
    check(undecoded("SELECT '1' AS c", |row| row.i64()).await, "text, expected an integer");
    check(undecoded("SELECT 32768 AS c", |row| row.i16()).await, "an integer out of range, expected a 16-bit integer");
    check(
        undecoded("SELECT -2147483649 AS c", |row| row.i32()).await,
        "an integer out of range, expected a 32-bit integer",
    );
    check(undecoded("SELECT 1 AS c", |row| row.f64()).await, "an integer, expected a floating point number");
    check(
        undecoded("SELECT 1e300 AS c", |row| row.f32()).await,
        "a number beyond 32 bits, expected a 32-bit floating point number",
    );
    check(undecoded("SELECT 1.5 AS c", |row| row.decimal(2)).await, "a floating point number, expected an integer");
    check(undecoded("SELECT 1 AS c", |row| row.text()).await, "an integer, expected text");
    check(
        undecoded("SELECT CAST(x'ff' AS TEXT) AS c", |row| row.text()).await,
        "text that is not UTF-8, expected text",
    );
    check(undecoded("SELECT 'abc' AS c", |row| row.bytes()).await, "text, expected bytes");
    check(undecoded("SELECT x'00' AS c", |row| row.json()).await, "bytes, expected a JSON document");
    check(undecoded("SELECT '{' AS c", |row| row.json()).await, "text of another form, expected a JSON document");
    for text in [
        "SELECT '67E55044-10b1-426f-9247-bb680e5fe0c8' AS c",
        "SELECT '67e5504410b1426f9247bb680e5fe0c8' AS c",
        "SELECT '67e55044-10b1-426f-9247-bb680e5fe0cg' AS c",
    ] {
        check(
            undecoded(text, |row| row.uuid()).await,
            "text of another form, expected a UUID in lower case with hyphens",
        );
    }
    for text in ["SELECT '2023-02-29' AS c", "SELECT '0000-01-01' AS c", "SELECT '2023-2-1' AS c"] {
        check(undecoded(text, |row| row.date()).await, "text of another form, expected a date `YYYY-MM-DD`");
    }
    for text in ["SELECT '24:00:00.000000' AS c", "SELECT '10:20:30' AS c", "SELECT '10:20:30,000000' AS c"] {
        check(undecoded(text, |row| row.time()).await, "text of another form, expected a time `HH:MM:SS.ffffff`");
    }
    for text in [
        "SELECT '2026-01-31 10:20:30.123456Z' AS c",
        "SELECT '2026-01-31T10:20:30.123456' AS c",
        "SELECT '2026-01-31T10:20:3x.123456Z' AS c",
    ] {
        check(
            undecoded(text, |row| row.timestamp()).await,
            "text of another form, expected a timestamp `YYYY-MM-DDTHH:MM:SS.ffffffZ`",
        );
    }
}

#[tokio::test]
async fn one_column_too_many_is_a_failure() {
    let (_, message) = {
        let db = memory().await;
        let select = statement("SELECT 1", Vec::new(), Work::Lookup);
        let result = rows(&db, select, |row| row.i64().and_then(|_| row.i64())).await;
        let failure = result.unwrap_err();
        (failure.kind, failure.message.clone())
    };
    assert_eq!(message, "column 2 was read of a row that has 1");
}
