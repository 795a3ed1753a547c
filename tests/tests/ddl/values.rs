//! Each type takes its extremes, and refuses what is beyond them, on both databases.

use seedbed_schema::table::CheckKind;
use seedbed_schema::{Literal, Type, ddl};
use seedbed_tests::{Dialect, TestDb, on_both};

use super::common::{STATUS, auto_key, model, nullable, schema};
use super::connection::Connection;

on_both!(extremes_are_taken, what_is_beyond_is_refused, defaults_are_what_they_say);

const DECIMAL: Type = Type::Decimal { precision: 6, scale: 2 };
const LONG_DECIMAL: Type = Type::Decimal { precision: 18, scale: 0 };
const CODE: Type = Type::Text { limit: Some(3) };

async fn extremes_are_taken(db: &TestDb) {
    let text = |text: &str| Literal::Text(text.to_owned());
    let decimal = |text: &str| Literal::Decimal(text.to_owned());
    let timestamp = |text: &str| Literal::Timestamp(text.to_owned());
    let uuid = |text: &str| Literal::Uuid(text.to_owned());
    let taken = [
        (Type::Bool, vec![Literal::Bool(true), Literal::Bool(false)]),
        (Type::SmallInt, vec![Literal::Int(i16::MIN.into()), Literal::Int(i16::MAX.into())]),
        (Type::Int, vec![Literal::Int(i32::MIN.into()), Literal::Int(i32::MAX.into())]),
        (Type::BigInt, vec![Literal::Int(i64::MIN), Literal::Int(i64::MAX)]),
        (Type::Real, vec![Literal::Float(f32::MAX.into()), Literal::Float(f32::MIN_POSITIVE.into())]),
        (Type::Float, vec![Literal::Float(f64::MAX), Literal::Float(f64::MIN_POSITIVE), Literal::Int(3)]),
        (DECIMAL, vec![decimal("9999.99"), decimal("-9999.99"), decimal("0.1"), Literal::Int(7)]),
        (LONG_DECIMAL, vec![decimal("999999999999999999"), decimal("-999999999999999999")]),
        (CODE, vec![text(""), text("abc"), text("日本語"), text("🌱🌱🌱")]),
        (Type::Text { limit: None }, vec![text(&"x".repeat(100_000))]),
        (Type::Uuid, vec![uuid("00000000-0000-0000-0000-000000000000"), uuid("ffffffff-ffff-ffff-ffff-ffffffffffff")]),
        (Type::Date, ["0001-01-01", "9999-12-31", "2024-02-29"].map(|day| Literal::Date(day.to_owned())).into()),
        (Type::Time, ["00:00:00.000000", "23:59:59.999999"].map(|time| Literal::Time(time.to_owned())).into()),
        (
            Type::Timestamp,
            vec![
                timestamp("0001-01-01T00:00:00.000000Z"),
                timestamp("9999-12-31T23:59:59.999999Z"),
                timestamp("2024-02-29T12:30:59.999999Z"),
            ],
        ),
        (
            Type::Json,
            [r#"{"a":[1,2.5,null,"it's"]}"#, "[]", "null", "0", r#""text""#]
                .map(|json| Literal::Json(serde_json::from_str(json).expect("the test's JSON is right")))
                .into(),
        ),
        (STATUS, ["active", "on hold", "it's over"].map(|value| Literal::Enum(value.to_owned())).into()),
    ];
    for (ty, values) in taken {
        let mut connection = table_of(db, ty).await;
        for value in values {
            let sql = ddl::literal(&value, ty, db.dialect());
            connection.execute(&format!("INSERT INTO t (v) VALUES ({sql})")).await;
        }
        connection.execute("INSERT INTO t (v) VALUES (NULL)").await;
    }
}

/// On SQLite it is a check, of the kind and name that errors are mapped back by; on PostgreSQL the type or a check.
async fn what_is_beyond_is_refused(db: &TestDb) {
    let cases: &[(Type, CheckKind, &[&str])] = &[
        (Type::Bool, CheckKind::Bool, &["2", "-1"]),
        (Type::SmallInt, CheckKind::Range, &["32768", "-32769", "40000"]),
        (Type::Int, CheckKind::Range, &["2147483648", "-2147483649"]),
        // Scaled by 100 on SQLite: seven digits on either.
        (DECIMAL, CheckKind::Digits, &["1000000", "-1000000"]),
        (CODE, CheckKind::Length, &["'abcd'", "'日本語日'"]),
        (
            Type::Uuid,
            CheckKind::Format,
            &[
                "''",
                "'00000000-0000-4000-8000-0123456789a'",
                "'00000000-0000-4000-8000-0123456789abc'",
                "'00000000-0000-4000-8000-0123456789ag'",
                "'000000000-000-4000-8000-0123456789a'",
            ],
        ),
        (Type::Date, CheckKind::Format, &["'2026-02-29'", "'0000-01-01'", "'2026-13-01'", "'x'", "'2026-1'"]),
        (Type::Time, CheckKind::Format, &["'24:00:01.000000'", "'10:60:00.000000'", "'x'"]),
        (
            Type::Timestamp,
            CheckKind::Format,
            &[
                "'2026-02-30T10:20:30.123456Z'",
                "'2026-01-31T25:20:30.123456Z'",
                "'0000-01-31T10:20:30.123456Z'",
                "'2026-01-31T10:20:61.123456Z'",
                "'x'",
            ],
        ),
        (Type::Json, CheckKind::Json, &["''", "'{'", "'{\"a\":}'", "'nul'", "'[1,]'", "'{a: 1}'"]),
        (STATUS, CheckKind::Values, &["'gone'", "''", "'Active'", "'active '"]),
    ];
    for (ty, kind, values) in cases {
        let mut connection = table_of(db, *ty).await;
        for value in *values {
            let refused = connection.try_execute(&format!("INSERT INTO t (v) VALUES ({value})")).await;
            let error = refused.expect_err(&format!("{ty} refuses {value}"));
            if db.dialect() == Dialect::Sqlite {
                assert!(error.contains(&format!("t_v_{}", kind.suffix())), "{ty} refuses {value}: {error}");
            }
        }
    }
}

/// SQLite has one form for each value, so that text sorts as what it means; PostgreSQL reads several.
#[tokio::test]
async fn other_forms_are_refused_by_sqlite() {
    let db = TestDb::sqlite().await;
    let cases: &[(Type, &[&str])] = &[
        (Type::Uuid, &["'00000000-0000-4000-8000-0123456789AB'", "'000000000000400080000123456789ab'"]),
        (Type::Date, &["'2026-1-31'", "'20260131'", "'2026-01-31T00:00:00'", "'2460000.5'"]),
        (Type::Time, &["'10:20'", "'10:20:30'", "'10:20:30.123'", "'24:00:00.000000'", "'10:20:30.1234567'"]),
        (
            Type::Timestamp,
            &[
                "'2026-01-31T10:20:30Z'",
                "'2026-01-31T10:20:30.123Z'",
                "'2026-01-31T10:20:30.123456'",
                "'2026-01-31T10:20:30.123456+00:00'",
                "'2026-01-31 10:20:30.123456Z'",
                "'2026-01-31T24:00:00.000000Z'",
                "'2026-01-31T10:20:30.1234567Z'",
                "'2460000.5'",
            ],
        ),
        // A STRICT table refuses a type that it cannot convert without loss.
        (Type::Int, &["'abc'", "1.5", "x'00'"]),
        (Type::Float, &["'abc'", "x'00'"]),
        (Type::Bytes, &["'abc'", "1"]),
        (Type::Text { limit: None }, &["x'00'"]),
    ];
    for (ty, values) in cases {
        let mut connection = table_of(&db, *ty).await;
        for value in *values {
            let refused = connection.try_execute(&format!("INSERT INTO t (v) VALUES ({value})")).await;
            refused.expect_err(&format!("{ty} refuses {value}"));
        }
    }
}

/// A row that says little gets the defaults that the spec names, in the form that is read back.
async fn defaults_are_what_they_say(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    connection.create(&super::common::shop::shop(), db.dialect()).await;
    let (bytes, sqlite) = match db.dialect() {
        Dialect::Postgres => ("'\\x78'", false),
        Dialect::Sqlite => ("x'78'", true),
    };
    let uuid = "00000000-0000-4000-8000-0123456789ab";
    connection.execute(&format!("INSERT INTO everything (uuid7, cuid, bytes) VALUES ('{uuid}', 'c', {bytes})")).await;
    let expected = [
        ("id", "1", "1"),
        ("bool", "true", "1"),
        ("smallint", "-32768", "-32768"),
        ("int", "0", "0"),
        ("bigint", "-9223372036854775808", "-9223372036854775808"),
        ("real", "0.1", "0.100000001490116"),
        ("float", "-1e-07", "-1.0e-07"),
        ("decimal", "-12.500000", "-12500000"),
        ("string", "it's -- no /* comment */", "it's -- no /* comment */"),
        ("code", "", ""),
        ("uuid", uuid, uuid),
        ("date", "2026-01-31", "2026-01-31"),
        ("time", "10:20:30", "10:20:30.000000"),
        ("timestamp", "2026-01-31 10:20:30.123456+00", "2026-01-31T10:20:30.123456Z"),
        ("json", r#"{"it's": [1, null]}"#, r#"{"it's":[1,null]}"#),
        ("status", "it's over", "it's over"),
        ("computed", "2", "2"),
    ];
    connection.execute(if sqlite { "SELECT 1" } else { "SET TimeZone TO 'UTC'" }).await;
    for (column, in_postgres, in_sqlite) in expected {
        let found = connection.texts(&format!("SELECT CAST({} AS text) FROM everything", ddl::quote(column))).await;
        assert_eq!(found, [Some(if sqlite { in_sqlite } else { in_postgres }.to_owned())], "{column}");
    }
    let (version, clocks) = match db.dialect() {
        Dialect::Postgres => (
            "SELECT substr(uuid4::text, 15, 1) FROM everything",
            "SELECT (timestamp_now BETWEEN now() - interval '1 min' AND now()
                AND date_now - (now() AT TIME ZONE 'UTC')::date IN (-1, 0)
                AND extract(epoch FROM (now() AT TIME ZONE 'UTC')::time - time_now) NOT BETWEEN 60 AND 86340)::text
            FROM everything",
        ),
        Dialect::Sqlite => (
            "SELECT substr(uuid4, 15, 1) FROM everything",
            "SELECT iif(unixepoch('now') - unixepoch(timestamp_now) BETWEEN 0 AND 60
                AND unixepoch(date('now')) - unixepoch(date_now) IN (0, 86400)
                AND unixepoch(time('now')) - unixepoch(time_now) NOT BETWEEN 60 AND 86340, 'true', 'false')
            FROM everything",
        ),
    };
    assert_eq!(connection.texts(version).await, [Some("4".to_owned())]);
    assert_eq!(connection.texts(clocks).await, [Some("true".to_owned())]);
}

/// A fresh table with one nullable column of a type.
async fn table_of(db: &TestDb, ty: Type) -> Connection {
    let mut connection = Connection::open(db).await;
    connection.execute("DROP TABLE IF EXISTS t").await;
    connection.create(&schema(vec![model("T", "t", vec![auto_key(), nullable("v", ty)])]), db.dialect()).await;
    connection
}
