//! Where a handle connects to, and how it behaves.

use std::time::Duration;

use crate::PoolOptions;
use crate::driver::postgres::PostgresTarget;
use crate::driver::sqlite::SqliteTarget;

/// Everything that opening a handle needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database.
    pub target: Target,
    /// The limits of the pool.
    pub pool: PoolOptions,
    /// Whether every statement is logged, at level `info`.
    pub log: bool,
    /// From when on a statement counts as slow, and is logged at level `warn`.
    pub slow: Option<Duration>,
}

/// A database to connect to.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a program has one or two of them")]
pub enum Target {
    /// A PostgreSQL server.
    Postgres(PostgresTarget),
    /// A SQLite file, or a database in memory.
    Sqlite(SqliteTarget),
}
