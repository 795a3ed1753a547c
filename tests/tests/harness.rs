//! The harness's promises: databases that are fresh and alone, the same test on both, honest counts, and nothing left.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use seedbed_tests::proxy::{Counts, Proxy};
use seedbed_tests::{Dialect, TestDb, on_both, postgres};
use sqlx::{Connection, Executor, PgConnection, Row};

on_both!(a_database_is_empty_and_alone, a_body_may_return_an_error_type);

async fn a_database_is_empty_and_alone(db: &TestDb) {
    let other = TestDb::new(db.dialect()).await;
    execute(db, "CREATE TABLE t (id int)").await.expect("the database is empty");
    execute(&other, "CREATE TABLE t (id int)").await.expect("the other one is empty too");
    execute(db, "CREATE TABLE t (id int)").await.expect_err("the table is there by now");
}

async fn a_body_may_return_an_error_type(db: &TestDb) -> Result<(), String> {
    execute(db, "SELECT 1").await
}

#[tokio::test]
async fn a_dropped_database_is_gone_whoever_is_connected() {
    let db = TestDb::postgres().await;
    let name = db.url().rsplit('/').next().unwrap().to_owned();
    let mut user = connect(db.url()).await;
    assert!(database_names().await.contains(&name));
    drop(db);
    assert!(!database_names().await.contains(&name));
    user.ping().await.expect_err("the connection was cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_can_be_dropped_inside_any_runtime() {
    drop(TestDb::postgres().await);
}

#[tokio::test]
async fn a_dropped_sqlite_database_is_gone() {
    let db = TestDb::sqlite().await;
    execute(&db, "CREATE TABLE t (id int)").await.unwrap();
    let file = file(&db);
    assert!(file.exists());
    drop(db);
    assert!(!file.parent().unwrap().exists());
}

#[tokio::test]
async fn text_is_not_sorted_by_code_points() {
    let db = TestDb::postgres().await;
    let row = connect(db.url()).await.fetch_one("SELECT 'a' < 'B', 'a' < 'B' COLLATE \"C\"").await.unwrap();
    assert_eq!((row.get::<bool, _>(0), row.get::<bool, _>(1)), (true, false));
}

#[tokio::test]
async fn the_server_listens_on_a_socket_too() {
    let mut connection = connect(&postgres::server().socket_url("postgres")).await;
    let row = connection.fetch_one("SELECT inet_client_addr() IS NULL").await.unwrap();
    assert!(row.get::<bool, _>(0), "the connection came through the socket");
}

#[tokio::test]
async fn a_prepared_statement_takes_one_round_trip_when_it_runs_again() {
    let db = TestDb::postgres().await;
    let proxy = Proxy::start().unwrap();
    let mut connection = connect(&proxy.url(&db)).await;
    assert_eq!((proxy.counts().connections, proxy.counts().startups), (1, 1));

    proxy.reset();
    select(&mut connection).await;
    assert_eq!(proxy.counts().parses, 1);
    assert_eq!(proxy.statements(), ["SELECT $1::int"]);

    proxy.reset();
    select(&mut connection).await;
    assert_eq!(proxy.counts(), Counts { syncs: 1, executes: 1, ..Counts::default() });
    assert_eq!(proxy.counts().round_trips(), 1);
    assert_eq!(proxy.statements(), [""; 0]);
    assert_eq!(proxy.executions(), ["SELECT $1::int"]);
}

#[tokio::test]
async fn a_simple_query_takes_one_round_trip() {
    let db = TestDb::postgres().await;
    let proxy = Proxy::start().unwrap();
    let mut connection = connect(&proxy.url(&db)).await;
    proxy.reset();
    connection.execute(sqlx::raw_sql("BEGIN; ROLLBACK")).await.unwrap();
    assert_eq!(proxy.counts(), Counts { queries: 1, ..Counts::default() });
    assert_eq!(proxy.statements(), ["BEGIN; ROLLBACK"]);
}

#[tokio::test]
async fn a_frozen_proxy_loses_nothing() {
    let db = TestDb::postgres().await;
    let proxy = Proxy::start().unwrap();
    let mut connection = connect(&proxy.url(&db)).await;
    for freeze in [Proxy::freeze_requests, Proxy::freeze_answers] {
        freeze(&proxy);
        let mut waiting = std::pin::pin!(select(&mut connection));
        tokio::time::timeout(Duration::from_millis(100), &mut waiting).await.expect_err("no answer while frozen");
        proxy.thaw();
        waiting.await;
    }
}

#[tokio::test]
async fn held_answers_are_to_work_that_was_done() {
    let db = TestDb::postgres().await;
    let proxy = Proxy::start().unwrap();
    let mut connection = connect(&proxy.url(&db)).await;
    proxy.freeze_answers();
    let mut waiting = std::pin::pin!(connection.execute("CREATE TABLE t (id int)"));
    tokio::time::timeout(Duration::from_millis(100), &mut waiting).await.expect_err("no answer while frozen");
    execute(&db, "CREATE TABLE t (id int)").await.expect_err("the server has made the table");
    proxy.thaw();
    waiting.await.unwrap();
}

#[tokio::test]
async fn a_killed_connection_is_closed_on_both_sides() {
    let db = TestDb::postgres().await;
    let proxy = Proxy::start().unwrap();
    let mut connection = connect(&proxy.url(&db)).await;
    let pid = connection.fetch_one("SELECT pg_backend_pid()").await.unwrap().get::<i32, _>(0);
    proxy.kill_connections();
    connection.ping().await.expect_err("the connection was cut");
    assert!(within(Duration::from_secs(10), || proxy.open_connections() == 0));
    let mut observer = connect(db.url()).await;
    let end = Instant::now() + Duration::from_secs(10);
    let backend = || sqlx::query("SELECT FROM pg_stat_activity WHERE pid = $1").bind(pid);
    while observer.fetch_optional(backend()).await.unwrap().is_some() {
        assert!(Instant::now() < end, "the server still has the connection");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    connect(&proxy.url(&db)).await;
}

/// Runs in this process, or in a child that [`User`] starts: then it uses the harness until its input ends.
#[test]
fn killed_processes_leave_nothing_behind() {
    if std::env::var_os(ACT).is_some() {
        return act_as_user();
    }
    let target = tempfile::tempdir().unwrap();
    let mut users = [(); 2].map(|()| User::start(target.path(), &[]));
    let directory = users[0].path("directory");
    assert_eq!(directory, users[1].path("directory"), "both use one server");
    let server = server_process(&directory);
    let data = std::fs::canonicalize(directory.join("data")).unwrap();

    users[0].kill();
    assert!(gone(&users[0].path("sqlite")), "the SQLite database of the killed process is gone");
    sleep(Duration::from_millis(1500));
    assert!(is_alive(server), "the server lives as long as somebody uses it");

    users[1].kill();
    assert!(gone(&directory) && gone(&data), "the server's files are gone");
    assert!(within(Duration::from_secs(10), || !is_alive(server)), "the server is gone");
    assert!(gone(&users[1].path("sqlite")));
}

#[test]
fn a_process_that_ends_leaves_nothing_behind() {
    let target = tempfile::tempdir().unwrap();
    let mut user = User::start(target.path(), &[]);
    let directory = user.path("directory");
    let server = server_process(&directory);
    user.end();
    assert!(gone(&directory) && gone(&user.path("sqlite")));
    assert!(within(Duration::from_secs(10), || !is_alive(server)));
}

#[test]
fn processes_that_follow_each_other_share_a_server() {
    let target = tempfile::tempdir().unwrap();
    let mut first = User::start(target.path(), &[]);
    first.end();
    let second = User::start(target.path(), &[]);
    assert_eq!(first.path("directory"), second.path("directory"));
}

#[test]
fn what_a_killed_supervisor_left_is_removed_by_the_next_run() {
    let target = tempfile::tempdir().unwrap();
    let mut user = User::start(target.path(), &[]);
    let directory = user.path("directory");
    let server = server_process(&directory);
    let data = std::fs::canonicalize(directory.join("data")).unwrap();
    // With the whole group killed nobody is left who could clean up.
    signal("KILL", &format!("-{}", parent_of(parent_of(server))));
    user.kill();
    assert!(directory.exists());

    let next = User::start(target.path(), &[]);
    assert_ne!(next.path("directory"), directory);
    assert!(!directory.exists() && !data.exists());
}

#[test]
fn a_server_is_installed_where_none_is_found() {
    installs("pypi");
}

#[test]
fn a_server_is_installed_from_debian_packages_where_python_has_none() {
    let has_apt = Command::new("apt-get").arg("--version").output().is_ok_and(|output| output.status.success());
    if has_apt {
        installs("debian");
    } else {
        // Not through `eprintln!`, which the test runner would swallow.
        std::io::Write::write_all(&mut std::io::stderr(), b"skipped: this system has no apt-get\n").unwrap();
    }
}

#[test]
fn a_wrong_wish_is_explained() {
    let target = tempfile::tempdir().unwrap();
    let empty = target.path().to_str().unwrap();
    let said = User::failure(target.path(), &[("PGBIN", empty)]);
    assert!(said.contains(&format!("`PGBIN` is `{empty}`, where no usable server is")), "{said}");
    let said = User::failure(target.path(), &[("SEEDBED_POSTGRES", "oracle")]);
    assert!(said.contains("`SEEDBED_POSTGRES` is `oracle`, which is none of `install`, `pypi` and `debian`"), "{said}");
}

#[test]
fn a_failed_installation_says_what_to_install() {
    let target = tempfile::tempdir().unwrap();
    let empty = target.path().to_str().unwrap();
    let said = User::failure(target.path(), &[("SEEDBED_POSTGRES", "install"), ("PATH", empty)]);
    for part in ["from pypi: cannot run `python3`", "from debian: cannot run `apt-", "install PostgreSQL 15 or later"] {
        assert!(said.contains(part), "no `{part}` in: {said}");
    }
}

fn installs(source: &str) {
    let target = tempfile::tempdir().unwrap();
    let mut user = User::start(target.path(), &[("SEEDBED_POSTGRES", source)]);
    let directory = user.path("directory");
    let programs = std::fs::read_to_string(directory.join("door")).unwrap();
    assert!(programs.contains(target.path().to_str().unwrap()), "the server is the installed one: {programs}");
    let unfinished = std::fs::read_dir(target.path().join("postgres")).unwrap().flatten();
    let unfinished: Vec<_> = unfinished.filter(|it| it.file_name().to_string_lossy().contains("unfinished")).collect();
    assert!(unfinished.is_empty(), "{unfinished:?}");
    assert_eq!(user.said["sorted"], "true");
    user.end();
    assert!(gone(&directory), "also what was copied there is gone");
}

/// Set for a child process that uses the harness.
const ACT: &str = "SEEDBED_HARNESS_ACT";

/// A child process that uses the harness, with a target folder and so a server apart from everybody else's.
struct User {
    process: Child,
    said: HashMap<String, String>,
}

impl User {
    fn start(target: &Path, variables: &[(&str, &str)]) -> Self {
        let mut process = Self::spawn(target, variables);
        let mut said = HashMap::new();
        for line in BufReader::new(process.stdout.as_mut().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((name, value)) = line.split_once('=') {
                said.insert(name.to_owned(), value.to_owned());
            }
            if line == "ready" {
                return Self { process, said };
            }
        }
        let output = process.wait_with_output().unwrap();
        panic!("the child process failed: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What a child says that is expected to fail.
    fn failure(target: &Path, variables: &[(&str, &str)]) -> String {
        let output = Self::spawn(target, variables).wait_with_output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    fn spawn(target: &Path, variables: &[(&str, &str)]) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_processes_leave_nothing_behind", "--nocapture"])
            .env(ACT, "1")
            .env("CARGO_TARGET_DIR", target)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(&self.said[name])
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn end(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn act_as_user() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_server_side, in_file) = runtime.block_on(async {
        let (server_side, in_file) = (TestDb::postgres().await, TestDb::sqlite().await);
        let row = connect(server_side.url()).await.fetch_one("SELECT 'a' < 'B'").await.unwrap();
        println!("\nsorted={}", row.get::<bool, _>(0));
        (server_side, in_file)
    });
    println!("directory={}", postgres::server().directory().display());
    println!("sqlite={}\nready", file(&in_file).parent().unwrap().display());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// The id of the process of the server in `directory`.
fn server_process(directory: &Path) -> u32 {
    let text = std::fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

fn parent_of(process: u32) -> u32 {
    let output = Command::new("ps").args(["-o", "ppid=", "-p", &process.to_string()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn is_alive(process: u32) -> bool {
    signal("0", &process.to_string())
}

fn signal(name: &str, target: &str) -> bool {
    Command::new("/bin/sh").args(["-c", "kill -s \"$0\" -- \"$1\" 2>&-", name, target]).status().unwrap().success()
}

fn gone(path: &Path) -> bool {
    within(Duration::from_secs(10), || !path.exists())
}

fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !holds() {
        if Instant::now() > end {
            return false;
        }
        sleep(Duration::from_millis(20));
    }
    true
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn select(connection: &mut PgConnection) {
    let row = connection.fetch_one(sqlx::query("SELECT $1::int").bind(1)).await.unwrap();
    assert_eq!(row.get::<i32, _>(0), 1);
}

async fn database_names() -> Vec<String> {
    let mut connection = connect(&postgres::server().url("postgres")).await;
    let rows = connection.fetch_all("SELECT datname::text FROM pg_database").await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Runs one statement without parameters on a connection of its own.
async fn execute(db: &TestDb, statement: &'static str) -> Result<(), String> {
    match db.dialect() {
        Dialect::Postgres => {
            connect(db.url()).await.execute(statement).await.map(drop).map_err(|error| error.to_string())
        }
        Dialect::Sqlite => {
            let connection = rusqlite::Connection::open(file(db)).unwrap();
            connection.execute_batch(statement).map_err(|error| error.to_string())
        }
    }
}

/// The file of a SQLite database.
fn file(db: &TestDb) -> PathBuf {
    db.url().strip_prefix("sqlite:").unwrap().into()
}
