//! SQLite: rusqlite, cheap reads on the calling thread.

mod codec;
mod read;

pub(crate) use read::SqliteRow;
