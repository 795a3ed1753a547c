//! Futures that are dropped at every place: nothing of them is left, and the connection serves on.

use std::time::Duration;

use seedbed_tests::proxy::Proxy;
use tokio::time::{sleep, timeout};

use super::support::{Drop, Fixture, SOON, execute, number, poll_for_a_while, target};
use crate::driver::postgres::PostgresDriver;
use crate::driver::{Connection, Driver, FailureKind, Transaction};
use crate::{PoolOptions, Value};

/// Every place to drop a future at, in both ways.
fn places() -> impl Iterator<Item = Drop> {
    (0..40).flat_map(|polls| [Drop::After(polls), Drop::Before(polls)])
}

/// Checks that another session gets the lock soon, and that the driver's connection is as good as new.
async fn check_that_nothing_is_left(fixture: &mut Fixture, place: Drop) {
    let waited = fixture.wait_for_lock().await;
    fixture.late += u32::from(waited >= SOON);
    // A machine that is busy with something else is late once in a while; a lock that is kept is late each time.
    assert!(fixture.late <= 2, "waited {waited:?} for the lock after {place:?}, and twice before");
    fixture.wait_until_idle().await;
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn begin_dropped_at_every_poll() {
    for connections in [1, 2] {
        let mut fixture = Fixture::new(connections).await;
        let mut ended = 0;
        for place in places() {
            if let Some(begun) = poll_for_a_while(fixture.driver.begin(), place).await {
                execute(&begun.unwrap(), "UPDATE t SET n = -1", vec![]).await.unwrap();
                ended += 1;
            }
            check_that_nothing_is_left(&mut fixture, place).await;
            if ended == 4 {
                break;
            }
        }
        assert_eq!(ended, 4, "`begin` never came to its end");
    }
}

#[tokio::test]
async fn begin_on_a_new_connection_dropped_at_every_poll() {
    let mut fixture = Fixture::new(1).await;
    let mut ended = 0;
    for place in places() {
        // The age limit of zero closes each connection when it comes back, so every `begin` opens one.
        let options = PoolOptions { max: 1, max_age: Duration::ZERO, ..PoolOptions::default() };
        let driver = PostgresDriver::open(&target(fixture.db.url()), &options).await.unwrap();
        ended += i32::from(poll_for_a_while(driver.begin(), place).await.is_some());
        fixture.wait_until_idle().await;
        assert_eq!(execute(&driver, "UPDATE t SET n = 1", vec![]).await.unwrap(), 1);
        if ended == 2 {
            break;
        }
    }
    assert_eq!(ended, 2, "`begin` never came to its end");
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_query_dropped_at_every_poll() {
    let mut fixture = Fixture::new(1).await;
    let mut ended = 0;
    for (at, place) in places().enumerate() {
        // A text of its own is prepared first, so that a half-done preparation is among the places.
        let text = format!("UPDATE t SET n = n + 1 WHERE id = $1 RETURNING n, {at}");
        let update = execute(&fixture.driver, text.clone(), vec![Value::I64(1)]);
        ended += i32::from(poll_for_a_while(update, place).await.is_some());
        check_that_nothing_is_left(&mut fixture, place).await;
        // The same text again: a statement whose preparation nobody waited for is prepared anew.
        assert_eq!(execute(&fixture.driver, text, vec![Value::I64(1)]).await.unwrap(), 1);
        if ended == 4 {
            break;
        }
    }
    assert_eq!(ended, 4, "the update never came to its end");
}

#[tokio::test]
async fn a_batch_dropped_at_every_poll_is_done_whole_or_not_at_all() {
    let mut fixture = Fixture::new(1).await;
    for place in places() {
        fixture.outside("DELETE FROM t WHERE id > 1").await;
        let rows = (2..5).map(|id| vec![Value::I64(id)]).collect();
        let batch = fixture.driver.run_batch("INSERT INTO t VALUES ($1, 0)".into(), rows, Box::new(crate::Discard));
        let ended = poll_for_a_while(batch, place).await.is_some();
        fixture.wait_until_idle().await;
        let written = fixture.number("SELECT count(*) FROM t WHERE id > 1").await;
        assert!(written == 0 || written == 3, "{written} rows after {place:?}");
        if ended {
            assert_eq!(written, 3);
            return;
        }
    }
    panic!("the batch never came to its end");
}

#[tokio::test]
async fn a_commit_dropped_at_every_poll_happens_whole_or_not_at_all() {
    let mut fixture = Fixture::new(1).await;
    for place in places() {
        let transaction = fixture.driver.begin().await.unwrap();
        let insert = "INSERT INTO t SELECT max(id) + 1, 0 FROM t";
        execute(&transaction, insert, vec![]).await.unwrap();
        let ended = poll_for_a_while(transaction.commit(), place).await.is_some();
        check_that_nothing_is_left(&mut fixture, place).await;
        if ended {
            return;
        }
    }
    panic!("the commit never came to its end");
}

/// Runs a case up to three times, for a machine that was busy with something else: once in time is in time.
async fn soon(mut case: impl AsyncFnMut() -> Duration) {
    let mut waits = Vec::new();
    for _ in 0..3 {
        waits.push(case().await);
        if waits.iter().any(|wait| *wait < SOON) {
            return;
        }
    }
    panic!("waited {waits:?} for the lock");
}

#[tokio::test]
async fn a_dropped_transaction_gives_its_locks_up_soon() {
    let mut fixture = Fixture::new(3).await;
    soon(async || {
        let transaction = fixture.driver.begin().await.unwrap();
        execute(&transaction, "UPDATE t SET n = -1", vec![]).await.unwrap();
        drop(transaction);
        fixture.wait_for_lock().await
    })
    .await;
    fixture.wait_until_idle().await;
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_transaction_dropped_while_a_long_statement_runs_gives_its_locks_up_soon() {
    for connections in [1, 3] {
        let mut fixture = Fixture::new(connections).await;
        soon(async || {
            let transaction = fixture.driver.begin().await.unwrap();
            execute(&transaction, "UPDATE t SET n = -1", vec![]).await.unwrap();
            let long = execute(&transaction, "SELECT pg_sleep(30)", vec![]);
            timeout(Duration::from_millis(30), long).await.unwrap_err();
            drop(transaction);
            fixture.wait_for_lock().await
        })
        .await;
        fixture.wait_until_idle().await;
        fixture.check_that_writes_last().await;
    }
}

#[tokio::test]
async fn a_dropped_query_that_runs_long_gives_its_locks_up_soon() {
    let mut fixture = Fixture::new(1).await;
    soon(async || {
        let long = execute(&fixture.driver, "SELECT pg_sleep(30) FROM (SELECT 1 FROM t FOR UPDATE) AS t", vec![]);
        timeout(Duration::from_millis(30), long).await.unwrap_err();
        fixture.wait_for_lock().await
    })
    .await;
    fixture.wait_until_idle().await;
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_dropped_query_that_waits_for_a_lock_does_not_write_later() {
    let mut fixture = Fixture::new(1).await;
    fixture.outside("BEGIN; SELECT 1 FROM t FOR UPDATE").await;
    let waiting = execute(&fixture.driver, "UPDATE t SET n = -1", vec![]);
    timeout(Duration::from_millis(30), waiting).await.unwrap_err();
    sleep(Duration::from_millis(200)).await;
    fixture.outside("COMMIT").await;
    fixture.wait_until_idle().await;
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 0);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_dropped_query_with_many_rows_is_not_read_to_its_end() {
    let mut fixture = Fixture::new(1).await;
    let many = execute(&fixture.driver, "SELECT repeat('x', 1000) FROM generate_series(1, 100000000)", vec![]);
    timeout(Duration::from_millis(50), many).await.unwrap_err();
    fixture.wait_until_idle().await;
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn the_slot_of_a_connection_stays_taken_until_it_is_cleaned_up() {
    let fixture = Fixture::new(1).await;
    let process = "SELECT pg_backend_pid()::int8";
    let before = number(&fixture.driver, process).await.unwrap();
    let long = execute(&fixture.driver, "SELECT pg_sleep(30)", vec![]);
    timeout(Duration::from_millis(30), long).await.unwrap_err();
    // The next caller waits for it, instead of opening one connection more than the limit.
    assert_eq!(number(&fixture.driver, process).await.unwrap(), before);
}

#[tokio::test]
async fn behind_a_pooler_a_connection_is_closed_instead_of_cancelled() {
    let mut fixture = Fixture::new(1).await;
    fixture.outside("UPDATE t SET n = 1").await;
    let mut lease = fixture.driver.pool.acquire().await.unwrap();
    let process = lease.process.take().expect("nothing stands between the tests and their server");
    let (text, mut sink) = ("SELECT pg_sleep(0.3)".into(), crate::Discard);
    let long = lease.execute(&text, &[], &mut sink);
    timeout(Duration::from_millis(30), long).await.unwrap_err();
    drop(lease);
    let next = number(&fixture.driver, "SELECT pg_backend_pid()::int8").await.unwrap();
    assert_ne!(next, i64::from(process));
    // The server was not told to stop.
    let running = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND state = 'active'");
    assert_eq!(fixture.number(&running).await, 1);
    sleep(Duration::from_millis(400)).await;
    fixture.wait_until_idle().await;
}

#[tokio::test]
async fn a_late_cancel_hits_nobody_else() {
    let fixture = Fixture::new(2).await;
    // Statements that end at about the moment at which they are cancelled, each followed by others at once.
    for round in 0..60 {
        let text = format!("SELECT pg_sleep(0.0{})", 10 + round % 10);
        let nearly = execute(&fixture.driver, text, vec![]);
        timeout(Duration::from_millis(1), nearly).await.unwrap_err();
        for _ in 0..4 {
            assert_eq!(number(&fixture.driver, "SELECT count(*) FROM generate_series(1, 20000)").await.unwrap(), 20000);
        }
    }
}

#[tokio::test]
async fn a_connection_whose_answers_do_not_come_is_given_up_after_the_deadline() {
    let proxy = Proxy::start().unwrap();
    let mut fixture = Fixture::new(1).await;
    let options = PoolOptions { max: 1, connect: Duration::from_millis(300), ..PoolOptions::default() };
    let driver = PostgresDriver::open(&target(&proxy.url(&fixture.db)), &options).await.unwrap();
    proxy.freeze_answers();
    timeout(Duration::from_millis(30), execute(&driver, "UPDATE t SET n = -1", vec![])).await.unwrap_err();
    // Nothing answers, so the connection for the cancel is given up after its own limit, and this one with it.
    sleep(Duration::from_millis(600)).await;
    proxy.thaw();
    assert_eq!(execute(&driver, "UPDATE t SET n = 5", vec![]).await.unwrap(), 1);
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 5);
}

#[tokio::test]
async fn a_transaction_with_a_dropped_statement_takes_no_more() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "UPDATE t SET n = -1", vec![]).await.unwrap();
    timeout(Duration::from_millis(20), execute(&transaction, "SELECT pg_sleep(30)", vec![])).await.unwrap_err();
    let failure = execute(&transaction, "SELECT 1", vec![]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    let failure = transaction.commit().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    // It has rolled back by the time it reports.
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 0);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_statement_that_only_waited_for_its_turn_may_be_dropped() {
    let fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let (slow, ()) = tokio::join!(execute(&transaction, "SELECT pg_sleep(0.05)", vec![]), async {
        let waiting = execute(&transaction, "UPDATE t SET n = -1", vec![]);
        timeout(Duration::from_millis(5), waiting).await.unwrap_err();
    });
    slow.unwrap();
    assert_eq!(execute(&transaction, "UPDATE t SET n = 3", vec![]).await.unwrap(), 1);
    transaction.commit().await.unwrap();
}

#[test]
fn without_a_runtime_the_connection_is_closed() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (serving, watching) = (runtime(), runtime());
    let mut fixture = watching.block_on(Fixture::new(1));
    let driver = serving
        .block_on(PostgresDriver::open(&target(fixture.db.url()), &PoolOptions { max: 1, ..PoolOptions::default() }))
        .unwrap();
    let transaction = serving.block_on(driver.begin()).unwrap();
    serving.block_on(execute(&transaction, "UPDATE t SET n = -1", vec![])).unwrap();
    drop(transaction);
    watching.block_on(async {
        assert!(timeout(Duration::from_secs(1), fixture.wait_for_lock()).await.is_ok());
        fixture.wait_until_idle().await;
    });
    // Its slot is free again.
    assert_eq!(serving.block_on(execute(&driver, "UPDATE t SET n = 1", vec![])).unwrap(), 1);
}
