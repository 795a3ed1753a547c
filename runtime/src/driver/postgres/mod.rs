//! PostgreSQL: connections of sqlx in a pool of ours.

mod read;
mod types;

pub(crate) use read::PostgresRow;
