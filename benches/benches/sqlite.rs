//! SQLite: reading, inserting and updating one row through the generated API from asynchronous code, and the same
//! statements with rusqlite called directly and through the SQLite of sqlx.
//!
//! Each contender has a file of its own, with the same rows and settings: a connection forgets its cache when another
//! one has written.

use std::collections::VecDeque;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;

use chrono::SecondsFormat;
use database::{Db, Decimal, Role, Secret, Timestamp, Usage, User};
use rusqlite::{Connection, params};
use seedbed_benches::platform::{INSERT, IP, READ, READ_ROLE, UPDATE, amount, new_usage, now, status, user_id};
use seedbed_benches::{Comparison, Peer, contender, platform};
use sqlx::pool::PoolOptions;
use sqlx::{ConnectOptions, Executor, Row, query};
use sqlx_sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

/// How many pages the log holds before a checkpoint, as the driver has it.
const CHECKPOINT: u32 = 4_000;

/// What a read or write may take in proportion to rusqlite called directly.
const DIRECT: f64 = 1.3;
/// What a read may take in proportion to sqlx as a service uses it, through its pool.
const READ_THROUGH_POOL: f64 = 0.1;
/// What anything else may take in proportion to sqlx.
const BY_SQLX: f64 = 1.0;

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let place = runtime.block_on(Place::open(folder.path()));
    seedbed_benches::run(&runtime, &[place.read(), place.read_json(), place.insert(), place.update()]);
    runtime.block_on(place.close());
}

/// Everyone's way to their own file.
struct Place {
    db: Db,
    direct: Arc<parking_lot::Mutex<Connection>>,
    held: Arc<Mutex<SqliteConnection>>,
    pool: sqlx::Pool<Sqlite>,
}

/// The same statement by hand: with rusqlite, and with sqlx on a held connection and through its pool.
macro_rules! peers {
    ($place:expr, $direct:ident, $by_sqlx:ident, $limit:expr) => {
        vec![
            Peer::new(
                contender!("rusqlite", direct = $place.direct, |turn| {
                    let row = $direct(&direct.lock(), turn);
                    ready(row)
                }),
                DIRECT,
            ),
            Peer::new(
                contender!("sqlx, held connection", held = $place.held, |turn| async {
                    $by_sqlx(&mut *held.lock().await, turn).await
                }),
                BY_SQLX,
            ),
            Peer::new(contender!("sqlx::Pool", pool = $place.pool, |turn| $by_sqlx(&pool, turn)), $limit),
        ]
    };
}

impl Place {
    async fn open(folder: &Path) -> Self {
        let start = async |name: &str| platform::start(database::builder().sqlite(folder.join(name))).await;
        for name in ["direct.db", "held.db", "pool.db"] {
            start(name).await.close().await;
        }
        let by_sqlx = |name: &str| {
            SqliteConnectOptions::new()
                .filename(folder.join(name))
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                .pragma("wal_autocheckpoint", CHECKPOINT.to_string())
        };
        Self {
            db: start("generated.db").await,
            direct: Arc::new(parking_lot::Mutex::new(open_directly(&folder.join("direct.db")))),
            held: Arc::new(Mutex::new(by_sqlx("held.db").connect().await.expect("the file opens"))),
            pool: PoolOptions::new().connect_with(by_sqlx("pool.db")).await.expect("the file opens"),
        }
    }

    fn read(&self) -> Comparison {
        let ours = contender!("generated", db = self.db, |turn| User::get(&db, user_id(turn)));
        Comparison { title: "read by key".into(), ours, peers: peers!(self, read, read_by_sqlx, READ_THROUGH_POOL) }
    }

    fn read_json(&self) -> Comparison {
        let ours = contender!("generated", db = self.db, |turn| Role::get(&db, 1 + turn as i64 % 2));
        let peers = peers!(self, read_json, read_json_by_sqlx, READ_THROUGH_POOL);
        Comparison { title: "read by key, with JSON".into(), ours, peers }
    }

    fn insert(&self) -> Comparison {
        let ours = contender!("generated", db = self.db, |turn| Usage::create(&db, new_usage(turn)));
        Comparison { title: "insert".into(), ours, peers: peers!(self, insert, insert_by_sqlx, BY_SQLX) }
    }

    fn update(&self) -> Comparison {
        let users = Arc::new(Mutex::new(VecDeque::new()));
        let ours = contender!("generated", shared = (self.db.clone(), users), |turn| async {
            let (db, users) = &shared;
            platform::change_next(db, &mut *users.lock().await, turn).await
        });
        Comparison { title: "update by key".into(), ours, peers: peers!(self, update, update_by_sqlx, BY_SQLX) }
    }

    async fn close(self) {
        self.db.close().await;
        self.pool.close().await;
    }
}

fn open_directly(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("the file opens");
    for (pragma, value) in [("journal_mode", "WAL"), ("synchronous", "NORMAL"), ("foreign_keys", "ON")] {
        connection.pragma_update(None, pragma, value).expect("the pragma is known");
    }
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT).expect("the pragma is known");
    connection
}

