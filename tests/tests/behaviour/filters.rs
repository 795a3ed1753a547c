//! Which rows a condition finds: every operator, NULL, patterns, lists, and conditions in conditions.

use kinds::seedbed::{Filter, Uuid};
use kinds::{Color, MaybeKind, NewMaybeKind, maybe_kind as maybe};
use seedbed::Db;
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{self, date, decimal, instant, open, time};

on_both!(comparisons_leave_null_out, every_type_is_compared, booleans_and_enums_are_compared);
on_both!(null_is_asked_for_by_name, a_row_that_is_neither_true_nor_false_is_in_no_set, conditions_nest);
on_both!(lists_hold_none_one_or_ten_thousand, lists_of_every_type_find, not_in_a_list_leaves_null_out);
on_both!(patterns_are_taken_literally, like_has_its_own_signs, case_counts_beyond_ascii, long_texts_are_found);
on_both!(optional_filters_are_left_out, filters_of_one_query_all_hold);
on_both!(decimals_that_a_column_cannot_hold_are_compared, floats_at_the_edge_are_listed);
on_both!(json_is_compared_as_a_whole, values_that_no_database_takes_are_refused);

const NONE: [i32; 0] = [];

/// The `whole` of every row that a condition finds, in order.
async fn find(db: &Db, filter: Filter<MaybeKind>) -> Vec<i32> {
    let rows = MaybeKind::query().filter(filter).order_by(maybe::WHOLE.asc()).all(db).await.expect("it is asked");
    rows.into_iter().map(|row| row.whole.expect("every row has one")).collect()
}

/// Rows numbered from 0 in `whole`.
async fn rows(db: &TestDb, rows: impl IntoIterator<Item = NewMaybeKind>) -> Db {
    let db = open(db).await;
    let numbered = rows.into_iter().zip(0..).map(|(row, at)| row.whole(at));
    MaybeKind::insert_many(&db, numbered).await.expect("the rows are taken");
    db
}

fn row() -> NewMaybeKind {
    support::maybe()
}

async fn bodies(db: &TestDb, texts: &[&str]) -> Db {
    rows(db, texts.iter().map(|&text| row().body(text))).await
}

async fn comparisons_leave_null_out(db: &TestDb) {
    let db = rows(db, [Some(1), Some(2), None, Some(3)].map(|big| row().big(big))).await;
    assert_eq!(find(&db, maybe::BIG.eq(2)).await, [1]);
    assert_eq!(find(&db, maybe::BIG.ne(2)).await, [0, 3]);
    assert_eq!(find(&db, maybe::BIG.lt(2)).await, [0]);
    assert_eq!(find(&db, maybe::BIG.le(2)).await, [0, 1]);
    assert_eq!(find(&db, maybe::BIG.gt(2)).await, [3]);
    assert_eq!(find(&db, maybe::BIG.ge(2)).await, [1, 3]);
    assert_eq!(find(&db, maybe::BIG.between(2, 3)).await, [1, 3]);
    assert_eq!(find(&db, maybe::BIG.between(3, 2)).await, NONE);
    assert_eq!(find(&db, maybe::BIG.lt(i64::MAX)).await, [0, 1, 3]);
}

async fn every_type_is_compared(db: &TestDb) {
    let first = row()
        .small(-1)
        .single(-0.5)
        .double(-1e100)
        .price(decimal("-0.000001"))
        .fine(decimal("0.000000000000000001"))
        .short("B")
        .token(Uuid::from_u128(1))
        .code("aa")
        .day(date("0999-12-31"))
        .clock(time("09:59:59.999999"))
        .moment(instant("1969-12-31T23:59:59.999999Z"))
        .raw(vec![0]);
    let second = row()
        .small(1)
        .single(0.1)
        .double(0.0)
        .price(decimal("10"))
        .fine(decimal("0.1"))
        .short("a")
        .token(Uuid::from_u128(u128::MAX))
        .code("aaa")
        .day(date("1000-01-01"))
        .clock(time("10:00:00"))
        .moment(instant("1970-01-01T00:00:00Z"))
        .raw(vec![0, 0]);
    let db = rows(db, [first, second]).await;
    macro_rules! check {
        ($($column:ident: $low:expr, $high:expr;)*) => {$(
            assert_eq!(find(&db, maybe::$column.eq($low)).await, [0], stringify!($column));
            assert_eq!(find(&db, maybe::$column.ne($low)).await, [1], stringify!($column));
            assert_eq!(find(&db, maybe::$column.lt($high)).await, [0], stringify!($column));
            assert_eq!(find(&db, maybe::$column.le($low)).await, [0], stringify!($column));
            assert_eq!(find(&db, maybe::$column.gt($low)).await, [1], stringify!($column));
            assert_eq!(find(&db, maybe::$column.ge($high)).await, [1], stringify!($column));
            assert_eq!(find(&db, maybe::$column.between($low, $high)).await, [0, 1], stringify!($column));
        )*};
    }
    check! {
        SMALL: -1, 1;
        SINGLE: -0.5, 0.1;
        DOUBLE: -1e100, -0.0;
        PRICE: decimal("-0.0000010"), decimal("10.00");
        FINE: decimal("0.000000000000000001"), decimal("0.1");
        SHORT: "B", "a";
        TOKEN: Uuid::from_u128(1), Uuid::from_u128(u128::MAX);
        CODE: "aa", "aaa";
        DAY: date("0999-12-31"), date("1000-01-01");
        CLOCK: time("09:59:59.999999"), time("10:00:00.000000");
        MOMENT: instant("1969-12-31T23:59:59.999999Z"), instant("1970-01-01T01:00:00+01:00");
        RAW: vec![0], [0_u8, 0].as_slice();
    }
}

