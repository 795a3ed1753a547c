//! Columns and expressions instead of rows; groups, aggregates and time buckets, equal on both databases.

use kinds::{MaybeKind, NewMaybeKind, maybe_kind as maybe};
use seedbed::{Bucket, Db, Decimal, Error, count};
use seedbed_tests::{TestDb, on_both};

use crate::support::{self, decimal, instant, open};

on_both!(columns_are_selected_as_a_tuple, rows_are_distinct, aggregates_take_all_rows, nothing_has_no_sum);
on_both!(sums_and_means_are_exact, groups_are_filtered_and_ordered, percentiles_are_interpolated, deviations_are_equal);
on_both!(instants_are_grouped_by_time, texts_and_numbers_are_computed, what_no_group_has_is_refused);

async fn add(db: &Db, rows: impl IntoIterator<Item = NewMaybeKind>) {
    MaybeKind::insert_many(db, rows).await.expect("the rows are taken");
}

/// Three groups by `short`: `a` twice, `b` three times, and one without.
async fn groups(db: &Db) {
    let row = |short: Option<&str>, whole, price: &str| {
        support::maybe().short(short.map(str::to_owned)).whole(whole).big(i64::from(whole)).price(decimal(price))
    };
    add(
        db,
        [
            row(Some("a"), 1, "0.1"),
            row(Some("a"), 2, "0.2"),
            row(Some("b"), 10, "1"),
            row(Some("b"), 20, "2"),
            row(Some("b"), 40, "0.000001"),
            row(None, 7, "5"),
        ],
    )
    .await;
}

async fn columns_are_selected_as_a_tuple(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let query = MaybeKind::query().filter(maybe::SHORT.eq("b")).select((maybe::SHORT, maybe::WHOLE, maybe::PRICE));
    let rows = query.order_by(maybe::WHOLE.desc()).limit(2).all(&db).await.expect("it is asked");
    let row = |whole, price| (Some("b".to_owned()), Some(whole), Some(decimal(price)));
    assert_eq!(rows, [row(40, "0.000001"), row(20, "2")]);
    let one = MaybeKind::query().filter(maybe::WHOLE.eq(7)).select(maybe::BIG).one(&db).await.expect("there is one");
    assert_eq!(one, Some(7));
    let first = MaybeKind::query().select((maybe::WHOLE,)).order_by(maybe::WHOLE.asc()).offset(1).first(&db).await;
    assert_eq!(first.expect("it is asked"), Some((Some(2),)));
}

async fn rows_are_distinct(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let query = MaybeKind::query().select(maybe::SHORT).distinct().order_by(maybe::SHORT.asc());
    let texts = query.all(&db).await.expect("it is asked");
    assert_eq!(texts, [Some("a".to_owned()), Some("b".to_owned()), None]);
}

async fn aggregates_take_all_rows(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let query = MaybeKind::query().select((
        count(),
        maybe::SHORT.count(),
        maybe::SHORT.count_distinct(),
        maybe::WHOLE.sum(),
        maybe::WHOLE.min(),
        maybe::PRICE.max(),
        maybe::SHORT.max(),
    ));
    let row = query.one(&db).await.expect("there is one");
    assert_eq!(row, (6, 5, 2, Some(80), Some(1), Some(decimal("5.000000")), Some("b".to_owned())));
}

async fn nothing_has_no_sum(db: &TestDb) {
    let db = open(db).await;
    let query = MaybeKind::query().select((count(), maybe::WHOLE.sum(), maybe::PRICE.avg(), maybe::DOUBLE.avg()));
    assert_eq!(query.one(&db).await.expect("there is one"), (0, None, None, None));
    let query = MaybeKind::query().select((maybe::DOUBLE.stddev(), maybe::DOUBLE.percentile(0.5), maybe::DAY.min()));
    assert_eq!(query.one(&db).await.expect("there is one"), (None, None, None));
    let grouped = MaybeKind::query().group_by(maybe::SHORT).select((maybe::SHORT, count()));
    assert_eq!(grouped.all(&db).await.expect("it is asked"), []);
}

