//! Files and folders: opening what is not there, databases in memory, schema changes by others, and closing.

use std::fs;
use std::time::{Duration, Instant};

use super::super::pool::Use;
use super::super::private::{PrivateFolder, remove_leftovers};
use super::super::{SqliteDriver, SqliteTarget};
use super::support::{Database, count, exec, file, insert, number, trace};
use crate::PoolOptions;
use crate::driver::{Connection, Driver, Failure, FailureKind, Transaction};
use crate::statement::Work;

async fn opening(path: &std::path::Path) -> Failure {
    let options = PoolOptions { connect: Duration::from_millis(300), ..PoolOptions::default() };
    SqliteDriver::open(&file(path), &options).await.err().expect("it was opened")
}

#[tokio::test]
async fn what_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let show = |name: &str| folder.path().join(name).display().to_string();

    let failure = opening(&folder.path().join("no/such/app.sqlite")).await;
    assert_eq!(failure.kind, FailureKind::Connection);
    let (path, missing) = (show("no/such/app.sqlite"), show("no/such"));
    assert_eq!(
        failure.message,
        format!("the database `{path}` cannot be opened: the folder `{missing}` does not exist")
    );

    let failure = opening(folder.path()).await;
    assert_eq!(failure.kind, FailureKind::Connection);
    assert!(failure.message.ends_with("cannot be opened: it is a folder"), "{}", failure.message);

    let path = folder.path().join("text.sqlite");
    fs::write(&path, "name,age\n".repeat(1_000)).unwrap();
    let failure = opening(&path).await;
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Connection, Some("26")));
    assert_eq!(failure.message, format!("the database `{}` is not a SQLite database", path.display()));

    let path = folder.path().join("locked.sqlite");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TABLE t (x); BEGIN EXCLUSIVE").unwrap();
    let failure = opening(&path).await;
    assert_eq!(failure.kind, FailureKind::Busy);
    assert!(failure.message.contains("`DB_CONNECT_TIMEOUT_MS`"), "{}", failure.message);
}

#[tokio::test]
async fn a_name_that_looks_like_an_address_is_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file:odd?mode=memory");
    let db = SqliteDriver::open(&file(&path), &PoolOptions::default()).await.unwrap();
    exec(&db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)").await;
    assert!(path.exists());
}

#[tokio::test]
async fn connections_are_set_up() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    for (pragma, expected) in [
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA synchronous", 1),
        ("PRAGMA busy_timeout", 0),
        ("PRAGMA wal_autocheckpoint", 0),
    ] {
        assert_eq!(number(&transaction, pragma, Work::Lookup).await.unwrap(), expected, "{pragma}");
        assert_eq!(number(&db.driver, pragma, Work::Lookup).await.unwrap(), expected, "{pragma}");
    }
    drop(transaction);
    let mode: String = db.other().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

async fn memory() -> SqliteDriver {
    let db = SqliteDriver::open(&SqliteTarget::Memory, &PoolOptions::default()).await.unwrap();
    exec(&db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER) STRICT").await;
    db
}

/// The folder of a memory database, as SQLite knows it.
async fn folder_of(db: &SqliteDriver) -> std::path::PathBuf {
    use crate::statement::Collect;
    let select = super::support::statement("SELECT file FROM pragma_database_list", Vec::new(), Work::Lookup);
    let outcome = db.run(select, Collect::new(|row| Ok(row.text()?.unwrap()))).await.unwrap();
    let path = Collect::<String>::rows(outcome.sink).remove(0);
    std::path::Path::new(&path).parent().unwrap().to_owned()
}

#[tokio::test]
async fn databases_in_memory_are_apart_but_each_is_one() {
    let (one, other) = (memory().await, memory().await);
    insert(&one, 1).await.unwrap();
    // Several readers at once, beside an open write.
    let transaction = one.begin().await.unwrap();
    insert(&transaction, 2).await.unwrap();
    let reads: Vec<_> = (0..5).map(|_| count(&one)).collect();
    assert_eq!(futures_util::future::join_all(reads).await, [1; 5]);
    transaction.commit().await.unwrap();
    assert_eq!((count(&one).await, count(&other).await), (2, 0));
}