fn read(connection: &Connection, turn: u64) -> rusqlite::Result<User> {
    connection.prepare_cached(READ)?.query_row([user_id(turn)], user)
}

fn read_json(connection: &Connection, turn: u64) -> rusqlite::Result<Role> {
    connection.prepare_cached(READ_ROLE)?.query_row([1 + turn as i64 % 2], |row| {
        Ok(Role {
            id: row.get(0)?,
            name: row.get(1)?,
            policy: row.get_ref(2)?.as_str_or_null()?.map(json),
            order: row.get(3)?,
            created_at: instant(row.get_ref(4)?.as_str()?),
            updated_at: instant(row.get_ref(5)?.as_str()?),
        })
    })
}

fn insert(connection: &Connection, turn: u64) -> rusqlite::Result<Usage> {
    let now = text(now());
    let values = params![user_id(turn), 1, IP, 1_200, 80, 0, 0, scaled(amount(turn)), now, now];
    connection.prepare_cached(INSERT)?.query_row(values, |row| {
        Ok(Usage {
            id: row.get(0)?,
            user_id: row.get(1)?,
            model_id: row.get(2)?,
            ip: row.get(3)?,
            input_tokens: row.get(4)?,
            output_tokens: row.get(5)?,
            cache_read_tokens: row.get(6)?,
            cache_write_tokens: row.get(7)?,
            cost: unscaled(row.get(8)?),
            created_at: instant(row.get_ref(9)?.as_str()?),
            updated_at: instant(row.get_ref(10)?.as_str()?),
        })
    })
}

fn update(connection: &Connection, turn: u64) -> rusqlite::Result<User> {
    let values = params!["Augusta", scaled(amount(turn)), text(now()), user_id(turn)];
    connection.prepare_cached(UPDATE)?.query_row(values, user)
}

fn user(row: &rusqlite::Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        role_id: row.get(1)?,
        email: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        status: status(row.get_ref(5)?.as_str()?),
        api_key: row.get::<_, Option<String>>(6)?.map(Secret::from),
        limit: row.get::<_, Option<i64>>(7)?.map(unscaled),
        remaining: row.get::<_, Option<i64>>(8)?.map(unscaled),
        created_at: instant(row.get_ref(9)?.as_str()?),
        updated_at: instant(row.get_ref(10)?.as_str()?),
    })
}

async fn read_by_sqlx(on: impl Executor<'_, Database = Sqlite>, turn: u64) -> sqlx::Result<User> {
    user_of_sqlx(&query(READ).bind(user_id(turn)).fetch_one(on).await?)
}

async fn read_json_by_sqlx(on: impl Executor<'_, Database = Sqlite>, turn: u64) -> sqlx::Result<Role> {
    let row = query(READ_ROLE).bind(1 + turn as i64 % 2).fetch_one(on).await?;
    Ok(Role {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        policy: row.try_get(2)?,
        order: row.try_get(3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
    })
}

async fn insert_by_sqlx(on: impl Executor<'_, Database = Sqlite>, turn: u64) -> sqlx::Result<Usage> {
    let now = text(now());
    let row = query(INSERT)
        .bind(user_id(turn))
        .bind(1_i64)
        .bind(IP)
        .bind(1_200_i64)
        .bind(80_i64)
        .bind(0_i64)
        .bind(0_i64)
        .bind(scaled(amount(turn)))
        .bind(&now)
        .bind(&now)
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
        cost: unscaled(row.try_get(8)?),
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}

async fn update_by_sqlx(on: impl Executor<'_, Database = Sqlite>, turn: u64) -> sqlx::Result<User> {
    let query = query(UPDATE).bind("Augusta").bind(scaled(amount(turn))).bind(text(now())).bind(user_id(turn));
    user_of_sqlx(&query.fetch_one(on).await?)
}

fn user_of_sqlx(row: &SqliteRow) -> sqlx::Result<User> {
    Ok(User {
        id: row.try_get(0)?,
        role_id: row.try_get(1)?,
        email: row.try_get(2)?,
        first_name: row.try_get(3)?,
        last_name: row.try_get(4)?,
        status: status(row.try_get(5)?),
        api_key: row.try_get::<Option<String>, _>(6)?.map(Secret::from),
        limit: row.try_get::<Option<i64>, _>(7)?.map(unscaled),
        remaining: row.try_get::<Option<i64>, _>(8)?.map(unscaled),
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}

/// The decimal that a scaled integer stands for.
fn unscaled(value: i64) -> Decimal {
    Decimal::new(value, 6)
}

fn scaled(mut value: Decimal) -> i64 {
    value.rescale(6);
    i64::try_from(value.mantissa()).expect("the column has room for it")
}

/// The instant of a stored text.
fn instant(text: &str) -> Timestamp {
    text.parse().expect("it was stored as an instant")
}

fn text(value: Timestamp) -> String {
    value.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("it was stored as JSON")
}
