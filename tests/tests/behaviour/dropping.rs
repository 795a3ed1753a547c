//! Futures that are dropped before their end: nothing stays locked, half written or half undone.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use kinds::{NewTeam, Team, TeamPatch, team};
use seedbed::{Db, Error, Result, Tx};
use seedbed_tests::{TestDb, on_both};

use crate::support::open;

on_both!(a_transaction_dropped_at_any_poll_leaves_nothing, a_nested_transaction_dropped_at_any_poll_is_undone);
on_both!(a_statement_dropped_inside_a_transaction_is_never_half_done, a_write_dropped_at_any_poll_is_whole_or_not);
on_both!(dropped_reads_leave_the_handle_well, time_limits_work_by_dropping);

/// Polls a future so many times and drops it; the output if it was done by then.
async fn polled<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// How many polls are tried; what a transaction here takes is far less.
const MOST: usize = 200;

async fn names(db: &Db) -> Vec<String> {
    let teams = Team::query().order_by(team::NAME.asc()).all(db).await.expect("it is asked");
    teams.into_iter().map(|team| team.name).collect()
}

async fn create(tx: &Tx, name: &str) -> Result<Team> {
    Team::create(tx, NewTeam::builder().name(name)).await
}

async fn a_transaction_dropped_at_any_poll_leaves_nothing(db: &TestDb) {
    let db = open(db).await;
    let row = Team::create(&db, NewTeam::builder().name("old")).await.expect("the row is taken");
    let mut committed = false;
    for polls in 0..MOST {
        let work = db.transaction(async |tx| {
            row.clone().update(tx, TeamPatch::new().name("changed")).await?;
            create(tx, "new").await?;
            tx.transaction(async |tx| create(tx, "nested").await).await
        });
        let outcome = polled(work, polls).await;
        // A write to the same row shows that nothing holds it any more; it waits for what is cleaned up behind a drop.
        let touched = Team::query().filter(team::ID.eq(row.id)).update(&db, TeamPatch::new().name("old"));
        let touched = tokio::time::timeout(Duration::from_secs(10), touched).await.expect("the row is not locked");
        assert_eq!(touched.expect("the row is there"), 1);
        match outcome {
            Some(outcome) => {
                outcome.expect("nothing is in its way");
                committed = true;
                break;
            }
            // Dropped while COMMIT was on its way, it may have been kept, but as a whole.
            None if names(&db).await.len() == 3 => {
                Team::query().filter(team::NAME.ne("old")).delete(&db).await.expect("the rows are there");
            }
            None => assert_eq!(names(&db).await, ["old"], "dropped after {polls} polls"),
        }
    }
    assert!(committed, "{MOST} polls are enough");
    assert_eq!(names(&db).await, ["nested", "new", "old"]);
}

async fn a_nested_transaction_dropped_at_any_poll_is_undone(db: &TestDb) {
    let db = open(db).await;
    let mut ended = false;
    for polls in 0..MOST {
        let outcome = db
            .transaction(async |tx| {
                create(tx, "before").await?;
                let nested = tx.transaction(async |tx| {
                    create(tx, "nested 1").await?;
                    create(tx, "nested 2").await
                });
                let nested = polled(nested, polls).await;
                create(tx, "after").await?;
                Ok(nested.transpose()?.is_some())
            })
            .await;
        let found = names(&db).await;
        match outcome {
            Ok(true) => {
                assert_eq!(found, ["after", "before", "nested 1", "nested 2"]);
                ended = true;
                break;
            }
            // A drop while the savepoint was being released may have kept what is inside, but as a whole.
            Ok(false) if found.len() == 4 => {}
            Ok(false) => assert_eq!(found, ["after", "before"], "dropped after {polls} polls"),
            // Where a dropped statement cannot be undone by itself, the transaction says so and is undone as a whole.
            Err(Error::Cancelled(_)) => assert!(found.is_empty(), "dropped after {polls} polls: {found:?}"),
            Err(error) => panic!("dropped after {polls} polls: {error:?}"),
        }
        Team::query().all_rows().delete(&db).await.expect("nothing is locked");
    }
    assert!(ended, "{MOST} polls are enough");
}

async fn a_statement_dropped_inside_a_transaction_is_never_half_done(db: &TestDb) {
    let db = open(db).await;
    let mut ended = false;
    for polls in 0..MOST {
        let outcome = db
            .transaction(async |tx| {
                create(tx, "before").await?;
                let rows = (0..300).map(|at| NewTeam::builder().name(format!("row {at}")));
                let written = polled(Team::insert_many(tx, rows), polls).await;
                create(tx, "after").await?;
                Ok(written.transpose()?.is_some())
            })
            .await;
        let found = names(&db).await.len();
        match outcome {
            Ok(true) => {
                assert_eq!(found, 302);
                ended = true;
                break;
            }
            Ok(false) => assert!([2, 302].contains(&found), "dropped after {polls} polls: {found} rows"),
            Err(Error::Cancelled(_)) => assert_eq!(found, 0, "dropped after {polls} polls"),
            Err(error) => panic!("dropped after {polls} polls: {error:?}"),
        }
        Team::query().all_rows().delete(&db).await.expect("nothing is locked");
    }
    assert!(ended, "{MOST} polls are enough");
}

async fn a_write_dropped_at_any_poll_is_whole_or_not(db: &TestDb) {
    let db = open(db).await;
    let mut ended = false;
    for polls in 0..MOST {
        // Rows that give different fields take several statements.
        let rows = (0..50).map(|at| {
            let new = NewTeam::builder().name(format!("row {at}"));
            if at % 10 == 0 { new.id(1_000_000 + at) } else { new }
        });
        let outcome = polled(Team::insert_many(&db, rows), polls).await;
        Team::create(&db, NewTeam::builder().name("probe")).await.expect("nothing is locked");
        let found = names(&db).await.len() - 1;
        if outcome.is_some() {
            assert_eq!(found, 50);
            ended = true;
            break;
        }
        assert!([0, 50].contains(&found), "dropped after {polls} polls: {found} rows");
        Team::query().all_rows().delete(&db).await.expect("nothing is locked");
    }
    assert!(ended, "{MOST} polls are enough");
}

async fn dropped_reads_leave_the_handle_well(db: &TestDb) {
    let db = open(db).await;
    let rows = (0..2_000).map(|at| NewTeam::builder().name(format!("{at:05}")));
    Team::insert_many(&db, rows).await.expect("the rows are taken");
    for polls in 0..60 {
        polled(Team::query().all(&db), polls % 20).await;
        polled(Team::find(&db, 1), polls % 3).await;
        let (first, count) = tokio::join!(Team::query().order_by(team::ID.asc()).first(&db), Team::query().count(&db));
        assert_eq!(first.expect("it is asked").map(|team| team.id), Some(1));
        assert_eq!(count.expect("it counts"), 2_000);
    }
}

async fn time_limits_work_by_dropping(db: &TestDb) {
    let db = open(db).await;
    let slow = db.transaction(async |tx| {
        create(tx, "slow").await?;
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    });
    tokio::time::timeout(Duration::from_millis(100), slow).await.expect_err("it takes too long");
    Team::create(&db, NewTeam::builder().name("slow")).await.expect("the name is free");
    assert_eq!(names(&db).await, ["slow"]);
}