#[tokio::test]
async fn a_database_in_memory_leaves_nothing() {
    let db = memory().await;
    let folder = folder_of(&db).await;
    assert!(folder.exists());
    drop(db);
    assert!(!folder.exists());

    let db = memory().await;
    let folder = folder_of(&db).await;
    db.close(Duration::from_secs(1)).await;
    drop(db);
    assert!(!folder.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_in_memory_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder_of(&memory().await).await;
    assert!(!folder.exists());
    let db = memory().await;
    let mode = fs::metadata(folder_of(&db).await).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

/// What a killed process left is removed; what is in use, or may be about to be, is not.
#[test]
fn leftovers_are_removed() {
    let parent = tempfile::tempdir().unwrap();
    let in_use = PrivateFolder::create_in(parent.path()).unwrap();
    let left = parent.path().join("seedbed-memory-left");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    fs::write(left.join("database.sqlite"), "x").unwrap();
    let unrelated = parent.path().join("other");
    fs::create_dir(&unrelated).unwrap();

    remove_leftovers(parent.path(), Duration::from_secs(60));
    assert!(left.exists(), "its owner may be about to lock it");
    remove_leftovers(parent.path(), Duration::ZERO);
    assert!(!left.exists());
    assert!(in_use.database().parent().unwrap().exists());
    assert!(unrelated.exists());
}

/// A change of the tables by somebody else is seen at once, by statements that were prepared before.
#[tokio::test]
async fn schema_changes_of_others_are_seen() {
    let db = Database::new().await;
    insert(&db.driver, 1).await.unwrap();
    assert_eq!(count(&db.driver).await, 1);
    let other = db.other();
    other.execute_batch("ALTER TABLE t ADD COLUMN w INTEGER NOT NULL DEFAULT 5").unwrap();
    insert(&db.driver, 2).await.unwrap();
    assert_eq!(number(&db.driver, "SELECT sum(w) FROM t", Work::Lookup).await.unwrap(), 10);
    other.execute_batch("DROP TABLE t; CREATE TABLE t (v INTEGER) STRICT").unwrap();
    assert_eq!(count(&db.driver).await, 0);
    insert(&db.driver, 1).await.unwrap();
    other.execute_batch("DROP TABLE t").unwrap();
    assert_eq!(insert(&db.driver, 2).await.unwrap_err().kind, FailureKind::Undefined);
}

#[tokio::test]
async fn closing_refuses_what_comes_and_waits_for_what_runs() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let close = db.driver.close(Duration::from_secs(20));
    let ((), ()) = futures_util::future::join(close, async {
        tokio::task::yield_now().await;
        insert(&transaction, 2).await.unwrap();
        transaction.commit().await.unwrap();
    })
    .await;
    for failure in [
        number(&db.driver, "SELECT 1", Work::Lookup).await.unwrap_err(),
        insert(&db.driver, 3).await.unwrap_err(),
        db.driver.begin().await.err().unwrap(),
    ] {
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Closed, "the database handle was closed"));
    }
    // The last connection took the log with it.
    assert!(!db.path.with_extension("sqlite-wal").exists());
    assert_eq!(db.other().query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)), Ok(2));
    db.driver.close(Duration::ZERO).await;
}

#[tokio::test]
async fn closing_does_not_wait_beyond_the_deadline() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    insert(&transaction, 1).await.unwrap();
    let started = Instant::now();
    db.driver.close(Duration::from_millis(50)).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    // What is still in use works on, and is closed when it comes back.
    transaction.commit().await.unwrap();
    assert_eq!(db.other().query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)), Ok(1));
}

/// Each of several clones of a handle that are closed at once hears of the last connection.
#[tokio::test]
async fn closing_twice_at_once_takes_no_longer() {
    let db = Database::new().await;
    let transaction = db.driver.begin().await.unwrap();
    let started = Instant::now();
    let close = || db.driver.close(Duration::from_secs(20));
    tokio::join!(close(), close(), close(), async {
        tokio::task::yield_now().await;
        transaction.rollback().await.unwrap();
    });
    assert!(started.elapsed() < Duration::from_secs(10), "one of them waited for the deadline");
}

#[tokio::test]
async fn closing_refuses_writes_while_a_read_goes_on() {
    let db = Database::new().await;
    let reader = db.driver.shared.readers.acquire(Use::Read).await.unwrap();
    tokio::join!(db.driver.close(Duration::from_secs(20)), async {
        tokio::task::yield_now().await;
        assert_eq!(insert(&db.driver, 1).await.unwrap_err().kind, FailureKind::Closed);
        drop(reader);
    });
}

/// Connections beyond the ones to keep are closed once nobody needed them between two looks.
#[tokio::test]
async fn idle_readers_are_closed() {
    let db = Database::new().await;
    let readers = &db.driver.shared.readers;
    drop(futures_util::future::join_all((0..6).map(|_| readers.acquire(Use::Read))).await);
    let (closed, last) = readers.surplus();
    assert_eq!((closed.len(), last), (0, false), "all were needed since the look before");
    assert!(trace(&db.driver, "SELECT 1", Work::Lookup).await.is_inline());
    let (closed, last) = readers.surplus();
    assert_eq!((closed.len(), last), (5, true), "only one was");
    assert!(trace(&db.driver, "SELECT 1", Work::Lookup).await.is_inline());
}

#[tokio::test]
async fn idle_readers_are_looked_for() {
    let options = PoolOptions { idle: Duration::from_millis(10), ..PoolOptions::default() };
    let db = Database::with(options).await;
    let readers = &db.driver.shared.readers;
    drop(futures_util::future::join_all((0..6).map(|_| readers.acquire(Use::Read))).await);
    let started = Instant::now();
    while readers.idle() != 1 {
        assert!(started.elapsed() < Duration::from_secs(20), "they stay open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The runtime that looked for idle readers may go away before the handle does.
#[test]
fn idle_readers_are_looked_for_by_the_next_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = PoolOptions { idle: Duration::from_millis(10), ..PoolOptions::default() };
    let six = async |db: &Database| {
        let readers = &db.driver.shared.readers;
        drop(futures_util::future::join_all((0..6).map(|_| readers.acquire(Use::Read))).await);
    };
    let first = runtime();
    let db = first.block_on(Database::with(options));
    first.block_on(six(&db));
    drop(first);
    drop(db.driver.shared.readers.drain());
    runtime().block_on(async {
        six(&db).await;
        let started = Instant::now();
        while db.driver.shared.readers.idle() != 1 {
            assert!(started.elapsed() < Duration::from_secs(20), "they stay open");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}
