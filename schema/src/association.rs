//! Associations: written once, on the side that holds the key, with the inverse that comes along.

use serde::{Deserialize, Serialize};

use crate::{FieldId, ModelId};

/// The place of an association in [`crate::Schema::associations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssociationId(pub usize);

/// A `belongs_to`: the model holds the key of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// The model that holds the key.
    pub model: ModelId,
    /// The name on that model (`owner`).
    pub name: String,
    /// The name as a Rust identifier.
    pub rust: String,
    /// The model that is referred to.
    pub target: ModelId,
    /// The fields that hold the key, as many as the target's key has.
    pub fields: Vec<FieldId>,
    /// The fields of the target that they equal: its primary key.
    pub target_fields: Vec<FieldId>,
    /// What happens to the row when its target is deleted.
    pub on_delete: Action,
    /// What happens to the row when its target's key changes.
    pub on_update: Action,
    /// The way back, unless the spec refuses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<Inverse>,
    /// The name of the foreign key's constraint.
    pub foreign_key: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// The association of the target that leads back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inverse {
    /// The name on the target (`agents`).
    pub name: String,
    /// The name as a Rust identifier.
    pub rust: String,
    /// One row or many.
    pub kind: InverseKind,
}

/// How many rows refer to one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InverseKind {
    /// Any number.
    HasMany,
    /// One at most: the key is unique.
    HasOne,
}

/// What a foreign key does when the row it points at changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Refuse the change.
    Restrict,
    /// Follow it: delete or change this row too.
    Cascade,
    /// Set the key to NULL.
    SetNull,
    /// Set the key to its default.
    SetDefault,
    /// Refuse the change at the end of the statement.
    NoAction,
}

impl Action {
    /// Every action, as the spec spells it.
    pub const ALL: [(&'static str, Self); 5] = [
        ("restrict", Self::Restrict),
        ("cascade", Self::Cascade),
        ("set_null", Self::SetNull),
        ("set_default", Self::SetDefault),
        ("no_action", Self::NoAction),
    ];
}
