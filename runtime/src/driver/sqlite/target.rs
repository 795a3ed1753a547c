//! Where a SQLite database is, and how hard it tries to survive a power cut.

use std::path::PathBuf;

/// A database to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteTarget {
    /// A database of this handle alone, gone when it is dropped. It is a file all the same (see `private.rs`), so that it
    /// behaves like one.
    Memory,
    /// A file, created if it is missing; its folder is not.
    File(SqliteFile),
}

/// A database file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteFile {
    /// Where it is.
    pub path: PathBuf,
    /// What a commit waits for.
    pub synchronous: Synchronous,
}

/// What a commit waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// The operating system has the write. A power cut may lose the last commits, never the database: it comes back as it
    /// was after an earlier commit. A crash of the program loses nothing.
    #[default]
    Normal,
    /// The disk has the write. Each commit then takes as long as the disk does, so all of them leave the calling thread.
    Full,
}
