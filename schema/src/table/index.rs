//! Indexes and unique keys.

use serde::{Deserialize, Serialize};

use super::Expression;

/// An index; a unique key is an index that is unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The name.
    pub name: String,
    /// Whether no two rows may have the same key.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub unique: bool,
    /// The parts of its key, in order.
    pub keys: Vec<IndexKey>,
    /// Further columns kept in the index, not part of its key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The rows it covers, if not all.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Expression>,
}

impl Index {
    /// The columns of its key in order, unless a part is an expression.
    pub fn columns(&self) -> Option<Vec<&str>> {
        self.keys.iter().map(|key| key.part.column()).collect()
    }
}

/// One part of an index's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// What is indexed.
    pub part: IndexPart,
    /// Whether it is sorted from the largest down.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub descending: bool,
}

/// What one part of an index's key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexPart {
    /// A column.
    Column(String),
    /// An expression over columns.
    Expression(Expression),
}

impl IndexPart {
    /// The column, unless it is an expression.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Expression(_) => None,
        }
    }
    /// Whether we wrote its text.
    pub fn is_ours(&self) -> bool {
        match self {
            Self::Column(_) => true,
            Self::Expression(expression) => expression.is_ours(),
        }
    }
}
