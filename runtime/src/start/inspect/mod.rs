//! What tables a database holds, read from its catalogue into the same types that DDL is written from.
//!
//! Expressions are as the database spells them, and their `spec` is empty. To tell whether one equals an expression of
//! ours, ours is given to the database as well and read back (see [`super::sync`]).

mod postgres;
mod sqlite;
mod text;
mod types;

use seedbed_schema::Dialect;
use seedbed_schema::table::Database;

use crate::session::Session;
use crate::statement::{Statement, Work};
use crate::{Error, Failure, FailureKind, Result, Row, Value, ValueType};

pub(super) use types::type_name;

/// Which of the tables of that name is meant, where there may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The one that a query without a schema's name finds.
    Visible,
    /// The temporary one of this connection.
    Temporary,
}

/// The tables of these names, as far as they exist.
///
/// # Errors
/// One of the names is something else than a table.
pub(super) async fn inspect(session: Session<'_>, names: &[String], scope: Scope) -> Result<Database> {
    let dialect = session.dialect();
    let text = match (dialect, scope) {
        (Dialect::Postgres, Scope::Visible) => postgres::VISIBLE,
        (Dialect::Postgres, Scope::Temporary) => postgres::TEMPORARY,
        (Dialect::Sqlite, _) => sqlite::TABLES,
    };
    let names = names.iter().cloned().map(Value::Text).collect();
    let values = vec![Value::Array(ValueType::Text, names)];
    let rows = session.fetch(Statement { text: text.into(), values, work: Work::Scan }, document).await?;
    let tables = rows.into_iter().map(|row| match dialect {
        Dialect::Postgres => postgres::table(row),
        Dialect::Sqlite => sqlite::table(row),
    });
    Ok(Database { dialect, tables: tables.collect::<Result<_>>()? })
}

/// Each table is one document, so that the whole catalogue comes with one statement.
fn document(row: &mut Row<'_>) -> Result<serde_json::Value, Failure> {
    Ok(row.json()?.unwrap_or_default())
}

/// A document in its type. That it has none would be a mistake of ours, or a catalogue that nobody knows.
fn decode<T: serde::de::DeserializeOwned>(document: serde_json::Value) -> Result<T> {
    serde_json::from_value(document).map_err(|error| {
        let message = format!("the catalogue of the database cannot be read: {error}");
        Error::Database(Failure::new(FailureKind::Decode, message))
    })
}

fn not_a_table(name: &str, what: &str) -> Error {
    Error::Schema(format!(
        "`{name}` is {what} in the database, where the schema has a table: rename one of them (`table:` in the spec)"
    ))
}
