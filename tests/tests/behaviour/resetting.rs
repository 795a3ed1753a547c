//! A reset: every table of the schema made anew, whatever was in it, with the seeds.

use database::Role;
use kinds::{Keyword, Letter, Person, keyword, letter, person as people};
use seedbed::{Db, SeedSource, SyncReport, Wanted};
use seedbed_tests::{TestDb, on_both};

use crate::support::{execute, open, open_platform};

on_both!(
    tables_are_made_anew,
    seeds_are_loaded_again,
    tables_of_an_older_schema_go_too,
    what_refers_to_a_table_keeps_it
);

async fn reset(db: &Db) -> seedbed::Result<SyncReport> {
    let (synced, _) = seedbed::reset(db, &SeedSource::Compiled, &Wanted::default(), &()).await?;
    Ok(synced)
}

/// Rows that refer up, to themselves and to each other.
async fn fill(db: &Db) {
    let boss = Person::factory().create(db).await.expect("the row is taken");
    let ada = Person::factory().with(people::MANAGER_ID, boss.id).create(db).await.expect("the row is taken");
    Letter::factory().with(letter::WITNESS_ID, ada.id).create(db).await.expect("the row is taken");
    let first = Keyword::factory().create(db).await.expect("the row is taken");
    Keyword::factory().with(keyword::LOOP_ID, first.id).create(db).await.expect("the row is taken");
}

async fn tables_are_made_anew(db: &TestDb) {
    let db = open(db).await;
    fill(&db).await;
    let synced = reset(&db).await.expect("nothing else refers to them");
    assert_eq!(synced.created_tables.len(), db.schema().models.len());
    assert!(synced.differences.is_empty(), "{:?}", synced.differences);
    let person = Person::factory().create(&db).await.expect("the row is taken");
    assert_eq!(person.id, 1);
}

async fn seeds_are_loaded_again(db: &TestDb) {
    let db = open_platform(db).await;
    let roles = Role::query().count(&db).await.expect("it is asked");
    execute(&db, "UPDATE roles SET name = 'changed ' || name").await;
    reset(&db).await.expect("nothing else refers to them");
    let all = Role::query().all(&db).await.expect("it is asked");
    assert_eq!(all.len() as u64, roles);
    assert!(all.iter().all(|role| !role.name.starts_with("changed")));
}

async fn tables_of_an_older_schema_go_too(db: &TestDb) {
    let db = open(db).await;
    fill(&db).await;
    execute(&db, "DROP TABLE badges").await;
    execute(&db, "ALTER TABLE teams RENAME COLUMN name TO former_name").await;
    reset(&db).await.expect("what differs goes");
    Person::factory().create(&db).await.expect("the row is taken");
}

async fn what_refers_to_a_table_keeps_it(db: &TestDb) {
    let db = open(db).await;
    fill(&db).await;
    if db.dialect() == seedbed_tests::Dialect::Sqlite {
        return;
    }
    execute(&db, "CREATE VIEW addresses AS SELECT email FROM people").await;
    reset(&db).await.expect_err("the view needs the table");
    assert!(Person::query().count(&db).await.expect("it is asked") > 0, "nothing has changed");
}
