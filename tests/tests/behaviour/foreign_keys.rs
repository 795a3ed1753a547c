//! A violated foreign key is named on both databases, whichever write it was; SQLite has to be asked twice for it.

use database::{Agent, NewAgent, NewThread, NewUser, Prompt, Thread, User};
use kinds::{
    Badge, BadgePatch, City, Country, Letter, LetterPatch, Membership, NewBadge, NewCity, NewCountry, NewLetter,
    NewMembership, NewTeam, NewVault, Person, Team, Vault, letter, letterbox,
};
use seedbed::{Db, Error, Result};
use seedbed_tests::{TestDb, on_both};

use crate::support::{open, open_platform, person};

on_both!(a_change_to_a_target_that_is_missing, one_of_many_rows_has_no_target, an_upsert_has_no_target);
on_both!(a_row_is_still_referred_to, one_of_many_rows_is_still_referred_to, a_cascade_is_held_up);
on_both!(the_target_of_a_row_changes_its_key, several_columns_refer_to_a_row, raw_sql_names_it_too);
on_both!(a_transaction_goes_on_around_it, rows_of_deleted_rows_hold_nothing_up);

fn violated<T: std::fmt::Debug>(result: Result<T>) -> (&'static str, &'static str) {
    match result {
        Err(Error::ForeignKey { model: Some(model), association: Some(association), .. }) => (model, association),
        other => panic!("{other:?}"),
    }
}

fn letter_from(person: &Person) -> NewLetter {
    NewLetter::builder().text("hello").sender_id(person.id)
}

async fn a_change_to_a_target_that_is_missing(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let letter = Letter::create(&db, letter_from(&ada)).await.expect("the row is taken");
    let patch = || LetterPatch::new().recipient_id(ada.id + 100);
    assert_eq!(violated(letter.clone().update(&db, patch()).await), ("Letter", "recipient"));
    assert_eq!(violated(Letter::query().all_rows().update(&db, patch()).await), ("Letter", "recipient"));
    let witness = LetterPatch::new().recipient_id(ada.id).witness_id(ada.id + 100);
    assert_eq!(violated(letter.clone().update(&db, witness).await), ("Letter", "witness"));
    assert_eq!(Letter::get(&db, letter.id).await.expect("it is there"), letter);
}

async fn one_of_many_rows_has_no_target(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let rows = (0..100).map(|at| letter_from(&ada).witness_id(if at == 70 { ada.id + 100 } else { ada.id }));
    assert_eq!(violated(Letter::insert_many(&db, rows).await), ("Letter", "witness"));
    assert_eq!(Letter::query().count(&db).await.expect("it counts"), 0);
}

async fn an_upsert_has_no_target(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let row = Letter::create(&db, letter_from(&ada)).await.expect("the row is taken");
    let new = letter_from(&ada).id(row.id).recipient_id(ada.id + 100);
    assert_eq!(violated(Letter::upsert(&db, letter::ID, new).await), ("Letter", "recipient"));
}

async fn iceland(db: &Db) -> Country {
    let country = Country::create(db, NewCountry::builder().code("IS").name("Iceland")).await;
    City::create(db, NewCity::builder().name("Vík").country_code("IS")).await.expect("the row is taken");
    country.expect("the row is taken")
}

async fn a_row_is_still_referred_to(db: &TestDb) {
    let db = open(db).await;
    let country = iceland(&db).await;
    assert_eq!(violated(country.delete(&db).await), ("City", "country"));
    assert_eq!(violated(Country::query().all_rows().delete(&db).await), ("City", "country"));
    assert_eq!(Country::query().count(&db).await.expect("it counts"), 1);
}

async fn one_of_many_rows_is_still_referred_to(db: &TestDb) {
    let db = open(db).await;
    for code in ["AA", "BB", "ZZ"] {
        Country::create(&db, NewCountry::builder().code(code).name(code)).await.expect("the row is taken");
    }
    iceland(&db).await;
    assert_eq!(violated(Country::query().all_rows().delete(&db).await), ("City", "country"));
    assert_eq!(Country::query().count(&db).await.expect("it counts"), 4);
}