async fn booleans_and_enums_are_compared(db: &TestDb) {
    let db = rows(
        db,
        [row().flag(true).color(Color::Red), row().flag(false).color(Color::Blue), row().flag(None).color(None)],
    )
    .await;
    assert_eq!(find(&db, maybe::FLAG.eq(true)).await, [0]);
    assert_eq!(find(&db, maybe::FLAG.ne(true)).await, [1]);
    assert_eq!(find(&db, maybe::FLAG.lt(true)).await, [1]);
    assert_eq!(find(&db, maybe::COLOR.eq(Color::Blue)).await, [1]);
    assert_eq!(find(&db, maybe::COLOR.lt(Color::Red)).await, [1], "by their texts");
    assert_eq!(find(&db, maybe::COLOR.is_in(Color::ALL.to_vec())).await, [0, 1]);
}

async fn null_is_asked_for_by_name(db: &TestDb) {
    let db = rows(db, [row().big(1).body("").raw(Vec::new()).data(json!(null)), row()]).await;
    assert_eq!(find(&db, maybe::BIG.is_null()).await, [1]);
    assert_eq!(find(&db, maybe::BIG.is_not_null()).await, [0]);
    assert_eq!(find(&db, maybe::BODY.is_null()).await, [1], "an empty text is not NULL");
    assert_eq!(find(&db, maybe::RAW.is_not_null()).await, [0], "no bytes are not NULL");
    assert_eq!(find(&db, maybe::DATA.is_null()).await, [1], "JSON's null is not NULL");
    assert_eq!(find(&db, maybe::COLOR.is_null()).await, [0, 1]);
}

async fn a_row_that_is_neither_true_nor_false_is_in_no_set(db: &TestDb) {
    let db = rows(db, [row().big(1), row().big(2), row()]).await;
    assert_eq!(find(&db, maybe::BIG.eq(1)).await, [0]);
    assert_eq!(find(&db, maybe::BIG.eq(1).not()).await, [1]);
    assert_eq!(find(&db, !maybe::BIG.eq(1)).await, [1]);
    assert_eq!(find(&db, maybe::BIG.eq(1).not().not()).await, [0]);
    assert_eq!(find(&db, maybe::BIG.eq(1).or(maybe::BIG.is_null())).await, [0, 2]);
    assert_eq!(find(&db, maybe::BIG.eq(1).or(maybe::WHOLE.ge(0))).await, [0, 1, 2], "unknown or true is true");
    assert_eq!(
        find(&db, maybe::BIG.eq(1).and(maybe::WHOLE.lt(0)).not()).await,
        [0, 1, 2],
        "unknown and false is false"
    );
    assert_eq!(find(&db, maybe::BODY.contains("x").not()).await, NONE);
}

