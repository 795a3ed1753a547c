//! Rows that are changed and deleted: one by one, and all that a query finds.

use kinds::{
    Color, Kind, KindPatch, MaybeKind, MaybeKindPatch, Membership, NewMembership, NewTeam, Person, PersonPatch, Team,
    TeamPatch, Word, maybe_kind as maybe, person as people, team as teams,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{self, date, decimal, kind, open, person};

on_both!(a_patch_keeps_sets_and_nulls, every_field_can_be_patched, an_empty_patch_changes_nothing);
on_both!(updated_at_moves_with_every_patch, a_row_that_is_gone_is_not_found, the_newest_row_comes_back);
on_both!(rows_of_composite_keys_are_changed_and_deleted, keys_alone_will_do);
on_both!(queries_change_what_they_find, queries_delete_what_they_find, limits_hold_for_changes_too);
on_both!(every_row_is_changed_where_that_is_said, queries_by_composite_key_are_limited_too);

async fn a_patch_keeps_sets_and_nulls(db: &TestDb) {
    let db = open(db).await;
    let row = MaybeKind::create(&db, support::maybe().whole(1).big(2).body("body").color(Color::Red)).await;
    let row = row.expect("the row is taken");
    let patch = MaybeKindPatch::new().big(3).body(None).short("new");
    let changed = row.clone().update(&db, patch).await.expect("the row is there");
    let expected = MaybeKind { big: Some(3), body: None, short: Some("new".to_owned()), ..row };
    assert_eq!(changed, expected);
    assert_eq!(MaybeKind::get(&db, changed.id).await.expect("the row is there"), expected);
}

async fn every_field_can_be_patched(db: &TestDb) {
    let db = open(db).await;
    let row = Kind::create(&db, kind()).await.expect("the row is taken");
    let patch = KindPatch::new()
        .flag(false)
        .small(i16::MIN)
        .whole(i32::MIN)
        .big(i64::MIN)
        .single(-1.5)
        .double(-2.5)
        .price(decimal("-1"))
        .integral(decimal("-2"))
        .fine(decimal("-0.1"))
        .short("")
        .body("")
        .token(kinds::seedbed::Uuid::nil())
        .code("")
        .day(date("0001-01-01"))
        .clock(support::time("00:00:00"))
        .moment(support::instant("0001-01-01T00:00:00Z"))
        .data(json!(null))
        .raw(Vec::new())
        .color(Color::Blue);
    let changed = row.update(&db, patch).await.expect("the row is there");
    assert_eq!((changed.flag, changed.small, changed.whole, changed.big), (false, i16::MIN, i32::MIN, i64::MIN));
    assert_eq!((changed.price, changed.integral, changed.fine), (decimal("-1"), decimal("-2"), decimal("-0.1")));
    assert_eq!((changed.short.as_str(), changed.day, &changed.data), ("", date("0001-01-01"), &json!(null)));
    assert_eq!(Kind::query().one(&db).await.expect("there is one"), changed);
}

async fn an_empty_patch_changes_nothing(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    assert_eq!(ada.clone().update(&db, PersonPatch::new()).await.expect("the row is there"), ada);
    assert_eq!(Person::query().all_rows().update(&db, PersonPatch::new()).await.expect("nothing to do"), 0);
    assert_eq!(Person::get(&db, ada.id).await.expect("the row is there"), ada, "not even `updated_at`");
}

async fn updated_at_moves_with_every_patch(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let changed = ada.clone().update(&db, PersonPatch::new().name("Ada".to_owned())).await.expect("the row is there");
    assert!(changed.updated_at > ada.updated_at);
    assert_eq!(changed.created_at, ada.created_at);
    let said = support::instant("2000-01-01T00:00:00Z");
    let again = changed.update(&db, PersonPatch::new().updated_at(said)).await.expect("the row is there");
    assert_eq!(again.updated_at, said, "what is given counts");
    let every = Person::query().filter(people::ID.eq(ada.id)).update(&db, PersonPatch::new().pin("1"));
    assert_eq!(every.await.expect("the row is there"), 1);
    assert!(Person::get(&db, ada.id).await.expect("the row is there").updated_at > said);
}

async fn a_row_that_is_gone_is_not_found(db: &TestDb) {
    let db = open(db).await;
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    team.clone().delete(&db).await.expect("the row is there");
    for error in [
        team.clone().delete(&db).await.expect_err("it is gone"),
        team.clone().update(&db, TeamPatch::new().name("b")).await.expect_err("it is gone"),
        team.update(&db, TeamPatch::new()).await.expect_err("it is gone"),
    ] {
        assert!(matches!(error, Error::NotFound { model: "Team" }), "{error:?}");
    }
}

/// An update changes what the patch names, whatever the row in hand was like.
async fn the_newest_row_comes_back(db: &TestDb) {
    let db = open(db).await;
    let stale = person(&db, "ada").await;
    stale.clone().update(&db, PersonPatch::new().name("Ada".to_owned())).await.expect("the row is there");
    let newest = stale.update(&db, PersonPatch::new().pin("1815")).await.expect("the row is there");
    assert_eq!((newest.name.as_deref(), newest.pin.expose()), (Some("Ada"), "1815"));
}

async fn rows_of_composite_keys_are_changed_and_deleted(db: &TestDb) {
    let db = open(db).await;
    let (first, second) = two_memberships(&db).await;
    let patch = kinds::MembershipPatch::new().role(Word::Half);
    let changed = first.update(&db, patch).await.expect("the row is there");
    assert_eq!(changed.role, Word::Half);
    changed.delete(&db).await.expect("the row is there");
    assert_eq!(Membership::query().all(&db).await.expect("it is asked"), [second]);
}

async fn keys_alone_will_do(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let changed = Person::update_by_key(&db, ada.id, PersonPatch::new().pin("1815")).await.expect("the row is there");
    assert_eq!((changed.id, changed.pin.expose()), (ada.id, "1815"));
    assert_eq!(Person::update_by_key(&db, ada.id, PersonPatch::new()).await.expect("the row is there"), changed);
    Person::delete_by_key(&db, ada.id).await.expect("the row is there");
    for error in [
        Person::update_by_key(&db, ada.id, PersonPatch::new().pin("1")).await.expect_err("it is gone"),
        Person::update_by_key(&db, ada.id, PersonPatch::new()).await.expect_err("it is gone"),
        Person::delete_by_key(&db, ada.id).await.expect_err("it is gone"),
    ] {
        assert!(matches!(error, Error::NotFound { model: "Person" }), "{error:?}");
    }

    let (first, second) = two_memberships(&db).await;
    let patch = kinds::MembershipPatch::new().role(Word::Half);
    let key = |row: &Membership| (row.team_id, row.person_id);
    let changed = Membership::update_by_key(&db, key(&first), patch).await.expect("the row is there");
    assert_eq!(changed.role, Word::Half);
    Membership::delete_by_key(&db, key(&second)).await.expect("the row is there");
    assert_eq!(Membership::query().one(&db).await.expect("there is one"), changed);
}

async fn two_memberships(db: &seedbed::Db) -> (Membership, Membership) {
    let team = Team::create(db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let mut rows = Vec::new();
    for name in ["ada", "bob"] {
        let new = NewMembership::builder().team_id(team.id).person_id(person(db, name).await.id);
        rows.push(Membership::create(db, new).await.expect("the row is taken"));
    }
    let second = rows.pop().expect("there are two");
    (rows.pop().expect("there are two"), second)
}

/// Rows with 0 to 9 in `whole`.
async fn ten(db: &TestDb) -> seedbed::Db {
    let db = open(db).await;
    let rows = (0..10).map(|at| support::maybe().whole(at));
    MaybeKind::insert_many(&db, rows).await.expect("the rows are taken");
    db
}

async fn wholes(db: &seedbed::Db) -> Vec<i32> {
    let rows = MaybeKind::query().order_by(maybe::WHOLE.asc()).all(db).await.expect("it is asked");
    rows.into_iter().filter_map(|row| row.whole).collect()
}

async fn queries_change_what_they_find(db: &TestDb) {
    let db = ten(db).await;
    let some = MaybeKind::query().filter(maybe::WHOLE.ge(3)).filter_some(Some(5), |high| maybe::WHOLE.le(high));
    let changed = some.update(&db, MaybeKindPatch::new().body("changed").big(None)).await;
    assert_eq!(changed.expect("the rows are there"), 3);
    let found = MaybeKind::query().filter(maybe::BODY.eq("changed")).order_by(maybe::WHOLE.asc()).all(&db).await;
    assert_eq!(found.expect("it is asked").iter().filter_map(|row| row.whole).collect::<Vec<_>>(), [3, 4, 5]);
    let none = MaybeKind::query().filter(maybe::WHOLE.gt(100)).update(&db, MaybeKindPatch::new().big(1)).await;
    assert_eq!(none.expect("there are none"), 0);
}

async fn queries_delete_what_they_find(db: &TestDb) {
    let db = ten(db).await;
    let deleted = MaybeKind::query().filter(maybe::WHOLE.is_in([1, 3, 77])).delete(&db).await;
    assert_eq!(deleted.expect("the rows are there"), 2);
    assert_eq!(wholes(&db).await, [0, 2, 4, 5, 6, 7, 8, 9]);
    assert_eq!(MaybeKind::query().filter(maybe::WHOLE.is_in([0; 0])).delete(&db).await.expect("there are none"), 0);
    assert_eq!(wholes(&db).await.len(), 8, "an empty list finds nothing to delete");
}

async fn limits_hold_for_changes_too(db: &TestDb) {
    let db = ten(db).await;
    let query = || MaybeKind::query().filter(maybe::WHOLE.ge(2)).order_by(maybe::WHOLE.desc());
    assert_eq!(query().limit(2).delete(&db).await.expect("the rows are there"), 2);
    assert_eq!(wholes(&db).await, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(query().offset(4).delete(&db).await.expect("the rows are there"), 2);
    assert_eq!(wholes(&db).await, [0, 1, 4, 5, 6, 7]);
    let changed = query().limit(1).offset(1).update(&db, MaybeKindPatch::new().whole(60)).await;
    assert_eq!(changed.expect("the row is there"), 1);
    assert_eq!(wholes(&db).await, [0, 1, 4, 5, 7, 60]);
    assert_eq!(query().limit(0).delete(&db).await.expect("there are none"), 0);
}

async fn every_row_is_changed_where_that_is_said(db: &TestDb) {
    let db = ten(db).await;
    let changed = MaybeKind::query().all_rows().update(&db, MaybeKindPatch::new().big(1)).await;
    assert_eq!(changed.expect("the rows are there"), 10);
    let some = MaybeKind::query().filter_some(None, |whole: i32| maybe::WHOLE.eq(whole)).all_rows();
    assert_eq!(some.delete(&db).await.expect("the rows are there"), 10);
    assert_eq!(Team::query().filter(teams::NAME.eq("none")).delete(&db).await.expect("there are none"), 0);
}

async fn queries_by_composite_key_are_limited_too(db: &TestDb) {
    let db = open(db).await;
    let (_, second) = two_memberships(&db).await;
    let query = Membership::query().all_rows().order_by(kinds::membership::PERSON_ID.asc()).limit(1);
    assert_eq!(query.delete(&db).await.expect("the row is there"), 1);
    assert_eq!(Membership::query().all(&db).await.expect("it is asked"), [second]);
}
