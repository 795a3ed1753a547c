//! Models, their fields and their checks.

use serde::{Deserialize, Serialize};

use crate::{Condition, Default, Hook, Index, JsonTypeId, Type};

/// The place of a model in [`crate::Schema::models`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelId(pub usize);

/// The place of a field in its [`Model::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldId(pub usize);

/// A model: one Rust struct, one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The name in the spec and of the Rust struct (`ChatThread`).
    pub name: String,
    /// The Rust module, escaped where it is a keyword (`chat_thread`); also its file's name without the escape.
    pub module: String,
    /// The table (`chat_threads`).
    pub table: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The name of the model before it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The fields in column order: key, keys of associations, own fields, mixins.
    pub fields: Vec<Field>,
    /// The primary key, one field or several.
    pub key: Vec<FieldId>,
    /// The name of the primary key's constraint.
    pub key_name: String,
    /// The indexes, unique keys included, in the order of the spec; those of foreign keys last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The checks that the spec states (those that a type needs on one dialect are added by the mapping).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Fields that were removed on purpose, by their former names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// The moments around its writes at which services are asked or told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Hook>,
}

impl Model {
    /// The field at a place.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0]
    }

    /// The field with the spec's name, and its place.
    pub fn find_field(&self, name: &str) -> Option<(FieldId, &Field)> {
        let at = self.fields.iter().position(|field| field.name == name)?;
        Some((FieldId(at), &self.fields[at]))
    }

    /// The one field of the primary key, unless it is composite.
    pub fn single_key(&self) -> Option<FieldId> {
        match self.key.as_slice() {
            [id] => Some(*id),
            _ => None,
        }
    }
}

/// A field of a model: one member of the Rust struct, one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The name in the spec, snake case (`type`).
    pub name: String,
    /// The Rust identifier (`r#type`).
    pub rust: String,
    /// The column (`type`).
    pub column: String,
    /// The type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The named type of what a JSON column holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonTypeId>,
    /// Whether the column may be NULL.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub nullable: bool,
    /// The value of a new row that does not give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Default>,
    /// Whether each update sets the field to its default again (`updated_at`).
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub on_update: bool,
    /// Whether it counts the changes of its row, so that one that was read before another's change is not written over.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub version: bool,
    /// Whether the value is a secret: never printed, logged or serialised by accident.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub sensitive: bool,
    /// The PostgreSQL collation of a text column, instead of `C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collate: Option<String>,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The name of the field before it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

impl Field {
    /// Whether a new row must say it: there is no default, and NULL is not allowed.
    pub fn required(&self) -> bool {
        self.default.is_none() && !self.nullable
    }

    /// Whether the database hands out the value.
    pub fn is_auto(&self) -> bool {
        self.default == Some(Default::Auto)
    }
}

/// A condition that every row of a model satisfies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The name of the constraint.
    pub name: String,
    /// The one field it was written under, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// The condition.
    pub condition: Condition,
}
