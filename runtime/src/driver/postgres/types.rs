//! Which PostgreSQL types stand for which values, by the object ids that are the same on every server.

use sqlx::postgres::PgTypeInfo;
use sqlx::postgres::types::Oid;

use crate::ValueType;

/// A type's name, as PostgreSQL's catalogue has it.
pub(super) fn name(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Bool => "bool",
        ValueType::I16 => "int2",
        ValueType::I32 => "int4",
        ValueType::I64 => "int8",
        ValueType::F32 => "float4",
        ValueType::F64 => "float8",
        ValueType::Decimal => "numeric",
        ValueType::Text => "text",
        ValueType::Uuid => "uuid",
        ValueType::Date => "date",
        ValueType::Time => "time",
        ValueType::Timestamp => "timestamptz",
        ValueType::Json => "jsonb",
        ValueType::Bytes => "bytea",
    }
}

/// The types of columns that are read as a type; the one that values are sent as comes first.
pub(super) fn column_oids(ty: ValueType) -> &'static [u32] {
    match ty {
        ValueType::Bool => &[16],
        ValueType::I16 => &[21],
        ValueType::I32 => &[23],
        ValueType::I64 => &[20],
        ValueType::F32 => &[700],
        ValueType::F64 => &[701],
        ValueType::Decimal => &[1700],
        // text, varchar, char(n), name, and literals whose type was never settled.
        ValueType::Text => &[25, 1043, 1042, 19, 705],
        ValueType::Uuid => &[2950],
        ValueType::Date => &[1082],
        ValueType::Time => &[1083],
        ValueType::Timestamp => &[1184],
        ValueType::Json => &[3802, 114],
        ValueType::Bytes => &[17],
    }
}

/// The type that one value is sent as.
pub(super) fn oid(ty: ValueType) -> u32 {
    column_oids(ty)[0]
}

/// The array type that several values are sent as.
pub(super) fn array_oid(ty: ValueType) -> u32 {
    match ty {
        ValueType::Bool => 1000,
        ValueType::I16 => 1005,
        ValueType::I32 => 1007,
        ValueType::I64 => 1016,
        ValueType::F32 => 1021,
        ValueType::F64 => 1022,
        ValueType::Decimal => 1231,
        ValueType::Text => 1009,
        ValueType::Uuid => 2951,
        ValueType::Date => 1182,
        ValueType::Time => 1183,
        ValueType::Timestamp => 1185,
        ValueType::Json => 3807,
        ValueType::Bytes => 1001,
    }
}

/// The type as sqlx announces it when it prepares a statement.
pub(super) fn announced(oid: u32) -> PgTypeInfo {
    PgTypeInfo::with_oid(Oid(oid))
}
