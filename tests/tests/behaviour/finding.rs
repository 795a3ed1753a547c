//! Rows by primary key and by unique key, for keys of every sort.

use chrono::Duration;
use kinds::seedbed::{Secret, Uuid};
use kinds::{
    City, Country, Day, Kind, Membership, NewCity, NewCountry, NewDay, NewMembership, NewPassport, NewPerson,
    NewSession, NewTeam, NewTicket, NewVault, Passport, Person, Session, Team, Ticket, Vault, Word,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};

use crate::support::{date, kind, open, person};

on_both!(a_key_finds_its_row_or_none, get_says_which_model_is_missing, ids_count_up_and_are_not_used_again);
on_both!(uuid_and_cuid_keys_are_made, text_keys_find_with_any_text, secret_keys_find);
on_both!(composite_keys_find, unique_keys_find, unique_keys_of_several_fields_find);

async fn a_key_finds_its_row_or_none(db: &TestDb) {
    let db = open(db).await;
    let created = Kind::create(&db, kind()).await.expect("the row is taken");
    assert_eq!(Kind::find(&db, created.id).await.expect("it is asked"), Some(created.clone()));
    assert_eq!(Kind::find(&db, created.id + 1).await.expect("it is asked"), None);
    assert_eq!(Kind::find(&db, i64::MIN).await.expect("it is asked"), None);
    assert_eq!(Kind::find(&db, i64::MAX).await.expect("it is asked"), None);
    assert_eq!(Kind::get(&db, created.id).await.expect("the row is there"), created);
}

async fn get_says_which_model_is_missing(db: &TestDb) {
    let db = open(db).await;
    let error = Kind::get(&db, 1).await.expect_err("there is no row");
    assert!(matches!(error, Error::NotFound { model: "Kind" }), "{error:?}");
    assert_eq!(error.to_string(), "no `Kind` was found");
}

async fn ids_count_up_and_are_not_used_again(db: &TestDb) {
    let db = open(db).await;
    let first = Team::create(&db, NewTeam::builder().name("first")).await.expect("the row is taken");
    let second = Team::create(&db, NewTeam::builder().name("second")).await.expect("the row is taken");
    assert_eq!((first.id, second.id), (1, 2));
    second.delete(&db).await.expect("the row is there");
    let third = Team::create(&db, NewTeam::builder().name("third")).await.expect("the row is taken");
    assert_eq!(third.id, 3, "the id of a row that was deleted does not come back");
}

async fn uuid_and_cuid_keys_are_made(db: &TestDb) {
    let db = open(db).await;
    let before = chrono::Utc::now() - Duration::seconds(1);
    let mut tickets = Vec::new();
    for title in ["first", "second", "third"] {
        tickets.push(Ticket::create(&db, NewTicket::builder().title(title)).await.expect("the row is taken"));
    }
    assert!(tickets.is_sorted_by_key(|ticket| ticket.id), "version 7 sorts by time: {tickets:?}");
    let (seconds, _) = tickets[0].id.get_timestamp().expect("version 7 holds a time").to_unix();
    assert!(seconds >= before.timestamp().unsigned_abs());
    assert_eq!(Ticket::get(&db, tickets[1].id).await.expect("the row is there"), tickets[1]);
    let own = Ticket::create(&db, NewTicket::builder().id(Uuid::from_u128(1)).title("own")).await;
    assert_eq!(own.expect("the row is taken").id, Uuid::from_u128(1));

    let session = Session::create(&db, NewSession::builder()).await.expect("the row is taken");
    assert_eq!(session.id.len(), 24);
    assert_eq!(Session::get(&db, &session.id).await.expect("the row is there"), session);
    assert_eq!(Session::find(&db, session.id.to_uppercase()).await.expect("it is asked"), None, "case counts");
}

async fn text_keys_find_with_any_text(db: &TestDb) {
    let db = open(db).await;
    let created = Country::create(&db, NewCountry::builder().code("IS").name("Iceland")).await.expect("it is taken");
    assert_eq!(Country::find(&db, "IS").await.expect("it is asked"), Some(created.clone()));
    assert_eq!(Country::find(&db, String::from("IS")).await.expect("it is asked"), Some(created));
    assert_eq!(Country::find(&db, "is").await.expect("it is asked"), None);
    assert_eq!(Country::find(&db, "").await.expect("it is asked"), None);
}

async fn secret_keys_find(db: &TestDb) {
    let db = open(db).await;
    let created = Vault::create(&db, NewVault::builder().password("open sesame").label("cave")).await;
    let created = created.expect("it is taken");
    assert_eq!(Vault::find(&db, "open sesame").await.expect("it is asked"), Some(created.clone()));
    assert_eq!(Vault::find(&db, Secret::from("open sesame")).await.expect("it is asked"), Some(created));
    assert_eq!(Vault::find(&db, "open barley").await.expect("it is asked"), None);
}

async fn composite_keys_find(db: &TestDb) {
    let db = open(db).await;
    let day = NewDay::builder().date(date("2026-01-31")).shift(Word::InProgress);
    let created = Day::create(&db, day).await.expect("the row is taken");
    assert_eq!(Day::find(&db, date("2026-01-31"), Word::InProgress).await.expect("it is asked"), Some(created));
    assert_eq!(Day::find(&db, date("2026-01-31"), Word::Half).await.expect("it is asked"), None);

    let (team, ada) =
        (Team::create(&db, NewTeam::builder().name("a")).await.expect("it is taken"), person(&db, "ada").await);
    let new = NewMembership::builder().team_id(team.id).person_id(ada.id);
    let membership = Membership::create(&db, new).await.expect("the row is taken");
    assert_eq!((membership.role, membership.position), (Word::Match, 0));
    assert_eq!(Membership::get(&db, team.id, ada.id).await.expect("it is there"), membership);
    assert_eq!(Membership::find(&db, ada.id + 1, team.id).await.expect("it is asked"), None);
}

async fn unique_keys_find(db: &TestDb) {
    let db = open(db).await;
    let new = NewPerson::builder().email("Ada@example.com").password_hash("hash of ada");
    let ada = Person::create(&db, new).await.expect("the row is taken");
    assert_eq!(Person::find_by_email(&db, "Ada@example.com").await.expect("it is asked"), Some(ada.clone()));
    assert_eq!(Person::find_by_email(&db, "ada@example.com").await.expect("it is asked"), None, "case counts");
    let by_hash = Person::find_by_password_hash(&db, Secret::from("hash of ada")).await;
    assert_eq!(by_hash.expect("it is asked"), Some(ada.clone()));

    let passport = Passport::create(&db, NewPassport::builder().number("C01").holder_id(ada.id)).await;
    let passport = passport.expect("the row is taken");
    assert_eq!(Passport::find_by_holder_id(&db, ada.id).await.expect("it is asked"), Some(passport.clone()));
    assert_eq!(Passport::find_by_number(&db, "C01").await.expect("it is asked"), Some(passport));
}

async fn unique_keys_of_several_fields_find(db: &TestDb) {
    let db = open(db).await;
    for (code, name) in [("IS", "Iceland"), ("AU", "Australia")] {
        Country::create(&db, NewCountry::builder().code(code).name(name)).await.expect("the row is taken");
        let city = NewCity::builder().name("Perth").country_code(code);
        City::create(&db, city).await.expect("the row is taken");
    }
    let perth =
        City::find_by_country_code_and_name(&db, "AU", "Perth").await.expect("it is asked").expect("it is there");
    assert_eq!(perth.country_code, "AU");
    assert_eq!(City::find_by_country_code_and_name(&db, "AU", "Reykjavík").await.expect("it is asked"), None);
}
