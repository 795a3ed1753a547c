//! Seeds: rows that every database has.

use serde::{Deserialize, Serialize};

use crate::{FieldId, ModelId};

/// Rows of one model, loaded by key, as often as they change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seed {
    /// The model.
    pub model: ModelId,
    /// Where the rows are.
    pub rows: SeedRows,
    /// The fields that tell one row from another: the primary key or a unique key.
    pub key: Vec<FieldId>,
    /// The environment variable without which the seed is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The named set it belongs to; such a seed is only loaded when the set is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
}

/// Where a seed's rows are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedRows {
    /// A CSV file, relative to the spec, with forward slashes.
    File(String),
    /// In the spec itself.
    Inline {
        /// The names of the columns: fields or associations.
        header: Vec<String>,
        /// The cells as text, with the same rules as in a CSV file.
        rows: Vec<Vec<String>>,
    },
}
