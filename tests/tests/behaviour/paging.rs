//! Pages: by number with a total, and by cursor, forwards and backwards, through ties and NULLs.

use kinds::{MaybeKind, NewMaybeKind, NewPerson, Person, maybe_kind as maybe, person as people};
use seedbed::{Cursor, Db, Error, Order, Page};
use seedbed_tests::{TestDb, on_both};

use crate::support::{self, decimal, instant, open, person};

on_both!(a_numbered_page_has_a_total, cursors_visit_every_row_once, cursors_go_back, ties_and_nulls_are_no_trouble);
on_both!(orders_through_associations_have_pages, pages_include_associations, new_rows_do_not_shift_a_page);
on_both!(a_changed_cursor_is_refused, a_cursor_of_another_order_is_refused, every_type_has_a_cursor);
on_both!(a_page_is_serialised);

async fn numbers(db: &Db, count: i32) {
    let rows = (0..count).map(|whole| support::maybe().whole(whole));
    MaybeKind::insert_many(db, rows).await.expect("the rows are taken");
}

fn wholes(rows: &[MaybeKind]) -> Vec<i32> {
    rows.iter().filter_map(|row| row.whole).collect()
}

async fn a_numbered_page_has_a_total(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 25).await;
    let query = || MaybeKind::query().filter(maybe::WHOLE.ge(2)).order_by(maybe::WHOLE.desc());
    let (rows, count) = query().page(2, 10).all_and_count(&db).await.expect("it is asked");
    assert_eq!((wholes(&rows), count), ((5..=14).rev().collect(), 23));
    let (rows, count) = query().limit(20).offset(40).all_and_count(&db).await.expect("it is asked");
    assert_eq!((rows, count), (vec![], 23), "there is a total beyond the last page, too");
    assert_eq!(query().page(1, 3).all(&db).await.expect("it is asked").len(), 3);
}

/// Every page from the first, by the cursors, as ids.
async fn walk(db: &Db, order: impl Fn() -> Vec<Order<MaybeKind>>, size: u64) -> Vec<Vec<i64>> {
    let ids = |page: &Page<MaybeKind>| page.rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let fetch = async |cursor: Option<Cursor>| {
        let query = MaybeKind::query().order_by(order()).limit(size);
        query.fetch_page(db, cursor).await.expect("the page is there")
    };
    let mut pages = vec![fetch(None).await];
    assert_eq!(pages[0].previous, None, "nothing stands before the first page");
    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        pages.push(fetch(Some(next)).await);
    }
    // The same pages, from the last one back.
    for at in (1..pages.len()).rev() {
        let back = fetch(pages[at].previous.clone()).await;
        assert_eq!(ids(&back), ids(&pages[at - 1]));
        let forth = fetch(back.next.clone()).await;
        assert_eq!(ids(&forth), ids(&pages[at]));
    }
    pages.iter().map(ids).collect()
}

async fn cursors_visit_every_row_once(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 10).await;
    let pages = walk(&db, || vec![maybe::WHOLE.desc()], 4).await;
    let all = MaybeKind::query().order_by(maybe::WHOLE.desc()).all(&db).await.expect("it is asked");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
    assert_eq!(pages.concat(), all.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(
        walk(&db, Vec::new, 5).await.iter().map(Vec::len).collect::<Vec<_>>(),
        [5, 5],
        "no empty page at the end"
    );
}

async fn cursors_go_back(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 5).await;
    let query = || MaybeKind::query().order_by(maybe::WHOLE.asc()).limit(2);
    let first = query().fetch_page(&db, None).await.expect("the page is there");
    let second = query().fetch_page(&db, first.next).await.expect("the page is there");
    let again = query().fetch_page(&db, second.previous).await.expect("the page is there");
    assert_eq!((wholes(&again.rows), again.previous), (vec![0, 1], None));
}

async fn ties_and_nulls_are_no_trouble(db: &TestDb) {
    let db = open(db).await;
    let row = |whole: Option<i32>, short: Option<&str>| support::maybe().whole(whole).short(short.map(str::to_owned));
    let rows = [
        row(Some(1), Some("a")),
        row(None, Some("b")),
        row(Some(1), None),
        row(Some(2), Some("a")),
        row(None, None),
        row(Some(1), Some("a")),
        row(None, Some("b")),
        row(Some(2), None),
    ];
    MaybeKind::insert_many(&db, rows).await.expect("the rows are taken");
    let orders: [fn() -> Vec<Order<MaybeKind>>; 6] = [
        || vec![maybe::WHOLE.asc(), maybe::SHORT.asc()],
        || vec![maybe::WHOLE.desc(), maybe::SHORT.asc()],
        || vec![maybe::WHOLE.asc().nulls_first(), maybe::SHORT.desc().nulls_last()],
        || vec![maybe::SHORT.desc(), maybe::ID.desc()],
        || vec![maybe::SHORT.asc(), maybe::ID.desc()],
        || vec![maybe::ID.desc()],
    ];
    for order in orders {
        let mut completed = order();
        completed.push(maybe::ID.asc());
        for size in [1, 2, 3, 8] {
            let pages = walk(&db, order, size).await;
            let mut found = pages.concat();
            assert_eq!(found.len(), 8);
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), 8, "every row once");
        }
    }
}

