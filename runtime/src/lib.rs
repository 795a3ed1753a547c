//! Typed queries over PostgreSQL and SQLite from one schema.
//!
//! Services do not use this crate by itself but the one that `cargo xtask gen` writes, which re-exports what they need.
//! [`Db`] is the handle, [`Tx`] a transaction, [`Query`] a query, [`Error`] what can go wrong; [`meta`] is the schema as
//! static data. Generated code implements [`Model`]; everything that models have in common lives here, once.

mod association;
mod characteristics;
mod check;
mod column;
mod config;
mod cuid;
mod db;
mod driver;
mod error;
mod explain;
mod expr;
mod expression;
mod filter;
mod fit;
mod grouped;
mod hooks;
mod include;
mod keys;
mod keyset;
mod literal;
pub mod meta;
mod model;
mod new_row;
mod options;
mod order;
mod page;
mod patch;
mod query;
mod raw;
mod related;
mod retry;
mod row;
mod scalar;
mod secret;
mod seed;
mod select;
mod selection;
mod session;
pub mod shape;
mod sql;
pub mod start;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod time_limit;
mod trace;
mod transaction;
mod tuples;
mod typed;
mod value;
pub mod write;

pub use chrono::{self, NaiveDate, NaiveTime};
pub use rust_decimal::{self, Decimal};
pub use serde_json::{self, Value as Json};
pub use {serde, uuid::Uuid};

/// An instant in UTC, kept to the microsecond.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// Names a type without holding a value of it.
type Of<T> = std::marker::PhantomData<fn() -> T>;

pub use association::{Association, Link, MayBeAbsent, ToMany, ToOne};
pub use characteristics::{Isolation, TxOptions};
pub use column::Column;
pub use config::{Config, Target};
pub use db::{Anyone, Db};
pub use driver::postgres::{PostgresParts, PostgresTarget};
pub use driver::sqlite::{SqliteFile, SqliteTarget, Synchronous};
pub use driver::{Failure, FailureDetails, FailureKind};
pub use error::{Error, Result};
pub use expr::{Average, Expr, Ordered, Summable, count};
pub use expression::Bucket;
pub use filter::Filter;
pub use grouped::{Grouped, Select};
pub use hooks::{Hooks, Registered, Within, Written};
pub use include::{
    Alone, At, Entries, Held, Holds, Includes, Including, Loads, Many, Maybe, MaybeOne, One, Plan, Push, serialize_tree,
};
pub use model::{Key, Model, Statements, Tree};
pub use new_row::{Draft, Given};
pub use options::PoolOptions;
pub use order::{IntoOrder, Order};
pub use page::{Cursor, Page};
pub use patch::{Missing, New, Patch, Set};
pub use query::{Filtered, Guarded, Query, Unfiltered};
pub use raw::{Arguments, Bind, FromRow, OrNull, Parameters, Plain, Prepared, Raw, Rows, SqlText, Trusted, trusted};
pub use row::Row;
pub use scalar::{Enumeration, FieldType, IntoField, Nullable, Scalar, Textual};
pub use secret::Secret;
pub use seed::{
    LeftOut, Progress, Report, SeedPlace, SeedProblem, SeedProblems, SeedReport, SeedSource, Step, Variables, Wanted,
    WhyLeftOut, check_seeds,
};
pub use seedbed_schema::{Dialect, Type};
pub use selection::{Reader, Selected, Selection};
pub use session::{On, Reply, Session};
pub use start::{
    Builder, Difference, PostgresServer, SeedMode, SslMode, SyncMode, SyncReport, connect, reset, seed, seed_set,
    seed_with, sync,
};
pub use statement::{Collect, CollectWith, Discard, Outcome, Sink, Statement, Text, Work};
pub use time_limit::TimeLimit;
pub use transaction::Tx;
pub use typed::Typed;
pub use value::{Value, ValueType};
