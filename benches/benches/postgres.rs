//! PostgreSQL: reading, inserting and updating one row through the generated API and its pool, and the same statements
//! by hand on a held connection of sqlx and through sqlx's own pool, with and without its ping.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use database::{Db, Secret, Usage, User};
use seedbed_benches::platform::{INSERT, IP, READ, UPDATE, amount, new_usage, now, status, user_id};
use seedbed_benches::{Comparison, Contender, Peer, contender, platform};
use seedbed_tests::TestDb;
use sqlx::postgres::{PgConnection, PgExecutor, PgPool, PgPoolOptions, PgRow};
use sqlx::{Connection, Row};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// As many connections as a pool may have here.
const CONNECTIONS: u32 = 5;
/// As many tasks as use them.
const TASKS: usize = 16;

/// What a statement through our pool may take in proportion to one on a connection that is held.
const HELD: f64 = 1.15;
/// What it may take in proportion to one through sqlx's pool.
const POOL: f64 = 0.9;

fn main() {
    let threads = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    compare(&threads, |place| vec![place.crowd()]);
    // One statement after the other needs one thread and one processor: with more, chance decides who wakes whom across
    // processors, which takes longer than the statement.
    let thread = Builder::new_current_thread().enable_all().build().expect("a runtime");
    compare(&thread, |place| {
        let comparisons = vec![place.read(), place.insert(), place.update()];
        for contender in comparisons.iter().flat_map(Comparison::contenders) {
            contender.sample(&thread, 10);
        }
        thread.block_on(place.stay_on_one_processor());
        comparisons
    });
}

fn compare(runtime: &Runtime, comparisons: impl Fn(&Place) -> Vec<Comparison>) {
    let test = runtime.block_on(TestDb::postgres());
    let place = runtime.block_on(Place::open(&test));
    seedbed_benches::run(runtime, &comparisons(&place));
    runtime.block_on(place.close());
}

/// Everyone's way to the same database.
struct Place {
    db: Db,
    /// One of them for statements one after the other, all of them for the crowd.
    held: Vec<Arc<Mutex<PgConnection>>>,
    pool: PgPool,
    pool_without_ping: PgPool,
}

/// A contender that shares the work among tasks, each of which has one of the values.
macro_rules! crowd {
    ($name:expr, $shared:ident of $values:expr, |$turn:ident| $work:expr) => {{
        let values = $values.clone();
        Contender::new($name, move |times| {
            let (values, turns) = (values.clone(), Arc::new(AtomicU64::new(0)));
            async move {
                let start = Instant::now();
                let tasks: JoinSet<()> = values
                    .into_iter()
                    .map(|$shared| {
                        let turns = Arc::clone(&turns);
                        async move {
                            loop {
                                let $turn = turns.fetch_add(1, Ordering::Relaxed);
                                if $turn >= times {
                                    return;
                                }
                                black_box($work.await.expect("the statement succeeds"));
                            }
                        }
                    })
                    .collect();
                tasks.join_all().await;
                start.elapsed()
            }
        })
    }};
}

/// The same statement by hand, on a held connection and through the pools of sqlx.
macro_rules! peers {
    ($place:expr, $by_hand:ident) => {
        vec![
            Peer::new(
                contender!("held connection", held = $place.held[0], |turn| async {
                    $by_hand(&mut *held.lock().await, turn).await
                }),
                HELD,
            ),
            Peer::new(contender!("sqlx::Pool", pool = $place.pool, |turn| $by_hand(&pool, turn)), POOL),
            Peer::new(
                contender!("sqlx::Pool without ping", pool = $place.pool_without_ping, |turn| $by_hand(&pool, turn)),
                POOL,
            ),
        ]
    };
}

