//! Transactions by closure: what is kept and what is undone, nested ones included.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use kinds::{NewTeam, Team, TeamPatch, team};
use seedbed::{Db, Error, Reply, Tx};
use seedbed_tests::{TestDb, on_both};
use tokio::sync::Barrier;
use tokio::time::{sleep, timeout};

use crate::support::open;

on_both!(what_is_done_is_kept, an_error_undoes_everything, a_panic_undoes_everything, errors_of_ones_own_pass_through);
on_both!(a_transaction_sees_its_own_writes_first, rows_can_be_returned, reads_run_side_by_side_in_a_transaction);
on_both!(nested_work_is_kept_or_undone_alone, three_levels_fail_at_each_level, a_nested_panic_undoes_everything);
on_both!(a_failed_statement_is_undone_where_it_is_nested, a_failed_statement_does_not_commit);
on_both!(a_failure_that_is_swallowed_is_not_forgotten, the_outer_handle_is_refused_while_something_is_nested);
on_both!(two_nested_transactions_side_by_side_are_refused, the_outer_handle_works_while_nothing_is_nested);
on_both!(a_statement_behind_one_that_nobody_polls_ends, statements_are_waited_for);
on_both!(futures_move_between_threads, many_tasks_write_at_once, a_transaction_survives_a_timer);

async fn create(tx: &Tx, name: &str) -> Result<Team, Error> {
    Team::create(tx, NewTeam::builder().name(name)).await
}

async fn names(db: &Db) -> Vec<String> {
    let teams = Team::query().order_by(team::NAME.asc()).all(db).await.expect("it is asked");
    teams.into_iter().map(|team| team.name).collect()
}

/// An error to give up with.
fn give_up() -> Error {
    Error::Other("given up".into())
}

async fn what_is_done_is_kept(db: &TestDb) {
    let db = open(db).await;
    let count = db
        .transaction(async |tx| {
            let first = create(tx, "a").await?;
            create(tx, "b").await?;
            first.update(tx, TeamPatch::new().name("c")).await?;
            Team::query().count(tx).await
        })
        .await;
    assert_eq!(count.expect("nothing is in its way"), 2);
    assert_eq!(names(&db).await, ["b", "c"]);
}

async fn an_error_undoes_everything(db: &TestDb) {
    let db = open(db).await;
    let kept = Team::create(&db, NewTeam::builder().name("kept")).await.expect("the row is taken");
    let outcome: Result<(), Error> = db
        .transaction(async |tx| {
            create(tx, "a").await?;
            kept.clone().update(tx, TeamPatch::new().name("changed")).await?;
            Team::query().filter(team::NAME.eq("a")).delete(tx).await?;
            Err(give_up())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Other(_))), "{outcome:?}");
    assert_eq!(Team::query().all(&db).await.expect("it is asked"), [kept]);
}

async fn a_panic_undoes_everything(db: &TestDb) {
    let db = open(db).await;
    let inside = db.clone();
    let task = tokio::spawn(async move {
        inside
            .transaction(async |tx| {
                create(tx, "a").await?;
                if Team::query().exists(tx).await? {
                    std::panic::panic_any("on purpose");
                }
                Ok(())
            })
            .await
    });
    let error = task.await.expect_err("it panicked");
    assert_eq!(error.into_panic().downcast_ref(), Some(&"on purpose"));
    Team::create(&db, NewTeam::builder().name("a")).await.expect("the name is free, and nothing is locked");
    assert_eq!(names(&db).await, ["a"]);
}

