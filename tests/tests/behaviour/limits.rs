//! What takes too long is stopped, on the server as well, and leaves nothing behind.

use std::time::{Duration, Instant};

use kinds::{NewTeam, Team, team};
use seedbed::{Db, Error, TimeLimit};
use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::open;

on_both!(a_query_that_takes_too_long, a_write_that_takes_too_long, a_transaction_can_only_be_rolled_back);
on_both!(what_is_quick_enough_is_not_held_up, a_dropped_query_is_stopped);

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i > 0) ";

const LIMIT: Duration = Duration::from_millis(50);

/// That nothing runs any more within a second: PostgreSQL says so, and SQLite's connections come back.
async fn comes_to_rest(db: Db) {
    let started = Instant::now();
    if db.dialect() == Dialect::Postgres {
        let text = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND query LIKE ";
        while db.sql(text).bind("WITH RECURSIVE%").fetch_as::<i64>().one().await.expect("it is asked") > 0 {
            assert!(started.elapsed() < Duration::from_secs(1), "the statement still runs");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    db.close().await;
    assert!(started.elapsed() < Duration::from_secs(1), "a connection was still in use");
}

fn is_timeout<T: std::fmt::Debug>(result: seedbed::Result<T>) {
    let error = result.expect_err("it takes too long");
    assert!(matches!(error, Error::Timeout { limit: LIMIT }), "{error:?}");
    assert_eq!(error.to_string(), "it took longer than the 50ms that it was given");
}

async fn a_query_that_takes_too_long(db: &TestDb) {
    let db = open(db).await;
    let endless = db.sql(ENDLESS).push("SELECT count(*) FROM n").fetch_as::<i64>().one();
    is_timeout(endless.within(LIMIT).await);
    assert_eq!(Team::query().count(&db).await.expect("the next one is asked"), 0);
    comes_to_rest(db).await;
}

async fn a_write_that_takes_too_long(db: &TestDb) {
    let db = open(db).await;
    let endless = db.sql(ENDLESS).push("INSERT INTO teams (name) SELECT CAST(i AS text) FROM n").execute();
    is_timeout(endless.within(LIMIT).await);
    Team::create(&db, NewTeam::builder().name("1")).await.expect("the name is free");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 1);
    comes_to_rest(db).await;
}

async fn a_transaction_can_only_be_rolled_back(db: &TestDb) {
    let db = open(db).await;
    let work = db.transaction(async |tx| {
        Team::create(tx, NewTeam::builder().name("a")).await?;
        is_timeout(tx.sql(ENDLESS).push("SELECT count(*) FROM n").fetch_as::<i64>().one().within(LIMIT).await);
        Team::create(tx, NewTeam::builder().name("b")).await.expect_err("the transaction is over");
        Ok(())
    });
    work.await.expect_err("it cannot commit");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 0);
    comes_to_rest(db).await;
}

async fn what_is_quick_enough_is_not_held_up(db: &TestDb) {
    let db = open(db).await;
    let long = Duration::from_secs(60);
    Team::create(&db, NewTeam::builder().name("a")).within(long).await.expect("there is time");
    let found = Team::query().filter(team::NAME.eq("a")).one(&db).within(long).await.expect("there is time");
    assert_eq!(found.name, "a");
    let error = Team::get(&db, found.id + 1).within(long).await.expect_err("there is none");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

async fn a_dropped_query_is_stopped(db: &TestDb) {
    let db = open(db).await;
    let endless = db.sql(ENDLESS).push("SELECT count(*) FROM n").fetch_as::<i64>().one();
    tokio::time::timeout(LIMIT, endless).await.expect_err("it is dropped");
    comes_to_rest(db).await;
}
