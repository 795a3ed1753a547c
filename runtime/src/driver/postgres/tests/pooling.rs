//! How many connections there are, how long they live, and what happens when they break.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seedbed_tests::proxy::Proxy;
use sqlx::Executor;
use tokio::time::sleep;

use super::support::{Fixture, execute, number, target};
use crate::PoolOptions;
use crate::driver::postgres::PostgresDriver;
use crate::driver::postgres::maintenance::{PROBE_AFTER, probe_idle};
use crate::driver::postgres::session::serving_process;
use crate::driver::{Driver, FailureKind, Transaction};

const PROCESS: &str = "SELECT pg_backend_pid()::int8";

impl Fixture {
    async fn connections(&mut self) -> i64 {
        let text = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND application_name = 'seedbed'";
        self.number(text).await
    }

    /// Waits until so many connections are open; fails after three seconds.
    async fn wait_for_connections(&mut self, expected: i64) {
        let start = Instant::now();
        loop {
            let open = self.connections().await;
            if open == expected {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(3), "{open} connections instead of {expected}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn the_limit_holds_and_waiting_ends_with_a_failure_that_says_what_to_change() {
    let acquire = Duration::from_millis(100);
    let mut fixture = Fixture::with(PoolOptions { max: 2, acquire, ..PoolOptions::default() }).await;
    let first = fixture.driver.begin().await.unwrap();
    let second = fixture.driver.begin().await.unwrap();
    let failure = number(&fixture.driver, PROCESS).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::PoolTimeout);
    for part in ["100ms", "all 2", "DB_POOL_MAX", "DB_POOL_ACQUIRE_MS"] {
        assert!(failure.message.contains(part), "{failure}");
    }
    assert_eq!(fixture.connections().await, 2);
    let (waited, ()) = tokio::join!(number(&fixture.driver, PROCESS), async {
        sleep(Duration::from_millis(20)).await;
        second.commit().await.unwrap();
    });
    waited.unwrap();
    drop(first);
}

#[tokio::test]
async fn many_tasks_share_few_connections() {
    let mut fixture = Fixture::new(5).await;
    let driver = Arc::new(std::mem::replace(
        &mut fixture.driver,
        PostgresDriver::open(&target(fixture.db.url()), &PoolOptions { max: 5, ..PoolOptions::default() })
            .await
            .unwrap(),
    ));
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let driver = Arc::clone(&driver);
            tokio::spawn(async move {
                for _ in 0..50 {
                    execute(&*driver, "UPDATE t SET n = n + 1 WHERE id = 1", vec![]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 800);
    assert!(fixture.connections().await <= 6);
}

#[tokio::test]
async fn the_connection_that_was_used_last_is_used_next() {
    let fixture = Fixture::new(3).await;
    let held = [fixture.driver.begin().await.unwrap(), fixture.driver.begin().await.unwrap()];
    let [first, second] = held;
    let last = number(&second, PROCESS).await.unwrap();
    first.commit().await.unwrap();
    second.commit().await.unwrap();
    for _ in 0..5 {
        assert_eq!(number(&fixture.driver, PROCESS).await.unwrap(), last);
    }
}

#[tokio::test]
async fn the_minimum_is_kept_and_idle_connections_beyond_it_are_closed() {
    let options = PoolOptions { min: 2, max: 5, idle: Duration::from_millis(200), ..PoolOptions::default() };
    let mut fixture = Fixture::with(options).await;
    fixture.wait_for_connections(2).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(fixture.driver.begin().await.unwrap());
    }
    assert_eq!(fixture.connections().await, 5);
    for transaction in held {
        transaction.rollback().await.unwrap();
    }
    fixture.wait_for_connections(2).await;
    sleep(Duration::from_millis(400)).await;
    assert_eq!(fixture.connections().await, 2);
}

#[tokio::test]
async fn old_connections_are_replaced() {
    let options = PoolOptions { min: 1, max: 1, max_age: Duration::from_millis(300), ..PoolOptions::default() };
    let mut fixture = Fixture::with(options).await;
    let before = number(&fixture.driver, PROCESS).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    fixture.wait_for_connections(1).await;
    assert_ne!(number(&fixture.driver, PROCESS).await.unwrap(), before);
}

#[tokio::test]
async fn a_connection_in_use_is_replaced_when_it_comes_back_too_old() {
    let options = PoolOptions { max: 1, max_age: Duration::from_millis(100), ..PoolOptions::default() };
    let fixture = Fixture::with(options).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let before = number(&transaction, PROCESS).await.unwrap();
    sleep(Duration::from_millis(150)).await;
    transaction.commit().await.unwrap();
    assert_ne!(number(&fixture.driver, PROCESS).await.unwrap(), before);
}

#[tokio::test]
async fn a_read_does_not_notice_that_its_idle_connection_was_killed() {
    let mut fixture = Fixture::new(3).await;
    let process = number(&fixture.driver, PROCESS).await.unwrap();
    fixture.outside(&format!("SELECT pg_terminate_backend({process}, 1000)")).await;
    let next = number(&fixture.driver, PROCESS).await.unwrap();
    assert_ne!(next, process);
    // So does the beginning of a transaction.
    fixture.outside(&format!("SELECT pg_terminate_backend({next}, 1000)")).await;
    fixture.driver.begin().await.unwrap().commit().await.unwrap();
}

/// Whether it was carried out before the connection broke, nobody knows.
#[tokio::test]
async fn a_write_that_was_sent_as_a_read_is_not_done_again() {
    let mut fixture = Fixture::new(3).await;
    let process = number(&fixture.driver, PROCESS).await.unwrap();
    fixture.outside(&format!("SELECT pg_terminate_backend({process}, 1000)")).await;
    let failure = number(&fixture.driver, "INSERT INTO writes VALUES (7) RETURNING n").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Connection, "{failure}");
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_write_on_a_killed_connection_is_reported_and_the_next_one_is_done() {
    let mut fixture = Fixture::new(3).await;
    let process = number(&fixture.driver, PROCESS).await.unwrap();
    fixture.outside(&format!("SELECT pg_terminate_backend({process}, 1000)")).await;
    let failure = execute(&fixture.driver, "UPDATE t SET n = 1", vec![]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Connection);
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn a_transaction_whose_connection_is_killed_fails_and_frees_its_slot() {
    let mut fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let process = number(&transaction, PROCESS).await.unwrap();
    fixture.outside(&format!("SELECT pg_terminate_backend({process}, 1000)")).await;
    assert_eq!(execute(&transaction, "UPDATE t SET n = 1", vec![]).await.unwrap_err().kind, FailureKind::Connection);
    transaction.commit().await.unwrap_err();
    fixture.check_that_writes_last().await;
}

#[tokio::test]
async fn connections_that_were_idle_for_long_are_asked_whether_they_are_alive() {
    let mut fixture = Fixture::new(3).await;
    let mut processes = Vec::new();
    let held = [fixture.driver.begin().await.unwrap(), fixture.driver.begin().await.unwrap()];
    for transaction in held {
        processes.push(number(&transaction, PROCESS).await.unwrap());
        transaction.commit().await.unwrap();
    }
    fixture.outside(&format!("SELECT pg_terminate_backend({}, 1000)", processes[1])).await;
    let pool = Arc::clone(&fixture.driver.pool);
    // Not idle for long enough: nobody asks.
    probe_idle(&pool).await;
    assert_eq!(pool.open_connections(), 2);
    for mut session in pool.take_idle_where(|_, _| true).into_iter().rev() {
        session.idle_since -= 2 * PROBE_AFTER;
        pool.put_back(session);
    }
    probe_idle(&pool).await;
    assert_eq!(pool.open_connections(), 1);
    execute(&fixture.driver, "UPDATE t SET n = 1", vec![]).await.unwrap();
    assert_eq!(number(&fixture.driver, PROCESS).await.unwrap(), processes[0]);
}

#[tokio::test]
async fn all_idle_connections_are_distrusted_when_one_is_broken() {
    let proxy = Proxy::start().unwrap();
    let fixture = Fixture::new(1).await;
    let options = PoolOptions { max: 4, ..PoolOptions::default() };
    let driver = PostgresDriver::open(&target(&proxy.url(&fixture.db)), &options).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(driver.begin().await.unwrap());
    }
    for transaction in held {
        transaction.commit().await.unwrap();
    }
    proxy.kill_connections();
    execute(&driver, "UPDATE t SET n = 1", vec![]).await.unwrap_err();
    // One write has met the break; no other does, though three more connections were broken.
    for _ in 0..4 {
        execute(&driver, "UPDATE t SET n = 1", vec![]).await.unwrap();
    }
}

#[tokio::test]
async fn close_waits_for_what_is_in_use_and_ends_everything() {
    let mut fixture = Fixture::new(3).await;
    let transaction = fixture.driver.begin().await.unwrap();
    execute(&transaction, "UPDATE t SET n = 9", vec![]).await.unwrap();
    tokio::join!(fixture.driver.close(Duration::from_secs(5)), async {
        sleep(Duration::from_millis(50)).await;
        let failure = fixture.driver.begin().await.err().unwrap();
        assert_eq!(failure.kind, FailureKind::Closed);
        transaction.commit().await.unwrap();
    });
    fixture.wait_for_connections(0).await;
    assert_eq!(fixture.number("SELECT n::int8 FROM t").await, 9);
    assert_eq!(number(&fixture.driver, PROCESS).await.unwrap_err().kind, FailureKind::Closed);
}

#[tokio::test]
async fn closing_twice_at_once_takes_no_longer() {
    let fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let start = Instant::now();
    let close = || fixture.driver.close(Duration::from_secs(20));
    tokio::join!(close(), close(), close(), async {
        sleep(Duration::from_millis(20)).await;
        transaction.rollback().await.unwrap();
    });
    assert!(start.elapsed() < Duration::from_secs(10), "one of them waited for the deadline");
}

#[tokio::test]
async fn close_ends_at_its_deadline() {
    let mut fixture = Fixture::new(2).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let start = Instant::now();
    fixture.driver.close(Duration::from_millis(100)).await;
    assert!((90..1000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    drop(transaction);
    fixture.wait_for_connections(0).await;
}

#[tokio::test]
async fn close_wakes_those_who_wait() {
    let fixture = Fixture::new(1).await;
    let transaction = fixture.driver.begin().await.unwrap();
    let (waiting, ()) = tokio::join!(number(&fixture.driver, PROCESS), async {
        sleep(Duration::from_millis(20)).await;
        fixture.driver.close(Duration::from_millis(20)).await;
    });
    assert_eq!(waiting.unwrap_err().kind, FailureKind::Closed);
    drop(transaction);
}

#[tokio::test]
async fn a_dropped_driver_closes_its_connections() {
    let mut fixture = Fixture::with(PoolOptions { min: 2, max: 4, ..PoolOptions::default() }).await;
    fixture.wait_for_connections(2).await;
    let options = PoolOptions { max: 1, ..PoolOptions::default() };
    let other = PostgresDriver::open(&target(fixture.db.url()), &options).await.unwrap();
    drop(std::mem::replace(&mut fixture.driver, other));
    fixture.wait_for_connections(1).await;
}

#[tokio::test]
async fn a_pooler_is_known_by_how_the_name_of_the_application_got_to_the_server() {
    let mut fixture = Fixture::new(1).await;
    let mut direct = target(fixture.db.url()).connect(Duration::from_secs(5)).await.unwrap();
    assert!(serving_process(&mut direct, "seedbed").await.unwrap().is_some());
    // What a pooler does: the session begins under a name of its own, and takes the client's name later.
    fixture.outside("SET application_name = 'seedbed'").await;
    assert_eq!(serving_process(&mut fixture.observer, "seedbed").await.unwrap(), None);
    let mut pooled =
        target(fixture.db.url()).with_application_name("pooler").connect(Duration::from_secs(5)).await.unwrap();
    assert_eq!(serving_process(&mut pooled, "seedbed").await.unwrap(), None);
    pooled.execute(sqlx::raw_sql("SET application_name = 'seedbed'")).await.unwrap();
    assert_eq!(serving_process(&mut pooled, "seedbed").await.unwrap(), None);
}
