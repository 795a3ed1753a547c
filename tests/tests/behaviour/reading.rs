//! What a query gives: order, limit and offset, all, one, first, count, exists.

use kinds::{MaybeKind, maybe_kind as maybe};
use seedbed::{Db, Error};
use seedbed_tests::{TestDb, on_both};

use crate::support::{self, open};

on_both!(null_stands_at_the_end_that_is_said, order_has_several_steps, texts_are_ordered_by_their_bytes);
on_both!(limit_and_offset_cut_the_rows, one_finds_exactly_one, first_finds_one_or_none, counts_mind_the_limit);
on_both!(exists_asks_for_one_row, many_rows_come_in_order, queries_can_be_run_twice);

const NONE: [i32; 0] = [];

/// Rows numbered from 0 in `whole`, with these numbers in `big`.
async fn rows(db: &TestDb, numbers: &[Option<i64>]) -> Db {
    let db = open(db).await;
    let rows = numbers.iter().zip(0..).map(|(&big, at)| support::maybe().whole(at).big(big));
    MaybeKind::insert_many(&db, rows).await.expect("the rows are taken");
    db
}

fn wholes(rows: Vec<MaybeKind>) -> Vec<i32> {
    rows.into_iter().filter_map(|row| row.whole).collect()
}

async fn null_stands_at_the_end_that_is_said(db: &TestDb) {
    let db = rows(db, &[Some(2), None, Some(1)]).await;
    for (order, expected) in [
        (maybe::BIG.asc(), [2, 0, 1]),
        (maybe::BIG.desc(), [1, 0, 2]),
        (maybe::BIG.asc().nulls_first(), [1, 2, 0]),
        (maybe::BIG.desc().nulls_last(), [0, 2, 1]),
        (maybe::BIG.asc().nulls_last(), [2, 0, 1]),
        (maybe::BIG.desc().nulls_first(), [1, 0, 2]),
    ] {
        let what = format!("{order:?}");
        assert_eq!(wholes(MaybeKind::query().order_by(order).all(&db).await.expect("it is asked")), expected, "{what}");
    }
}

async fn order_has_several_steps(db: &TestDb) {
    let db = rows(db, &[Some(1), Some(2), Some(1), None, Some(2)]).await;
    let query = || MaybeKind::query();
    let array = query().order_by([maybe::BIG.desc(), maybe::WHOLE.desc()]);
    assert_eq!(wholes(array.all(&db).await.expect("it is asked")), [3, 4, 1, 2, 0]);
    let calls = query().order_by(maybe::BIG.asc()).order_by(maybe::WHOLE.desc());
    assert_eq!(wholes(calls.all(&db).await.expect("it is asked")), [2, 0, 4, 1, 3]);
    let vector = query().order_by(vec![maybe::WHOLE.asc()]);
    assert_eq!(wholes(vector.all(&db).await.expect("it is asked")), [0, 1, 2, 3, 4]);
}

/// The databases of the suite sort by the rules of a language where nobody says otherwise; the columns do.
async fn texts_are_ordered_by_their_bytes(db: &TestDb) {
    let db = open(db).await;
    let texts = [
        "a", "B", "Z", "z", "ä", "Ä", "é", "e\u{301}", "_", "~", " ", "10", "9", "\u{ffff}", "🦀", "日本", "aa", "A a",
    ];
    let rows = texts.map(|text| support::maybe().body(text));
    MaybeKind::insert_many(&db, rows).await.expect("the rows are taken");
    let found = MaybeKind::query().order_by(maybe::BODY.asc()).all(&db).await.expect("it is asked");
    let mut expected = texts;
    expected.sort_unstable();
    assert_eq!(found.into_iter().filter_map(|row| row.body).collect::<Vec<_>>(), expected);
    let between = MaybeKind::query().filter(maybe::BODY.between("a", "z")).count(&db).await.expect("it counts");
    assert_eq!(between, 4, "`a`, `aa`, `e` with an accent of its own, `z`");
}

async fn limit_and_offset_cut_the_rows(db: &TestDb) {
    let db = rows(db, &[None; 10]).await;
    let query = || MaybeKind::query().order_by(maybe::WHOLE.asc());
    assert_eq!(wholes(query().limit(3).all(&db).await.expect("it is asked")), [0, 1, 2]);
    assert_eq!(wholes(query().offset(8).all(&db).await.expect("it is asked")), [8, 9]);
    assert_eq!(wholes(query().limit(2).offset(3).all(&db).await.expect("it is asked")), [3, 4]);
    assert_eq!(wholes(query().limit(0).all(&db).await.expect("it is asked")), NONE);
    assert_eq!(wholes(query().offset(10).all(&db).await.expect("it is asked")), NONE);
    assert_eq!(wholes(query().limit(5).limit(1).all(&db).await.expect("it is asked")), [0], "the last one counts");
    let every = Vec::from_iter(0..10);
    assert_eq!(wholes(query().limit(u64::MAX).offset(0).all(&db).await.expect("it is asked")), every);
    assert_eq!(wholes(query().offset(u64::MAX).all(&db).await.expect("it is asked")), NONE);
}