/// Ada's agents go with her, but not while Bob talks to one of them.
async fn a_cascade_is_held_up(db: &TestDb) {
    let db = open_platform(db).await;
    let ada = User::create(&db, NewUser::builder().email("ada@example.com").role_id(3)).await.expect("it is taken");
    let bob = User::create(&db, NewUser::builder().email("bob@example.com").role_id(3)).await.expect("it is taken");
    let prompt = Prompt::query().first(&db).await.expect("it is asked").expect("there are seeds");
    let agent = NewAgent::builder().name("helper").prompt_id(prompt.id).user_id(ada.id);
    let agent = Agent::create(&db, agent).await.expect("the row is taken");
    let thread = NewThread::builder().user_id(bob.id).agent_id(agent.id);
    let thread = Thread::create(&db, thread).await.expect("the row is taken");
    assert_eq!(violated(ada.clone().delete(&db).await), ("Thread", "agent"));
    thread.delete(&db).await.expect("nobody refers to it");
    ada.delete(&db).await.expect("nothing holds it up");
    assert_eq!(Agent::find(&db, agent.id).await.expect("it is asked"), None);
}

async fn the_target_of_a_row_changes_its_key(db: &TestDb) {
    let db = open(db).await;
    Vault::create(&db, NewVault::builder().password("old")).await.expect("the row is taken");
    let new = kinds::NewLetterbox::builder().vault_password("old");
    kinds::Letterbox::create(&db, new).await.expect("the row is taken");
    let change = db.sql("UPDATE vaults SET password = 'new'").execute().await;
    assert_eq!(violated(change), ("Letterbox", "vault"));
    kinds::Letterbox::query().filter(letterbox::ID.gt(0)).delete(&db).await.expect("nobody refers to it");
    assert_eq!(db.sql("UPDATE vaults SET password = 'new'").execute().await.expect("nobody refers to it"), 1);
}

async fn several_columns_refer_to_a_row(db: &TestDb) {
    let db = open(db).await;
    let (ada, team) = (person(&db, "ada").await, Team::create(&db, NewTeam::builder().name("a")).await);
    let team = team.expect("the name is free");
    let member = NewMembership::builder().team_id(team.id).person_id(ada.id);
    Membership::create(&db, member).await.expect("the row is taken");
    let badge = NewBadge::builder().label("x").membership_team_id(team.id).membership_person_id(ada.id);
    let badge = Badge::create(&db, badge).await.expect("the row is taken");
    let patch = BadgePatch::new().backup_team_id(team.id).backup_person_id(ada.id + 100);
    assert_eq!(violated(badge.update(&db, patch).await), ("Badge", "backup"));
}

async fn raw_sql_names_it_too(db: &TestDb) {
    let db = open(db).await;
    iceland(&db).await;
    assert_eq!(violated(db.sql("DELETE FROM countries").execute().await), ("City", "country"));
    let insert = db.sql("INSERT INTO cities (name, country_code) VALUES ('Rome', ").bind("IT").push(") RETURNING id");
    assert_eq!(violated(insert.fetch_as::<i64>().one().await), ("City", "country"));
}

async fn a_transaction_goes_on_around_it(db: &TestDb) {
    let db = open(db).await;
    let work = db.transaction(async |tx| {
        Team::create(tx, NewTeam::builder().name("a")).await?;
        for _ in 0..2 {
            let missing = NewCity::builder().name("Rome").country_code("IT");
            let nested = tx.transaction(async |tx| City::create(tx, missing.clone()).await).await;
            assert_eq!(violated(nested), ("City", "country"));
        }
        Team::create(tx, NewTeam::builder().name("b")).await
    });
    let team = work.await.expect("it commits");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 2);
    assert_eq!(City::query().count(&db).await.expect("it counts"), 0);
    team.delete(&db).await.expect("nobody refers to it");
}

/// A key without an action of its own only looks once everything is deleted.
async fn rows_of_deleted_rows_hold_nothing_up(db: &TestDb) {
    let db = open_platform(db).await;
    let ada = User::create(&db, NewUser::builder().email("ada@example.com").role_id(3)).await.expect("it is taken");
    let prompt = Prompt::query().first(&db).await.expect("it is asked").expect("there are seeds");
    let agent = NewAgent::builder().name("helper").prompt_id(prompt.id).user_id(ada.id);
    let agent = Agent::create(&db, agent).await.expect("the row is taken");
    let thread = NewThread::builder().user_id(ada.id).agent_id(agent.id);
    Thread::create(&db, thread).await.expect("the row is taken");
    ada.delete(&db).await.expect("the thread goes with her, and the agent too");
    assert_eq!(Thread::query().count(&db).await.expect("it counts"), 0);
}
