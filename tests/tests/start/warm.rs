//! A start does what is new to the database, and nothing more: whatever was applied once is in its history.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use database::{NewRole, Prompt, Provider, Role, User};
use seedbed::{Builder, Db, Error, SeedMode, SyncMode};
use seedbed_tests::proxy::Proxy;
use seedbed_tests::{Dialect, TestDb, on_both, scratch};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::{builder, execute, models, number, tables};

on_both!(
    the_first_start_makes_and_fills_everything,
    the_second_start_changes_nothing,
    a_changed_file_seeds_again,
    a_changed_variable_seeds_again,
    an_older_program_does_not_undo_a_newer_one,
    skipping_touches_nothing,
    sync_and_seeds_can_be_had_alone,
    a_seed_that_fails_leaves_nothing,
    several_packages_share_a_database,
    a_held_lock_is_waited_for_and_then_reported,
);

async fn the_first_start_makes_and_fills_everything(db: &TestDb) {
    let handle = start(db).await;
    assert_eq!(tables(db).await, 12, "eleven models and the history");
    assert_eq!(rows(db).await, [3, 3, 9, 3, 3]);
    assert_eq!(number(db, "SELECT count(*) FROM users").await, 0, "the test user appears only on request");
    let role = Role::create(&handle, NewRole::builder().name("guest")).await.unwrap();
    assert_eq!(role.id, 4, "the counter goes on behind the seeds");
}

async fn the_second_start_changes_nothing(db: &TestDb) {
    start(db).await;
    // A start that loaded the seeds would set this right again.
    execute(db, "UPDATE roles SET name = 'changed' WHERE id = 1").await;
    let handle = start(db).await;
    assert_eq!(Role::get(&handle, 1).await.unwrap().name, "changed");
    assert_eq!(number(db, "SELECT count(*) FROM seedbed_history").await, 2);
    let handle = on(db).seed(SeedMode::Always).connect().await.unwrap();
    assert_eq!(Role::get(&handle, 1).await.unwrap().name, "admin");
}

#[tokio::test]
async fn the_second_start_sends_one_statement() {
    let db = TestDb::postgres().await;
    start(&db).await;
    let proxy = Proxy::start().unwrap();
    let through_proxy = || on(&db).url(proxy.url(&db));

    let bare = through_proxy().skip_sync().connect().await.unwrap();
    let connecting = (proxy.counts(), proxy.executions());
    assert!(!connecting.1.iter().any(|text| text.contains("seedbed")), "{:?}", connecting.1);
    bare.close().await;
    proxy.reset();
    let started = through_proxy().connect().await.unwrap();
    let (counts, executions) = (proxy.counts(), proxy.executions());
    assert_eq!(counts.round_trips(), connecting.0.round_trips() + 1, "{executions:?}");
    assert_eq!(executions.len(), connecting.1.len() + 1, "{executions:?}");
    assert!(executions.last().unwrap().contains("FROM seedbed_history"), "{executions:?}");
    started.health().await.unwrap();
}

async fn a_changed_file_seeds_again(db: &TestDb) {
    let data = Data::copy();
    on(db).data(&data.folder).connect().await.unwrap();
    let ada = data.folder.join("prompts/ada.txt");
    fs::write(&ada, "You are Ada, and brief.").unwrap();
    let handle = on(db).data(&data.folder).connect().await.unwrap();
    assert_eq!(Prompt::get(&handle, 1).await.unwrap().content, "You are Ada, and brief.");
    assert_eq!(rows(db).await, [3, 3, 9, 3, 3]);
}

async fn a_changed_variable_seeds_again(db: &TestDb) {
    let with_key = |key: &'static str| {
        let lookup = move |name: &str| (name == "GEMINI_API_KEY").then(|| key.to_owned());
        database::builder().env(lookup).url(db.url())
    };
    let key_in = async |handle: &Db| Provider::get(handle, 2).await.unwrap().api_key;
    let handle = with_key("first").connect().await.unwrap();
    assert_eq!(key_in(&handle).await.unwrap().expose(), "first");
    let handle = with_key("second").connect().await.unwrap();
    assert_eq!(key_in(&handle).await.unwrap().expose(), "second");
    assert_eq!(number(db, "SELECT count(*) FROM seedbed_history WHERE hash LIKE '%second%'").await, 0);

    // Who loads them again means the same variables.
    assert_eq!(database::seed(&handle).await.unwrap().written(), 0);

    let lookup = |name: &str| (name == "TEST_API_KEY").then(|| "k-1".to_owned());
    let handle = database::builder().env(lookup).url(db.url()).connect().await.unwrap();
    let admin = User::find_by_email(&handle, "admin@example.com").await.unwrap().expect("it was asked for");
    assert_eq!(admin.role_id, 1);
}

async fn an_older_program_does_not_undo_a_newer_one(db: &TestDb) {
    let (old, new) = (Data::copy(), Data::copy());
    fs::write(new.folder.join("prompts/ada.txt"), "You are the new Ada.").unwrap();
    for data in [&old, &new, &old] {
        on(db).data(&data.folder).connect().await.unwrap();
    }
    let handle = on(db).skip_sync().connect().await.unwrap();
    assert_eq!(Prompt::get(&handle, 1).await.unwrap().content, "You are the new Ada.");

    let (one, two) =
        (models("  A: { fields: { x: int } }\n"), models("  A: { fields: { x: int } }\n  B: { fields: { x: int } }\n"));
    for schema in [one, two, one] {
        builder(schema, db).connect().await.unwrap();
    }
    assert_eq!(number(db, "SELECT count(*) FROM seedbed_history WHERE package = 'shop'").await, 2);
}

