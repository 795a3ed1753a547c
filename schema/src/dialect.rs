//! The databases that Seedbed speaks to. Code asks a dialect what it can do; only the writer of SQL text matches on it.

use serde::{Deserialize, Serialize};

/// A database that SQL text is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 15 or later.
    Postgres,
    /// SQLite 3.51 or later, with `STRICT` tables.
    Sqlite,
}

impl Dialect {
    /// Every dialect, in the order in which output is written.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The name used in `schema.yaml`, in file names and in `DB_DIALECT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The dialect of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The most decimal digits an exact number can have: SQLite keeps decimals as scaled 64-bit integers.
    pub fn max_decimal_precision(self) -> u8 {
        match self {
            Self::Postgres => 28,
            Self::Sqlite => 18,
        }
    }

    /// Whether it has a type of its own for each type of the spec; otherwise several share one, each column says the
    /// spec's type in a comment, checks keep the values apart, and decimals are scaled integers.
    pub fn has_native_types(self) -> bool {
        self == Self::Postgres
    }

    /// Whether tables and columns carry comments of their own (`COMMENT ON`); otherwise they stand inside the DDL.
    pub fn has_comment_statements(self) -> bool {
        self == Self::Postgres
    }

    /// Whether a foreign key can be added to a table that exists; otherwise it stands inside `CREATE TABLE`.
    pub fn can_add_constraints(self) -> bool {
        self == Self::Postgres
    }

    /// Whether an index can carry further columns that are not part of its key (`INCLUDE`).
    pub fn has_covering_indexes(self) -> bool {
        self == Self::Postgres
    }
}
