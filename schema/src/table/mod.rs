//! The table side: what one database holds, in the words of that database.
//!
//! One set of types for every dialect and every producer: the mapping from the spec, a snapshot on disk, a live
//! catalogue. Everything is looked up by name; expressions are SQL text of the dialect, with the spec's form beside it
//! where there is one.

mod column;
mod constraint;
mod expression;
mod index;
mod lookup;

use serde::{Deserialize, Serialize};

use crate::Dialect;

pub use column::{Column, ColumnDefault, ColumnType, Identity};
pub use constraint::{CheckConstraint, CheckKind, ForeignKey, PrimaryKey};
pub use expression::Expression;
pub use index::{Index, IndexKey, IndexPart};
pub use lookup::Constraint;

/// The tables of one database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Database {
    /// Whose SQL the expressions are in.
    pub dialect: Dialect,
    /// The tables in the order of their names.
    pub tables: Vec<Table>,
}

/// A table and all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The name.
    pub name: String,
    /// What it holds, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The primary key; only a table that was not made by us can be without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// The indexes, unique keys included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// The checks: those that types need, column by column, then those that the spec states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckConstraint>,
}
