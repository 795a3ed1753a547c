//! Writes of many rows, of rows that may be there already, and of what others change at the same time.

use kinds::{
    Country, CountryPatch, Day, DayPatch, MaybeKind, MaybeKindPatch, NewCountry, NewDay, NewMaybeKind, NewPerson,
    Person, PersonPatch, Word, country, maybe_kind as maybe, person as people,
};
use seedbed::{Db, Error};
use seedbed_tests::{TestDb, on_both};

use crate::support::{self, date, decimal, open, person};

on_both!(each_row_has_a_patch_of_its_own, patches_of_different_fields_go_together, a_key_may_come_twice);
on_both!(one_bad_patch_undoes_all, composite_keys_are_patched, many_rows_are_upserted, the_last_of_equal_keys_counts);
on_both!(an_upsert_may_overwrite_some, a_row_is_found_or_created, numbers_are_added_to, patches_add_too);
on_both!(changed_rows_are_returned, deleted_rows_are_returned, thousands_are_written);

async fn numbers(db: &Db, wholes: impl IntoIterator<Item = i32>) -> Vec<MaybeKind> {
    let rows = wholes.into_iter().map(|whole| support::maybe().whole(whole).price(decimal("1.5")));
    MaybeKind::insert_many(db, rows).await.expect("the rows are taken");
    MaybeKind::query().order_by(maybe::ID.asc()).all(db).await.expect("it is asked")
}

async fn wholes(db: &Db) -> Vec<Option<i32>> {
    MaybeKind::query().select(maybe::WHOLE).order_by(maybe::ID.asc()).all(db).await.expect("it is asked")
}

async fn each_row_has_a_patch_of_its_own(db: &TestDb) {
    let db = open(db).await;
    let rows = numbers(&db, 0..4).await;
    let patches = rows[..3].iter().map(|row| (row.id, MaybeKindPatch::new().whole(row.whole.map(|whole| whole * 10))));
    assert_eq!(MaybeKind::update_many(&db, patches).await.expect("they are changed"), 3);
    assert_eq!(wholes(&db).await, [Some(0), Some(10), Some(20), Some(3)]);
    let gone = [(rows[0].id, MaybeKindPatch::new().whole(7)), (99, MaybeKindPatch::new().whole(7))];
    assert_eq!(MaybeKind::update_many(&db, gone).await.expect("one is there"), 1);
    let none: [(i64, MaybeKindPatch); 0] = [];
    assert_eq!(MaybeKind::update_many(&db, none).await.expect("there is nothing to do"), 0);
}

async fn patches_of_different_fields_go_together(db: &TestDb) {
    let db = open(db).await;
    let rows = numbers(&db, 0..4).await;
    let patches = [
        (rows[0].id, MaybeKindPatch::new().whole(None)),
        (rows[1].id, MaybeKindPatch::new().body("b").price(decimal("0.000001"))),
        (rows[2].id, MaybeKindPatch::new()),
        (rows[3].id, MaybeKindPatch::new().whole(8)),
    ];
    assert_eq!(MaybeKind::update_many(&db, patches).await.expect("they are changed"), 3);
    let found = MaybeKind::query().select((maybe::WHOLE, maybe::BODY, maybe::PRICE)).order_by(maybe::ID.asc());
    let price = |text| Some(decimal(text));
    assert_eq!(
        found.all(&db).await.expect("it is asked"),
        [
            (None, None, price("1.500000")),
            (Some(1), Some("b".to_owned()), price("0.000001")),
            (Some(2), None, price("1.500000")),
            (Some(8), None, price("1.500000")),
        ]
    );
}

async fn a_key_may_come_twice(db: &TestDb) {
    let db = open(db).await;
    let rows = numbers(&db, [1]).await;
    let add = || MaybeKindPatch::new().increment(maybe::WHOLE, 5);
    let patches = [(rows[0].id, add()), (rows[0].id, add()), (rows[0].id, add())];
    assert_eq!(MaybeKind::update_many(&db, patches).await.expect("they are changed"), 3);
    assert_eq!(wholes(&db).await, [Some(16)]);
}

async fn one_bad_patch_undoes_all(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    let patches = [(ada.id, PersonPatch::new().name("Ada")), (bob.id, PersonPatch::new().email("ada@example.com"))];
    let error = Person::update_many(&db, patches).await.expect_err("the address is taken");
    assert!(matches!(error, Error::Unique { model: "Person", .. }), "{error:?}");
    assert_eq!(Person::get(&db, ada.id).await.expect("it is there"), ada);
}

