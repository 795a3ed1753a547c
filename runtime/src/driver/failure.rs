//! Why a statement failed, in terms that hold for every database; [`crate::Error`] adds model and fields.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A failure as a driver reports it, no larger than a pointer; [`FailureDetails`] is what it holds.
#[derive(Debug)]
pub struct Failure(Box<FailureDetails>);

/// What is known about a failure: table and column names, not yet models and fields.
#[derive(Debug)]
pub struct FailureDetails {
    /// What went wrong.
    pub kind: FailureKind,
    /// The constraint that was violated, where the database names it.
    pub constraint: Option<String>,
    /// The table, where the database names it.
    pub table: Option<String>,
    /// The columns, where the database names them.
    pub columns: Vec<String>,
    /// What the database said, without values of rows.
    pub message: String,
    /// The SQLSTATE, or SQLite's extended result code.
    pub code: Option<String>,
    /// The driver's own error.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Two rows with the same unique key.
    Unique,
    /// A row points at one that is not there, or is pointed at.
    ForeignKey,
    /// A check refused a row.
    Check,
    /// NULL where it is not allowed.
    NotNull,
    /// A text longer than its column.
    TooLong,
    /// A number outside its column's range.
    OutOfRange,
    /// Serialisation failure, deadlock, or a plan that changed under a transaction: the transaction can be run again.
    Retryable,
    /// SQLite's database was locked by another process for longer than the acquire time.
    Busy,
    /// No connection became free within the acquire time.
    PoolTimeout,
    /// The statement was cancelled, or one before it in the same transaction was dropped half way.
    Cancelled,
    /// The database could not be reached, or the connection broke.
    Connection,
    /// A write in a transaction that only reads.
    ReadOnly,
    /// The handle was closed.
    Closed,
    /// A table or column that the statement names does not exist.
    Undefined,
    /// A value could not be decoded.
    Decode,
    /// A value that no database would take (NaN, text with NUL, a year beyond 9999), refused before it was sent.
    Value,
    /// Anything else that the database said.
    Other,
}

impl Failure {
    /// A failure with a message and nothing else.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self(Box::new(FailureDetails {
            kind,
            constraint: None,
            table: None,
            columns: Vec::new(),
            message: message.into(),
            code: None,
            source: None,
        }))
    }

    /// A statement of a transaction waited long enough for another one, which may never be polled again.
    pub(crate) fn in_progress() -> Self {
        let message = "another statement of this transaction is in progress: await it or drop it first";
        Self::new(FailureKind::Other, message)
    }

    /// The same failure, seen as another kind and told in other words.
    #[must_use]
    pub(crate) fn retold(mut self, kind: FailureKind, message: impl Into<String>) -> Self {
        self.kind = kind;
        self.message = message.into();
        self
    }

    /// The same failure with the driver's own error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl Deref for Failure {
    type Target = FailureDetails;

    fn deref(&self) -> &FailureDetails {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut FailureDetails {
        &mut self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
