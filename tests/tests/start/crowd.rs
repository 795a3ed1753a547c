//! Eight processes that start at the same moment on an empty database: all come up, and the seeds are there once.

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::{builder, execute, number, tables};

const PROCESSES: usize = 8;

/// How often the crowd starts; more often by hand.
const ROUNDS: &str = "SEEDBED_TEST_ROUNDS";
/// Where a process of the crowd finds its database, and the moment at which it starts, in milliseconds since 1970.
const URL: &str = "SEEDBED_TEST_CROWD_URL";
const MOMENT: &str = "SEEDBED_TEST_CROWD_MOMENT";

on_both!(
    eight_processes_start_at_once,
    eight_handles_of_one_process_start_at_once,
    a_start_that_is_killed_leaves_nothing_half_done,
);

async fn eight_processes_start_at_once(db: &TestDb) {
    let rounds = env::var(ROUNDS).map_or(3, |rounds| rounds.parse().expect("a number of rounds"));
    crowd(db).await;
    for round in 1..rounds {
        let db = TestDb::new(db.dialect()).await;
        // Some databases give every transaction one view of all that is committed before it; it must not matter.
        if db.dialect() == Dialect::Postgres && round % 2 == 1 {
            let name = db.url().rsplit('/').next().unwrap();
            let sql = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'");
            execute(&db, &sql).await;
        }
        crowd(&db).await;
    }
}

async fn crowd(db: &TestDb) {
    let moment = SystemTime::now() + Duration::from_millis(300);
    let children: Vec<_> = (0..PROCESSES).map(|_| process(db.url(), moment)).collect();
    for child in children {
        let output = child.wait_with_output().expect("the child can be waited for");
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    check(db).await;
}

/// Whenever the process dies: either nothing is there, or all of it, and the next start finds its way.
async fn a_start_that_is_killed_leaves_nothing_half_done(db: &TestDb) {
    let mut unfinished = 0;
    for delay in (0..12).map(|step| Duration::from_millis(step * 15)) {
        let db = TestDb::new(db.dialect()).await;
        let moment = SystemTime::now() + Duration::from_millis(150);
        let mut child = process(db.url(), moment);
        tokio::time::sleep(moment.duration_since(SystemTime::now()).unwrap_or_default() + delay).await;
        child.kill().expect("it is our child");
        child.wait_with_output().expect("the child can be waited for");
        match tables(&db).await {
            0 => unfinished += 1,
            12 => check(&db).await,
            other => panic!("{other} tables after {delay:?}"),
        }
        builder(&database::SCHEMA, &db).connect().await.unwrap();
        check(&db).await;
    }
    assert!(unfinished > 0, "no process was killed before it was done");
}

async fn check(db: &TestDb) {
    let sum = "SELECT (SELECT count(*) FROM roles) + (SELECT count(*) FROM providers) + (SELECT count(*) FROM models) \
               + (SELECT count(*) FROM prompts) + (SELECT count(*) FROM agents)";
    assert_eq!(number(db, sum).await, 21);
    assert_eq!(number(db, "SELECT count(*) FROM seedbed_history").await, 2);
}

/// This program again, as one process of the crowd.
fn process(url: &str, moment: SystemTime) -> Child {
    let moment = moment.duration_since(SystemTime::UNIX_EPOCH).expect("it is after 1970").as_millis();
    Command::new(env::current_exe().expect("a test is a file"))
        .args(["--exact", "crowd::one_of_the_crowd", "--nocapture"])
        .env(URL, url)
        .env(MOMENT, moment.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a test can be started")
}

/// One process of the crowd; by itself, one that starts on a database in memory.
#[tokio::test]
async fn one_of_the_crowd() {
    let url = env::var(URL).unwrap_or_else(|_| "sqlite::memory:".to_owned());
    if let Ok(moment) = env::var(MOMENT) {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(moment.parse().expect("a moment"));
        tokio::time::sleep(moment.duration_since(SystemTime::now()).unwrap_or_default()).await;
    }
    let db = database::builder().env(|_| None).url(url).connect().await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(database::Role::query().count(&db).await.unwrap(), 3);
    db.close().await;
}

async fn eight_handles_of_one_process_start_at_once(db: &TestDb) {
    let starts: Vec<_> = (0..PROCESSES).map(|_| tokio::spawn(builder(&database::SCHEMA, db).connect())).collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    check(db).await;
}
