//! How late a timer of one millisecond gets while the same thread uses SQLite: the worst gap between two ticks beside
//! work that is long, or that waits, on a runtime of one thread.
//!
//! Other programs on the machine make gaps of their own, which the first two lines show: nothing but the timer, and a
//! loop without any database that lets the timer run whenever a tenth of a millisecond is over. Beside each gap stands the
//! longest that the thread itself was busy between two ticks, which other programs change little.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use database::{Db, Role, Usage, User, role};
use rusqlite::Connection;
use seedbed_benches::is_bench;
use seedbed_benches::platform::{self, new_usage, user_id};
use seedbed_benches::text::{line, time};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// The worst gap that is allowed.
const LIMIT: Duration = Duration::from_millis(10);
/// What the scan has to take at least.
const SCAN: Duration = Duration::from_millis(50);
/// How long the other process holds the lock.
const HELD: Duration = Duration::from_secs(1);
/// The argument that makes this program the other process.
const HOLD: &str = "--hold-lock";
/// The columns of the table of results.
const WIDTHS: [i32; 5] = [44, -9, -12, -12, -12];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == HOLD) {
        return hold_lock(Path::new(&arguments[at + 1]));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("timer.db");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let size = if is_bench() { Size::full() } else { Size::small() };
    let db = runtime.block_on(platform::start(database::builder().sqlite(&path)));
    fill(&path, size.rows);

    println!("{}", line(&WIDTHS, ["beside", "took", "worst gap", "of all runs", "thread busy"]));
    let bench = Bench { runtime, repetitions: size.repetitions };
    bench.run("nothing", async || sleep(HELD / 2).await);
    bench.run("a busy loop without a database", async || burn(HELD).await);
    let upto = bench.runtime.block_on(rows_for(SCAN, &db, size.rows));
    bench.run("a scan that reads every row", async || {
        assert!(nobody(upto).all(&db).await.expect("a scan").is_empty());
    });
    bench.run("the same scan for one row at most", async || {
        assert!(nobody(upto).first(&db).await.expect("a scan").is_none());
    });
    bench.run(&format!("count() of {} rows", size.rows), async || {
        assert!(Role::query().count(&db).await.expect("a count") >= size.rows);
    });
    bench.run(&format!("{} finds in one loop", size.finds), async || {
        for turn in 0..size.finds {
            User::get(&db, user_id(turn)).await.expect("a user");
        }
    });
    bench.run(&format!("{} inserts, across checkpoints", size.inserts), async || {
        for turn in 0..size.inserts {
            Usage::create(&db, new_usage(turn)).await.expect("an insert");
        }
    });
    bench.run("an insert that waits for another process", async || {
        let (mut holder, start) = (Holder::start(&path), Instant::now());
        Usage::create(&db, new_usage(0)).await.expect("an insert");
        assert!(start.elapsed() > HELD / 2, "the other process did not hold the lock");
        holder.process.wait().expect("it ends by itself");
    });
    bench.runtime.block_on(db.close());
}

/// How much work is done.
struct Size {
    rows: u64,
    finds: u64,
    inserts: u64,
    repetitions: usize,
}

impl Size {
    fn full() -> Self {
        Self { rows: 3_000_000, finds: 100_000, inserts: 20_000, repetitions: 5 }
    }

    /// To see that everything works.
    fn small() -> Self {
        Self { rows: 30_000, finds: 100, inserts: 100, repetitions: 1 }
    }
}

struct Bench {
    runtime: Runtime,
    repetitions: usize,
}

/// What a timer saw.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    /// The longest between two ticks.
    worst: Duration,
    /// The longest that the thread itself ran between two ticks.
    busy: Duration,
}

