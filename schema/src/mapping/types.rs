//! What a type of the spec is in each database.

use crate::table::ColumnType;
use crate::{Dialect, Field, Schema, Type};

/// The type of the column.
pub(super) fn column_type(ty: Type, dialect: Dialect) -> ColumnType {
    match dialect {
        Dialect::Postgres => postgres(ty),
        Dialect::Sqlite => sqlite(ty),
    }
}

fn postgres(ty: Type) -> ColumnType {
    match ty {
        Type::Bool => ColumnType::Boolean,
        Type::SmallInt => ColumnType::SmallInt,
        Type::Int => ColumnType::Integer,
        Type::BigInt => ColumnType::BigInt,
        Type::Real => ColumnType::Real,
        Type::Float => ColumnType::DoublePrecision,
        Type::Decimal { precision, scale } => ColumnType::Numeric { precision: precision.into(), scale: scale.into() },
        Type::Text { limit: Some(limit) } => ColumnType::Varchar(limit),
        Type::Text { limit: None } | Type::Cuid | Type::Enum(_) => ColumnType::Text,
        Type::Uuid => ColumnType::Uuid,
        Type::Date => ColumnType::Date,
        Type::Time => ColumnType::Time,
        Type::Timestamp => ColumnType::TimestampTz,
        Type::Json => ColumnType::Jsonb,
        Type::Bytes => ColumnType::Bytes,
    }
}

/// The four types of a `STRICT` table; checks do the rest.
fn sqlite(ty: Type) -> ColumnType {
    match ty {
        Type::Bool | Type::SmallInt | Type::Int | Type::BigInt | Type::Decimal { .. } => ColumnType::Integer,
        Type::Real | Type::Float => ColumnType::Real,
        Type::Text { .. } | Type::Cuid | Type::Enum(_) => ColumnType::Text,
        Type::Uuid | Type::Date | Type::Time | Type::Timestamp | Type::Json => ColumnType::Text,
        Type::Bytes => ColumnType::Bytes,
    }
}

/// The type as the spec writes it, an enum by its name.
pub(super) fn spec_type(schema: &Schema, ty: Type) -> String {
    match ty {
        Type::Enum(id) => schema.enumeration(id).name.clone(),
        _ => ty.to_string(),
    }
}

/// SQLite compares text byte by byte; PostgreSQL is told to, so that order, pages and unique keys are the same and no
/// index depends on the version of a system library.
pub(super) fn collation(field: &Field, dialect: Dialect) -> Option<String> {
    let is_text = matches!(column_type(field.ty, dialect), ColumnType::Text | ColumnType::Varchar(_));
    match dialect {
        Dialect::Postgres if is_text => Some(field.collate.clone().unwrap_or_else(|| "C".to_owned())),
        Dialect::Postgres | Dialect::Sqlite => None,
    }
}
