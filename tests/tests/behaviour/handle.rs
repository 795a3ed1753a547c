//! The handle itself: signs of life, clones, the end.

use std::time::Duration;

use kinds::{NewTeam, Team};
use seedbed::{Db, Error};
use seedbed_tests::{TestDb, on_both};

use crate::support::open;

on_both!(a_handle_says_what_it_is, a_healthy_database_answers, clones_share_their_connections);
on_both!(
    everything_is_refused_after_close,
    close_waits_for_what_runs,
    closing_twice_is_fine,
    two_handles_share_a_database
);

async fn a_handle_says_what_it_is(db: &TestDb) {
    let handle = open(db).await;
    assert_eq!(handle.dialect(), db.dialect());
    assert_eq!((handle.schema().package, handle.schema().models.len()), ("kinds", kinds::SCHEMA.models.len()));
    let expected = format!("Db {{ dialect: {:?}, package: \"kinds\" }}", db.dialect());
    assert_eq!(format!("{handle:?}"), expected);
}

async fn a_healthy_database_answers(db: &TestDb) {
    let db = open(db).await;
    db.health().await.expect("it is up");
    db.transaction(async |_| db.health().await).await.expect("it is up while a transaction is open");
}

async fn clones_share_their_connections(db: &TestDb) {
    let db = open(db).await;
    let clones: Vec<Db> = (0..100).map(|_| db.clone()).collect();
    Team::create(&clones[0], NewTeam::builder().name("a")).await.expect("the row is taken");
    let counts = clones.iter().map(|db| Team::query().count(db));
    for count in futures_util::future::join_all(counts).await {
        assert_eq!(count.expect("it counts"), 1);
    }
    drop(clones);
    assert!(Team::query().exists(&db).await.expect("one that is left is enough"));
}

async fn everything_is_refused_after_close(db: &TestDb) {
    let db = open(db).await;
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let clone = db.clone();
    db.close().await;
    let new = || NewTeam::builder().name("b");
    for error in [
        clone.health().await.expect_err("it is closed"),
        Team::find(&db, team.id).await.expect_err("it is closed"),
        Team::query().all(&clone).await.expect_err("it is closed"),
        Team::query().count(&db).await.expect_err("it is closed"),
        Team::create(&clone, new()).await.expect_err("it is closed"),
        Team::insert_many(&clone, [new(), new()]).await.expect_err("it is closed"),
        team.clone().update(&db, kinds::TeamPatch::new().name("c")).await.expect_err("it is closed"),
        team.delete(&db).await.expect_err("it is closed"),
        db.transaction(async |_| Ok(())).await.expect_err("it is closed"),
    ] {
        assert!(matches!(error, Error::Closed), "{error:?}");
        assert_eq!(error.to_string(), "the database handle is closed");
    }
}

async fn close_waits_for_what_runs(db: &TestDb) {
    let test = db;
    let db = open(test).await;
    let inside = db.clone();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        inside
            .transaction(async |tx| {
                Team::create(tx, NewTeam::builder().name("a")).await?;
                begun.send(()).ok();
                tokio::time::sleep(Duration::from_millis(200)).await;
                Team::create(tx, NewTeam::builder().name("b")).await
            })
            .await
    });
    has_begun.await.expect("it begins");
    db.close().await;
    task.await.expect("it does not panic").expect("what has begun may end");
    let again = open(test).await;
    assert_eq!(Team::query().count(&again).await.expect("it counts"), 2);
}

async fn closing_twice_is_fine(db: &TestDb) {
    let db = open(db).await;
    let clone = db.clone();
    tokio::join!(db.close(), clone.close());
    db.close().await;
    assert!(matches!(db.health().await, Err(Error::Closed)));
}

async fn two_handles_share_a_database(db: &TestDb) {
    let (first, second) = (open(db).await, open(db).await);
    Team::create(&first, NewTeam::builder().name("a")).await.expect("the row is taken");
    let error = Team::create(&second, NewTeam::builder().name("a")).await.expect_err("the other sees it");
    assert!(matches!(error, Error::Unique { .. }), "{error:?}");
    first.close().await;
    assert_eq!(Team::query().count(&second).await.expect("the other goes on"), 1);
}