impl Bench {
    fn run(&self, title: &str, work: impl AsyncFn()) {
        let mut took = Vec::new();
        let mut gaps = Vec::new();
        for _ in 0..self.repetitions {
            let start = Instant::now();
            gaps.push(self.runtime.block_on(beside(&work)));
            took.push(start.elapsed());
        }
        gaps.sort_by_key(|gap| gap.worst);
        took.sort();
        let (median, worst) = (gaps[gaps.len() / 2].worst, gaps[gaps.len() - 1].worst);
        let busy = gaps.iter().map(|gap| gap.busy).max().unwrap_or_default();
        let figures = [took[took.len() / 2], median, worst, busy].map(|figure| time(figure.as_secs_f64()));
        let [took, shown, worst, busy] = &figures;
        let verdict = if median < LIMIT { "" } else { "  TOO LATE" };
        println!("{}{verdict}", line(&WIDTHS, [title, took, shown, worst, busy]));
    }
}

/// Runs a timer beside some work, and a moment before and after it.
async fn beside(work: impl AsyncFn()) -> Gap {
    let done = Arc::new(AtomicBool::new(false));
    let timer = tokio::spawn(tick(Arc::clone(&done)));
    sleep(Duration::from_millis(5)).await;
    work().await;
    sleep(Duration::from_millis(5)).await;
    done.store(true, Ordering::Relaxed);
    timer.await.expect("the timer does not panic")
}

/// Keeps the thread busy, and lets others run every tenth of a millisecond.
async fn burn(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        let turn = Instant::now();
        while turn.elapsed() < Duration::from_micros(100) {
            std::hint::spin_loop();
        }
        tokio::task::yield_now().await;
    }
}

async fn tick(done: Arc<AtomicBool>) -> Gap {
    let mut ticks = interval(Duration::from_millis(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let mut gap = Gap::default();
    let mut last = (Instant::now(), thread_time());
    while !done.load(Ordering::Relaxed) {
        ticks.tick().await;
        let now = (Instant::now(), thread_time());
        gap.worst = gap.worst.max(now.0 - last.0);
        gap.busy = gap.busy.max(now.1 - last.1);
        last = now;
    }
    gap
}

/// The time that this thread has run so far.
fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to the place that it is given, and to nothing else.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0, "every Unix system has a clock per thread");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).expect("less than a second"))
}

/// The role that is not there, among the first rows.
fn nobody(upto: i64) -> database::Query<Role, seedbed::Filtered> {
    Role::query().filter(role::NAME.contains("nobody").and(role::ID.le(upto)))
}

/// How many rows a scan has to read to take that long, as far as there are so many.
async fn rows_for(wanted: Duration, db: &Db, rows: u64) -> i64 {
    let mut upto = 10_000;
    loop {
        let start = Instant::now();
        nobody(upto).all(db).await.expect("a scan");
        if start.elapsed() >= wanted || upto.unsigned_abs() >= rows {
            return upto;
        }
        upto += upto / 2;
    }
}

/// Adds roles. They go past the library, which would take minutes, and past the checks of the columns.
fn fill(path: &Path, rows: u64) {
    let connection = Connection::open(path).expect("the file opens");
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF;
             PRAGMA ignore_check_constraints = ON;
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
             INSERT INTO roles (name, \"order\") SELECT 'role ' || n, n FROM numbers;
             PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .expect("rows");
}

/// Another process that holds the lock for writing.
struct Holder {
    process: Child,
}

impl Holder {
    /// Starts it, and waits until it has the lock.
    fn start(path: &Path) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .arg(HOLD)
            .arg(path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let mut said = String::new();
        BufReader::new(process.stdout.take().expect("it is piped")).read_line(&mut said).expect("it says so");
        assert_eq!(said, "held\n");
        Self { process }
    }
}

fn hold_lock(path: &Path) {
    let connection = Connection::open(path).expect("the file opens");
    connection.busy_timeout(HELD).expect("it is open");
    connection.execute_batch("BEGIN IMMEDIATE").expect("the lock is free");
    println!("held");
    std::thread::sleep(HELD);
    connection.execute_batch("COMMIT").expect("nothing was written");
}