async fn sums_and_means_are_exact(db: &TestDb) {
    let db = open(db).await;
    let rows = (0..10).map(|_| support::maybe().price(decimal("0.1")).big((1_i64 << 53) + 1).small(3).single(0.1_f32));
    add(&db, rows).await;
    add(&db, [support::maybe().price(decimal("0.000001")).big(0).small(4)]).await;
    let sums =
        MaybeKind::query().select((maybe::PRICE.sum(), maybe::BIG.sum(), maybe::SMALL.sum(), maybe::SINGLE.sum()));
    let (price, big, small, single) = sums.one(&db).await.expect("there is one");
    assert_eq!((price, big), (Some(decimal("1.000001")), Some(Decimal::from(((1_i64 << 53) + 1) * 10))));
    assert_eq!((small, single), (Some(34), Some(f64::from(0.1_f32) * 10.0)));
    let means = MaybeKind::query().select((maybe::PRICE.avg(), maybe::SMALL.avg(), maybe::SINGLE.avg()));
    let (price, small, single) = means.one(&db).await.expect("there is one");
    assert_eq!((price, small), (Some(decimal("1.000001") / decimal("11")), Some(decimal("34") / decimal("11"))));
    assert_eq!(single, Some(f64::from(0.1_f32)));
}

async fn groups_are_filtered_and_ordered(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let sums = || MaybeKind::query().group_by(maybe::SHORT);
    let all = sums().select((maybe::SHORT, maybe::PRICE.sum(), count())).order_by(maybe::PRICE.sum().desc());
    let text = |text: &str| Some(text.to_owned());
    let row = |short, sum, count| (short, Some(decimal(sum)), count);
    assert_eq!(
        all.all(&db).await.expect("it is asked"),
        [row(None, "5.000000", 1), row(text("b"), "3.000001", 3), row(text("a"), "0.300000", 2)]
    );
    let some = sums().having(count().gt(1)).having(maybe::PRICE.sum().lt(decimal("1"))).select(maybe::SHORT);
    assert_eq!(some.all(&db).await.expect("it is asked"), [text("a")]);
    let some = MaybeKind::query()
        .filter(maybe::WHOLE.ge(2))
        .group_by((maybe::SHORT, maybe::FLAG))
        .having(maybe::WHOLE.max().le(7).or(count().eq(3)))
        .select((maybe::WHOLE.min(), maybe::SHORT))
        .order_by([count().desc(), maybe::SHORT.asc()])
        .limit(2);
    assert_eq!(some.all(&db).await.expect("it is asked"), [(Some(10), text("b")), (Some(2), text("a"))]);
}

async fn percentiles_are_interpolated(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let query = MaybeKind::query().filter(maybe::SHORT.eq("b")).select((
        maybe::WHOLE.percentile(0.0),
        maybe::WHOLE.percentile(0.5),
        maybe::BIG.percentile(0.9),
        maybe::PRICE.percentile(0.5),
        maybe::WHOLE.percentile(1.0),
    ));
    assert_eq!(
        query.one(&db).await.expect("there is one"),
        (Some(10.0), Some(20.0), Some(36.0), Some(1.0), Some(40.0))
    );
}

async fn deviations_are_equal(db: &TestDb) {
    let db = open(db).await;
    groups(&db).await;
    let query = MaybeKind::query()
        .group_by(maybe::SHORT)
        .select((maybe::WHOLE.stddev(), maybe::PRICE.stddev()))
        .order_by(maybe::SHORT.asc());
    let rows = query.all(&db).await.expect("it is asked");
    let (mean, half) = (70.0 / 3.0, 0.5_f64);
    let expected = ([10.0, 20.0, 40.0].map(|value: f64| (value - mean).powi(2)).iter().sum::<f64>() / 2.0).sqrt();
    assert!((rows[0].0.expect("two values have one") - half.sqrt()).abs() < 1e-12, "{rows:?}");
    assert!((rows[1].0.expect("three values have one") - expected).abs() < 1e-9, "{rows:?}");
    assert_eq!(rows[2], (None, None), "one value has none");
}

