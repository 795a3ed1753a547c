//! What a refused write says: the same on both databases, in the words of the spec.

use std::error::Error as _;

use kinds::seedbed::{Decimal, Json};
use kinds::{
    Booking, BookingPatch, City, MaybeKind, NewBadge, NewBooking, NewCity, NewLetter, NewMaybeKind, NewMembership,
    NewPassport, NewTeam, Passport, Person, Team, TeamPatch,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{date, decimal, maybe, open, person};

on_both!(unique_keys_name_their_fields, partial_and_expression_keys_name_what_they_are_made_of);
on_both!(checks_name_their_field_and_constraint, foreign_keys_refuse_rows_without_a_target);
on_both!(foreign_keys_refuse_to_lose_a_target, not_null_names_its_field, texts_that_are_too_long_are_refused);
on_both!(decimals_with_too_many_digits_are_refused, values_that_cannot_be_stored_are_refused);
on_both!(years_beyond_the_calendar_are_refused, what_is_refused_early_is_refused_in_every_write);
on_both!(a_refused_write_changes_nothing, messages_hold_no_values);

fn booking() -> NewBooking {
    seat(1)
}

fn seat(seat: i32) -> NewBooking {
    NewBooking::builder().room("Blue").seat(seat).starts(date("2026-01-01")).ends(date("2026-01-02"))
}

fn unique(error: &Error) -> (&'static str, Vec<&'static str>, &str) {
    match error {
        Error::Unique { model, fields, constraint, .. } => (model, fields.clone(), constraint),
        other => panic!("{other:?}"),
    }
}

async fn unique_keys_name_their_fields(db: &TestDb) {
    let db = open(db).await;
    Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let error = Team::create(&db, NewTeam::builder().name("a")).await.expect_err("the name is taken");
    assert_eq!(unique(&error), ("Team", vec!["name"], "teams_name_key"));
    assert_eq!(error.to_string(), "another `Team` has the same `name`");

    Booking::create(&db, booking()).await.expect("the row is taken");
    let error = Booking::create(&db, booking()).await.expect_err("the seat is taken");
    assert_eq!(unique(&error), ("Booking", vec!["room", "seat", "starts"], "bookings_room_seat_starts_key"));
    assert_eq!(error.to_string(), "another `Booking` has the same `room`, `seat`, `starts`");

    let team = Team::create(&db, NewTeam::builder().name("b")).await.expect("the row is taken");
    let error = team.update(&db, TeamPatch::new().name("a")).await.expect_err("the name is taken");
    assert_eq!(unique(&error), ("Team", vec!["name"], "teams_name_key"));
    let error = Team::query().all_rows().update(&db, TeamPatch::new().name("c")).await.expect_err("there are two");
    assert_eq!(unique(&error), ("Team", vec!["name"], "teams_name_key"));

    let ada = person(&db, "ada").await;
    Passport::create(&db, NewPassport::builder().number("1").holder_id(ada.id)).await.expect("the row is taken");
    let second = Passport::create(&db, NewPassport::builder().number("2").holder_id(ada.id)).await;
    let error = second.expect_err("a person has one passport");
    assert_eq!(unique(&error), ("Passport", vec!["holder_id"], "passports_holder_id_key"));
}

async fn partial_and_expression_keys_name_what_they_are_made_of(db: &TestDb) {
    let db = open(db).await;
    let green = |at| seat(at).guest("Ada".to_owned()).status(kinds::Color::Green);
    Booking::create(&db, green(1)).await.expect("the row is taken");
    let error = Booking::create(&db, green(2)).await.expect_err("a guest has one green booking");
    let (model, _, constraint) = unique(&error);
    assert_eq!(model, "Booking");
    // Both keys are violated, and each database looks at them in an order of its own.
    assert!(["one_green_booking_per_guest", "bookings_lower_guest_starts_key"].contains(&constraint), "{error:?}");

    let red = NewBooking::builder().room("Red").seat(3).starts(date("2026-01-01")).ends(date("2026-01-01"));
    let error = Booking::create(&db, red.clone().guest("ADA".to_owned())).await.expect_err("the same in lower case");
    assert_eq!(unique(&error), ("Booking", vec!["starts"], "bookings_lower_guest_starts_key"));

    let elsewhere = NewBooking::builder().room("Red").seat(3).starts(date("2026-05-01")).ends(date("2026-05-01"));
    let elsewhere = elsewhere.guest("Ada".to_owned());
    let error = Booking::create(&db, elsewhere.clone().status(kinds::Color::Green)).await.expect_err("one is green");
    assert_eq!(unique(&error), ("Booking", vec!["guest"], "one_green_booking_per_guest"));
    Booking::create(&db, elsewhere).await.expect("a red one is not covered");
}

fn check(error: &Error) -> (&'static str, Option<&'static str>, &str) {
    match error {
        Error::Check { model, field, constraint, .. } => (model, *field, constraint),
        other => panic!("{other:?}"),
    }
}

async fn checks_name_their_field_and_constraint(db: &TestDb) {
    let db = open(db).await;
    let of_room = NewBooking::builder().room("").seat(1).starts(date("2026-01-01")).ends(date("2026-01-02"));
    let error = Booking::create(&db, of_room).await.expect_err("a room has a name");
    assert_eq!(check(&error), ("Booking", Some("room"), "bookings_room_check"));
    assert_eq!(error.to_string(), "`Booking.room` is refused by the check `bookings_room_check`");

    let error = Booking::create(&db, booking().fee(decimal("-0.01"))).await.expect_err("nobody is paid to come");
    assert_eq!(check(&error), ("Booking", Some("fee"), "bookings_fee_check"));

    let backwards = NewBooking::builder().room("Blue").seat(1).starts(date("2026-01-02")).ends(date("2026-01-01"));
    let error = Booking::create(&db, backwards).await.expect_err("time goes on");
    assert_eq!(check(&error), ("Booking", None, "booking_starts_before_it_ends"));
    assert_eq!(error.to_string(), "`Booking` is refused by the check `booking_starts_before_it_ends`");

    let row = Booking::create(&db, booking()).await.expect("the row is taken");
    let error = row.update(&db, BookingPatch::new().seat(501)).await.expect_err("there are 500 seats");
    assert_eq!((check(&error).0, check(&error).2), ("Booking", "bookings_2_check"));
    let error = Booking::query().all_rows().update(&db, BookingPatch::new().seat(0)).await.expect_err("from 1 on");
    assert_eq!(check(&error).2, "bookings_2_check");
}

fn foreign_key(error: &Error, expected: (&'static str, &'static str)) {
    let Error::ForeignKey { model: Some(model), association: Some(association), .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((*model, *association), expected);
}

async fn foreign_keys_refuse_rows_without_a_target(db: &TestDb) {
    let db = open(db).await;
    let error = City::create(&db, NewCity::builder().name("Vík").country_code("IS")).await.expect_err("no country");
    foreign_key(&error, ("City", "country"));
    let missing = NewLetter::builder().text("hello").sender_id(7);
    let error = kinds::Letter::create(&db, missing).await.expect_err("no sender");
    foreign_key(&error, ("Letter", "sender"));
    let ada = person(&db, "ada").await;
    let letter = NewLetter::builder().text("hello").sender_id(ada.id).witness_id(7);
    let error = kinds::Letter::create(&db, letter).await.expect_err("no witness");
    foreign_key(&error, ("Letter", "witness"));
    let badge = NewBadge::builder().label("x").membership_team_id(1).membership_person_id(ada.id);
    let error = kinds::Badge::create(&db, badge).await.expect_err("no membership");
    foreign_key(&error, ("Badge", "membership"));
}

async fn foreign_keys_refuse_to_lose_a_target(db: &TestDb) {
    let db = open(db).await;
    let country = kinds::NewCountry::builder().code("IS").name("Iceland");
    let country = kinds::Country::create(&db, country).await.expect("the row is taken");
    City::create(&db, NewCity::builder().name("Vík").country_code("IS")).await.expect("the row is taken");
    let error = country.delete(&db).await.expect_err("it has a city");
    foreign_key(&error, ("City", "country"));
    let error = kinds::Country::query().all_rows().delete(&db).await.expect_err("it has a city");
    foreign_key(&error, ("City", "country"));
    assert_eq!(kinds::Country::query().count(&db).await.expect("it counts"), 1);
}

/// The types of a generated crate do not let NULL through; a crate that is older than the database does.
async fn not_null_names_its_field(db: &TestDb) {
    use kinds::seedbed::{Discard, Statement, Value, ValueType, Work};
    let db = open(db).await;
    let text = "INSERT INTO teams (name) VALUES ($1)";
    let statement = Statement { text: text.into(), values: vec![Value::Null(ValueType::Text)], work: Work::Write };
    let error = db.run(statement, Box::new(Discard)).await.map(drop).expect_err("a team has a name");
    assert!(matches!(error, Error::NotNull { model: "Team", field: "name" }), "{error:?}");
    assert_eq!(error.to_string(), "`Team.name` must not be null");
}

async fn texts_that_are_too_long_are_refused(db: &TestDb) {
    let db = open(db).await;
    let error = MaybeKind::create(&db, maybe().short("🦀".repeat(11))).await.expect_err("ten characters at most");
    let Error::TooLong { model, field, limit, length } = error else { panic!("{error:?}") };
    assert_eq!((model, field, limit, length), ("MaybeKind", "short", 10, 11));
    assert_eq!(error.to_string(), "`MaybeKind.short` takes 10 characters at most, not 11");
}

async fn decimals_with_too_many_digits_are_refused(db: &TestDb) {
    let db = open(db).await;
    let fine = |number| maybe().fine(decimal(number));
    for (new, field, reason) in [
        (maybe().price(decimal("0.0000001")), "price", "`decimal(12,6)` keeps 6 digits after the point, not 7"),
        (maybe().price(decimal("1000000")), "price", "`decimal(12,6)` keeps 6 digits before the point"),
        (maybe().price(decimal("-1000000.5")), "price", "`decimal(12,6)` keeps 6 digits before the point"),
        (maybe().price(Decimal::MAX), "price", "`decimal(12,6)` keeps 6 digits before the point"),
        (maybe().integral(decimal("0.5")), "integral", "`decimal(18,0)` keeps 0 digits after the point, not 1"),
        (fine("1"), "fine", "`decimal(18,18)` keeps 0 digits before the point"),
        (fine("0.0000000000000000001"), "fine", "`decimal(18,18)` keeps 18 digits after the point, not 19"),
    ] {
        let error = MaybeKind::create(&db, new).await.expect_err(reason);
        assert_eq!(error.to_string(), format!("`MaybeKind.{field}` is out of range: {reason}"));
        let Error::OutOfRange { model, field: found, .. } = error else { panic!("{error:?}") };
        assert_eq!((model, found), ("MaybeKind", field));
    }
    let zeros = maybe().price(decimal("1.5000000000")).integral(decimal("7.000"));
    let row = MaybeKind::create(&db, zeros).await.expect("zeros at the end are no digits");
    assert_eq!((row.price, row.integral), (Some(decimal("1.5")), Some(decimal("7"))));
}

async fn values_that_cannot_be_stored_are_refused(db: &TestDb) {
    let db = open(db).await;
    let deep = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let finite = "a number that is not finite";
    for (new, field, reason) in [
        (maybe().body("a\0b"), "body", "text with a NUL character"),
        (maybe().code("\0"), "code", "text with a NUL character"),
        (maybe().double(f64::NAN), "double", finite),
        (maybe().double(f64::INFINITY), "double", finite),
        (maybe().single(f32::NEG_INFINITY), "single", finite),
        (maybe().data(json!({ "a": ["\0"] })), "data", "JSON with a NUL character"),
        (maybe().data(json!({ "\0": 1 })), "data", "JSON with a NUL character"),
        (maybe().data(deep(128)), "data", "JSON of more than 127 levels"),
    ] {
        let error = MaybeKind::create(&db, new).await.expect_err(reason);
        assert_eq!(error.to_string(), format!("`MaybeKind.{field}` cannot be stored: {reason}"));
        assert!(matches!(error, Error::Value { model: "MaybeKind", field: found, .. } if found == field), "{error:?}");
    }
    let deepest: Json = deep(127);
    let row = MaybeKind::create(&db, maybe().data(deepest.clone())).await.expect("it is just not too deep");
    assert_eq!(MaybeKind::get(&db, row.id).await.expect("it can be read again").data, Some(deepest));
}

async fn years_beyond_the_calendar_are_refused(db: &TestDb) {
    let db = open(db).await;
    let day = |year| chrono::NaiveDate::from_ymd_opt(year, 6, 1).expect("a date");
    let moment = |year| day(year).and_time(chrono::NaiveTime::MIN).and_utc();
    for (new, field, year) in [
        (maybe().day(day(0)), "day", 0),
        (maybe().day(day(10_000)), "day", 10_000),
        (maybe().moment(moment(-1)), "moment", -1),
        (maybe().moment(moment(10_000)), "moment", 10_000),
    ] {
        let error = MaybeKind::create(&db, new).await.expect_err("both databases keep years 1 to 9999");
        let expected = format!("`MaybeKind.{field}` is out of range: years go from 1 to 9999, not {year}");
        assert_eq!(error.to_string(), expected);
    }
}

async fn what_is_refused_early_is_refused_in_every_write(db: &TestDb) {
    let db = open(db).await;
    let row = MaybeKind::create(&db, maybe()).await.expect("the row is taken");
    let long = "x".repeat(11);
    let new = || -> NewMaybeKind { maybe().short(&long) };
    let patch = || kinds::MaybeKindPatch::new().short(&long);
    for error in [
        MaybeKind::create(&db, new()).await.expect_err("too long"),
        MaybeKind::insert_many(&db, [maybe(), new()]).await.expect_err("too long"),
        MaybeKind::upsert(&db, kinds::maybe_kind::ID, new().id(row.id)).await.expect_err("too long"),
        MaybeKind::query().all_rows().update(&db, patch()).await.expect_err("too long"),
        row.clone().update(&db, patch()).await.expect_err("too long"),
    ] {
        assert!(matches!(error, Error::TooLong { model: "MaybeKind", field: "short", .. }), "{error:?}");
    }
    assert_eq!(MaybeKind::query().all(&db).await.expect("it is asked"), [row]);
}

async fn a_refused_write_changes_nothing(db: &TestDb) {
    let db = open(db).await;
    for at in 1..=3 {
        Booking::create(&db, seat(at)).await.expect("the row is taken");
    }
    let before = Booking::query().order_by(kinds::booking::ID.asc()).all(&db).await.expect("it is asked");
    let filter = kinds::booking::SEAT.ge(2);
    Booking::query().filter(filter).update(&db, BookingPatch::new().seat(1)).await.expect_err("seat 1 is taken");
    assert_eq!(Booking::query().order_by(kinds::booking::ID.asc()).all(&db).await.expect("it is asked"), before);
}

async fn messages_hold_no_values(db: &TestDb) {
    let db = open(db).await;
    let new = || kinds::NewPerson::builder().email("value-of-email@example.com").password_hash("value-of-hash");
    Person::create(&db, new()).await.expect("the row is taken");
    let error = Person::create(&db, new()).await.expect_err("it is there");
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!("{inner} {inner:?}"));
        source = inner.source();
    }
    assert!(!text.contains("value-of"), "{text}");
    let team = NewMembership::builder().team_id(123_456_789).person_id(1);
    let error = kinds::Membership::create(&db, team).await.expect_err("there is no team");
    assert!(!format!("{error:?}").contains("123456789"), "{error:?}");
}
