//! An expression as a table holds it.

use serde::{Deserialize, Serialize};

/// An expression in the SQL of the database.
///
/// Two expressions of ours are equal when both texts are. One that was read from a database has no `spec`, and a text
/// that the database may have rewritten: it is compared by a normal form, not by this type's equality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expression {
    /// SQL text of the dialect, without outer parentheses.
    pub sql: String,
    /// What it comes from in the spec: the expression in the spec's language, over columns and the same for every
    /// dialect; or the type that needs it. Absent where the text was written by hand or read from a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
}

impl Expression {
    /// Whether we wrote the text, so that it may be broken into lines without a look inside.
    pub fn is_ours(&self) -> bool {
        self.spec.is_some()
    }
}