async fn instants_are_grouped_by_time(db: &TestDb) {
    let db = open(db).await;
    let instants = [
        "2026-11-29T23:59:59.999999Z",
        "2026-11-30T00:00:00Z",
        "2026-12-01T10:20:30.5Z",
        "2026-12-06T23:59:00Z",
        "2027-01-01T00:00:00Z",
    ];
    add(&db, instants.map(|text| support::maybe().moment(instant(text)))).await;
    // The column may be NULL; the bucket of an instant that is there is what a query groups by.
    let buckets = async |bucket| {
        let by = maybe::MOMENT.bucket(bucket);
        let query = MaybeKind::query().group_by(by.clone()).select((by.clone(), count())).order_by(by.asc());
        query
            .all(&db)
            .await
            .expect("it is asked")
            .into_iter()
            .map(|(at, count)| (at.expect("it is there").to_rfc3339(), count))
            .collect::<Vec<_>>()
    };
    let is = |found: Vec<(String, i64)>, expected: &[(&str, i64)]| {
        let found: Vec<(&str, i64)> = found.iter().map(|(at, count)| (at.as_str(), *count)).collect();
        assert_eq!(found, expected);
    };
    is(buckets(Bucket::Year).await, &[("2026-01-01T00:00:00+00:00", 4), ("2027-01-01T00:00:00+00:00", 1)]);
    is(
        buckets(Bucket::Month).await,
        &[("2026-11-01T00:00:00+00:00", 2), ("2026-12-01T00:00:00+00:00", 2), ("2027-01-01T00:00:00+00:00", 1)],
    );
    is(
        buckets(Bucket::Week).await,
        &[("2026-11-23T00:00:00+00:00", 1), ("2026-11-30T00:00:00+00:00", 3), ("2026-12-28T00:00:00+00:00", 1)],
    );
    assert_eq!(buckets(Bucket::Day).await.len(), 5);
    assert_eq!(buckets(Bucket::Hour).await[2].0, "2026-12-01T10:00:00+00:00");
    assert_eq!(buckets(Bucket::Minute).await[0].0, "2026-11-29T23:59:00+00:00");
}

async fn texts_and_numbers_are_computed(db: &TestDb) {
    let db = open(db).await;
    add(&db, [support::maybe().body("Ünï aB").whole(-5).price(decimal("-0.5"))]).await;
    let query =
        MaybeKind::query().select((maybe::BODY.lower(), maybe::BODY.upper(), maybe::WHOLE.abs(), maybe::PRICE.abs()));
    let row = query.one(&db).await.expect("there is one");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(row, (text("Ünï ab"), text("ÜNï AB"), Some(5), Some(decimal("0.500000"))));
    let found = MaybeKind::query().filter(maybe::BODY.lower().eq("Ünï ab")).count(&db).await.expect("it counts");
    assert_eq!(found, 1);
}

async fn what_no_group_has_is_refused(db: &TestDb) {
    let db = open(db).await;
    let error = MaybeKind::query().select((maybe::SHORT, count())).all(&db).await.expect_err("it is loose");
    assert!(matches!(&error, Error::Query(text) if text.contains("\"short\" of `MaybeKind` is neither")), "{error}");
    let query = MaybeKind::query().group_by(maybe::SHORT).select(count()).order_by(maybe::WHOLE.asc());
    let error = query.all(&db).await.expect_err("it is loose");
    assert!(matches!(&error, Error::Query(text) if text.contains("\"whole\"")), "{error}");
    let query = MaybeKind::query().select(maybe::SHORT).distinct().order_by(maybe::WHOLE.asc());
    let error = query.all(&db).await.expect_err("it is not selected");
    assert!(matches!(&error, Error::Query(text) if text.contains("is not selected")), "{error}");
}
