//! What sqlx and the server report, in the terms of [`Failure`], and what it means for the connection.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::driver::{Failure, FailureKind};

/// A failure, and what it says about the connection it came from.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) failure: Failure,
    pub(super) sort: Sort,
}

/// What a failure says about its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The server refused before it did anything: a prepared statement is gone or no longer fits its tables.
    StalePlan,
    /// The server cancelled what ran.
    Cancelled,
    /// The server refused; the connection goes on.
    Refused,
    /// The rows were read to their end, but could not be taken; the server knows of no failure.
    Taken,
    /// Nothing was sent.
    Unsent,
    /// The connection cannot be used any more.
    Broken,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => match error.try_downcast_ref::<PgDatabaseError>() {
                Some(error) => refused(error),
                None => broken(FailureKind::Other, error.message().to_owned()),
            },
            sqlx::Error::Io(error) => {
                let mut trouble = broken(FailureKind::Connection, format!("the connection broke: {error}"));
                trouble.failure.source = Some(error.into());
                trouble
            }
            sqlx::Error::Tls(error) => broken(FailureKind::Connection, format!("TLS failed: {error}")),
            sqlx::Error::TypeNotFound { type_name } => {
                broken(FailureKind::Undefined, format!("the type `{type_name}` does not exist"))
            }
            other => broken(FailureKind::Connection, format!("the connection is out of step: {other}")),
        }
    }
}

fn broken(kind: FailureKind, message: String) -> Trouble {
    Trouble { failure: Failure::new(kind, message), sort: Sort::Broken }
}

/// The server's own error. Its detail holds values of rows and is left out, and so is sqlx's error, which prints it.
fn refused(error: &PgDatabaseError) -> Trouble {
    let code = error.code();
    let mut failure = Failure::new(kind(error), message(code, error.message()));
    failure.code = Some(code.to_owned());
    failure.constraint = error.constraint().map(str::to_owned);
    failure.table = error.table().map(str::to_owned);
    failure.columns = error.column().map(str::to_owned).into_iter().collect();
    let sort = match error.severity() {
        PgSeverity::Fatal | PgSeverity::Panic => Sort::Broken,
        _ if is_stale_plan(error) => Sort::StalePlan,
        _ if code == "57014" => Sort::Cancelled,
        _ => Sort::Refused,
    };
    Trouble { failure, sort }
}

fn kind(error: &PgDatabaseError) -> FailureKind {
    if is_stale_plan(error) {
        return FailureKind::Retryable;
    }
    match error.code() {
        "23505" => FailureKind::Unique,
        "23503" | "23001" => FailureKind::ForeignKey,
        "23514" => FailureKind::Check,
        "23502" => FailureKind::NotNull,
        "22001" => FailureKind::TooLong,
        "22003" | "22008" => FailureKind::OutOfRange,
        "22021" | "22P05" => FailureKind::Value,
        "40001" | "40P01" => FailureKind::Retryable,
        "25006" => FailureKind::ReadOnly,
        "55P03" => FailureKind::Busy,
        "57014" => FailureKind::Cancelled,
        "42P01" | "42703" => FailureKind::Undefined,
        // The server is going down, coming up, full, or has ended the session; class 08 is the connection itself.
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "53300" => FailureKind::Connection,
        code if code.starts_with("08") => FailureKind::Connection,
        _ => FailureKind::Other,
    }
}

/// 26000: the statement is unknown to the server, as after `DISCARD ALL`. 0A000 stands for anything that is not
/// supported, so the place it comes from decides (the text is translated): the check of a plan against its result.
fn is_stale_plan(error: &PgDatabaseError) -> bool {
    match error.code() {
        "26000" => true,
        "0A000" => error.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    }
}

/// The message, without the values that class 22 ("data exception") quotes.
fn message(code: &str, message: &str) -> String {
    if !code.starts_with("22") || !message.contains('"') {
        return message.to_owned();
    }
    let (before, rest) = message.split_once('"').unwrap_or((message, ""));
    let after = rest.rsplit_once('"').map_or("", |(_, after)| after);
    format!("{before}…{after}")
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn values_are_left_out_of_data_exceptions_only() {
        assert_eq!(
            message("22P02", "invalid input syntax for type uuid: \"s3cret\""),
            "invalid input syntax for type uuid: …"
        );
        assert_eq!(message("22003", "value \"99\" is \"9\" out of range"), "value … out of range");
        assert_eq!(
            message("22001", "value too long for type character varying(3)"),
            "value too long for type character varying(3)"
        );
        assert_eq!(message("23505", "duplicate key \"k\""), "duplicate key \"k\"");
    }
}