async fn errors_of_ones_own_pass_through(db: &TestDb) {
    #[derive(Debug)]
    enum Refused {
        Full(u64),
        Database(Error),
    }
    impl From<Error> for Refused {
        fn from(error: Error) -> Self {
            Self::Database(error)
        }
    }
    let db = open(db).await;
    let add = async |name: &str| {
        db.try_transaction(async |tx| -> Result<Team, Refused> {
            let count = Team::query().count(tx).await?;
            let team = create(tx, name).await?;
            if count > 0 { Err(Refused::Full(count)) } else { Ok(team) }
        })
        .await
    };
    assert_eq!(add("a").await.expect("there is room").name, "a");
    assert!(matches!(add("b").await, Err(Refused::Full(1))));
    assert!(matches!(add("a").await, Err(Refused::Database(Error::Unique { model: "Team", .. }))));
    assert_eq!(names(&db).await, ["a"]);
}

async fn a_transaction_sees_its_own_writes_first(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        create(tx, "a").await?;
        assert!(Team::query().exists(tx).await?, "inside");
        assert!(!Team::query().exists(&db).await?, "not yet outside");
        Ok(())
    })
    .await
    .expect("nothing is in its way");
    assert!(Team::query().exists(&db).await.expect("it is asked"));
}

async fn rows_can_be_returned(db: &TestDb) {
    let db = open(db).await;
    let team = db.transaction(async |tx| create(tx, "a").await).await.expect("nothing is in its way");
    assert_eq!(Team::get(&db, team.id).await.expect("the row is there"), team);
}

async fn reads_run_side_by_side_in_a_transaction(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        let (a, b, c) = tokio::join!(create(tx, "a"), create(tx, "b"), create(tx, "c"));
        let (a, b, c) = (a?, b?, c?);
        let (first, second, count, every) = tokio::join!(
            Team::get(tx, a.id),
            Team::get(tx, b.id),
            Team::query().count(tx),
            Team::query().order_by(team::ID.asc()).all(tx),
        );
        assert_eq!((first?, second?, count?), (a.clone(), b.clone(), 3));
        let mut expected = vec![a, b, c];
        expected.sort_by_key(|team| team.id);
        assert_eq!(every?, expected);
        Ok(())
    })
    .await
    .expect("statements of one transaction wait for one another");
}

/// A statement that was begun and has to wait for its answer, which may also be there at once.
async fn begun(tx: &Tx) -> Reply<'_, u64> {
    loop {
        let mut count = Team::query().count(tx);
        if poll_fn(|context| Poll::Ready(count.as_mut().poll(context).is_pending())).await {
            return count;
        }
    }
}

/// As in the arm of a `select!` that waits for another statement while the first is held.
async fn a_statement_behind_one_that_nobody_polls_ends(db: &TestDb) {
    let limit = Duration::from_millis(300);
    let db = kinds::builder().env(|_| None).url(db.url()).acquire_timeout(limit).connect().await.expect("it starts");
    let work = db.transaction(async |tx| {
        create(tx, "a").await?;
        let held = begun(tx).await;
        let errors = [
            create(tx, "b").await.expect_err("it waits for what nobody polls"),
            tx.transaction(async |tx| create(tx, "b").await).await.expect_err("as does a savepoint"),
        ];
        for error in errors {
            let text = format!("{error:?}");
            assert!(text.contains("another statement of this transaction is in progress: await it or drop"), "{text}");
        }
        assert_eq!(held.await?, 1, "the transaction goes on");
        create(tx, "c").await
    });
    timeout(10 * limit, work).await.expect("it ends").expect("nothing was undone");
    assert_eq!(names(&db).await, ["a", "c"]);
}

/// Slow ones too, within the acquire time.
async fn statements_are_waited_for(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        let held = begun(tx).await;
        let late = async {
            sleep(Duration::from_millis(100)).await;
            held.await
        };
        let (count, team) = tokio::join!(late, create(tx, "a"));
        assert_eq!((count?, team?.name.as_str()), (0, "a"));
        Ok(())
    })
    .await
    .expect("one waits for the other");
}

