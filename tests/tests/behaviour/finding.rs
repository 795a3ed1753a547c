//! Rows by primary key and by unique key, for keys of every sort.

use chrono::Duration;
use kinds::seedbed::{Secret, Uuid};
use kinds::{
    Cell, CellPatch, City, Color, Country, Day, Kind, Membership, NewCell, NewCity, NewCountry, NewDay, NewMembership,
    NewPassport, NewPerson, NewSession, NewTeam, NewTicket, NewVault, Passport, Person, Session, Team, Ticket, Vault,
    Word, cell,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};

use crate::support::{date, kind, open, person};

on_both!(a_key_finds_its_row_or_none, get_says_which_model_is_missing, ids_count_up_and_are_not_used_again);
on_both!(uuid_and_cuid_keys_are_made, text_keys_find_with_any_text, secret_keys_find);
on_both!(composite_keys_find, unique_keys_find, unique_keys_of_several_fields_find, the_longest_keys_work);

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

/// A row whose keys have sixteen fields each.
fn a_cell(first: i16, place: i32) -> NewCell {
    let front = NewCell::builder().k01(first).k02(2).k03(3).k04("four").k05(date("2026-05-05")).k06(Color::Blue);
    front.k07(7).k08(8).k09(9).k10(10).k11(11).k12(12).k13(13).k14(14).k15(15).k16(16).place(place)
}

async fn the_longest_keys_work(db: &TestDb) {
    let db = open(db).await;
    let day = date("2026-05-05");
    let first = Cell::create(&db, a_cell(1, 1)).await.expect("the row is taken");
    let found = Cell::find(&db, 1, 2, 3, "four", day, Color::Blue, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16).await;
    assert_eq!(found.expect("it is asked"), Some(first.clone()));
    let found = Cell::find(&db, 1, 2, 3, "four", day, Color::Red, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16).await;
    assert_eq!(found.expect("it is asked"), None);
    let found = Cell::find_by_place_and_k02_and_k03_and_k04_and_k05_and_k06_and_k07_and_k08_and_k09_and_k10_and_k11_and_k12_and_k13_and_k14_and_k15_and_k16(&db, 1, 2, 3, "four", day, Color::Blue, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    assert_eq!(found.await.expect("it is asked"), Some(first.clone()));

    let target = (
        cell::PLACE,
        cell::K02,
        cell::K03,
        cell::K04,
        cell::K05,
        cell::K06,
        cell::K07,
        cell::K08,
        cell::K09,
        cell::K10,
        cell::K11,
        cell::K12,
        cell::K13,
        cell::K14,
        cell::K15,
        cell::K16,
    );
    let changed = Cell::upsert(&db, target, a_cell(1, 1).label("by place")).await.expect("the row is there");
    assert_eq!(changed, Cell { label: Some("by place".to_owned()), ..first.clone() });
    let target = (
        cell::K01,
        cell::K02,
        cell::K03,
        cell::K04,
        cell::K05,
        cell::K06,
        cell::K07,
        cell::K08,
        cell::K09,
        cell::K10,
        cell::K11,
        cell::K12,
        cell::K13,
        cell::K14,
        cell::K15,
        cell::K16,
    );
    let moved = Cell::upsert(&db, target, a_cell(1, 2)).await.expect("the row is there");
    assert_eq!(moved, Cell { place: 2, ..changed });
    let error = Cell::create(&db, a_cell(1, 3)).await.expect_err("the key is taken");
    assert!(matches!(&error, Error::Unique { model: "Cell", fields, .. } if fields.len() == 16), "{error:?}");

    let copy = a_cell(2, 3)
        .origin_k01(first.k01)
        .origin_k02(first.k02)
        .origin_k03(first.k03)
        .origin_k04(first.k04.clone())
        .origin_k05(first.k05)
        .origin_k06(first.k06)
        .origin_k07(first.k07)
        .origin_k08(first.k08)
        .origin_k09(first.k09)
        .origin_k10(first.k10)
        .origin_k11(first.k11)
        .origin_k12(first.k12)
        .origin_k13(first.k13)
        .origin_k14(first.k14)
        .origin_k15(first.k15)
        .origin_k16(first.k16);
    let copy = Cell::create(&db, copy).await.expect("the row is taken");
    assert_eq!(copy.load_origin(&db).await.expect("it is asked"), Some(moved.clone()));
    assert_eq!(moved.query_copies().all(&db).await.expect("it is asked"), std::slice::from_ref(&copy));
    let with = Cell::query().include(cell::copies()).include(cell::origin()).order_by(cell::PLACE.asc()).all(&db).await;
    let with = with.expect("it is asked");
    assert_eq!((with[0].copies(), with[0].origin()), (&[copy][..], None));
    assert_eq!((with[1].copies(), with[1].origin()), (&[][..], Some(&moved)));
    let moved = moved.update(&db, CellPatch::new().label(None)).await.expect("the row is there");
    moved.delete(&db).await.expect("the row is there");
    let copy = Cell::query().one(&db).await.expect("one is left");
    assert_eq!((copy.origin_k01, copy.origin_k16), (None, None));
}
