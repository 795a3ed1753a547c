//! What can go wrong, in the words of the schema: models, fields, associations.

use std::error::Error as StdError;
use std::time::Duration;

use crate::driver::{Failure, FailureKind};
use crate::meta;

/// The result of everything that talks to a database.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. No variant's text holds a value of a sensitive field, or a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No row has the key, or the query finds none.
    #[error("no `{model}` was found")]
    NotFound {
        /// The model.
        model: &'static str,
    },
    /// The row was changed since it was read; reading it again shows how.
    #[error("the `{model}` was changed since it was read")]
    Stale {
        /// The model.
        model: &'static str,
    },
    /// A query that must find one row finds several.
    #[error("more than one `{model}` was found where one was expected")]
    TooMany {
        /// The model.
        model: &'static str,
    },
    /// Another row has the same unique key.
    #[error("another `{model}` has the same {}", list(fields))]
    Unique {
        /// The model.
        model: &'static str,
        /// The fields of the key.
        fields: Vec<&'static str>,
        /// The constraint's name in the database.
        constraint: String,
        /// What the driver reported.
        #[source]
        source: Failure,
    },
    /// A row refers to one that does not exist, or is still referred to.
    #[error("{}", foreign_key(model, association))]
    ForeignKey {
        /// The model that holds the key; `None` for one that the schema does not have.
        model: Option<&'static str>,
        /// The association; `None` for one that the schema does not have.
        association: Option<&'static str>,
        /// What the driver reported.
        #[source]
        source: Failure,
    },
    /// A row does not satisfy a check.
    #[error("{} is refused by the check `{constraint}`", place(model, field))]
    Check {
        /// The model.
        model: &'static str,
        /// The field the check belongs to, if it belongs to one.
        field: Option<&'static str>,
        /// The constraint's name in the database.
        constraint: String,
        /// What the driver reported.
        #[source]
        source: Failure,
    },
    /// NULL where the field does not allow it.
    #[error("`{model}.{field}` must not be null")]
    NotNull {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A text longer than its field allows.
    #[error("`{model}.{field}` takes {limit} characters at most, not {length}")]
    TooLong {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// The most characters it takes.
        limit: u32,
        /// The characters that were given.
        length: usize,
    },
    /// A number outside the range of its field, or with more digits than it keeps.
    #[error("`{model}.{field}` is out of range: {reason}")]
    OutOfRange {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// What it would have to be.
        reason: String,
    },
    /// A value that no database keeps as it is: NaN, or text with NUL.
    #[error("`{model}.{field}` cannot be stored: {reason}")]
    Value {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// Why not.
        reason: String,
    },
    /// A document of JSON cannot be read as the type that the spec gives its field.
    #[error("the document is no `{ty}`: {reason}")]
    Document {
        /// The Rust type.
        ty: &'static str,
        /// What does not fit, and where in the document.
        reason: String,
    },
    /// The target of an upsert is not a unique key.
    #[error("{} is no unique key of `{model}`; its unique keys are {keys}", list(fields))]
    NoUniqueKey {
        /// The model.
        model: &'static str,
        /// The fields that were named.
        fields: Vec<&'static str>,
        /// The keys that could be.
        keys: String,
    },
    /// A query that no database answers, or each in its own way; the text says what it lacks.
    #[error("{0}")]
    Query(String),
    /// A page is asked for by a cursor that its query did not give, or that was changed: whoever kept it is wrong, not the query.
    #[error("a page of `{model}` is asked for by a cursor that this query did not give, or that was changed")]
    Cursor {
        /// The model.
        model: &'static str,
    },
    /// A serialisation failure or deadlock: run the whole transaction again.
    #[error("the transaction has to be run again: {0}")]
    Retryable(Failure),
    /// SQLite's database stayed locked by another process for longer than the acquire time.
    #[error("{0}")]
    Busy(Failure),
    /// No connection became free in time.
    #[error("{0}")]
    PoolTimeout(Failure),
    /// It took longer than [`crate::TimeLimit`] allowed.
    #[error("it took longer than the {limit:?} that it was given")]
    Timeout {
        /// How long it was allowed to take.
        limit: Duration,
    },
    /// The statement was cancelled, or the transaction holds one whose future was dropped.
    #[error("{0}")]
    Cancelled(Failure),
    /// The database could not be reached, or the connection broke.
    #[error("{0}")]
    Connection(Failure),
    /// A write in a transaction that was begun for reading.
    #[error("{0}")]
    ReadOnly(Failure),
    /// The handle was closed.
    #[error("the database handle is closed")]
    Closed,
    /// A setting is wrong; the text names it and says what it accepts.
    #[error("{0}")]
    Config(String),
    /// The tables of the database do not fit the schema; the text says what differs.
    #[error("{0}")]
    Schema(String),
    /// A seed could not be loaded; the text says which file, line and column.
    #[error("{0}")]
    Seed(String),
    /// Anything else that the database said.
    #[error("the database refused the statement: {}", refusal(.0))]
    Database(Failure),
    /// An error of the caller's own, passed through a transaction.
    #[error(transparent)]
    Other(#[from] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// Whether the same work may succeed when it is run again from its start.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Retryable(_) | Self::Busy(_) | Self::Stale { .. })
    }

    /// A driver's failure in the words of a schema.
    pub(crate) fn from_failure(failure: Failure, schema: &meta::Schema) -> Self {
        match failure.kind {
            FailureKind::Unique => Self::unique(failure, schema),
            FailureKind::ForeignKey => Self::foreign_key(failure, schema),
            FailureKind::Check => Self::check(failure, schema),
            FailureKind::NotNull => Self::not_null(failure, schema),
            FailureKind::Retryable => Self::Retryable(failure),
            FailureKind::Busy => Self::Busy(failure),
            FailureKind::PoolTimeout => Self::PoolTimeout(failure),
            FailureKind::Cancelled => Self::Cancelled(failure),
            FailureKind::Connection => Self::Connection(failure),
            FailureKind::ReadOnly => Self::ReadOnly(failure),
            FailureKind::Closed => Self::Closed,
            FailureKind::TooLong
            | FailureKind::OutOfRange
            | FailureKind::Undefined
            | FailureKind::Decode
            | FailureKind::Value
            | FailureKind::Other => Self::Database(failure),
        }
    }

    fn unique(failure: Failure, schema: &meta::Schema) -> Self {
        let found = match &failure.constraint {
            Some(name) => unique_by_name(schema, name),
            None => unique_by_columns(schema, failure.table.as_deref(), &failure.columns),
        };
        match found {
            Some((model, unique)) => Self::Unique {
                model: model.name,
                fields: unique.fields.iter().map(|&at| model.fields[at].name).collect(),
                constraint: unique.constraint.to_owned(),
                source: failure,
            },
            None => Self::Database(failure),
        }
    }

    fn foreign_key(failure: Failure, schema: &meta::Schema) -> Self {
        let found = match &failure.constraint {
            Some(name) => foreign_key_by_name(schema, name),
            None => foreign_key_by_columns(schema, failure.table.as_deref(), &failure.columns),
        };
        Self::ForeignKey {
            model: found.map(|(model, _)| model.name),
            association: found.map(|(_, association)| association.name),
            source: failure,
        }
    }

    fn check(failure: Failure, schema: &meta::Schema) -> Self {
        let name = failure.constraint.clone().unwrap_or_default();
        match check_by_name(schema, &name) {
            Some((model, field)) => Self::Check { model: model.name, field, constraint: name, source: failure },
            None => Self::Database(failure),
        }
    }

    fn not_null(failure: Failure, schema: &meta::Schema) -> Self {
        let field = failure.table.as_deref().and_then(|table| {
            let model = schema.model_of_table(table)?;
            Some((model, model.field_of_column(failure.columns.first()?)?))
        });
        match field {
            Some((model, field)) => Self::NotNull { model: model.name, field: field.name },
            None => Self::Database(failure),
        }
    }
}