async fn nested_work_is_kept_or_undone_alone(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        create(tx, "outer").await?;
        let kept = tx.transaction(async |tx| create(tx, "kept").await).await?;
        let undone: Result<(), Error> = tx
            .transaction(async |tx| {
                create(tx, "undone").await?;
                kept.clone().update(tx, TeamPatch::new().name("changed")).await?;
                Err(give_up())
            })
            .await;
        assert!(undone.is_err());
        create(tx, "undone").await?.update(tx, TeamPatch::new().name("after")).await
    })
    .await
    .expect("nothing is in its way");
    assert_eq!(names(&db).await, ["after", "kept", "outer"]);
}

/// Each level writes before and after the next; the one that fails takes with it what is inside, and nothing else.
async fn three_levels_fail_at_each_level(db: &TestDb) {
    let db = open(db).await;
    for (fails, expected) in [
        (0, [].as_slice()),
        (1, ["0", "0'"].as_slice()),
        (2, ["0", "0'", "1", "1'"].as_slice()),
        (3, ["0", "0'", "1", "1'", "2", "2'"].as_slice()),
        (4, ["0", "0'", "1", "1'", "2", "2'", "3", "3'"].as_slice()),
    ] {
        let _ = db.transaction(async |tx| level(tx, 0, fails).await).await;
        assert_eq!(names(&db).await, expected, "level {fails} fails");
        Team::query().all_rows().delete(&db).await.expect("the rows are there");
    }
}

async fn level(tx: &Tx, depth: u32, fails: u32) -> Result<(), Error> {
    create(tx, &depth.to_string()).await?;
    if depth < 3 {
        let inner = Box::pin(tx.transaction(async |tx| level(tx, depth + 1, fails).await)).await;
        assert_eq!(inner.is_err(), fails == depth + 1);
    }
    create(tx, &format!("{depth}'")).await?;
    if fails == depth { Err(give_up()) } else { Ok(()) }
}

async fn a_nested_panic_undoes_everything(db: &TestDb) {
    let db = open(db).await;
    let inside = db.clone();
    let task = tokio::spawn(async move {
        let work = async |tx: &Tx| {
            create(tx, "outer").await?;
            tx.transaction(async |tx| -> Result<(), Error> {
                create(tx, "inner").await?;
                std::panic::panic_any("on purpose")
            })
            .await
        };
        inside.transaction(work).await
    });
    assert!(task.await.expect_err("it panicked").is_panic());
    Team::create(&db, NewTeam::builder().name("outer")).await.expect("the name is free");
    assert_eq!(names(&db).await, ["outer"]);
}

async fn a_failed_statement_is_undone_where_it_is_nested(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        create(tx, "a").await?;
        let nested = tx
            .transaction(async |tx| {
                create(tx, "b").await?;
                create(tx, "a").await
            })
            .await;
        assert!(matches!(nested, Err(Error::Unique { model: "Team", .. })), "{nested:?}");
        assert_eq!(Team::query().count(tx).await?, 1);
        create(tx, "c").await
    })
    .await
    .expect("what failed was nested");
    assert_eq!(names(&db).await, ["a", "c"]);
}

async fn a_failed_statement_does_not_commit(db: &TestDb) {
    let db = open(db).await;
    let outcome = db
        .transaction(async |tx| {
            create(tx, "a").await?;
            create(tx, "a").await?;
            create(tx, "b").await
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unique { .. })), "{outcome:?}");
    assert!(names(&db).await.is_empty());
}

/// As PostgreSQL has it: nobody overlooks a statement that failed.
async fn a_failure_that_is_swallowed_is_not_forgotten(db: &TestDb) {
    let db = open(db).await;
    let outcome = db
        .transaction(async |tx| {
            create(tx, "a").await?;
            create(tx, "a").await.expect_err("the name is taken");
            let error = Team::query().count(tx).await.expect_err("the transaction can only be rolled back");
            assert!(error.to_string().contains("put what may fail into a nested transaction"), "{error}");
            Ok(())
        })
        .await;
    assert!(outcome.is_err(), "what was swallowed comes back at the end");
    assert!(names(&db).await.is_empty());
    let rows = [NewTeam::builder().name("b"), NewTeam::builder().name("b")];
    let outcome = db.transaction(async |tx| {
        let _ = Team::insert_many(tx, rows).await;
        Ok(())
    });
    assert!(outcome.await.is_err(), "so it does after many rows");
    assert!(names(&db).await.is_empty());
}