async fn conditions_nest(db: &TestDb) {
    let db = rows(db, (0..16).map(|at| row().big(at & 3).small(i16::try_from(at >> 2).expect("a small number")))).await;
    let (low, high) = (maybe::BIG.lt(2), maybe::BIG.ge(2));
    assert_eq!(find(&db, low.clone().and(maybe::SMALL.eq(0))).await, [0, 1]);
    assert_eq!(find(&db, maybe::SMALL.eq(1).and(high.clone().or(maybe::BIG.eq(0)))).await, [4, 6, 7]);
    assert_eq!(find(&db, maybe::SMALL.eq(1).and(high.clone()).or(maybe::BIG.eq(0))).await, [0, 4, 6, 7, 8, 12]);
    assert_eq!(find(&db, low.clone().or(high.clone()).and(maybe::SMALL.eq(3))).await, [12, 13, 14, 15]);
    assert_eq!(find(&db, low.clone().or(high.clone()).not().or(maybe::WHOLE.eq(5))).await, [5]);
    assert_eq!(find(&db, low.and(high).not().and(maybe::WHOLE.lt(2))).await, [0, 1]);
    let deep = (0..200).fold(maybe::WHOLE.eq(3), |inner, at| match at % 3 {
        0 => inner.and(maybe::WHOLE.ge(0)),
        1 => inner.or(maybe::WHOLE.lt(0)),
        _ => inner.not().not(),
    });
    assert_eq!(find(&db, deep).await, [3]);
    let wide = (0..500).map(|at| maybe::WHOLE.eq(at)).reduce(Filter::or).expect("there are some");
    assert_eq!(find(&db, wide).await, Vec::from_iter(0..16));
}

async fn lists_hold_none_one_or_ten_thousand(db: &TestDb) {
    let db = rows(db, (0..100).map(|at| row().big((at != 7).then_some(at * 200)))).await;
    assert_eq!(find(&db, maybe::BIG.is_in([0_i64; 0])).await, NONE);
    assert_eq!(find(&db, maybe::BIG.is_in([400])).await, [2]);
    assert_eq!(find(&db, maybe::BIG.is_in([400, 400, 1])).await, [2]);
    let every: Vec<i32> = (0..100).filter(|at| *at != 7 && *at < 50).collect();
    assert_eq!(find(&db, maybe::BIG.is_in(0..10_000)).await, every);
    assert_eq!(find(&db, maybe::BIG.is_in([200]).and(maybe::WHOLE.is_in([1, 2]))).await, [1]);
}

async fn not_in_a_list_leaves_null_out(db: &TestDb) {
    let db = rows(db, [row().big(1), row().big(2), row()]).await;
    assert_eq!(find(&db, maybe::BIG.not_in([1])).await, [1]);
    assert_eq!(find(&db, maybe::BIG.not_in(2..9_000)).await, [0]);
    assert_eq!(find(&db, maybe::BIG.not_in([0_i64; 0])).await, [0, 1, 2], "nothing is in an empty list");
    assert_eq!(find(&db, maybe::PRICE.not_in([decimal("0.00000001")])).await, NONE);
    assert_eq!(find(&db, maybe::PRICE.not_in([decimal("0.00000001"), decimal("1")])).await, NONE);
}

async fn lists_of_every_type_find(db: &TestDb) {
    let full = row()
        .flag(true)
        .small(-3)
        .big(i64::MAX)
        .single(0.1)
        .double(0.1)
        .price(decimal("0.1"))
        .integral(decimal("999999999999999999"))
        .fine(decimal("-0.999999999999999999"))
        .short("it's \"x\" \\")
        .token(Uuid::from_u128(5))
        .day(date("0001-01-01"))
        .clock(time("00:00:00.000001"))
        .moment(instant("9999-12-31T23:59:59.999999Z"))
        .data(json!({ "b": [1.5], "a": null }))
        .raw(vec![0, 255])
        .color(Color::Green);
    let db = rows(db, [full, row()]).await;
    macro_rules! check {
        ($($column:ident: $found:expr, $other:expr;)*) => {$(
            assert_eq!(find(&db, maybe::$column.is_in([$other, $found])).await, [0], stringify!($column));
            assert_eq!(find(&db, maybe::$column.is_in([$other])).await, NONE, stringify!($column));
            assert_eq!(find(&db, maybe::$column.not_in([$other])).await, [0], stringify!($column));
        )*};
    }
    check! {
        FLAG: true, false;
        SMALL: -3, 3;
        BIG: i64::MAX, i64::MAX - 1;
        SINGLE: 0.1, 0.100_000_01;
        DOUBLE: 0.1, 0.100_000_000_000_000_02;
        PRICE: decimal("0.10"), decimal("0.100001");
        INTEGRAL: decimal("999999999999999999"), decimal("999999999999999998");
        FINE: decimal("-0.999999999999999999"), decimal("0.999999999999999999");
        SHORT: "it's \"x\" \\", "it's";
        TOKEN: Uuid::from_u128(5), Uuid::nil();
        DAY: date("0001-01-01"), date("0001-01-02");
        CLOCK: time("00:00:00.000001"), time("00:00:00");
        MOMENT: instant("9999-12-31T23:59:59.999999Z"), instant("9999-12-31T23:59:59.999998Z");
        DATA: json!({ "a": null, "b": [1.5] }), json!({});
        RAW: vec![0, 255], vec![0];
        COLOR: Color::Green, Color::Red;
    }
}

