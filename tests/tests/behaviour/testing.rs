//! What tests are given: databases of their own, emptied between two of them, and rows that are complete by themselves.

use std::collections::BTreeSet;
use std::path::Path;

use database::{Role, User, user};
use kinds::seedbed::testing::{TestDatabase, clear, clear_any};
use kinds::{
    Badge, Cell, City, Country, Day, Desktop, Keyword, Kind, Letter, Letterbox, Membership, Passport, Person, Team,
    Vault, badge, city, country, letter, membership, passport, person as people,
};
use seedbed::{Builder, Collect, Db, Error, Statement, Work};
use seedbed_tests::{Dialect, TestDb, on_both};
use sqlx::{Connection, PgConnection};

use crate::support::{execute, open, open_platform};

on_both!(a_database_has_tables_and_seeds, databases_are_apart, a_database_goes_away, what_crashed_is_dropped_later);
on_both!(every_table_is_emptied, ids_count_from_one_again, seeds_come_back_after_clearing, only_tests_are_emptied);
on_both!(
    a_row_is_complete,
    what_is_said_counts,
    parents_are_made,
    a_parent_that_is_said_is_taken,
    composite_keys_lead_up
);
on_both!(rows_differ_where_keys_want_it, a_row_that_is_refused_leaves_no_parents, rows_are_made_in_transactions);
on_both!(documents_are_complete);

/// A start on the server that the database is on, with nothing taken from the environment.
fn beside(builder: Builder, db: &TestDb) -> Builder {
    builder.env(|_| None).url(db.url())
}

async fn kinds_of(db: &TestDb) -> TestDatabase {
    TestDatabase::new(beside(kinds::builder(), db)).await.expect("the server gives a database")
}

async fn count(db: &Db) -> u64 {
    Person::query().count(db).await.expect("it is asked")
}

/// The databases of the server that tests have made, templates left out.
async fn on_server(db: &TestDb) -> Vec<String> {
    if db.dialect() == Dialect::Sqlite {
        return Vec::new();
    }
    let mut admin = PgConnection::connect(db.url()).await.expect("the server is up");
    let text = "SELECT datname::text FROM pg_database WHERE datname LIKE 'seedbed\\_test\\_%' AND datname NOT LIKE '%template%'";
    sqlx::query_scalar(text).fetch_all(&mut admin).await.expect("the server lists them")
}

async fn a_database_has_tables_and_seeds(db: &TestDb) {
    let test = TestDatabase::new(beside(database::builder(), db)).await.expect("the server gives a database");
    assert_eq!(test.db().dialect(), db.dialect());
    assert!(Role::query().count(test.db()).await.expect("the table is there") > 0);
    test.close().await.expect("it goes away");
}

async fn databases_are_apart(db: &TestDb) {
    let (one, two) = tokio::join!(kinds_of(db), kinds_of(db));
    Person::factory().create(one.db()).await.expect("the row is taken");
    assert_eq!((count(one.db()).await, count(two.db()).await), (1, 0));
}

async fn a_database_goes_away(db: &TestDb) {
    let (closed, dropped) = (kinds_of(db).await, kinds_of(db).await);
    let names = [name(closed.db()).await, name(dropped.db()).await];
    closed.close().await.expect("it goes away");
    drop(dropped);
    let left = on_server(db).await;
    assert!(names.iter().all(|name| !left.contains(name)), "{names:?} of {left:?}");
    let files = names.iter().filter(|name| db.dialect() == Dialect::Sqlite && Path::new(name).exists());
    assert_eq!(files.count(), 0, "{names:?}");
}

/// The name of a database, or of its file.
async fn name(db: &Db) -> String {
    let text = match db.dialect() {
        Dialect::Postgres => "SELECT current_database()::text",
        Dialect::Sqlite => "SELECT file FROM pragma_database_list WHERE name = 'main'",
    };
    let statement = Statement { text: text.into(), values: Vec::new(), work: Work::Scan };
    let outcome = db.run(statement, Collect::new(|row| row.text())).await.expect("it is asked");
    Collect::<Option<String>>::rows(outcome.sink).pop().flatten().expect("it has one")
}

