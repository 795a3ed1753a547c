//! The same rows, written through one dialect and through the other, are equal when they are read.

use kinds::seedbed::Json;
use kinds::{MaybeKind, NewMaybeKind, maybe_kind};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use seedbed::Db;
use seedbed_tests::TestDb;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kinds::Color;
use kinds::seedbed::{Decimal, Uuid};

use crate::support::{maybe, open};

/// Random rows, inserted one by one on SQLite and in one statement on PostgreSQL, come back the same, in the same order.
#[tokio::test]
async fn random_rows_are_equal_on_both() {
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    let (sqlite, postgres) = (open(&sqlite).await, open(&postgres).await);
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let rows = vec(row(), 1..40).new_tree(&mut runner).expect("the strategy has values").current();
        for row in &rows {
            MaybeKind::create(&sqlite, row.clone()).await.expect("SQLite takes the row");
        }
        MaybeKind::insert_many(&postgres, rows).await.expect("PostgreSQL takes the rows");
        assert_eq!(everything(&sqlite).await, everything(&postgres).await);
    }
}

/// Every column orders the same way; `id` decides between equal values.
#[tokio::test]
async fn every_column_orders_the_same_on_both() {
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    let (sqlite, postgres) = (open(&sqlite).await, open(&postgres).await);
    let mut runner = TestRunner::deterministic();
    let rows = vec(row(), 300).new_tree(&mut runner).expect("the strategy has values").current();
    for db in [&sqlite, &postgres] {
        MaybeKind::insert_many(db, rows.clone()).await.expect("the rows are taken");
    }
    macro_rules! check {
        ($($column:ident),* $(,)?) => {$(
            for order in [maybe_kind::$column.asc(), maybe_kind::$column.desc(), maybe_kind::$column.asc().nulls_first()] {
                let query = MaybeKind::query().order_by(order).order_by(maybe_kind::ID.asc());
                let ids = |rows: Vec<MaybeKind>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
                let on_sqlite = ids(query.clone().all(&sqlite).await.expect("SQLite is asked"));
                let on_postgres = ids(query.all(&postgres).await.expect("PostgreSQL is asked"));
                assert_eq!(on_sqlite, on_postgres, stringify!($column));
            }
        )*};
    }
    check!(FLAG, SMALL, WHOLE, BIG, SINGLE, DOUBLE, PRICE, INTEGRAL, FINE, SHORT, BODY, TOKEN, CODE);
    check!(DAY, CLOCK, MOMENT, RAW, COLOR);
}

async fn everything(db: &Db) -> Vec<MaybeKind> {
    MaybeKind::query().order_by(maybe_kind::ID.asc()).all(db).await.expect("it is asked")
}

fn row() -> impl Strategy<Value = NewMaybeKind> {
    let numbers = (
        option::of(any::<bool>()),
        option::of(any::<i16>()),
        option::of(any::<i32>()),
        option::of(any::<i64>()),
        option::of(any::<f32>().prop_filter("finite", |number| number.is_finite())),
        option::of(any::<f64>().prop_filter("finite", |number| number.is_finite())),
        option::of(decimal(12, 6)),
        option::of(decimal(18, 0)),
        option::of(decimal(18, 18)),
    );
    let texts = (
        option::of(text().prop_map(|text| text.chars().take(10).collect::<String>())),
        option::of(text()),
        option::of(text()),
        option::of(any::<u128>().prop_map(Uuid::from_u128)),
        option::of(json()),
        option::of(vec(any::<u8>(), 0..20)),
        option::of(proptest::sample::select(Color::ALL)),
    );
    let times = (
        option::of((-719_162..=2_932_896).prop_map(|days| NaiveDate::from_epoch_days(days).expect("years 1 to 9999"))),
        option::of((0..86_400_000_000_i64).prop_map(clock)),
        option::of((-62_135_596_800_000_000..253_402_300_800_000_000_i64).prop_map(moment)),
    );
    (numbers, texts, times).prop_map(|(numbers, texts, times)| {
        let (flag, small, whole, big, single, double, price, integral, fine) = numbers;
        let (short, body, code, token, data, raw, color) = texts;
        let (day, clock, moment) = times;
        let row = maybe().flag(flag).small(small).whole(whole).big(big).single(single).double(double);
        let row = row.price(price).integral(integral).fine(fine).short(short).body(body).code(code).token(token);
        row.data(data).raw(raw).color(color).day(day).clock(clock).moment(moment)
    })
}

fn decimal(precision: u32, scale: u32) -> impl Strategy<Value = Decimal> {
    let limit = 10_i64.pow(precision);
    (-limit + 1..limit).prop_map(move |number| Decimal::new(number, scale))
}

/// Texts that are apt to sort differently: case, accents, several planes, empty ones.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-cA-C äÄéß_%.-]{0,6}",
        any::<String>().prop_map(|text| text.replace('\0', "0").chars().take(30).collect()),
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((text(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn clock(micros: i64) -> NaiveTime {
    moment(micros).time()
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("within the range of chrono")
}