async fn patterns_are_taken_literally(db: &TestDb) {
    let signs =
        ["100%", "100x", "a_b", "axb", r"back\slash", "st*r", "qu?stion", "[ab]", "a]b", "^", "{}", "'quote'", ""];
    let db = bodies(db, &signs).await;
    for (at, sign) in (0..).zip(signs) {
        if sign.is_empty() {
            continue;
        }
        assert_eq!(find(&db, maybe::BODY.contains(sign)).await, [at], "contains {sign}");
        assert_eq!(find(&db, maybe::BODY.starts_with(sign)).await, [at], "starts with {sign}");
        assert_eq!(find(&db, maybe::BODY.ends_with(sign)).await, [at], "ends with {sign}");
    }
    for (sign, found) in
        [("%", vec![0]), ("_", vec![2]), ("\\", vec![4]), ("*", vec![5]), ("?", vec![6]), ("[", vec![7])]
    {
        assert_eq!(find(&db, maybe::BODY.contains(sign)).await, found, "contains {sign}");
    }
    assert_eq!(find(&db, maybe::BODY.contains("]")).await, [7, 8]);
    let every = Vec::from_iter(0..13);
    for filter in [maybe::BODY.contains(""), maybe::BODY.starts_with(""), maybe::BODY.ends_with("")] {
        assert_eq!(find(&db, filter).await, every, "every text has the empty one in it");
    }
}

