//! What SQLite's errors mean: its result codes, and the names in its messages.
//!
//! SQLite's messages name tables, columns and constraints and never hold values of rows.

use rusqlite::{Error, ffi};

use crate::driver::{Failure, FailureKind};

/// The failure that an error of rusqlite stands for.
pub(super) fn from_error(error: Error) -> Failure {
    let (code, message) = match &error {
        Error::SqliteFailure(inner, message) => {
            (inner.extended_code, message.clone().unwrap_or_else(|| inner.to_string()))
        }
        // The text of the statement stays out of the message: the layers above log it where they are asked to.
        Error::SqlInputError { error: inner, msg, .. } => (inner.extended_code, msg.clone()),
        Error::MultipleStatement => return other("more than one statement in a text: run them one by one", error),
        _ => return other(&error.to_string(), error),
    };
    let mut failure = describe(code, &message);
    failure.code = Some(code.to_string());
    failure.with_source(error)
}

/// Whether an error means that another connection holds a lock.
pub(super) fn is_busy(error: &Error) -> bool {
    matches!(primary(error), Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED))
}

/// Whether an error means that the statement was interrupted.
pub(super) fn is_interrupted(error: &Error) -> bool {
    primary(error) == Some(ffi::SQLITE_INTERRUPT)
}

/// The result code of an error without its extension.
pub(super) fn primary(error: &Error) -> Option<i32> {
    match error {
        Error::SqliteFailure(inner, _) | Error::SqlInputError { error: inner, .. } => Some(inner.extended_code & 0xff),
        _ => None,
    }
}

fn other(message: &str, error: Error) -> Failure {
    Failure::new(FailureKind::Other, message).with_source(error)
}

fn describe(code: i32, message: &str) -> Failure {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            unique(message)
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            let mut failure = Failure::new(FailureKind::Check, message);
            failure.constraint = after(message, "CHECK constraint failed: ").map(str::to_owned);
            failure
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let mut failure = Failure::new(FailureKind::NotNull, message);
            name_columns(&mut failure, after(message, "NOT NULL constraint failed: "));
            failure
        }
        // `ON DELETE RESTRICT` is a trigger to SQLite, and only the text tells it from one of the user's.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            Failure::new(FailureKind::ForeignKey, message)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Failure::new(FailureKind::ForeignKey, message),
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            let mut failure = Failure::new(FailureKind::Other, message);
            name_columns(&mut failure, message.rsplit_once(" column ").map(|(_, column)| column));
            failure
        }
        _ => described_by_primary(code & 0xff, message),
    }
}

fn described_by_primary(code: i32, message: &str) -> Failure {
    let kind = match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => FailureKind::Busy,
        ffi::SQLITE_INTERRUPT | ffi::SQLITE_ABORT => FailureKind::Cancelled,
        ffi::SQLITE_SCHEMA => FailureKind::Retryable,
        ffi::SQLITE_TOOBIG => FailureKind::TooLong,
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB | ffi::SQLITE_PROTOCOL => {
            FailureKind::Connection
        }
        ffi::SQLITE_ERROR => return described_by_text(message),
        _ => FailureKind::Other,
    };
    Failure::new(kind, message)
}

/// `SQLITE_ERROR` is one code for everything else; only the text tells.
fn described_by_text(message: &str) -> Failure {
    if message == "integer overflow" {
        return Failure::new(FailureKind::OutOfRange, message);
    }
    let mut failure = Failure::new(FailureKind::Undefined, message);
    if let Some(table) = after(message, "no such table: ") {
        failure.table = Some(without_schema(table).to_owned());
    } else if let Some(column) = after(message, "no such column: ") {
        failure.columns.push(without_schema(column).to_owned());
    } else if let Some((table, column)) =
        after(message, "table ").and_then(|rest| rest.split_once(" has no column named "))
    {
        failure.table = Some(table.to_owned());
        failure.columns.push(column.to_owned());
    } else if !message.starts_with("no such ") || message.starts_with("no such savepoint") {
        failure.kind = FailureKind::Other;
    }
    failure
}

/// `UNIQUE constraint failed: users.email, users.kind`, or `…: index 'users_lower_email_key'` for one over expressions.
fn unique(message: &str) -> Failure {
    let mut failure = Failure::new(FailureKind::Unique, message);
    let names = after(message, "UNIQUE constraint failed: ");
    match names.and_then(|names| after(names, "index '")) {
        Some(index) => failure.constraint = Some(index.trim_end_matches('\'').to_owned()),
        None => name_columns(&mut failure, names),
    }
    failure
}

/// Takes over `table.column, table.column`.
fn name_columns(failure: &mut Failure, names: Option<&str>) {
    for name in names.into_iter().flat_map(|names| names.split(", ")) {
        match name.split_once('.') {
            Some((table, column)) => {
                failure.table = Some(table.to_owned());
                failure.columns.push(column.to_owned());
            }
            None => failure.columns.push(name.to_owned()),
        }
    }
}

fn after<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)
}

fn without_schema(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}