async fn orders_through_associations_have_pages(db: &TestDb) {
    let db = open(db).await;
    let mut manager = None;
    for name in ["a", "b", "c", "d"] {
        let new = NewPerson::builder().email(format!("{name}@example.com")).name(name).manager_id(manager);
        manager = Some(Person::create(&db, new).await.expect("the row is taken").id);
    }
    let query = || Person::query().order_by(people::manager().by(people::NAME.desc().nulls_last())).limit(2);
    let first = query().fetch_page(&db, None).await.expect("the page is there");
    let second = query().fetch_page(&db, first.next).await.expect("the page is there");
    let names: Vec<_> = first.rows.into_iter().chain(second.rows).filter_map(|row| row.name).collect();
    assert_eq!((names.concat(), second.next), ("dcba".to_owned(), None));
}

async fn pages_include_associations(db: &TestDb) {
    let db = open(db).await;
    let boss = person(&db, "boss").await;
    let query = Person::query().include(people::manager()).include(people::reports()).limit(1);
    let page = query.fetch_page(&db, None).await.expect("the page is there");
    assert_eq!((page.rows[0].id, page.rows[0].manager(), page.rows[0].reports()), (boss.id, None, &[][..]));
}

async fn new_rows_do_not_shift_a_page(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 4).await;
    let query = || MaybeKind::query().order_by(maybe::WHOLE.desc()).limit(2);
    let first = query().fetch_page(&db, None).await.expect("the page is there");
    MaybeKind::create(&db, support::maybe().whole(9)).await.expect("the row is taken");
    let second = query().fetch_page(&db, first.next).await.expect("the page is there");
    assert_eq!(wholes(&second.rows), [1, 0]);
}

async fn a_changed_cursor_is_refused(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 4).await;
    let query = || MaybeKind::query().order_by(maybe::WHOLE.desc()).limit(2);
    let next =
        query().fetch_page(&db, None).await.expect("the page is there").next.expect("there are more").to_string();
    for at in 0..next.len() {
        let mut bytes = next.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = Cursor::from(String::from_utf8(bytes).expect("it is ASCII"));
        let error = query().fetch_page(&db, changed).await.expect_err("it was changed");
        assert!(matches!(error, Error::Cursor { model: "MaybeKind" }), "{at}: {error}");
    }
    for text in ["", "x", "💥", "AAAA"] {
        let error = query().fetch_page(&db, Cursor::from(text)).await.expect_err("it is none");
        assert!(matches!(error, Error::Cursor { .. }), "{text}: {error}");
    }
    let json = serde_json::to_string(&Cursor::from(next.clone())).expect("it is a text");
    let back: Cursor = serde_json::from_str(&json).expect("it is a text");
    assert_eq!(wholes(&query().fetch_page(&db, back).await.expect("the page is there").rows), [1, 0]);
}

async fn a_page_is_serialised(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 2).await;
    let query = MaybeKind::query().order_by(maybe::WHOLE.desc()).limit(1);
    let page = query.fetch_page(&db, None).await.expect("the page is there");
    let next = page.next.as_ref().expect("there are more").to_string();
    let json = serde_json::to_value(&page).expect("it is JSON");
    assert_eq!(json, serde_json::json!({ "rows": page.rows, "next": next, "previous": null }));
}

async fn a_cursor_of_another_order_is_refused(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 4).await;
    let next = MaybeKind::query().order_by(maybe::WHOLE.desc()).limit(2).fetch_page(&db, None).await;
    let next = next.expect("the page is there").next;
    let other = MaybeKind::query().order_by(maybe::BIG.desc()).limit(2).fetch_page(&db, next.clone()).await;
    assert!(matches!(other, Err(Error::Cursor { .. })), "{other:?}");
    let error =
        MaybeKind::query().order_by(maybe::WHOLE.desc()).fetch_page(&db, next).await.expect_err("it has no size");
    assert!(error.to_string().contains(".limit("), "{error}");
}

async fn every_type_has_a_cursor(db: &TestDb) {
    let db = open(db).await;
    let row = |at: i16| -> NewMaybeKind {
        support::maybe()
            .small(at)
            .double(f64::from(at) / 3.0)
            .single(f32::from(at) / 3.0)
            .price(decimal("0.000001") * seedbed::Decimal::from(at))
            .body(format!("ü{at}"))
            .token(seedbed::Uuid::from_u128(at.unsigned_abs().into()))
            .day(support::date(&format!("2026-01-{:02}", at + 1)))
            .clock(support::time(&format!("10:20:{at:02}.000001")))
            .moment(instant(&format!("2026-01-31T10:20:{at:02}.123456Z")))
    };
    MaybeKind::insert_many(&db, (0..5).map(row)).await.expect("the rows are taken");
    let orders: [fn() -> Vec<Order<MaybeKind>>; 9] = [
        || vec![maybe::SMALL.asc()],
        || vec![maybe::DOUBLE.asc()],
        || vec![maybe::SINGLE.asc()],
        || vec![maybe::PRICE.asc()],
        || vec![maybe::BODY.asc()],
        || vec![maybe::TOKEN.asc()],
        || vec![maybe::DAY.asc()],
        || vec![maybe::CLOCK.asc()],
        || vec![maybe::MOMENT.asc()],
    ];
    for order in orders {
        assert_eq!(walk(&db, order, 2).await.concat(), [1, 2, 3, 4, 5]);
    }
}