async fn what_crashed_is_dropped_later(db: &TestDb) {
    if db.dialect() == Dialect::Sqlite {
        return;
    }
    let other = open(db).await;
    execute(&other, "CREATE DATABASE seedbed_test_1_1_0").await;
    execute(&other, "CREATE DATABASE seedbed_test_of_mine").await;
    let test = kinds_of(db).await;
    let left = on_server(db).await;
    assert!(!left.iter().any(|name| name == "seedbed_test_1_1_0"), "{left:?}");
    assert!(left.iter().any(|name| name == "seedbed_test_of_mine"), "{left:?}");
    execute(&other, "DROP DATABASE seedbed_test_of_mine").await;
    test.close().await.expect("it goes away");
}

/// Rows that refer to each other in every way: up, to themselves, in a circle of what may be absent, by composite keys.
async fn fill(db: &Db) {
    let boss = Person::factory().create(db).await.expect("the row is taken");
    let ada = Person::factory().with(people::MANAGER_ID, boss.id).create(db).await.expect("the row is taken");
    Letter::factory().with(letter::RECIPIENT_ID, ada.id).create(db).await.expect("the row is taken");
    Passport::factory().create(db).await.expect("the row is taken");
    Badge::factory().create(db).await.expect("the row is taken");
    Letterbox::factory().create(db).await.expect("the row is taken");
    let keyword = Keyword::factory().create(db).await.expect("the row is taken");
    Keyword::factory().with(kinds::keyword::LOOP_ID, keyword.id).create(db).await.expect("the row is taken");
}

async fn every_table_is_emptied(db: &TestDb) {
    let test = kinds_of(db).await;
    fill(test.db()).await;
    clear(test.db()).await.expect("it is a database of tests");
    for count in [
        count(test.db()).await,
        Letter::query().count(test.db()).await.expect("it is asked"),
        Badge::query().count(test.db()).await.expect("it is asked"),
        Membership::query().count(test.db()).await.expect("it is asked"),
        Vault::query().count(test.db()).await.expect("it is asked"),
        Keyword::query().count(test.db()).await.expect("it is asked"),
    ] {
        assert_eq!(count, 0);
    }
    clear(test.db()).await.expect("empty tables are no problem");
}

async fn ids_count_from_one_again(db: &TestDb) {
    let test = kinds_of(db).await;
    for _ in 0..2 {
        let people = Person::factory().create_many(test.db(), 3).await.expect("the rows are taken");
        assert_eq!(people.iter().map(|person| person.id).collect::<Vec<_>>(), [1, 2, 3]);
        clear(test.db()).await.expect("it is a database of tests");
    }
}

async fn seeds_come_back_after_clearing(db: &TestDb) {
    let platform = open_platform(db).await;
    let roles = Role::query().count(&platform).await.expect("it is asked");
    clear_any(&platform).await.expect("it is emptied");
    assert_eq!(Role::query().count(&platform).await.expect("it is asked"), 0);
    let again = open_platform(db).await;
    assert_eq!(Role::query().count(&again).await.expect("it is asked"), roles);
}

async fn only_tests_are_emptied(db: &TestDb) {
    let db = open(db).await;
    Person::factory().create(&db).await.expect("the row is taken");
    let error = clear(&db).await.expect_err("its name is no name of a test");
    assert!(matches!(&error, Error::Config(text) if text.contains("clear_any")), "{error:?}");
    assert_eq!(count(&db).await, 1);
    clear_any(&db).await.expect("it was asked for");
    assert_eq!(count(&db).await, 0);
}

async fn a_row_is_complete(db: &TestDb) {
    let db = open(db).await;
    let kind = Kind::factory().create(&db).await.expect("the row is taken");
    assert_eq!((kind.flag, kind.small, kind.whole, kind.color), (false, 1, 1, kinds::Color::Red));
    assert!(kind.short.chars().count() <= 10 && kind.body.starts_with("body "), "{kind:?}");
    let person = Person::factory().create(&db).await.expect("the row is taken");
    assert!(person.email.ends_with("@example.com") && person.name.is_none(), "{person:?}");
}

async fn what_is_said_counts(db: &TestDb) {
    let db = open(db).await;
    let said = Person::factory().with(people::EMAIL, "ada@example.org").with(people::NAME, "ada");
    let person = said.create(&db).await.expect("the row is taken");
    assert_eq!((person.email.as_str(), person.name.as_deref()), ("ada@example.org", Some("ada")));
    let unnamed = Person::factory().with(people::NAME, None).create(&db).await.expect("the row is taken");
    assert_eq!(unnamed.name, None);
}