async fn skipping_touches_nothing(db: &TestDb) {
    let url = db.url().to_owned();
    let lookup = move |name: &str| match name {
        "DATABASE_URL" => Some(url.clone()),
        "DB_SKIP_SYNC" => Some("true".to_owned()),
        _ => None,
    };
    database::builder().env(lookup).connect().await.unwrap();
    assert_eq!(tables(db).await, 0);
    on(db).skip_sync().connect().await.unwrap();
    assert_eq!(tables(db).await, 0);
}

async fn sync_and_seeds_can_be_had_alone(db: &TestDb) {
    let handle = on(db).seed(SeedMode::Off).connect().await.unwrap();
    assert_eq!(rows(db).await, [0; 5]);
    assert_eq!(database::seed(&handle).await.unwrap().written(), 21);
    let again = handle.clone();
    let report = tokio::spawn(async move { database::seed(&again).await }).await.unwrap().unwrap();
    assert_eq!((report.written(), report.rows()), (0, 21));
    assert!(database::sync(&handle).await.unwrap().is_unchanged());
    execute(db, "DROP TABLE vectors").await;
    on(db).sync(SyncMode::Off).seed(SeedMode::Always).connect().await.unwrap();
    assert_eq!(tables(db).await, 11, "the table that was dropped is not made again");
}

async fn a_seed_that_fails_leaves_nothing(db: &TestDb) {
    let data = Data::copy();
    let roles = data.folder.join("roles.csv");
    let text = fs::read_to_string(&roles).unwrap();
    fs::write(&roles, format!("{text}4,guest,null,many\n")).unwrap();
    let error = on(db).data(&data.folder).connect().await.unwrap_err();
    assert!(matches!(error, Error::Seed(_)), "{error:?}");
    assert!(error.to_string().contains("many"), "{error}");
    assert_eq!(tables(db).await, 0, "the tables go as they came");
    start(db).await;
    assert_eq!(rows(db).await, [3, 3, 9, 3, 3]);
}

async fn several_packages_share_a_database(db: &TestDb) {
    start(db).await;
    builder(models("  Maker: { fields: { name: string } }\n"), db).connect().await.unwrap();
    assert_eq!(tables(db).await, 13);
    assert_eq!(number(db, "SELECT count(DISTINCT package) FROM seedbed_history").await, 2);
}

async fn a_held_lock_is_waited_for_and_then_reported(db: &TestDb) {
    let holder = Holder::take(db).await;
    let limit = Duration::from_millis(400);
    let error = on(db).start_timeout(limit).acquire_timeout(limit).connect().await.unwrap_err();
    assert!(matches!(error, Error::Busy(_)), "{error:?}");
    let waiting = tokio::spawn(on(db).connect());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    holder.release().await;
    waiting.await.unwrap().unwrap();
    assert_eq!(rows(db).await, [3, 3, 9, 3, 3]);

    // Who has nothing to do needs no lock.
    let holder = Holder::take(db).await;
    start(db).await;
    holder.release().await;
}

#[tokio::test]
async fn a_locked_table_holds_a_start_up_for_three_seconds_at_most() {
    let db = TestDb::postgres().await;
    builder(models("  A: { fields: { x: int } }\n"), &db).connect().await.unwrap();
    let mut lock = PgConnection::connect(db.url()).await.unwrap();
    lock.execute(sqlx::raw_sql("BEGIN; LOCK TABLE \"as\" IN ROW EXCLUSIVE MODE")).await.unwrap();
    let schema = models("  A: { fields: { x: int } }\n  B:\n    fields: { x: int }\n    belongs_to:\n      a: A\n");
    let begun = std::time::Instant::now();
    let error = builder(schema, &db).start_timeout(Duration::from_secs(1)).connect().await.unwrap_err();
    assert!(matches!(error, Error::Busy(_)), "{error:?}");
    assert!((3..10).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert_eq!(tables(&db).await, 2, "nothing is half done");
}

/// The lock that a start takes, in other hands.
enum Holder {
    Postgres(PgConnection),
    Sqlite(rusqlite::Connection),
}

impl Holder {
    async fn take(db: &TestDb) -> Self {
        match db.dialect() {
            Dialect::Postgres => {
                let mut connection = PgConnection::connect(db.url()).await.unwrap();
                // The first eight bytes of the hash of the package's name, as the server computes them.
                let lock = "SELECT pg_advisory_lock(
                    ('x' || left(encode(sha256('seedbed:database'), 'hex'), 16))::bit(64)::bigint)";
                connection.execute(lock).await.unwrap();
                Self::Postgres(connection)
            }
            Dialect::Sqlite => {
                let path = db.url().strip_prefix("sqlite:").unwrap();
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.busy_timeout(Duration::from_secs(10)).unwrap();
                connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                Self::Sqlite(connection)
            }
        }
    }

    async fn release(self) {
        match self {
            Self::Postgres(connection) => connection.close().await.unwrap(),
            Self::Sqlite(connection) => connection.execute_batch("ROLLBACK").unwrap(),
        }
    }
}

/// A data folder of a test's own.
struct Data {
    folder: PathBuf,
}

impl Data {
    fn copy() -> Self {
        let folder = scratch::directory();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../data"), &folder);
        Self { folder }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // It is gone with the process in any case.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => assert!(fs::copy(&path, &target).is_ok()),
        }
    }
}

fn on(db: &TestDb) -> Builder {
    builder(&database::SCHEMA, db)
}

async fn start(db: &TestDb) -> Db {
    on(db).connect().await.unwrap()
}

/// The rows of the models that have seeds.
async fn rows(db: &TestDb) -> [i64; 5] {
    let mut counts = [0; 5];
    for (count, table) in counts.iter_mut().zip(["roles", "providers", "models", "prompts", "agents"]) {
        *count = number(db, &format!("SELECT count(*) FROM {table}")).await;
    }
    counts
}