async fn one_finds_exactly_one(db: &TestDb) {
    let db = rows(db, &[Some(1), Some(2), Some(2)]).await;
    let query = |big| MaybeKind::query().filter(maybe::BIG.eq(big));
    assert_eq!(query(1).one(&db).await.expect("there is one").whole, Some(0));
    let none = query(3).one(&db).await.expect_err("there is none");
    assert!(matches!(none, Error::NotFound { model: "MaybeKind" }), "{none:?}");
    let several = query(2).one(&db).await.expect_err("there are two");
    assert!(matches!(several, Error::TooMany { model: "MaybeKind" }), "{several:?}");
    assert_eq!(several.to_string(), "more than one `MaybeKind` was found where one was expected");
    assert_eq!(query(2).order_by(maybe::WHOLE.asc()).limit(1).one(&db).await.expect("there is one").whole, Some(1));
}

async fn first_finds_one_or_none(db: &TestDb) {
    let db = rows(db, &[Some(1), Some(2)]).await;
    let first = MaybeKind::query().order_by(maybe::BIG.desc()).first(&db).await.expect("it is asked");
    assert_eq!(first.and_then(|row| row.whole), Some(1));
    let second = MaybeKind::query().order_by(maybe::BIG.desc()).offset(1).first(&db).await.expect("it is asked");
    assert_eq!(second.and_then(|row| row.whole), Some(0));
    assert_eq!(MaybeKind::query().filter(maybe::BIG.gt(2)).first(&db).await.expect("it is asked"), None);
    assert_eq!(MaybeKind::query().limit(0).first(&db).await.expect("it is asked"), None);
}

async fn counts_mind_the_limit(db: &TestDb) {
    let db = rows(db, &[Some(1), Some(2), Some(3), None]).await;
    let query = || MaybeKind::query().order_by(maybe::BIG.asc());
    assert_eq!(query().count(&db).await.expect("it counts"), 4);
    assert_eq!(query().filter(maybe::BIG.ge(2)).count(&db).await.expect("it counts"), 2);
    assert_eq!(query().limit(3).count(&db).await.expect("it counts"), 3);
    assert_eq!(query().offset(3).count(&db).await.expect("it counts"), 1);
    assert_eq!(query().limit(10).offset(9).count(&db).await.expect("it counts"), 0);
    assert_eq!(query().limit(0).count(&db).await.expect("it counts"), 0);
}

async fn exists_asks_for_one_row(db: &TestDb) {
    let db = rows(db, &[Some(1)]).await;
    let query = MaybeKind::query;
    assert!(query().exists(&db).await.expect("it is asked"));
    assert!(query().filter(maybe::BIG.eq(1)).order_by(maybe::BIG.asc()).exists(&db).await.expect("it is asked"));
    assert!(!query().filter(maybe::BIG.eq(2)).exists(&db).await.expect("it is asked"));
    assert!(!query().offset(1).exists(&db).await.expect("it is asked"));
    assert!(!query().limit(0).exists(&db).await.expect("it is asked"));
}

async fn many_rows_come_in_order(db: &TestDb) {
    let numbers: Vec<Option<i64>> = (0..30_000).map(Some).collect();
    let db = rows(db, &numbers).await;
    let found = MaybeKind::query().order_by(maybe::BIG.desc()).all(&db).await.expect("it is asked");
    assert!(found.iter().rev().map(|row| row.big).eq(numbers));
}

async fn queries_can_be_run_twice(db: &TestDb) {
    let db = rows(db, &[Some(1), Some(2)]).await;
    let query = MaybeKind::query().filter(maybe::BIG.eq(2)).order_by(maybe::BIG.asc()).limit(1);
    assert_eq!(query.clone().all(&db).await.expect("it is asked"), query.clone().all(&db).await.expect("it is asked"));
    let shown = format!("{query:?}");
    assert_eq!(
        shown, "Query { filtered: true, order: 1, limit: Some(1), offset: None, lock: None, includes: 0 }",
        "no values are shown"
    );
}
