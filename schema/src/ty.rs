//! The types a field can have, as the spec names them; what each becomes in a database is decided in [`crate::table`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// `bool`
    Bool,
    /// `smallint`: 16 bits.
    SmallInt,
    /// `int`: 32 bits.
    Int,
    /// `bigint`: 64 bits.
    BigInt,
    /// `real`: 32-bit floating point.
    Real,
    /// `float`: 64-bit floating point.
    Float,
    /// `decimal(p,s)`: exact, `precision` digits of which `scale` stand after the point.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// `string`, `text`, and with a limit in characters `string(n)`.
    Text {
        /// The most characters (not bytes) the text may have.
        limit: Option<u32>,
    },
    /// `uuid`
    Uuid,
    /// `cuid`: a collision-resistant id, as text of 25 characters or fewer.
    Cuid,
    /// `date`
    Date,
    /// `time`: time of day, to the microsecond.
    Time,
    /// `timestamp`: an instant in UTC, to the microsecond.
    Timestamp,
    /// `json`
    Json,
    /// `bytes`
    Bytes,
    /// One of the values of an enum.
    Enum(EnumId),
}

impl Type {
    /// `string` and `text`, without a limit.
    pub const TEXT: Self = Self::Text { limit: None };

    /// `string(limit)`.
    pub const fn text(limit: u32) -> Self {
        Self::Text { limit: Some(limit) }
    }

    /// `decimal(precision,scale)`.
    pub const fn decimal(precision: u8, scale: u8) -> Self {
        Self::Decimal { precision, scale }
    }

    /// The enum at a place of [`crate::Schema::enums`].
    pub const fn enumeration(at: usize) -> Self {
        Self::Enum(EnumId(at))
    }

    /// Whether values are integers.
    pub fn is_integer(self) -> bool {
        matches!(self, Self::SmallInt | Self::Int | Self::BigInt)
    }

    /// Whether values are text to the database's comparison and pattern operators.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text { .. } | Self::Cuid)
    }
}

/// Writes the type as the spec does; an enum, whose name this value does not hold, as `enum`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::SmallInt => f.write_str("smallint"),
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Real => f.write_str("real"),
            Self::Float => f.write_str("float"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Text { limit: None } => f.write_str("string"),
            Self::Text { limit: Some(limit) } => write!(f, "string({limit})"),
            Self::Uuid => f.write_str("uuid"),
            Self::Cuid => f.write_str("cuid"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Json => f.write_str("json"),
            Self::Bytes => f.write_str("bytes"),
            Self::Enum(_) => f.write_str("enum"),
        }
    }
}

/// The place of an enum in [`crate::Schema::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnumId(pub usize);

/// A named, closed set of texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enum {
    /// The name in the spec and in Rust (`UserStatus`).
    pub name: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The values in the order of the spec.
    pub values: Vec<EnumValue>,
}

/// One value of an [`Enum`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnumValue {
    /// The text that is stored (`active`).
    pub text: String,
    /// The Rust variant (`Active`).
    pub variant: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The text this value was stored as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}
