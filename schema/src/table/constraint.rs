//! Primary keys, foreign keys and checks. A unique key is a unique [`super::Index`].

use serde::{Deserialize, Serialize};

use super::Expression;
use crate::Action;

/// The primary key of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// The name of the constraint.
    pub name: String,
    /// The columns in order.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The name of the constraint.
    pub name: String,
    /// The columns that hold the key.
    pub columns: Vec<String>,
    /// The table they refer to.
    pub target: String,
    /// The columns of that table which they equal, one by one.
    pub target_columns: Vec<String>,
    /// What happens to a row when its target is deleted.
    pub on_delete: Action,
    /// What happens to a row when its target's key changes.
    pub on_update: Action,
}

/// A condition that every row satisfies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckConstraint {
    /// The name of the constraint.
    pub name: String,
    /// What it is for.
    pub kind: CheckKind,
    /// The columns it reads, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The condition.
    pub expression: Expression,
}

/// What a check is for. All but the first are there because a type of the spec is wider in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// It was asked for.
    Condition,
    /// A boolean is 0 or 1.
    Bool,
    /// An integer fits into its bits.
    Range,
    /// A text has no more characters than its limit.
    Length,
    /// A uuid, date, time or timestamp has its one form.
    Format,
    /// A text is JSON.
    Json,
    /// A text is one of an enum's values.
    Values,
    /// A scaled decimal has no more digits than its precision.
    Digits,
}

impl CheckKind {
    /// The last part of the constraint's name; a check that was asked for has a name of its own.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Condition => "check",
            Self::Bool => "bool",
            Self::Range => "range",
            Self::Length => "length",
            Self::Format => "format",
            Self::Json => "json",
            Self::Values => "values",
            Self::Digits => "digits",
        }
    }
}
