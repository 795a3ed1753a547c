//! Typed queries over PostgreSQL and SQLite from one schema.

mod driver;
mod options;
mod row;
mod statement;
mod value;

pub use driver::{Failure, FailureKind};
pub use options::PoolOptions;
pub use row::Row;
pub use statement::{Collect, Discard, Outcome, Sink, Statement, Text, Work};
pub use value::{Value, ValueType};
