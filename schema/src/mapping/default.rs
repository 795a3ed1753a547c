//! Defaults as the database knows them: for rows that are inserted by hand. Our own inserts bind them.

use super::by_hand;
use crate::table::{ColumnDefault, Expression};
use crate::{Default, Dialect, Field, Type, ddl};

/// What the database puts into a row that does not say. A uuid of version 7 and a cuid come from Rust alone, and the
/// counter of a key is its identity, not its default.
pub(super) fn column_default(field: &Field, dialect: Dialect) -> Option<ColumnDefault> {
    let default = field.default.as_ref()?;
    let computed = |sql: &str, spec: &str| {
        Some(ColumnDefault::Expression(Expression { sql: sql.to_owned(), spec: Some(spec.to_owned()) }))
    };
    match default {
        Default::Literal(value) => Some(ColumnDefault::Constant(ddl::literal(value, field.ty, dialect))),
        Default::Now => computed(now(field.ty, dialect), "now"),
        Default::Uuid4 => computed(uuid4(dialect), "uuid4"),
        Default::Uuid7 | Default::Cuid | Default::Auto => None,
        Default::Sql { postgres, sqlite } => {
            by_hand(postgres.as_deref(), sqlite.as_deref(), dialect).map(ColumnDefault::Expression)
        }
    }
}

/// In UTC and in the one form of its type; SQLite's clock counts milliseconds.
fn now(ty: Type, dialect: Dialect) -> &'static str {
    match (dialect, ty) {
        (Dialect::Postgres, Type::Date) => "(now() AT TIME ZONE 'UTC')::date",
        (Dialect::Postgres, Type::Time) => "(now() AT TIME ZONE 'UTC')::time",
        (Dialect::Postgres, _) => "now()",
        (Dialect::Sqlite, Type::Date) => "date('now')",
        (Dialect::Sqlite, Type::Time) => "strftime('%H:%M:%f', 'now') || '000'",
        (Dialect::Sqlite, _) => "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'",
    }
}

fn uuid4(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "gen_random_uuid()",
        Dialect::Sqlite => {
            "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' \
             || substr('89AB', (random() & 3) + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
        }
    }
}
