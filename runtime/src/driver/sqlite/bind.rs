//! Binding values to a prepared statement in the form that their columns keep.
//!
//! Placeholders are named `$1`, `$2`, …; SQLite numbers names by first appearance, which is the order in which our texts
//! use them, so values are bound by position. Infinities are kept, as PostgreSQL keeps them; NaN would become NULL and
//! is refused.

use std::fmt::Write as _;

use rusqlite::Statement;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rust_decimal::Decimal;

use super::codec::{self, DecimalError};
use super::failure;
use crate::Value;
use crate::driver::{Failure, FailureKind};

/// Binds all values of a statement.
pub(super) fn bind_all(statement: &mut Statement<'_>, values: &[Value]) -> Result<(), Failure> {
    let wanted = statement.parameter_count();
    if wanted != values.len() {
        let message = format!("the statement takes {wanted} values, {} were given", values.len());
        return Err(Failure::new(FailureKind::Other, message));
    }
    for (at, value) in values.iter().enumerate() {
        debug_assert!(
            statement.parameter_name(at + 1).is_none_or(|name| name == format!("${}", at + 1)),
            "placeholders are not in the order of first use"
        );
        bind(statement, at + 1, value)?;
    }
    Ok(())
}

fn bind(statement: &mut Statement<'_>, at: usize, value: &Value) -> Result<(), Failure> {
    let raw = match value {
        Value::Null(_) => ValueRef::Null,
        Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
        Value::I16(value) => ValueRef::Integer(i64::from(*value)),
        Value::I32(value) => ValueRef::Integer(i64::from(*value)),
        Value::I64(value) => ValueRef::Integer(*value),
        Value::F32(value) => ValueRef::Real(number(at, f64::from(*value))?),
        Value::F64(value) => ValueRef::Real(number(at, *value)?),
        Value::Decimal(value, scale) => ValueRef::Integer(decimal(at, *value, *scale)?),
        Value::Text(value) => ValueRef::Text(text(at, value)?.as_bytes()),
        Value::Uuid(value) => return bind_raw(statement, at, ValueRef::Text(&codec::write_uuid(value))),
        Value::Date(value) => {
            return bind_raw(statement, at, ValueRef::Text(&dated(at, codec::write_date(*value))?));
        }
        Value::Time(value) => return bind_raw(statement, at, ValueRef::Text(&codec::write_time(*value))),
        Value::Timestamp(value) => {
            return bind_raw(statement, at, ValueRef::Text(&dated(at, codec::write_timestamp(*value))?));
        }
        Value::Json(value) => return bind_raw(statement, at, ValueRef::Text(value.to_string().as_bytes())),
        Value::Unfit(reason) => return Err(unfit(at, reason)),
        Value::Bytes(value) => ValueRef::Blob(value),
        Value::Array(_, values) => return bind_raw(statement, at, ValueRef::Text(array(at, values)?.as_bytes())),
    };
    bind_raw(statement, at, raw)
}

fn bind_raw(statement: &mut Statement<'_>, at: usize, value: ValueRef<'_>) -> Result<(), Failure> {
    statement.raw_bind_parameter(at, Raw(value)).map_err(failure::from_error)
}

/// A value that is bound as it is.
struct Raw<'a>(ValueRef<'a>);

impl ToSql for Raw<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

/// The elements as a JSON array for `json_each`, each in the form that a column of its type keeps: integers and scaled
/// decimals as numbers, everything that is text in a column as a string. Bytes have no form in JSON; they are written
/// in hexadecimal, for `unhex(value)`.
fn array(at: usize, values: &[Value]) -> Result<String, Failure> {
    let mut out = String::with_capacity(2 + values.len() * 8);
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        element(&mut out, at, value)?;
    }
    out.push(']');
    Ok(out)
}

