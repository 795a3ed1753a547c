//! Texts in the canonical form of a field's type, and the values they stand for.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use seedbed_schema::Type;

use crate::{Value, ValueType, meta};

/// The type of the values of a field.
pub(crate) fn value_type(ty: Type) -> ValueType {
    match ty {
        Type::Bool => ValueType::Bool,
        Type::SmallInt => ValueType::I16,
        Type::Int => ValueType::I32,
        Type::BigInt => ValueType::I64,
        Type::Real => ValueType::F32,
        Type::Float => ValueType::F64,
        Type::Decimal { .. } => ValueType::Decimal,
        Type::Text { .. } | Type::Cuid | Type::Enum(_) => ValueType::Text,
        Type::Uuid => ValueType::Uuid,
        Type::Date => ValueType::Date,
        Type::Time => ValueType::Time,
        Type::Timestamp => ValueType::Timestamp,
        Type::Json => ValueType::Json,
        Type::Bytes => ValueType::Bytes,
    }
}

/// The value of a text, typed by the field.
///
/// # Errors
/// What the field expects instead.
pub(crate) fn parse(field: &meta::Field, text: &str) -> Result<Value, &'static str> {
    Ok(match field.ty {
        Type::Bool => Value::Bool(parse_bool(text).ok_or("`true` or `false`")?),
        Type::SmallInt => Value::I16(text.parse().map_err(|_| "a whole number from -32768 to 32767")?),
        Type::Int => Value::I32(text.parse().map_err(|_| "a whole number from -2147483648 to 2147483647")?),
        Type::BigInt => Value::I64(text.parse().map_err(|_| "a whole number of 64 bits")?),
        Type::Real => Value::F32(text.parse().map_err(|_| "a number")?),
        Type::Float => Value::F64(text.parse().map_err(|_| "a number")?),
        Type::Decimal { scale, .. } => Value::Decimal(parse_decimal(text).ok_or("a decimal number")?, scale),
        Type::Text { .. } | Type::Cuid | Type::Enum(_) => Value::Text(text.to_owned()),
        Type::Uuid => Value::Uuid(text.parse().map_err(|_| "a UUID")?),
        Type::Date => Value::Date(text.parse::<NaiveDate>().map_err(|_| "a date such as `2026-01-31`")?),
        Type::Time => Value::Time(text.parse::<NaiveTime>().map_err(|_| "a time such as `10:20:30`")?),
        Type::Timestamp => Value::Timestamp(parse_timestamp(text).ok_or("an instant such as `2026-01-31T10:20:30Z`")?),
        Type::Json => Value::Json(serde_json::from_str(text).map_err(|_| "a JSON document")?),
        Type::Bytes => Value::Bytes(parse_hex(text).ok_or("bytes in hexadecimal")?),
    })
}

/// The text that [`parse`] reads as the value; `None` for NULL, and for lists and the unfit, which no field holds.
pub(crate) fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null(_) | Value::Array(..) | Value::Unfit(_) => return None,
        Value::Bool(value) => value.to_string(),
        Value::I16(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::F32(value) => format!("{value:e}"),
        Value::F64(value) => format!("{value:e}"),
        Value::Decimal(value, _) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Uuid(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::Timestamp(value) => value.to_rfc3339(),
        Value::Json(value) => value.to_string(),
        Value::Bytes(value) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn parse_decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&Utc))
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits.chunks(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}
