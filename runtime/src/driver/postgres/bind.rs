//! Values on their way to PostgreSQL, in the binary format.

use std::io;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{Arguments, Postgres, Type};

use super::types;
use crate::driver::{Failure, FailureKind};
use crate::{Value, ValueType};

/// Encodes the values of one statement.
///
/// # Errors
/// A value that the database would refuse or bend, named by its place.
pub(super) fn arguments(values: &[Value]) -> Result<PgArguments, Failure> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for (at, value) in values.iter().enumerate() {
        arguments
            .add(Bound(value))
            .map_err(|why| Failure::new(FailureKind::Value, format!("the value of `${}` {why}", at + 1)))?;
    }
    Ok(arguments)
}

/// A value as sqlx takes it; what it is sent as is known only when it is seen.
struct Bound<'v>(&'v Value);

impl Type<Postgres> for Bound<'_> {
    fn type_info() -> PgTypeInfo {
        types::announced(types::oid(ValueType::Text))
    }
}

impl<'q> Encode<'q, Postgres> for Bound<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.0 {
            Value::Null(_) => return Ok(IsNull::Yes),
            Value::Array(ty, elements) => array(*ty, elements, buffer)?,
            value => single(value, buffer)?,
        }
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(types::announced(match self.0 {
            Value::Array(ty, _) => types::array_oid(*ty),
            value => types::oid(value.value_type()),
        }))
    }
}

fn single(value: &Value, buffer: &mut PgArgumentBuffer) -> Result<(), BoxDynError> {
    match value {
        Value::Bool(value) => buffer.push(u8::from(*value)),
        Value::I16(value) => buffer.extend_from_slice(&value.to_be_bytes()),
        Value::I32(value) => buffer.extend_from_slice(&value.to_be_bytes()),
        Value::I64(value) => buffer.extend_from_slice(&value.to_be_bytes()),
        Value::F32(value) => buffer.extend_from_slice(&number(*value, value.is_nan())?.to_be_bytes()),
        Value::F64(value) => buffer.extend_from_slice(&number(*value, value.is_nan())?.to_be_bytes()),
        Value::Decimal(value, _) => {
            let _ = Encode::<Postgres>::encode_by_ref(value, buffer)?;
        }
        Value::Text(value) if value.as_bytes().contains(&0) => return Err("is text with NUL".into()),
        Value::Text(value) => buffer.extend_from_slice(value.as_bytes()),
        Value::Uuid(value) => buffer.extend_from_slice(value.as_bytes()),
        Value::Date(value) => buffer.extend_from_slice(&days(*value)?.to_be_bytes()),
        Value::Time(value) => {
            // A leap second, which `chrono` keeps as nanoseconds beyond a billion, has no next day to carry into.
            let fraction = (value.nanosecond() / 1_000).min(999_999);
            let micros = i64::from(value.num_seconds_from_midnight()) * 1_000_000 + i64::from(fraction);
            buffer.extend_from_slice(&micros.to_be_bytes());
        }
        Value::Timestamp(value) => buffer.extend_from_slice(&micros(*value)?.to_be_bytes()),
        Value::Json(value) => {
            // The version of `jsonb`'s binary format.
            buffer.push(1);
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut **buffer, PlainFloats))?;
        }
        Value::Bytes(value) => buffer.extend_from_slice(value),
        Value::Unfit(reason) => return Err(format!("has no form in JSON: {reason}").into()),
        Value::Null(_) | Value::Array(..) => return Err("is an array that holds an array".into()),
    }
    Ok(())
}

/// Writes large floats with a point and without an exponent: `jsonb` would make `1e17` a whole number, and it would come
/// back as one.
struct PlainFloats;

impl Formatter for PlainFloats {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if value.fract() == 0.0 && value.is_finite() {
            write!(writer, "{value:.1}")
        } else {
            CompactFormatter.write_f64(writer, value)
        }
    }
}

/// An array of one dimension that counts from 1.
fn array(ty: ValueType, elements: &[Value], buffer: &mut PgArgumentBuffer) -> Result<(), BoxDynError> {
    let length = i32::try_from(elements.len()).map_err(|_| "is an array of too many elements")?;
    let has_null = elements.iter().any(Value::is_null);
    buffer.extend_from_slice(&i32::from(length > 0).to_be_bytes());
    buffer.extend_from_slice(&i32::from(has_null).to_be_bytes());
    buffer.extend_from_slice(&types::oid(ty).to_be_bytes());
    if length == 0 {
        return Ok(());
    }
    buffer.extend_from_slice(&length.to_be_bytes());
    buffer.extend_from_slice(&1_i32.to_be_bytes());
    for element in elements {
        if element.value_type() != ty {
            return Err(
                format!("is an array of {}, but holds {}", types::name(ty), types::name(element.value_type())).into()
            );
        }
        if element.is_null() {
            buffer.extend_from_slice(&(-1_i32).to_be_bytes());
            continue;
        }
        let start = buffer.len();
        buffer.extend_from_slice(&[0; 4]);
        single(element, buffer)?;
        let size = i32::try_from(buffer.len() - start - 4).map_err(|_| "is an array with too large an element")?;
        buffer[start..start + 4].copy_from_slice(&size.to_be_bytes());
    }
    Ok(())
}

fn number<T>(value: T, is_nan: bool) -> Result<T, BoxDynError> {
    if is_nan { Err("is NaN".into()) } else { Ok(value) }
}

/// Days since 2000-01-01, which is day 730,120 of the common era.
fn days(date: NaiveDate) -> Result<i32, BoxDynError> {
    year(date)?;
    Ok(date.num_days_from_ce() - 730_120)
}

/// Microseconds since 2000-01-01T00:00:00Z.
fn micros(instant: DateTime<Utc>) -> Result<i64, BoxDynError> {
    year(instant.date_naive())?;
    Ok(instant.timestamp_micros() - super::read::EPOCH_SECONDS * 1_000_000)
}

fn year(date: NaiveDate) -> Result<(), BoxDynError> {
    if (1..=9999).contains(&date.year()) { Ok(()) } else { Err("lies outside the years 0001 to 9999".into()) }
}
