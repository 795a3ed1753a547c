//! What a sync did and found.

use std::fmt;

/// What a sync created, and what it left as it was though the schema says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// The tables that were created, each with its indexes and foreign keys, in the order of their names.
    pub created_tables: Vec<String>,
    /// The indexes that were created on tables that existed.
    pub created_indexes: Vec<String>,
    /// What differs in tables that existed.
    pub differences: Vec<Difference>,
}

/// Something about an existing table that is not as the schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// What differs, in words.
    pub detail: String,
}

impl SyncReport {
    /// Whether nothing was created.
    pub fn is_unchanged(&self) -> bool {
        self.created_tables.is_empty() && self.created_indexes.is_empty()
    }

    pub(super) fn log(&self) {
        if !self.is_unchanged() {
            let (tables, indexes) = (self.created_tables.join(", "), self.created_indexes.join(", "));
            tracing::info!(target: "seedbed", tables, indexes, "created what was missing");
        }
        for difference in &self.differences {
            tracing::warn!(target: "seedbed", "the database differs from the schema: {difference}");
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table `{}`: {}", self.table, self.detail)
    }
}