fn element(out: &mut String, at: usize, value: &Value) -> Result<(), Failure> {
    match value {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(value) => out.push(if *value { '1' } else { '0' }),
        Value::I16(value) => show(out, value),
        Value::I32(value) => show(out, value),
        Value::I64(value) => show(out, value),
        Value::F32(value) => real(out, at, number(at, f64::from(*value))?)?,
        Value::F64(value) => real(out, at, number(at, *value)?)?,
        Value::Decimal(value, scale) => show(out, decimal(at, *value, *scale)?),
        Value::Text(value) => quote(out, text(at, value)?),
        Value::Uuid(value) => quote_ascii(out, &codec::write_uuid(value)),
        Value::Date(value) => quote_ascii(out, &dated(at, codec::write_date(*value))?),
        Value::Time(value) => quote_ascii(out, &codec::write_time(*value)),
        Value::Timestamp(value) => quote_ascii(out, &dated(at, codec::write_timestamp(*value))?),
        Value::Json(value) => quote(out, &value.to_string()),
        Value::Unfit(reason) => return Err(unfit(at, reason)),
        Value::Bytes(value) => {
            out.push('"');
            value.iter().for_each(|byte| show(out, format_args!("{byte:02x}")));
            out.push('"');
        }
        Value::Array(_, values) => out.push_str(&array(at, values)?),
    }
    Ok(())
}

fn show(out: &mut String, value: impl std::fmt::Display) {
    write!(out, "{value}").expect("writing to a string does not fail");
}

/// The sizes of numbers that SQLite reads from text exactly. Beyond them it may be off by the last bit (seen with 3.51.3
/// from 1e-80 down and 1e100 up), so that a filter would miss the row that holds the number.
const READ_EXACTLY: std::ops::RangeInclusive<f64> = 1e-70..=1e90;

/// A number with an exponent is always read as REAL, and one beyond the range of the type as infinite.
fn real(out: &mut String, at: usize, value: f64) -> Result<(), Failure> {
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "9e999" } else { "-9e999" });
    } else if value == 0.0 || READ_EXACTLY.contains(&value.abs()) {
        show(out, format_args!("{value:e}"));
    } else {
        let why = "lists a number too large or too small for SQLite to read it exactly; compare with it by itself";
        return Err(refused(at, FailureKind::Value, why));
    }
    Ok(())
}

fn quote(out: &mut String, text: &str) {
    show(out, serde_json::Value::from(text));
}

fn quote_ascii(out: &mut String, text: &[u8]) {
    out.push('"');
    out.extend(text.iter().map(|byte| char::from(*byte)));
    out.push('"');
}

fn number(at: usize, value: f64) -> Result<f64, Failure> {
    if value.is_nan() { Err(refused(at, FailureKind::Value, "is not a number")) } else { Ok(value) }
}

fn text(at: usize, value: &str) -> Result<&str, Failure> {
    if value.as_bytes().contains(&0) { Err(refused(at, FailureKind::Value, "is text with NUL")) } else { Ok(value) }
}

fn dated<T>(at: usize, text: Option<T>) -> Result<T, Failure> {
    text.ok_or_else(|| refused(at, FailureKind::Value, "lies outside the years 1 to 9999"))
}

fn decimal(at: usize, value: Decimal, scale: u8) -> Result<i64, Failure> {
    codec::scale_decimal(value, scale).map_err(|error| match error {
        DecimalError::TooPrecise => {
            refused(at, FailureKind::OutOfRange, &format!("has more than {scale} digits after the point"))
        }
        DecimalError::TooLarge => {
            refused(at, FailureKind::OutOfRange, &format!("has more than 18 digits with {scale} after the point"))
        }
    })
}

#[cold]
fn unfit(at: usize, reason: &str) -> Failure {
    refused(at, FailureKind::Value, &format!("has no form in JSON: {reason}"))
}

fn refused(at: usize, kind: FailureKind, why: &str) -> Failure {
    Failure::new(kind, format!("value {at} of the statement {why}"))
}
