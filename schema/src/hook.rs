//! Hooks: the moments around a write at which a service wants to be asked or told.

use serde::{Deserialize, Serialize};

/// A moment around a write of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    /// Before a row is created.
    BeforeCreate,
    /// After a row was created.
    AfterCreate,
    /// Before a row is changed.
    BeforeUpdate,
    /// After a row was changed.
    AfterUpdate,
    /// Before a row is deleted.
    BeforeDelete,
    /// After a row was deleted.
    AfterDelete,
    /// Before the transaction of a write is committed.
    BeforeCommit,
    /// After the transaction of a write was committed.
    AfterCommit,
}

impl Hook {
    /// Every hook, as the spec spells it.
    pub const ALL: [(&'static str, Self); 8] = [
        ("before_create", Self::BeforeCreate),
        ("after_create", Self::AfterCreate),
        ("before_update", Self::BeforeUpdate),
        ("after_update", Self::AfterUpdate),
        ("before_delete", Self::BeforeDelete),
        ("after_delete", Self::AfterDelete),
        ("before_commit", Self::BeforeCommit),
        ("after_commit", Self::AfterCommit),
    ];
}
