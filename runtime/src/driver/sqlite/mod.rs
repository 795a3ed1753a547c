//! SQLite: rusqlite, cheap reads on the calling thread.
