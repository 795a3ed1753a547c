//! Rows that are created or changed, by the unique key that is named.

use kinds::seedbed::Secret;
use kinds::{
    City, Country, Membership, MembershipPatch, NewCity, NewCountry, NewMembership, NewPerson, NewSession, NewTeam,
    Person, PersonPatch, Session, Team, Word, booking, city, country, membership, person, session, team,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};

use crate::support::{self, open};

on_both!(a_row_that_is_not_there_is_created, what_is_not_given_is_kept, null_that_is_given_is_set);
on_both!(updated_at_moves_and_created_at_stays, composite_targets_are_matched, text_keys_are_targets);
on_both!(a_row_that_gives_nothing_else_is_returned, another_key_is_still_unique, what_is_no_unique_key_is_refused);
on_both!(upserts_run_inside_a_transaction);

fn ada() -> kinds::NewPerson {
    NewPerson::builder().email("ada@example.com")
}

async fn a_row_that_is_not_there_is_created(db: &TestDb) {
    let db = open(db).await;
    let created = Person::upsert(&db, person::EMAIL, ada().name("Ada".to_owned())).await.expect("the row is taken");
    assert_eq!((created.id, created.name.as_deref(), created.pin.expose()), (1, Some("Ada"), "0000"));
    assert_eq!(created.created_at, created.updated_at);
    assert_eq!(Person::get(&db, created.id).await.expect("the row is there"), created);
}

async fn what_is_not_given_is_kept(db: &TestDb) {
    let db = open(db).await;
    let first = ada().name("Ada".to_owned()).pin("1815").password_hash("hash");
    let first = Person::create(&db, first).await.expect("the row is taken");
    let second = Person::upsert(&db, person::EMAIL, ada().name("Ada L.".to_owned())).await.expect("the row is there");
    let expected = Person { name: Some("Ada L.".to_owned()), updated_at: second.updated_at, ..first };
    assert_eq!(second, expected, "the default of `pin` does not overwrite it, nor does NULL the hash");
}

async fn null_that_is_given_is_set(db: &TestDb) {
    let db = open(db).await;
    Person::create(&db, ada().name("Ada".to_owned()).password_hash("hash")).await.expect("the row is taken");
    let changed = Person::upsert(&db, person::EMAIL, ada().name(None)).await.expect("the row is there");
    assert_eq!((changed.name, changed.password_hash), (None, Some(Secret::from("hash"))));
}

async fn updated_at_moves_and_created_at_stays(db: &TestDb) {
    let db = open(db).await;
    let first = Person::upsert(&db, person::EMAIL, ada()).await.expect("the row is taken");
    let second = Person::upsert(&db, person::EMAIL, ada().name("Ada".to_owned())).await.expect("the row is there");
    assert_eq!(second.created_at, first.created_at);
    assert!(second.updated_at > first.updated_at);
    let said = support::instant("2000-01-01T00:00:00Z");
    let third = Person::upsert(&db, person::EMAIL, ada().updated_at(said)).await.expect("the row is there");
    assert_eq!(third.updated_at, said, "what is given counts");
}

async fn composite_targets_are_matched(db: &TestDb) {
    let db = open(db).await;
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let ada = support::person(&db, "ada").await;
    let new = || NewMembership::builder().team_id(team.id).person_id(ada.id);
    let target = (membership::TEAM_ID, membership::PERSON_ID);
    let first = Membership::upsert(&db, target, new().position(3)).await.expect("the row is taken");
    let second = Membership::upsert(&db, target, new().role(Word::Itself)).await.expect("the row is there");
    assert_eq!((second.position, second.role, first.role), (3, Word::Itself, Word::Match));
    assert_eq!(Membership::query().count(&db).await.expect("it counts"), 1);
    let turned = (membership::PERSON_ID, membership::TEAM_ID);
    let third = Membership::upsert(&db, turned, new().position(4)).await.expect("the order does not matter");
    assert_eq!((third.position, third.role), (4, Word::Itself));
    third.update(&db, MembershipPatch::new().position(5)).await.expect("the row is there");

    Country::create(&db, NewCountry::builder().code("IS").name("Iceland")).await.expect("the row is taken");
    let city = || NewCity::builder().country_code("IS").name("Vík");
    let target = (city::COUNTRY_CODE, city::NAME);
    let first = City::upsert(&db, target, city()).await.expect("the row is taken");
    assert_eq!(City::upsert(&db, target, city()).await.expect("the row is there"), first);
}

