//! The two drivers behind one narrow interface.
//!
//! A driver runs statements and transactions and says why one failed; it knows nothing of models. [`Connection`] is all
//! that the layers above use. Which driver runs is decided when a handle is opened.

mod failure;
pub(crate) mod postgres;
pub(crate) mod sqlite;

pub use failure::{Failure, FailureDetails, FailureKind};

use std::time::Duration;

use seedbed_schema::Dialect;

use crate::statement::{Outcome, Sink, Statement, Text};
use crate::{PoolOptions, TxOptions, Value};

/// What both drivers offer, on the pool and inside a transaction.
///
/// Dropping a future of any of these at any point leaves no statement running, no lock held and no half-done write once
/// the driver has cleaned up behind it.
pub(crate) trait Connection {
    /// Runs one statement and hands its rows to the sink.
    async fn run(&self, statement: Statement, sink: Box<dyn Sink>) -> Result<Outcome, Failure>;

    /// Runs one statement text once per row of values, all or none, and hands all rows to the sink in order.
    async fn run_batch(&self, text: Text, rows: Vec<Vec<Value>>, sink: Box<dyn Sink>) -> Result<Outcome, Failure>;
}

/// A transaction on one connection, begun and not yet ended. Dropping it rolls it back.
///
/// Its statements run one after the other. One waits for the others up to the acquire time, not for ever: the future of
/// the one before may be held by somebody who does not poll it, such as the arm of a `select!` that waits for this one.
pub(crate) trait Transaction: Connection + Sized {
    /// Ends it and keeps what it did.
    async fn commit(self) -> Result<(), Failure>;

    /// Ends it and undoes what it did.
    async fn rollback(self) -> Result<(), Failure>;

    /// Marks a place to come back to, numbered from 1 by depth (`SAVEPOINT s1`).
    async fn savepoint(&self, depth: u32) -> Result<(), Failure>;

    /// Forgets the place and keeps what was done since.
    async fn release(&self, depth: u32) -> Result<(), Failure>;

    /// Undoes what was done since the place (`ROLLBACK TO s1; RELEASE s1`).
    async fn rollback_to(&self, depth: u32) -> Result<(), Failure>;

    /// The same without waiting, for a nested transaction whose future was dropped: done before the next statement.
    fn rollback_to_later(&self, depth: u32);
}

/// A pool of connections to one database.
pub(crate) trait Driver: Connection + Sized {
    /// Where it connects to.
    type Target;
    /// Its transactions.
    type Transaction: Transaction + 'static;

    /// Opens the pool and its first connection, within `options.connect_timeout`.
    async fn open(target: &Self::Target, options: &PoolOptions) -> Result<Self, Failure>;

    /// Begins a transaction.
    async fn begin_with(&self, options: TxOptions) -> Result<Self::Transaction, Failure>;

    /// Begins a transaction for writing.
    async fn begin(&self) -> Result<Self::Transaction, Failure> {
        self.begin_with(TxOptions::new()).await
    }

    /// Stops handing out connections, waits for those in use up to a deadline, and closes them.
    async fn close(&self, deadline: Duration);

    /// Which SQL it takes.
    fn dialect(&self) -> Dialect;
}
