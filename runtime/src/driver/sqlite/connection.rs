//! One connection, and running a statement on it from its first step to its last.

use std::cell::Cell;
use std::sync::Arc;

use rusqlite::Statement;

use super::bind;
use super::budget::Control;
use super::checkpoint;
use super::failure;
use super::foreign_key;
use super::private::PrivateFolder;
use super::read::SqliteRow;
use crate::driver::{Failure, FailureKind};
use crate::row::RawRow;
use crate::statement::Sink;
use crate::{Row, Value};

/// A connection of SQLite with what watches over it.
pub(super) struct Connection {
    raw: rusqlite::Connection,
    control: Arc<Control>,
    role: Role,
    /// The pages in the write-ahead log after the last commit; 0 once that was looked at.
    wal_pages: Cell<u32>,
    /// Keeps the folder for as long as the file is open; dropped after the connection.
    _private: Option<Arc<PrivateFolder>>,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Reads outside transactions.
    Reader,
    /// Writes, and everything inside transactions.
    Writer,
}

/// Where a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// On the calling thread: a read has a millisecond.
    Inline,
    /// On a blocking thread.
    Blocking,
}

/// Why a statement did not run to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// Another process holds the lock; the statement did nothing and can be run again.
    Busy(Failure),
    /// A read took too long for the calling thread; the sink is clear and the statement can be run again.
    OverBudget,
    /// The statement writes, on a connection that only reads; nothing was done.
    Writes,
    /// Anything else.
    Failed(Failure),
}

impl Stop {
    /// The failure to report where a statement is not run again.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Busy(failure) | Self::Failed(failure) => failure,
            Self::OverBudget => Failure::new(FailureKind::Cancelled, "the statement was interrupted"),
            Self::Writes => {
                Failure::new(FailureKind::ReadOnly, "a statement that writes was sent where only reading is done")
            }
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Connection {
    pub(super) fn new(
        raw: rusqlite::Connection,
        role: Role,
        private: Option<Arc<PrivateFolder>>,
    ) -> rusqlite::Result<Self> {
        let control = Arc::new(Control::new(raw.get_interrupt_handle()));
        control.watch(&raw)?;
        checkpoint::count_pages(&raw);
        Ok(Self { raw, control, role, wal_pages: Cell::new(0), _private: private })
    }

    /// What stops its statements.
    pub(super) fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Whether no transaction is open.
    pub(super) fn is_autocommit(&self) -> bool {
        self.raw.is_autocommit()
    }

    /// The pages in the write-ahead log, if something was committed since the last call.
    pub(super) fn take_wal_pages(&self) -> u32 {
        self.wal_pages.take()
    }

    /// Runs one statement, hands its rows to the sink, and says how many rows it wrote.
    pub(super) fn run(&self, text: &str, values: &[Value], sink: &mut dyn Sink, pace: Pace) -> Result<u64, Stop> {
        let mut statement = self.raw.prepare_cached(text).map_err(|error| self.stop(error))?;
        let reads = statement.readonly();
        if !reads && self.role == Role::Reader {
            return Err(Stop::Writes);
        }
        let (outside, changes) = (self.is_autocommit(), self.raw.total_changes());
        let result = match pace {
            // A write is never stopped by the clock: SQLite would roll the whole transaction back.
            Pace::Inline if reads => self.control.within_budget(|| self.step(&mut statement, values, sink)),
            _ => self.step(&mut statement, values, sink),
        };
        let result = result.map_err(|stop| self.explained(stop, text, values));
        self.note_commit();
        result?;
        self.refuse_transaction_control(outside)?;
        // A statement that changes no rows leaves the count of the one before it.
        Ok(if self.raw.total_changes() == changes { 0 } else { self.raw.changes() })
    }

    /// Runs one statement once per row of values and says how many rows were written. The caller has begun a transaction.
    pub(super) fn run_rows(&self, text: &str, rows: &[Vec<Value>], sink: &mut dyn Sink) -> Result<u64, Stop> {
        let mut statement = self.raw.prepare_cached(text).map_err(|error| self.stop(error))?;
        let mut affected = 0;
        for values in rows {
            if self.control.is_cancelled() {
                return Err(Failure::new(FailureKind::Cancelled, "the batch was cancelled").into());
            }
            let changes = self.raw.total_changes();
            self.step(&mut statement, values, sink).map_err(|stop| self.explained(stop, text, values))?;
            if self.raw.total_changes() != changes {
                affected += self.raw.changes();
            }
        }
        Ok(affected)
    }

    /// Runs a statement that begins, ends or divides a transaction.
    pub(super) fn control_transaction(&self, text: &str) -> Result<(), Stop> {
        let result = self.raw.prepare_cached(text).and_then(|mut statement| statement.raw_execute());
        self.note_commit();
        result.map(drop).map_err(|error| self.stop(error))
    }

    /// Ends whatever transaction is open, and says whether the connection is clean.
    pub(super) fn clean(&self) -> bool {
        self.is_autocommit() || (self.raw.execute_batch("ROLLBACK").is_ok() && self.is_autocommit())
    }

    fn step(&self, statement: &mut Statement<'_>, values: &[Value], sink: &mut dyn Sink) -> Result<(), Stop> {
        bind::bind_all(statement, values)?;
        let mut rows = statement.raw_query();
        let mut handed_out = false;
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    handed_out = true;
                    sink.row(&mut Row::new(RawRow::Sqlite(SqliteRow::new(row))))?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let stop = self.stop(error);
                    if handed_out && matches!(stop, Stop::Busy(_) | Stop::OverBudget) {
                        sink.clear();
                    }
                    return Err(stop);
                }
            }
        }
    }

    fn stop(&self, error: rusqlite::Error) -> Stop {
        if failure::is_busy(&error) {
            Stop::Busy(failure::from_error(error))
        } else if failure::is_interrupted(&error) && !self.control.is_cancelled() {
            Stop::OverBudget
        } else {
            Stop::Failed(failure::from_error(error))
        }
    }

    /// The same with the foreign key that was violated, if that is why.
    fn explained(&self, stop: Stop, text: &str, values: &[Value]) -> Stop {
        match stop {
            Stop::Failed(mut failure) if failure.kind == FailureKind::ForeignKey => {
                foreign_key::name(&self.raw, text, values, &mut failure);
                Stop::Failed(failure)
            }
            other => other,
        }
    }

    /// A text such as `BEGIN` or `COMMIT` would change behind the handle's back what later statements belong to.
    fn refuse_transaction_control(&self, outside: bool) -> Result<(), Failure> {
        if self.is_autocommit() == outside {
            return Ok(());
        }
        let message = if outside {
            "a statement began a transaction by itself; use a transaction of the handle"
        } else {
            "a statement ended the transaction by itself; end it through its handle"
        };
        Err(Failure::new(FailureKind::Other, message))
    }

    fn note_commit(&self) {
        let pages = checkpoint::take_pages();
        if pages > 0 {
            self.wal_pages.set(pages);
        }
    }
}
