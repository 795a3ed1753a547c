//! Transactions: the writer, held from `BEGIN IMMEDIATE` to the end, or a reader where a transaction only reads.
//!
//! The write lock is taken at the beginning, so a transaction that has begun never finds the database locked, and what it
//! reads is what it writes over.

use std::sync::Arc;

use super::Shared;
use super::batch::Batch;
use super::blocking::{OnDrop, run_blocking};
use super::budget;
use super::connection::{self, Pace, Stop};
use super::execute::{Executed, Halt, Manner, Operation, control, execute};
use super::pool::Use;
use super::turn::{Turn, Turns};
use crate::driver::{Connection, Failure, Transaction};
use crate::statement::{Outcome, Sink, Statement, Text, Work};
use crate::{TxOptions, Value};

/// A transaction that has begun.
pub(crate) struct SqliteTransaction {
    shared: Arc<Shared>,
    turns: Arc<Turns>,
}

impl SqliteTransaction {
    pub(super) async fn begin(shared: &Arc<Shared>, options: TxOptions) -> Result<Self, Failure> {
        let (pool, command) =
            if options.read_only { (&shared.readers, "BEGIN") } else { (&shared.writer, "BEGIN IMMEDIATE") };
        let lease = pool.acquire(Use::Transaction).await?;
        let (lease, begun) = control(lease, command, Pace::Inline, shared.acquire).await?;
        begun?;
        Ok(Self { shared: Arc::clone(shared), turns: Turns::new(lease) })
    }

    #[cfg(test)]
    pub(super) fn turns(&self) -> Arc<Turns> {
        Arc::clone(&self.turns)
    }

    /// Waits for the statements before, and makes up for a nested transaction that was dropped. Only what ends the
    /// transaction or a nested one waits for as long as it takes: nobody holds a statement of it any more.
    async fn turn(&self) -> Result<Turn, Failure> {
        budget::spend().await;
        self.caught_up(self.turns.next().await?).await
    }

    /// The turn of a statement, in a transaction that can go on.
    async fn turn_to_go_on(&self) -> Result<Turn, Failure> {
        budget::spend().await;
        let turn = self.caught_up(self.turns.next_within(self.shared.acquire).await?).await?;
        turn.check()?;
        Ok(turn)
    }

    /// The turn once it has made up for a nested transaction that was dropped.
    async fn caught_up(&self, turn: Turn) -> Result<Turn, Failure> {
        match turn.undo_first() {
            Some(depth) => self.undo(turn, depth).await,
            None => Ok(turn),
        }
    }

    /// Goes back to a savepoint and forgets it. One that was never made, or is gone already, needs no undoing.
    async fn undo(&self, turn: Turn, depth: u32) -> Result<Turn, Failure> {
        turn.check_not_lost()?;
        if turn.depth() < depth {
            self.turns.undone_to(depth);
            return Ok(turn);
        }
        let texts = vec![format!("ROLLBACK TO s{depth}"), format!("RELEASE s{depth}")];
        self.divide(turn, texts, move |turns| turns.undone_to(depth)).await
    }

    /// Runs statements that divide the transaction, and notes what they did where they ran: the note is as true when
    /// nobody waits for them any more.
    async fn divide(
        &self,
        turn: Turn,
        texts: Vec<String>,
        note: impl FnOnce(&Turns) + Send + 'static,
    ) -> Result<Turn, Failure> {
        let (pace, turns) = (turn.pace(), Arc::clone(&self.turns));
        let job = move |connection: &connection::Connection| {
            texts.iter().try_for_each(|text| connection.control_transaction(text))?;
            note(&turns);
            Ok(())
        };
        let (turn, done) = match pace {
            Pace::Inline => {
                let done = job(&turn);
                (turn, done)
            }
            Pace::Blocking => run_blocking(turn, OnDrop::Finish, job).await?,
        };
        done.map(|()| turn).map_err(Stop::into_failure)
    }

    async fn control(&self, turn: Turn, text: &str) -> Result<Turn, Failure> {
        let pace = turn.pace();
        let (turn, done) = control(turn, text, pace, self.shared.acquire).await?;
        done.map(|()| turn)
    }

    /// What happens to a statement whose future is dropped. Stopping a write would lose what was done before the
    /// savepoint, which the enclosing transaction may still want; so inside one it runs to its end and is undone after.
    fn on_drop(turn: &Turn, work: Work) -> OnDrop {
        if work.is_read() || turn.depth() == 0 { OnDrop::Interrupt } else { OnDrop::Finish }
    }
}

impl Connection for SqliteTransaction {
    async fn run(&self, statement: Statement, sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        let mut turn = self.turn_to_go_on().await?;
        turn.start(statement.work);
        let manner = Manner {
            pace: self.shared.pace_without_commit(&statement),
            on_drop: Self::on_drop(&turn, statement.work),
            patience: self.shared.acquire,
            slow: &self.shared.slow,
        };
        let Executed { hold: mut turn, result, inline } = execute(turn, Operation { statement, sink }, manner).await?;
        budget::settle(inline).await;
        let result = result.map_err(Halt::into_failure);
        turn.seen(&result);
        result
    }

    async fn run_batch(&self, text: Text, rows: Vec<Vec<Value>>, sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        let mut turn = self.turn_to_go_on().await?;
        turn.start(Work::Write);
        let on_drop = Self::on_drop(&turn, Work::Write);
        let batch = Batch { text, rows, sink };
        let (mut turn, result) = run_blocking(turn, on_drop, move |connection| batch.run_inside(connection)).await?;
        let result = result.map_err(Stop::into_failure);
        turn.seen(&result);
        result
    }
}

impl Transaction for SqliteTransaction {
    async fn commit(self) -> Result<(), Failure> {
        let turn = self.turn().await?;
        turn.check()?;
        let pace = if self.shared.next_commit_waits() { Pace::Blocking } else { turn.pace() };
        let (turn, committed) = control(turn, "COMMIT", pace, self.shared.acquire).await?;
        self.turns.end();
        drop(turn);
        committed
    }

    async fn rollback(self) -> Result<(), Failure> {
        budget::spend().await;
        let turn = self.turns.next().await?;
        if turn.is_autocommit() {
            return Ok(());
        }
        self.control(turn, "ROLLBACK").await.map(drop)
    }

    async fn savepoint(&self, depth: u32) -> Result<(), Failure> {
        let turn = self.turn_to_go_on().await?;
        self.divide(turn, vec![format!("SAVEPOINT s{depth}")], move |turns| turns.set_depth(depth)).await.map(drop)
    }

    async fn release(&self, depth: u32) -> Result<(), Failure> {
        let mut turn = self.turn_to_go_on().await?;
        let outer = depth.saturating_sub(1);
        turn.start_release(outer);
        let mut turn =
            self.divide(turn, vec![format!("RELEASE s{depth}")], move |turns| turns.set_depth(outer)).await?;
        turn.seen(&Ok(()));
        Ok(())
    }

    async fn rollback_to(&self, depth: u32) -> Result<(), Failure> {
        let turn = self.turn().await?;
        self.undo(turn, depth).await.map(drop)
    }

    fn rollback_to_later(&self, depth: u32) {
        self.turns.undo_later(depth);
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        self.turns.end();
    }
}
