//! Indexes and unique keys.

use serde::{Deserialize, Serialize};

use crate::{Condition, Expr, FieldId};

/// The most fields of a primary or unique key: in Rust it is a tuple, and a trait has one implementation for each length.
pub const MAX_KEY_FIELDS: usize = 16;

/// An index of a model; a unique key is an index that is unique.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// The name in the database.
    pub name: String,
    /// The members of its key, in order.
    pub members: Vec<IndexMember>,
    /// Whether no two rows may have the same key.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub unique: bool,
    /// The rows it covers, if not all.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Condition>,
    /// Further fields kept in the index, not part of its key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<FieldId>,
    /// Where it comes from.
    pub origin: IndexOrigin,
    /// The name of the index before it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

impl Index {
    /// The fields of its key in order, unless a member is an expression.
    pub fn fields(&self) -> Option<Vec<FieldId>> {
        self.members
            .iter()
            .map(|member| match member.key {
                IndexKey::Field(id) => Some(id),
                IndexKey::Expression(_) => None,
            })
            .collect()
    }

    /// The fields by which it finds at most one row: unique, of fields alone, over all rows.
    pub fn unique_fields(&self) -> Option<Vec<FieldId>> {
        if self.unique && self.predicate.is_none() { self.fields() } else { None }
    }
}

/// One member of an index's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexMember {
    /// What is indexed.
    pub key: IndexKey,
    /// Whether it is sorted from the largest down.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub descending: bool,
}

/// What one member of an index's key is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKey {
    /// A field.
    Field(FieldId),
    /// An expression over the model's fields.
    Expression(Expr),
}

/// Why an index is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexOrigin {
    /// It stands under `indexes:`.
    Spec,
    /// A field or association is flagged `unique` or `index`.
    Flag,
    /// Every foreign key gets one, so that deleting its target does not scan the table.
    ForeignKey,
}
