//! Running one statement once per row of values, all or none, on a blocking thread.

use super::Shared;
use super::blocking::{OnDrop, run_blocking};
use super::connection::{Connection, Pace, Stop};
use super::execute::control;
use super::pool::Use;
use crate::Value;
use crate::driver::Failure;
use crate::statement::{Outcome, Sink, Text};

/// A statement text, its rows of values, and the sink for the rows that come back.
pub(super) struct Batch {
    pub(super) text: Text,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) sink: Box<dyn Sink>,
}

/// Runs a batch in a transaction of its own. Wherever the future is dropped or the batch fails, the lease rolls it back on
/// its way home.
pub(super) async fn run(shared: &Shared, batch: Batch) -> Result<Outcome, Failure> {
    let lease = shared.writer.acquire(Use::Batch).await?;
    let (lease, begun) = control(lease, "BEGIN IMMEDIATE", Pace::Inline, shared.acquire).await?;
    begun?;
    let (lease, result) = run_blocking(lease, OnDrop::Interrupt, move |connection| {
        let outcome = batch.run(connection)?;
        Ok((outcome, connection.control_transaction("COMMIT")))
    })
    .await?;
    let (outcome, committed) = result.map_err(Stop::into_failure)?;
    match committed {
        Err(Stop::Busy(_)) => control(lease, "COMMIT", Pace::Blocking, shared.acquire).await?.1?,
        committed => committed.map_err(Stop::into_failure)?,
    }
    Ok(outcome)
}

impl Batch {
    /// Runs it inside a transaction that goes on afterwards.
    pub(super) fn run_inside(self, connection: &Connection) -> Result<Outcome, Stop> {
        connection.control_transaction("SAVEPOINT batch")?;
        let result = self.run(connection);
        if result.is_err() && !connection.is_autocommit() {
            connection.control_transaction("ROLLBACK TO batch")?;
        }
        if !connection.is_autocommit() {
            connection.control_transaction("RELEASE batch")?;
        }
        result
    }

    fn run(mut self, connection: &Connection) -> Result<Outcome, Stop> {
        let affected = connection.run_rows(self.text.as_str(), &self.rows, &mut *self.sink)?;
        Ok(Outcome { affected, sink: self.sink })
    }
}