async fn text_keys_are_targets(db: &TestDb) {
    let db = open(db).await;
    let country = |name: &str| NewCountry::builder().code("IS").name(name);
    Country::upsert(&db, country::CODE, country("Island")).await.expect("the row is taken");
    let changed = Country::upsert(&db, country::CODE, country("Iceland")).await.expect("the row is there");
    assert_eq!(Country::query().all(&db).await.expect("it is asked"), [changed]);
}

async fn a_row_that_gives_nothing_else_is_returned(db: &TestDb) {
    let db = open(db).await;
    let first = Session::create(&db, NewSession::builder().id("x").label("old".to_owned())).await.expect("it is taken");
    assert_eq!(Session::upsert(&db, session::ID, NewSession::builder().id("x")).await.expect("it is there"), first);
    let made = Session::upsert(&db, session::ID, NewSession::builder()).await.expect("a new id is made");
    assert_eq!((made.id.len(), made.label), (24, None));
}

async fn another_key_is_still_unique(db: &TestDb) {
    let db = open(db).await;
    Person::create(&db, ada().password_hash("hash")).await.expect("the row is taken");
    let other = NewPerson::builder().email("bob@example.com").password_hash("hash");
    let error = Person::upsert(&db, person::EMAIL, other).await.expect_err("the hash is taken");
    let Error::Unique { model, fields, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*model, fields.as_slice()), ("Person", ["password_hash"].as_slice()));
    let moved = Team::upsert(&db, team::NAME, NewTeam::builder().id(9).name("a")).await.expect("the row is taken");
    assert_eq!(moved.id, 9);
}

async fn what_is_no_unique_key_is_refused(db: &TestDb) {
    let db = open(db).await;
    let error = Person::upsert(&db, person::NAME, ada()).await.expect_err("names are not unique");
    let Error::NoUniqueKey { model, fields, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*model, fields.as_slice()), ("Person", ["name"].as_slice()));
    assert_eq!(
        error.to_string(),
        "`name` is no unique key of `Person`; its unique keys are (id), (email), (password_hash)"
    );
    let error = Person::upsert(&db, (person::EMAIL, person::NAME), ada()).await.expect_err("neither are both");
    assert!(error.to_string().starts_with("`email`, `name` is no unique key of `Person`"), "{error}");
    let partial = kinds::NewBooking::builder()
        .room("a")
        .seat(1)
        .starts(support::date("2026-01-01"))
        .ends(support::date("2026-01-01"));
    let error = kinds::Booking::upsert(&db, booking::GUEST, partial).await.expect_err("only of some rows");
    assert!(matches!(error, Error::NoUniqueKey { .. }), "{error:?}");
    assert_eq!(Person::query().count(&db).await.expect("it counts"), 0);
}

async fn upserts_run_inside_a_transaction(db: &TestDb) {
    let db = open(db).await;
    let row = db
        .transaction(async |tx| {
            let first = Person::upsert(tx, person::EMAIL, ada()).await?;
            let second = Person::upsert(tx, person::EMAIL, ada().name("Ada".to_owned())).await?;
            assert_eq!(first.id, second.id);
            second.update(tx, PersonPatch::new().pin("1815")).await
        })
        .await
        .expect("nothing is in its way");
    assert_eq!(Person::query().all(&db).await.expect("it is asked"), [row]);
}
