//! Values written in the spec: defaults, and constants inside expressions. Checked against their type when lowered.

use serde::{Deserialize, Serialize};

/// A constant of a known type, in canonical form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// `true` or `false`
    Bool(bool),
    /// A whole number, of any integer type.
    Int(i64),
    /// A `real` or `float`, finite.
    Float(f64),
    /// An exact decimal in plain notation (`-12.50`), with no more digits after the point than its type has.
    Decimal(String),
    /// Text.
    Text(String),
    /// A uuid, lower case and hyphenated.
    Uuid(String),
    /// A date, `2026-01-31`.
    Date(String),
    /// A time of day, `10:20:30.123456`.
    Time(String),
    /// An instant, `2026-01-31T10:20:30.123456Z`.
    Timestamp(String),
    /// A JSON document.
    Json(serde_json::Value),
    /// The stored text of an enum's value.
    Enum(String),
}

impl Literal {
    /// The constant as text in the canonical form of its type, as static data and seeds have it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Json(value) => value.to_string(),
            Self::Decimal(text)
            | Self::Text(text)
            | Self::Uuid(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Timestamp(text)
            | Self::Enum(text) => text.clone(),
        }
    }
}

/// What a field is when a new row does not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Default {
    /// A constant.
    Literal(Literal),
    /// The moment of the write (`timestamp`), or its day or time of day (`date`, `time`).
    Now,
    /// A random UUID, version 4.
    Uuid4,
    /// A time-ordered UUID, version 7.
    Uuid7,
    /// A collision-resistant id.
    Cuid,
    /// The database's own counter; only on the key.
    Auto,
    /// An expression per dialect, evaluated by the database.
    Sql {
        /// For PostgreSQL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postgres: Option<String>,
        /// For SQLite.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sqlite: Option<String>,
    },
}