async fn two_nested_transactions_side_by_side_are_refused(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        let nested = async |name: &str| {
            let work = async |tx: &Tx| {
                tokio::task::yield_now().await;
                create(tx, name).await
            };
            tx.transaction(work).await
        };
        let (first, second) = tokio::join!(nested("a"), nested("b"));
        let error = second.expect_err("the first is still open");
        assert!(error.to_string().contains("run them one after the other"), "{error}");
        assert_eq!(first?.name, "a");
        nested("c").await?;
        Ok(())
    })
    .await
    .expect("the first one was fine");
    assert_eq!(names(&db).await, ["a", "c"]);
}

/// What the outer handle did would be undone with what is nested.
async fn the_outer_handle_is_refused_while_something_is_nested(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |outer| {
        outer
            .transaction(async |inner| {
                create(inner, "inner").await?;
                let error = create(outer, "outer").await.expect_err("something is nested");
                assert!(error.to_string().contains("a nested transaction is open here"), "{error}");
                Ok(())
            })
            .await?;
        create(outer, "after").await
    })
    .await
    .expect("a refused use breaks nothing");
    assert_eq!(names(&db).await, ["after", "inner"]);
}

async fn the_outer_handle_works_while_nothing_is_nested(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        for round in 0..5 {
            let outcome = tx
                .transaction(async |tx| {
                    create(tx, &format!("inner {round}")).await?;
                    if round % 2 == 0 { Err(give_up()) } else { Ok(()) }
                })
                .await;
            assert_eq!(outcome.is_err(), round % 2 == 0);
            create(tx, &format!("outer {round}")).await?;
        }
        Ok(())
    })
    .await
    .expect("nothing is in its way");
    assert_eq!(names(&db).await, ["inner 1", "inner 3", "outer 0", "outer 1", "outer 2", "outer 3", "outer 4"]);
}

/// Compiling is half of the test: the futures are `Send`, with everything that a transaction may hold.
async fn futures_move_between_threads(db: &TestDb) {
    let db = open(db).await;
    let inside = db.clone();
    let task = tokio::spawn(async move {
        let name = String::from("a");
        inside
            .transaction(async |tx| {
                let team = create(tx, &name).await?;
                tokio::task::yield_now().await;
                let again = tx.transaction(async |tx| Team::get(tx, team.id).await).await?;
                Team::insert_many(tx, [NewTeam::builder().name("b"), NewTeam::builder().name("c").id(70)]).await?;
                Team::upsert(tx, team::NAME, NewTeam::builder().name("b")).await?;
                Team::query().filter(team::NAME.eq("c")).delete(tx).await?;
                again.update(tx, TeamPatch::new().name("d")).await
            })
            .await
    });
    assert_eq!(task.await.expect("it does not panic").expect("nothing is in its way").name, "d");
    assert_eq!(names(&db).await, ["b", "d"]);
}

async fn many_tasks_write_at_once(db: &TestDb) {
    let db = open(db).await;
    let start = Arc::new(Barrier::new(8));
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let (db, start) = (db.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                for round in 0..10 {
                    db.transaction(async |tx| {
                        create(tx, &format!("{task}.{round}.a")).await?;
                        tokio::task::yield_now().await;
                        create(tx, &format!("{task}.{round}.b")).await?;
                        if round % 3 == 0 { Err(give_up()) } else { Ok(()) }
                    })
                    .await
                    .ok();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
    assert_eq!(names(&db).await.len(), 8 * 6 * 2);
}

async fn a_transaction_survives_a_timer(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        create(tx, "a").await?;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        create(tx, "b").await
    })
    .await
    .expect("nothing is in its way");
    assert_eq!(names(&db).await, ["a", "b"]);
}