impl Place {
    async fn open(test: &TestDb) -> Self {
        let db = platform::start(database::builder().url(test.url()).pool_max(CONNECTIONS as usize)).await;
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            let connection = PgConnection::connect(test.url()).await.expect("the server is up");
            held.push(Arc::new(Mutex::new(connection)));
        }
        let options = PgPoolOptions::new().max_connections(CONNECTIONS);
        let pool = options.clone().connect(test.url()).await.expect("the server is up");
        let pool_without_ping = options.test_before_acquire(false).connect(test.url()).await.expect("the server is up");
        Self { db, held, pool, pool_without_ping }
    }

    fn read(&self) -> Comparison {
        let ours = contender!("generated", db = self.db, |turn| User::get(&db, user_id(turn)));
        Comparison { title: "read by key".into(), ours, peers: peers!(self, read) }
    }

    fn insert(&self) -> Comparison {
        let ours = contender!("generated", db = self.db, |turn| Usage::create(&db, new_usage(turn)));
        Comparison { title: "insert".into(), ours, peers: peers!(self, insert) }
    }

    fn update(&self) -> Comparison {
        let shared = (self.db.clone(), Arc::new(Mutex::new(VecDeque::new())));
        let ours = contender!("generated", shared = shared, |turn| async {
            let (db, users) = &shared;
            platform::change_next(db, &mut *users.lock().await, turn).await
        });
        Comparison { title: "update by key".into(), ours, peers: peers!(self, update) }
    }

    /// Many tasks on few connections. By hand, the tasks share connections that are held, three or four to each.
    fn crowd(&self) -> Comparison {
        let ours = crowd!("generated", db of vec![self.db.clone(); TASKS], |turn| User::get(&db, user_id(turn)));
        let shared: Vec<_> = self.held.iter().cloned().cycle().take(TASKS).collect();
        let held = crowd!("held connections, shared", held of shared, |turn| async {
            read(&mut *held.lock().await, turn).await
        });
        let pool = crowd!("sqlx::Pool", pool of vec![self.pool.clone(); TASKS], |turn| read(&pool, turn));
        let pools = vec![self.pool_without_ping.clone(); TASKS];
        let without_ping = crowd!("sqlx::Pool without ping", pool of pools, |turn| read(&pool, turn));
        let peers = vec![Peer::new(held, HELD), Peer::new(pool, POOL), Peer::new(without_ping, POOL)];
        Comparison { title: format!("read, {TASKS} tasks on {CONNECTIONS}"), ours, peers }
    }

    /// Keeps this thread and the server's processes for this database on one processor, where the system can do that.
    async fn stay_on_one_processor(&self) {
        let query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()";
        let processes: Vec<i32> =
            sqlx::query_scalar(query).fetch_all(&mut *self.held[0].lock().await).await.expect("the server answers");
        #[cfg(target_os = "linux")]
        for process in processes.into_iter().chain([0]) {
            // SAFETY: a set of processors may be empty, and the calls read and write it and nothing else.
            let failed = unsafe {
                let mut processors: libc::cpu_set_t = std::mem::zeroed();
                libc::CPU_SET(0, &mut processors);
                libc::sched_setaffinity(process, size_of::<libc::cpu_set_t>(), &processors)
            };
            if failed != 0 {
                eprintln!("process {process} stays where it likes: {}", std::io::Error::last_os_error());
            }
        }
    }

    async fn close(self) {
        self.db.close().await;
        self.pool.close().await;
        self.pool_without_ping.close().await;
    }
}

async fn read(on: impl PgExecutor<'_>, turn: u64) -> sqlx::Result<User> {
    user(&sqlx::query(READ).bind(user_id(turn)).fetch_one(on).await?)
}

async fn insert(on: impl PgExecutor<'_>, turn: u64) -> sqlx::Result<Usage> {
    let now = now();
    let row = sqlx::query(INSERT)
        .bind(user_id(turn))
        .bind(1_i64)
        .bind(IP)
        .bind(1_200_i64)
        .bind(80_i64)
        .bind(0_i64)
        .bind(0_i64)
        .bind(amount(turn))
        .bind(now)
        .bind(now)
        .fetch_one(on)
        .await?;
    Ok(Usage {
        id: row.try_get(0)?,
        user_id: row.try_get(1)?,
        model_id: row.try_get(2)?,
        ip: row.try_get(3)?,
        input_tokens: row.try_get(4)?,
        output_tokens: row.try_get(5)?,
        cache_read_tokens: row.try_get(6)?,
        cache_write_tokens: row.try_get(7)?,
        cost: row.try_get(8)?,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}

async fn update(on: impl PgExecutor<'_>, turn: u64) -> sqlx::Result<User> {
    let query = sqlx::query(UPDATE).bind("Augusta").bind(amount(turn)).bind(now()).bind(user_id(turn));
    user(&query.fetch_one(on).await?)
}

fn user(row: &PgRow) -> sqlx::Result<User> {
    Ok(User {
        id: row.try_get(0)?,
        role_id: row.try_get(1)?,
        email: row.try_get(2)?,
        first_name: row.try_get(3)?,
        last_name: row.try_get(4)?,
        status: status(row.try_get(5)?),
        api_key: row.try_get::<Option<String>, _>(6)?.map(Secret::from),
        limit: row.try_get(7)?,
        remaining: row.try_get(8)?,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}
