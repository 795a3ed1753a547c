//! Constants as SQL text.

use super::number::{Number, decimal_digits, float_text, nearest_float, with_scale};
use super::quote::quote_text;
use super::term::{Level, Term};
use crate::{Dialect, Literal, Type};

/// The constant as it is written where its type is known from the place: as a column's default, or as a seed's value.
/// On SQLite a decimal is scaled to `ty`, and a boolean is 0 or 1.
pub fn literal(value: &Literal, ty: Type, dialect: Dialect) -> String {
    let term = constant(value, ty, dialect);
    match (ty, term.number, term.digits) {
        (Type::Decimal { scale, .. }, Some(number), Some(digits)) if !dialect.has_native_types() => {
            with_scale(digits, number.scale(), u32::from(scale)).map_or(term.sql, |digits| digits.to_string())
        }
        _ => term.sql,
    }
}

/// The constant as part of an expression: on PostgreSQL it names its type, on SQLite a decimal is scaled by its own
/// digits.
pub(super) fn typed_literal(value: &Literal, ty: Type, dialect: Dialect) -> Term {
    let term = constant(value, ty, dialect);
    let cast = match (dialect, ty) {
        (Dialect::Sqlite, _) => None,
        (Dialect::Postgres, Type::Uuid) => Some("uuid"),
        (Dialect::Postgres, Type::Date) => Some("date"),
        (Dialect::Postgres, Type::Time) => Some("time"),
        (Dialect::Postgres, Type::Timestamp) => Some("timestamptz"),
        (Dialect::Postgres, Type::Json) => Some("jsonb"),
        (Dialect::Postgres, Type::Real) => Some("real"),
        (Dialect::Postgres, Type::Float) => Some("double precision"),
        (Dialect::Postgres, _) => None,
    };
    let Some(cast) = cast else { return term };
    // A quoted text takes its type when the statement is read; a cast of a number would be one more step per row.
    let text = if term.sql.starts_with('\'') { term.sql } else { quote_text(&term.sql) };
    Term::atom(format!("{text}::{cast}")).with_number(term.number)
}

fn constant(value: &Literal, ty: Type, dialect: Dialect) -> Term {
    match (value, ty) {
        (Literal::Bool(value), _) => Term::atom(match (dialect, value) {
            (Dialect::Postgres, true) => "true",
            (Dialect::Postgres, false) => "false",
            (Dialect::Sqlite, true) => "1",
            (Dialect::Sqlite, false) => "0",
        }),
        (Literal::Int(value), Type::Real | Type::Float) => float(*value as f64, ty, dialect),
        (Literal::Int(value), _) => exact(value.to_string(), i128::from(*value), Number::NARROW),
        (Literal::Float(value), _) => float(*value, ty, dialect),
        (Literal::Decimal(text), Type::Real | Type::Float) => {
            let (digits, scale) = decimal_digits(text);
            float(nearest_float(digits, scale), ty, dialect)
        }
        (Literal::Decimal(text), _) => {
            let (digits, scale) = decimal_digits(text);
            let sql = if dialect.has_native_types() { text.clone() } else { digits.to_string() };
            exact(sql, digits, Number::Decimal { scale })
        }
        (Literal::Json(value), _) => Term::atom(quote_text(&value.to_string())),
        (
            Literal::Text(text)
            | Literal::Uuid(text)
            | Literal::Date(text)
            | Literal::Time(text)
            | Literal::Timestamp(text)
            | Literal::Enum(text),
            _,
        ) => Term::atom(quote_text(text)),
    }
}

fn exact(sql: String, digits: i128, number: Number) -> Term {
    Term { digits: Some(digits), ..signed(sql).with_number(number) }
}

/// A `real` has 32 bits; SQLite keeps its value in 64, so a constant there is what the stored value would be.
fn float(value: f64, ty: Type, dialect: Dialect) -> Term {
    match (ty, dialect) {
        (Type::Real, Dialect::Sqlite) => signed(float_text(f64::from(value as f32))).with_number(Number::Single),
        (Type::Real, Dialect::Postgres) => signed(float_text(value)).with_number(Number::Single),
        _ => signed(float_text(value)).with_number(Number::Double),
    }
}

/// A number with its sign: two signs in a row would begin a comment.
pub(super) fn signed(sql: String) -> Term {
    let level = if sql.starts_with('-') { Level::Negation } else { Level::Atom };
    Term::new(level, sql)
}