async fn composite_keys_are_patched(db: &TestDb) {
    let db = open(db).await;
    let day = |day: &str, shift| NewDay::builder().date(date(day)).shift(shift);
    let days = [day("2026-01-01", Word::Match), day("2026-01-02", Word::Match)];
    Day::insert_many(&db, days).await.expect("the rows are taken");
    let patch = |day: &str, note: &str| ((date(day), Word::Match), DayPatch::new().note(note));
    let patches = [patch("2026-01-02", "b"), patch("2026-01-01", "a")];
    assert_eq!(Day::update_many(&db, patches).await.expect("they are changed"), 2);
    let notes = Day::query().select(kinds::day::NOTE).order_by(kinds::day::DATE.asc()).all(&db).await;
    assert_eq!(notes.expect("it is asked"), [Some("a".to_owned()), Some("b".to_owned())]);
}

async fn many_rows_are_upserted(db: &TestDb) {
    let db = open(db).await;
    let new = |email: &str, name: Option<&str>| NewPerson::builder().email(email).name(name.map(str::to_owned));
    Person::create(&db, new("a@example.com", Some("old")).pin("1234")).await.expect("the row is taken");
    let rows = [new("b@example.com", Some("b")), new("a@example.com", Some("new")), new("c@example.com", None)];
    assert_eq!(Person::upsert_many(&db, people::EMAIL, rows).await.expect("they are taken"), 3);
    let all = Person::query().order_by(people::EMAIL.asc()).all(&db).await.expect("it is asked");
    let found: Vec<_> = all.iter().map(|row| (row.name.as_deref(), row.pin.expose())).collect();
    assert_eq!(found, [(Some("new"), "1234"), (Some("b"), "0000"), (None, "0000")], "what was not given is kept");
    let error = Person::upsert_many(&db, people::NAME, [new("d@example.com", None)]).await.expect_err("it is no key");
    assert!(matches!(error, Error::NoUniqueKey { .. }), "{error:?}");
}

async fn the_last_of_equal_keys_counts(db: &TestDb) {
    let db = open(db).await;
    let new = |name: &str| NewPerson::builder().email("a@example.com").name(name);
    let written = Person::upsert_many(&db, people::EMAIL, [new("first"), new("second"), new("last")]).await;
    assert_eq!(written.expect("they are taken"), 1);
    assert_eq!(Person::query().one(&db).await.expect("there is one").name.as_deref(), Some("last"));
}

async fn an_upsert_may_overwrite_some(db: &TestDb) {
    let db = open(db).await;
    let new = |name: &str, pin: &str| NewPerson::builder().email("a@example.com").name(name).pin(pin);
    let first = Person::upsert_only(&db, people::EMAIL, people::NAME, new("first", "1111")).await;
    let first = first.expect("the row is taken");
    let second = Person::upsert_only(&db, people::EMAIL, people::NAME, new("second", "2222")).await;
    let second = second.expect("the row is changed");
    assert_eq!((second.id, second.name.as_deref(), second.pin.expose()), (first.id, Some("second"), "1111"));
    assert!(second.updated_at >= first.updated_at);
}

async fn a_row_is_found_or_created(db: &TestDb) {
    let db = open(db).await;
    let new = |name: &str| NewCountry::builder().code("IS").name(name);
    let (created, is_new) = Country::find_or_create(&db, country::CODE, new("Iceland")).await.expect("it is taken");
    assert!(is_new);
    let (found, is_new) = Country::find_or_create(&db, country::CODE, new("Ísland")).await.expect("it is there");
    assert_eq!((found, is_new), (created, false), "and it is not changed");
    let email = || NewPerson::builder().email("a@example.com");
    let (first, _) = Person::find_or_create(&db, people::EMAIL, email()).await.expect("it is taken");
    let again = db.transaction(async |tx| Person::find_or_create(tx, people::EMAIL, email()).await).await;
    assert_eq!(again.expect("it is there"), (first, false));
}

async fn numbers_are_added_to(db: &TestDb) {
    let db = open(db).await;
    numbers(&db, 0..3).await;
    MaybeKind::create(&db, support::maybe()).await.expect("the row is taken");
    let some = || MaybeKind::query().filter(maybe::WHOLE.ge(1).or(maybe::WHOLE.is_null()));
    assert_eq!(some().increment(&db, maybe::WHOLE, 10).await.expect("they are changed"), 3);
    assert_eq!(some().increment(&db, maybe::WHOLE, -1).await.expect("they are changed"), 3);
    assert_eq!(wholes(&db).await, [Some(0), Some(10), Some(11), None], "NULL stays NULL");
    let all = MaybeKind::query().all_rows().increment(&db, maybe::PRICE, decimal("0.000001")).await;
    assert_eq!(all.expect("they are changed"), 4);
    let prices = MaybeKind::query().select(maybe::PRICE.sum()).one(&db).await.expect("there is one");
    assert_eq!(prices, Some(decimal("4.500003")));
    let error = some().increment(&db, maybe::PRICE, decimal("0.0000001")).await.expect_err("it keeps six digits");
    assert!(matches!(error, Error::OutOfRange { field: "price", .. }), "{error:?}");
}