fn unique_by_name(schema: &meta::Schema, name: &str) -> Option<(&'static meta::Model, &'static meta::Unique)> {
    schema
        .models
        .iter()
        .copied()
        .find_map(|model| Some((model, model.unique.iter().find(|unique| unique.constraint == name)?)))
}

/// SQLite names the columns of a unique key rather than its index.
fn unique_by_columns(
    schema: &meta::Schema,
    table: Option<&str>,
    columns: &[String],
) -> Option<(&'static meta::Model, &'static meta::Unique)> {
    let model = schema.model_of_table(table?)?;
    let unique = model.unique.iter().find(|unique| {
        unique.fields.len() == columns.len()
            && unique.fields.iter().zip(columns).all(|(&at, column)| model.fields[at].column == column)
    })?;
    Some((model, unique))
}

fn foreign_key_by_name(
    schema: &meta::Schema,
    name: &str,
) -> Option<(&'static meta::Model, &'static meta::Association)> {
    schema.associations().find(|(_, association)| association.is_own() && association.constraint == name)
}

/// SQLite's driver finds the columns of a foreign key rather than its name.
fn foreign_key_by_columns(
    schema: &meta::Schema,
    table: Option<&str>,
    columns: &[String],
) -> Option<(&'static meta::Model, &'static meta::Association)> {
    let model = schema.model_of_table(table?)?;
    let has_columns = |association: &&meta::Association| {
        let own = association.fields.iter().map(|&at| model.fields[at].column);
        association.is_own() && own.eq(columns.iter().map(String::as_str))
    };
    Some((model, model.associations.iter().find(has_columns)?))
}

/// A check of the spec by its name; a check that a type brings along by its table and column, which its name begins with.
fn check_by_name(schema: &meta::Schema, name: &str) -> Option<(&'static meta::Model, Option<&'static str>)> {
    for model in schema.models.iter().copied() {
        if let Some(check) = model.checks.iter().find(|check| check.constraint == name) {
            return Some((model, check.field.map(|at| model.fields[at].name)));
        }
    }
    schema.models.iter().copied().find_map(|model| {
        let rest = name.strip_prefix(model.table)?.strip_prefix('_')?;
        let (column, _) = rest.rsplit_once('_')?;
        Some((model, Some(model.field_of_column(column)?.name)))
    })
}

/// What the database said, and what to do where that is known.
fn refusal(failure: &Failure) -> String {
    match failure.kind {
        FailureKind::Undefined => format!(
            "{failure} (the database lacks what the schema has: a start without `DB_SKIP_SYNC`, or `cargo xtask sync`, \
             creates missing tables)"
        ),
        _ => failure.to_string(),
    }
}

fn list(fields: &[&str]) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

fn place(model: &str, field: &Option<&'static str>) -> String {
    match field {
        Some(field) => format!("`{model}.{field}`"),
        None => format!("`{model}`"),
    }
}

fn foreign_key(model: &Option<&'static str>, association: &Option<&'static str>) -> String {
    match (model, association) {
        (Some(model), Some(association)) => {
            format!("`{model}.{association}` refers to a row that does not exist, or the row is still referred to")
        }
        _ => "a row refers to one that does not exist, or is still referred to".to_owned(),
    }
}
