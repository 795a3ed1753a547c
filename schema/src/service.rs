//! Services: who may write and read what.

use serde::{Deserialize, Serialize};

use crate::{FieldId, ModelId};

/// A service and what it may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The name in the spec.
    pub name: String,
    /// The name as a Rust identifier.
    pub rust: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The models it writes (and reads).
    pub owns: Vec<ModelId>,
    /// The models it reads.
    pub reads: Vec<Read>,
}

/// What a service reads of a model that it does not own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// The model.
    pub model: ModelId,
    /// The fields; `None` is the whole row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<FieldId>>,
}
