//! How many connections a handle keeps, and how long it waits for one.

use std::time::Duration;

/// The limits of a pool. Times are wall-clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolOptions {
    /// Connections that are kept open while idle.
    pub min: usize,
    /// The most connections at once.
    pub max: usize,
    /// How long a caller waits for a connection (or, on SQLite, for a lock of another process).
    pub acquire: Duration,
    /// How long a connection beyond `min` may stay idle.
    pub idle: Duration,
    /// How old a connection may grow before it is replaced.
    pub max_age: Duration,
    /// How long opening one connection may take.
    pub connect: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            min: 0,
            max: 10,
            acquire: Duration::from_secs(30),
            idle: Duration::from_secs(600),
            max_age: Duration::from_secs(1800),
            connect: Duration::from_secs(10),
        }
    }
}