async fn like_has_its_own_signs(db: &TestDb) {
    let texts = ["abc", "aXc", "ac", "a%c", "a_c", r"a\c", "a*c", "a?c", "a[b]c", "äbc", "🦀bc", "a\nc", ""];
    let db = bodies(db, &texts).await;
    for (pattern, found) in [
        ("a%c", vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 11]),
        ("a_c", vec![0, 1, 3, 4, 5, 6, 7, 11]),
        (r"a\%c", vec![3]),
        (r"a\_c", vec![4]),
        (r"a\\c", vec![5]),
        (r"a\bc", vec![0]),
        ("_bc", vec![0, 9, 10]),
        ("__bc", vec![]),
        ("a*c", vec![6]),
        ("a?c", vec![7]),
        ("a[b]c", vec![8]),
        ("", vec![12]),
        ("%", Vec::from_iter(0..13)),
        ("_%", Vec::from_iter(0..12)),
        ("%_c%", vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (r"a\", vec![]),
        (r"%\", vec![]),
    ] {
        assert_eq!(find(&db, maybe::BODY.like(pattern)).await, found, "like {pattern}");
    }
}

async fn case_counts_beyond_ascii(db: &TestDb) {
    let db = bodies(db, &["Tax", "tax", "TAX", "ÄRGER", "ärger", "e\u{301}", "\u{e9}"]).await;
    assert_eq!(find(&db, maybe::BODY.eq("tax")).await, [1]);
    assert_eq!(find(&db, maybe::BODY.like("t%")).await, [1]);
    assert_eq!(find(&db, maybe::BODY.contains("AX")).await, [2]);
    assert_eq!(find(&db, maybe::BODY.starts_with("T")).await, [0, 2]);
    assert_eq!(find(&db, maybe::BODY.ends_with("rger")).await, [4]);
    assert_eq!(find(&db, maybe::BODY.eq("\u{e9}")).await, [6], "composed and decomposed are two texts");
    assert_eq!(find(&db, maybe::BODY.is_in(["TAX", "ärger"])).await, [2, 4]);
}

async fn long_texts_are_found(db: &TestDb) {
    let long = "ä*%_".repeat(30_000);
    let db = bodies(db, &[&long, "short"]).await;
    assert_eq!(find(&db, maybe::BODY.eq(&long)).await, [0]);
    assert_eq!(find(&db, maybe::BODY.contains(long[2..].to_owned())).await, [0]);
    assert_eq!(find(&db, maybe::BODY.starts_with("ä*%_ä*")).await, [0]);
}

async fn optional_filters_are_left_out(db: &TestDb) {
    let db = rows(db, (0..4).map(|at| row().big(at))).await;
    let count = async |low: Option<i64>, high: Option<i64>| {
        let query =
            MaybeKind::query().filter_some(low, |low| maybe::BIG.ge(low)).filter_some(high, |high| maybe::BIG.le(high));
        query.count(&db).await.expect("it counts")
    };
    assert_eq!(count(None, None).await, 4);
    assert_eq!(count(Some(1), None).await, 3);
    assert_eq!(count(None, Some(1)).await, 2);
    assert_eq!(count(Some(1), Some(1)).await, 1);
}

async fn filters_of_one_query_all_hold(db: &TestDb) {
    let db = rows(db, (0..10).map(|at| row().big(at))).await;
    let query =
        MaybeKind::query().filter(maybe::BIG.ge(3).or(maybe::BIG.eq(0))).filter(maybe::BIG.le(4).or(maybe::BIG.eq(9)));
    let found = query.order_by(maybe::BIG.asc()).all(&db).await.expect("it is asked");
    assert_eq!(found.into_iter().filter_map(|row| row.big).collect::<Vec<_>>(), [0, 3, 4, 9]);
}

/// The column keeps six digits after the point and six before it.
async fn decimals_that_a_column_cannot_hold_are_compared(db: &TestDb) {
    let prices = ["-999999.999999", "-0.000001", "0", "0.000001", "0.000002", "999999.999999"];
    let db = rows(db, prices.map(|price| row().price(decimal(price))).into_iter().chain([row()])).await;
    let all = [0, 1, 2, 3, 4, 5];
    for (number, smaller) in [
        ("0.0000015", 4),
        ("-0.0000015", 1),
        ("0.0000000000000000000000000001", 3),
        ("-0.0000000000000000000000000001", 2),
        ("999999.9999991", 6),
        ("79228162514264337593543950335", 6),
        ("-999999.9999991", 0),
        ("-79228162514264337593543950335", 0),
        ("1000000", 6),
        ("-1000000", 0),
    ] {
        let (number, smaller) = (decimal(number), all.split_at(smaller));
        assert_eq!(find(&db, maybe::PRICE.lt(number)).await, smaller.0, "less than {number}");
        assert_eq!(find(&db, maybe::PRICE.le(number)).await, smaller.0, "at most {number}");
        assert_eq!(find(&db, maybe::PRICE.gt(number)).await, smaller.1, "more than {number}");
        assert_eq!(find(&db, maybe::PRICE.ge(number)).await, smaller.1, "at least {number}");
        assert_eq!(find(&db, maybe::PRICE.eq(number)).await, NONE, "{number}");
        assert_eq!(find(&db, maybe::PRICE.ne(number)).await, all, "not {number}");
        assert_eq!(find(&db, maybe::PRICE.is_in([number, decimal("0")])).await, [2], "in a list with {number}");
        assert_eq!(find(&db, maybe::PRICE.not_in([number, decimal("0")])).await, [0, 1, 3, 4, 5], "not in it");
    }
}

async fn floats_at_the_edge_are_listed(db: &TestDb) {
    let edges = [f64::MIN, -1e-80, 5e-324, 0.1, 1e100, f64::MAX];
    let db = rows(db, edges.map(|edge| row().double(edge))).await;
    for (at, edge) in (0..).zip(edges) {
        assert_eq!(find(&db, maybe::DOUBLE.eq(edge)).await, [at], "{edge:e}");
        assert_eq!(find(&db, maybe::DOUBLE.is_in([edge])).await, [at], "{edge:e}");
        assert_eq!(find(&db, maybe::DOUBLE.is_in([edge, 2.0, 1e300])).await, [at], "{edge:e}");
    }
    assert_eq!(find(&db, maybe::DOUBLE.not_in(edges)).await, NONE);
}

async fn json_is_compared_as_a_whole(db: &TestDb) {
    let db = rows(db, [row().data(json!({ "a": 1, "b": [] })), row().data(json!([1])), row()]).await;
    assert_eq!(find(&db, maybe::DATA.eq(json!({ "b": [], "a": 1 }))).await, [0]);
    assert_eq!(find(&db, maybe::DATA.ne(json!([1]))).await, [0]);
    assert_eq!(find(&db, maybe::DATA.eq(json!([1, 2]))).await, NONE);
}

/// There is no row that such a value could find; both databases say so in the same way.
async fn values_that_no_database_takes_are_refused(db: &TestDb) {
    let db = rows(db, [row().body("a").double(0.0)]).await;
    let beyond = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).expect("a date");
    for filter in [
        maybe::BODY.eq("a\0"),
        maybe::BODY.contains("\0"),
        maybe::BODY.is_in(["a\0"]),
        maybe::DOUBLE.eq(f64::NAN),
        maybe::DAY.lt(beyond),
    ] {
        let error = MaybeKind::query().filter(filter.clone()).all(&db).await.expect_err("there is no such value");
        let seedbed::Error::Database(failure) = &error else { panic!("{filter:?}: {error:?}") };
        assert_eq!(failure.kind, kinds::seedbed::FailureKind::Value, "{filter:?}: {error:?}");
    }
}
