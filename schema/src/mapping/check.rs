//! Checks: those that keep a type's values within the spec where the database's own type is wider, and those of the spec.

use super::references::referenced_fields;
use super::{columns, condition, types};
use crate::table::{CheckConstraint, CheckKind, Expression};
use crate::{Check, Condition, Dialect, Field, Model, Schema, Type, ddl, shorten};

/// The check that a column's type needs, if it needs one. NULL passes every check.
pub(super) fn type_check(schema: &Schema, model: &Model, field: &Field, dialect: Dialect) -> Option<CheckConstraint> {
    let column = ddl::quote(&field.column);
    let (kind, sql) = match dialect {
        Dialect::Postgres => enum_values(schema, field.ty, &column)?,
        Dialect::Sqlite => sqlite(schema, field.ty, &column)?,
    };
    Some(CheckConstraint {
        name: shorten(&format!("{}_{}_{}", model.table, field.column, kind.suffix())),
        kind,
        columns: vec![field.column.clone()],
        expression: Expression { sql, spec: Some(types::spec_type(schema, field.ty)) },
    })
}

/// A check that the spec states; nothing if it was written by hand, and not for this dialect.
pub(super) fn spec_check(model: &Model, check: &Check, dialect: Dialect) -> Option<CheckConstraint> {
    let fields = match &check.condition {
        Condition::Expr(expr) => referenced_fields(expr),
        Condition::Sql { .. } => check.field.into_iter().collect(),
    };
    Some(CheckConstraint {
        name: check.name.clone(),
        kind: CheckKind::Condition,
        columns: columns(model, &fields),
        expression: condition(&check.condition, model, dialect)?,
    })
}

fn enum_values(schema: &Schema, ty: Type, column: &str) -> Option<(CheckKind, String)> {
    let Type::Enum(id) = ty else { return None };
    let values: Vec<_> = schema.enumeration(id).values.iter().map(|value| ddl::quote_text(&value.text)).collect();
    Some((CheckKind::Values, format!("{column} IN ({})", values.join(", "))))
}

fn sqlite(schema: &Schema, ty: Type, column: &str) -> Option<(CheckKind, String)> {
    Some(match ty {
        Type::Bool => (CheckKind::Bool, format!("{column} IN (0, 1)")),
        Type::SmallInt => (CheckKind::Range, range(column, i16::MIN.into(), i16::MAX.into())),
        Type::Int => (CheckKind::Range, range(column, i32::MIN.into(), i32::MAX.into())),
        Type::Decimal { precision, .. } => {
            let largest = 10_i64.checked_pow(precision.into())? - 1;
            (CheckKind::Digits, range(column, -largest, largest))
        }
        Type::Text { limit: Some(limit) } => (CheckKind::Length, format!("length({column}) <= {limit}")),
        Type::Uuid => (CheckKind::Format, uuid_form(column)),
        Type::Date => (CheckKind::Format, date_form(column)),
        Type::Time => (CheckKind::Format, time_form(column)),
        Type::Timestamp => (CheckKind::Format, timestamp_form(column)),
        Type::Json => (CheckKind::Json, format!("json_valid({column})")),
        Type::Enum(_) => return enum_values(schema, ty, column),
        Type::BigInt | Type::Real | Type::Float | Type::Text { limit: None } | Type::Cuid | Type::Bytes => return None,
    })
}

fn range(column: &str, low: i64, high: i64) -> String {
    format!("{column} BETWEEN {low} AND {high}")
}

/// Lower case, and hyphens in the four places where they belong and in no other.
fn uuid_form(column: &str) -> String {
    let places = "????????-????-????-????-????????????";
    format!("{column} GLOB '{places}' AND length(replace({column}, '-', '')) = 32 AND {column} NOT GLOB '*[^-0-9a-f]*'")
}

/// `date` gives a day of the calendar, so a text that it returns as it was is one, and has the form. Its year 0 is not
/// PostgreSQL's.
fn date_form(column: &str) -> String {
    format!("date({column}) IS {column} AND {column} >= '0001'")
}

/// `time` lets the hour 24 through.
fn time_form(column: &str) -> String {
    let seconds = format!("substr({column}, 1, 8)");
    format!("time({seconds}) IS {seconds} AND substr({column}, 9) GLOB '{MICROSECONDS}' AND {column} < '24'")
}

fn timestamp_form(column: &str) -> String {
    let seconds = format!("substr({column}, 1, 19)");
    let form = "%Y-%m-%dT%H:%M:%S";
    format!(
        "strftime('{form}', {seconds}) IS {seconds} AND substr({column}, 20) GLOB '{MICROSECONDS}Z' \
         AND {column} >= '0001'"
    )
}

const MICROSECONDS: &str = ".[0-9][0-9][0-9][0-9][0-9][0-9]";
