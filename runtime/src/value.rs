//! Values on their way to a database: owned, of a known type, the same for every driver.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value bound to a statement. NULL and arrays carry their type, because PostgreSQL asks for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL of a type.
    Null(ValueType),
    /// A truth value.
    Bool(bool),
    /// A 16-bit integer.
    I16(i16),
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit floating point number, never NaN.
    F32(f32),
    /// A 64-bit floating point number, never NaN.
    F64(f64),
    /// An exact number, and the digits after the point that its column keeps.
    Decimal(Decimal, u8),
    /// Text without NUL.
    Text(String),
    /// A UUID.
    Uuid(Uuid),
    /// A date, years 0001 to 9999.
    Date(NaiveDate),
    /// A time of day, to the microsecond.
    Time(NaiveTime),
    /// An instant, to the microsecond, years 0001 to 9999.
    Timestamp(DateTime<Utc>),
    /// A JSON document.
    Json(serde_json::Value),
    /// Bytes.
    Bytes(Vec<u8>),
    /// What was given for a JSON document has no form in JSON, and why; it is refused before anything is sent.
    Unfit(String),
    /// Several values of one type: an array on PostgreSQL, a JSON array read by `json_each` on SQLite.
    Array(ValueType, Vec<Value>),
}

impl Value {
    /// The type of the value, of its elements for an array.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Null(ty) | Self::Array(ty, _) => *ty,
            Self::Bool(_) => ValueType::Bool,
            Self::I16(_) => ValueType::I16,
            Self::I32(_) => ValueType::I32,
            Self::I64(_) => ValueType::I64,
            Self::F32(_) => ValueType::F32,
            Self::F64(_) => ValueType::F64,
            Self::Decimal(..) => ValueType::Decimal,
            Self::Text(_) => ValueType::Text,
            Self::Uuid(_) => ValueType::Uuid,
            Self::Date(_) => ValueType::Date,
            Self::Time(_) => ValueType::Time,
            Self::Timestamp(_) => ValueType::Timestamp,
            Self::Json(_) | Self::Unfit(_) => ValueType::Json,
            Self::Bytes(_) => ValueType::Bytes,
        }
    }

    /// Whether the value is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}

/// The types of [`Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// `bool`
    Bool,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `Decimal`
    Decimal,
    /// `String`, and enums, which are stored as text.
    Text,
    /// `Uuid`
    Uuid,
    /// `NaiveDate`
    Date,
    /// `NaiveTime`
    Time,
    /// `DateTime<Utc>`
    Timestamp,
    /// `serde_json::Value`
    Json,
    /// `Vec<u8>`
    Bytes,
}