async fn parents_are_made(db: &TestDb) {
    let db = open(db).await;
    let letter = Letter::factory().create(&db).await.expect("the row is taken");
    let sender = letter.load_sender(&db).await.expect("it is there");
    assert!(sender.email.ends_with("@example.com"));
    assert_eq!((letter.recipient_id, count(&db).await), (None, 1), "what may be absent is");
    let city = City::factory().create(&db).await.expect("the row is taken");
    assert_eq!(city.load_country(&db).await.expect("it is there").code, city.country_code);
    let letterbox = Letterbox::factory().create(&db).await.expect("the row is taken");
    letterbox.load_vault(&db).await.expect("keys that are secrets lead up too");
    Passport::factory().create_many(&db, 2).await.expect("each has a holder of its own");
}

async fn a_parent_that_is_said_is_taken(db: &TestDb) {
    let db = open(db).await;
    let ada = Person::factory().create(&db).await.expect("the row is taken");
    let letters = Letter::factory().with(letter::SENDER_ID, ada.id).create_many(&db, 3).await.expect("they are taken");
    assert!(letters.iter().all(|letter| letter.sender_id == ada.id));
    Passport::factory().with(passport::HOLDER_ID, ada.id).create(&db).await.expect("the row is taken");
    assert_eq!(count(&db).await, 1);
    Country::factory().with(country::CODE, "de").create(&db).await.expect("the row is taken");
    City::factory().with(city::COUNTRY_CODE, "de").create(&db).await.expect("the row is taken");
}

async fn composite_keys_lead_up(db: &TestDb) {
    let db = open(db).await;
    let badge = Badge::factory().create(&db).await.expect("the row is taken");
    let membership = badge.load_membership(&db).await.expect("it is there");
    assert_eq!(Team::query().count(&db).await.expect("it is asked"), 1);
    let ada = Person::factory().create(&db).await.expect("the row is taken");
    // The half of a key that is said is kept, and the row it leads to gets the other half.
    let badge = Badge::factory().with(badge::MEMBERSHIP_PERSON_ID, ada.id).create(&db).await.expect("the row is taken");
    assert_eq!(badge.membership_person_id, ada.id);
    let member = Membership::query().filter(membership::PERSON_ID.eq(ada.id)).one(&db).await.expect("it was made");
    assert_ne!(member.team_id, membership.team_id);
    Cell::factory().create(&db).await.expect("a key of sixteen fields is filled");
    Day::factory().create_many(&db, 2).await.expect("keys of dates and enums are apart");
}

async fn rows_differ_where_keys_want_it(db: &TestDb) {
    let db = open(db).await;
    let people = Person::factory().create_many(&db, 20).await.expect("no two have one address");
    let addresses: BTreeSet<&str> = people.iter().map(|person| person.email.as_str()).collect();
    assert_eq!(addresses.len(), 20);
    Country::factory().create_many(&db, 40).await.expect("two letters are enough for these");
    Keyword::factory().create_many(&db, 3).await.expect("numbers count up under a unique key");
    Vault::factory().create_many(&db, 2).await.expect("no two have one secret");
}

async fn a_row_that_is_refused_leaves_no_parents(db: &TestDb) {
    let db = open(db).await;
    let refused = Badge::factory().with(badge::LABEL, "a\0").create(&db).await;
    assert!(matches!(refused, Err(Error::Value { .. })), "{refused:?}");
    assert_eq!((count(&db).await, Team::query().count(&db).await.expect("it is asked")), (0, 0));
}

async fn rows_are_made_in_transactions(db: &TestDb) {
    let db = open(db).await;
    let tx = db.begin().await.expect("it begins");
    Letter::factory().create(&tx).await.expect("the row is taken");
    drop(tx);
    assert_eq!(count(&db).await, 0);
    let platform = TestDatabase::new(database::builder().env(|_| None).sqlite_memory()).await.expect("it is made");
    let user = User::factory().with(user::LIMIT, 5).create(platform.db()).await.expect("the row is taken");
    assert_eq!(user.limit, Some(5.into()));
}

async fn documents_are_complete(db: &TestDb) {
    let db = open(db).await;
    let desktop = Desktop::factory().create(&db).await.expect("the row is taken");
    assert_eq!(desktop.preferences.get().expect("it is one"), kinds::Preferences::default());
    let kind = Kind::factory().create(&db).await.expect("the row is taken");
    assert_eq!(kind.data, serde_json::json!({}));
}
