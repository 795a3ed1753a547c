//! What a driver is asked to run, and what takes the rows as they arrive.

use std::any::Any;
use std::sync::Arc;

use crate::driver::Failure;
use crate::{Row, Value};

/// One SQL statement with its values. Placeholders are `$1`, `$2`, … in the order of first use on every dialect.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The SQL text.
    pub text: Text,
    /// The values, in the order of their placeholders.
    pub values: Vec<Value>,
    /// How much work it is, as far as is known before it runs.
    pub work: Work,
}

/// The text of a statement: fixed, or built for one query.
#[derive(Debug, Clone)]
pub enum Text {
    /// Known when the program was built, or built once and kept for ever.
    Static(&'static str),
    /// Built for this query.
    Built(Arc<str>),
    /// Run once in the life of a connection, without values, and no row of it is read: PostgreSQL takes it in one round
    /// trip instead of two, because it is not prepared, and keeps nothing of it.
    Once(Arc<str>),
}

impl Text {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Built(text) | Self::Once(text) => text,
        }
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Built(text.into())
    }
}

/// How much work a statement is: decides where SQLite runs it, and whether it goes to a reader or the writer.
///
/// What is called a read is run again on PostgreSQL when the connection it was sent on turns out to be broken, and then
/// in a transaction in which writes are refused: a statement that writes all the same is never done twice, it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Reads a few rows by key or by a bounded query: may run on the calling thread, under a budget.
    Lookup,
    /// Reads any number of rows, counts, aggregates: never on the calling thread.
    Scan,
    /// Writes one row by key, without cascades or large columns: may run on the calling thread.
    Touch,
    /// Any other write.
    Write,
    /// Raw SQL that gives rows: it may do anything. SQLite takes it for a read until it turns out to write.
    Unknown,
}

impl Work {
    /// The most rows of a query that SQLite may read on the calling thread.
    const FEW_ROWS: u64 = 100;

    /// Reading so many rows at most; `None` is any number.
    pub(crate) fn of_rows(most: Option<u64>) -> Self {
        if most.is_some_and(|rows| rows <= Self::FEW_ROWS) { Self::Lookup } else { Self::Scan }
    }

    /// Whether the statement may turn out to be a read.
    pub(crate) fn may_read(self) -> bool {
        self.is_read() || self == Self::Unknown
    }

    /// Whether the statement only reads.
    pub fn is_read(self) -> bool {
        matches!(self, Self::Lookup | Self::Scan)
    }
}

/// Takes the rows of a statement as they arrive. It is handed to the driver and comes back with the outcome.
pub trait Sink: Any + Send {
    /// Takes one row.
    ///
    /// # Errors
    /// A value that cannot be decoded; the driver stops and passes the error on.
    fn row(&mut self, row: &mut Row<'_>) -> Result<(), Failure>;

    /// Forgets every row: the statement was interrupted and runs again from its start.
    fn clear(&mut self);
}

/// What a statement did.
pub struct Outcome {
    /// The rows that were written, as the database counts them; 0 for a statement that only reads.
    pub affected: u64,
    /// The sink with the rows.
    pub sink: Box<dyn Sink>,
}

/// A sink that keeps nothing, for statements whose rows do not matter.
#[derive(Debug, Default)]
pub struct Discard;

impl Sink for Discard {
    fn row(&mut self, _: &mut Row<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn clear(&mut self) {}
}

/// A sink that reads each row with a function and keeps the results.
pub type Collect<T> = CollectWith<T, fn(&mut Row<'_>) -> Result<T, Failure>>;

/// As [`Collect`], with a function that carries something along.
pub struct CollectWith<T, R> {
    read: R,
    /// The rows so far.
    pub rows: Vec<T>,
}

impl<T: Send + 'static, R: FnMut(&mut Row<'_>) -> Result<T, Failure> + Send + 'static> CollectWith<T, R> {
    /// An empty sink that reads rows with a function.
    pub fn new(read: R) -> Box<Self> {
        Box::new(Self { read, rows: Vec::new() })
    }

    /// The rows of a finished sink; empty if it is one of another type.
    pub fn rows(sink: Box<dyn Sink>) -> Vec<T> {
        let sink: Box<dyn Any> = sink;
        sink.downcast::<Self>().map(|collect| collect.rows).unwrap_or_default()
    }
}

impl<T: Send + 'static, R: FnMut(&mut Row<'_>) -> Result<T, Failure> + Send + 'static> Sink for CollectWith<T, R> {
    fn row(&mut self, row: &mut Row<'_>) -> Result<(), Failure> {
        self.rows.push((self.read)(row)?);
        Ok(())
    }

    fn clear(&mut self) {
        self.rows.clear();
    }
}
