//! The types of columns by the names that the databases use.

use seedbed_schema::table::ColumnType;

/// The types without parameters, by the names of PostgreSQL's `format_type`.
const POSTGRES: &[(&str, ColumnType)] = &[
    ("boolean", ColumnType::Boolean),
    ("smallint", ColumnType::SmallInt),
    ("integer", ColumnType::Integer),
    ("bigint", ColumnType::BigInt),
    ("real", ColumnType::Real),
    ("double precision", ColumnType::DoublePrecision),
    ("text", ColumnType::Text),
    ("uuid", ColumnType::Uuid),
    ("date", ColumnType::Date),
    ("time without time zone", ColumnType::Time),
    ("timestamp with time zone", ColumnType::TimestampTz),
    ("jsonb", ColumnType::Jsonb),
    ("bytea", ColumnType::Bytes),
];

/// The types of a `STRICT` table of SQLite.
const SQLITE: &[(&str, ColumnType)] = &[
    ("INTEGER", ColumnType::Integer),
    ("REAL", ColumnType::Real),
    ("TEXT", ColumnType::Text),
    ("BLOB", ColumnType::Bytes),
];

/// The type that PostgreSQL calls so.
pub(super) fn postgres(name: &str) -> ColumnType {
    simple(POSTGRES, name).or_else(|| with_parameters(name)).unwrap_or_else(|| ColumnType::Other(name.to_owned()))
}

/// The type that SQLite calls so.
pub(super) fn sqlite(name: &str) -> ColumnType {
    simple(SQLITE, &name.to_ascii_uppercase()).unwrap_or_else(|| ColumnType::Other(name.to_owned()))
}

fn simple(names: &[(&str, ColumnType)], name: &str) -> Option<ColumnType> {
    names.iter().find(|(known, _)| *known == name).map(|(_, ty)| ty.clone())
}

fn with_parameters(name: &str) -> Option<ColumnType> {
    let (name, parameters) = name.strip_suffix(')')?.split_once('(')?;
    match name {
        "numeric" => {
            let (precision, scale) = parameters.split_once(',')?;
            Some(ColumnType::Numeric { precision: precision.parse().ok()?, scale: scale.parse().ok()? })
        }
        "character varying" => Some(ColumnType::Varchar(parameters.parse().ok()?)),
        _ => None,
    }
}

/// The name of a type, for messages.
pub(in crate::start) fn type_name(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Numeric { precision, scale } => format!("numeric({precision},{scale})"),
        ColumnType::Varchar(limit) => format!("varchar({limit})"),
        ColumnType::Other(name) => name.clone(),
        simple => POSTGRES.iter().find(|(_, ty)| ty == simple).map_or_else(String::new, |(name, _)| (*name).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for name in ["numeric(12,6)", "timestamp with time zone", "bytea", "inet", "numeric", "bit(3)"] {
            assert_eq!(type_name(&postgres(name)), name);
        }
        assert_eq!(postgres("character varying(320)"), ColumnType::Varchar(320));
        assert_eq!(sqlite("integer"), ColumnType::Integer);
        assert_eq!(sqlite("VARCHAR(255)"), ColumnType::Other("VARCHAR(255)".into()));
    }
}
