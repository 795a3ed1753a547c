//! Statements whose texts stay the same are prepared once per connection, however often they run.

use kinds::{NewTeam, Team, team};
use seedbed::{Db, Prepared};
use seedbed_tests::proxy::Proxy;
use seedbed_tests::{TestDb, on_both};

use crate::support::open;

on_both!(a_statement_stands_in_the_program_once);

static BY_NAME: Prepared<(String, Option<i64>), (i64, String)> =
    Prepared::new("SELECT id, name FROM teams WHERE name = $1 AND ($2 IS NULL OR id > $2)");
static RENAME: Prepared<(String, i64)> = Prepared::new("UPDATE teams SET name = $1 WHERE id = $2");
const COUNT: Prepared<(), i64> = Prepared::new("SELECT count(*) FROM teams");

async fn a_statement_stands_in_the_program_once(db: &TestDb) {
    let db = open(db).await;
    let made = Team::create(&db, NewTeam::builder().name("a")).await.expect("the name is free");
    assert_eq!(BY_NAME.run(&db, ("a", None)).one().await.expect("it reads"), (made.id, "a".to_owned()));
    assert_eq!(BY_NAME.run(&db, ("a".to_owned(), made.id)).await.expect("it reads"), []);
    db.transaction(async |tx| {
        assert_eq!(RENAME.execute(tx, ("b", made.id)).await?, 1);
        assert_eq!(BY_NAME.run(tx, ("a", None)).optional().await?, None);
        Ok(())
    })
    .await
    .expect("it is done");
    assert_eq!(COUNT.run(&db, ()).one().await.expect("it counts"), 1);
}

/// Runs the same four things with other values each time.
async fn run(db: &Db, at: i64) {
    BY_NAME.run(db, (at.to_string(), at)).await.expect("it reads");
    let raw = db.sql("SELECT name FROM teams WHERE id > ").bind(at).push(" AND name <> ").bind("x");
    raw.fetch_as::<String>().await.expect("it reads");
    let filter = team::ID.is_in(0..at).and(team::NAME.ne(at.to_string()));
    Team::query().filter(filter).order_by(team::ID.asc()).limit(at.unsigned_abs()).all(db).await.expect("it reads");
    Team::find(db, at).await.expect("it reads");
}

/// SQLite keeps statements by their texts in the same way, but has no wire to look at.
#[tokio::test]
async fn nothing_is_prepared_twice() {
    let db = TestDb::postgres().await;
    open(&db).await.close().await;
    let proxy = Proxy::start().expect("a port is free");
    let url = proxy.url(&db);
    let handle = kinds::builder().env(|_| None).url(url).connect().await.expect("the database is there");
    run(&handle, 0).await;
    proxy.reset();
    for at in 1..20 {
        run(&handle, at).await;
    }
    let counts = proxy.counts();
    assert_eq!((counts.parses, counts.executes), (0, 4 * 19), "{:?}", proxy.statements());
    assert_eq!(counts.round_trips(), 4 * 19);
}