async fn patches_add_too(db: &TestDb) {
    let db = open(db).await;
    let row = numbers(&db, [1]).await.remove(0);
    let patch = || MaybeKindPatch::new().increment(maybe::WHOLE, 2).body("b");
    let first = row.clone().update(&db, patch()).await.expect("it is changed");
    let second = row.update(&db, patch()).await.expect("it is changed");
    assert_eq!((first.whole, second.whole, second.body.as_deref()), (Some(3), Some(5), Some("b")), "nothing is lost");
    let set = second.update(&db, patch().whole(7)).await.expect("it is changed");
    assert_eq!(set.whole, Some(7), "what is said last holds");
    let tenths = (0..50).map(|_| MaybeKind::query().filter(maybe::ID.eq(set.id)).increment(&db, maybe::WHOLE, 1));
    futures_util::future::try_join_all(tenths).await.expect("they are changed");
    assert_eq!(wholes(&db).await, [Some(57)]);
}

async fn changed_rows_are_returned(db: &TestDb) {
    let db = open(db).await;
    let rows = numbers(&db, 0..4).await;
    let some = MaybeKind::query().filter(maybe::WHOLE.ge(2));
    let mut changed =
        some.clone().update_returning(&db, MaybeKindPatch::new().body("b")).await.expect("they are changed");
    changed.sort_by_key(|row| row.id);
    let expected: Vec<_> =
        rows[2..].iter().cloned().map(|row| MaybeKind { body: Some("b".to_owned()), ..row }).collect();
    assert_eq!(changed, expected);
    let mut read = some.update_returning(&db, MaybeKindPatch::new()).await.expect("an empty patch reads");
    read.sort_by_key(|row| row.id);
    assert_eq!(read, expected);
}

async fn deleted_rows_are_returned(db: &TestDb) {
    let db = open(db).await;
    let rows = numbers(&db, 0..3).await;
    let last = MaybeKind::query().filter(maybe::WHOLE.ge(0)).order_by(maybe::WHOLE.desc()).limit(1);
    assert_eq!(last.delete_returning(&db).await.expect("it is deleted"), [rows[2].clone()]);
    let all = MaybeKind::query().all_rows().delete_returning(&db).await.expect("they are deleted");
    assert_eq!(all.len(), 2);
    assert_eq!(MaybeKind::query().count(&db).await.expect("it counts"), 0);
}

/// More values than a statement has places for.
async fn thousands_are_written(db: &TestDb) {
    let db = open(db).await;
    let new =
        |at: i32, name: &str| NewPerson::builder().email(format!("{at}@example.com")).name(format!("{name} {at}"));
    let all = || 0..20_000;
    assert_eq!(Person::insert_many(&db, all().map(|at| new(at, "old"))).await.expect("they are taken"), 20_000);
    let half = all().step_by(2).map(|at| new(at, "new"));
    assert_eq!(Person::upsert_many(&db, people::EMAIL, half).await.expect("they are taken"), 10_000);
    let ids = Person::query().filter(people::NAME.starts_with("old")).select(people::ID).all(&db).await;
    let patches =
        ids.expect("it is asked").into_iter().map(|id| (id, PersonPatch::new().name(format!("patched {id}"))));
    assert_eq!(Person::update_many(&db, patches).await.expect("they are changed"), 10_000);
    assert_eq!(Person::query().filter(people::NAME.starts_with("old")).count(&db).await.expect("it counts"), 0);
    let ids = Person::query().select(people::ID).all(&db).await.expect("it is asked");
    let deleted = Person::query().filter(people::ID.is_in(ids)).delete(&db).await;
    assert_eq!(deleted.expect("they are deleted"), 20_000);
}

/// What is not named anywhere else is part of the interface all the same.
#[allow(dead_code, reason = "it only has to compile")]
fn keys_are_typed(db: &Db) {
    drop(Country::update_many(db, [("IS".to_owned(), CountryPatch::new().name("Iceland"))]));
    drop(MaybeKind::upsert_many(db, maybe::ID, [NewMaybeKind::builder()]));
}
