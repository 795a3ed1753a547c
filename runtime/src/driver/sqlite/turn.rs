//! Who may use the connection of a transaction: its statements, one after the other, until the transaction ends.
//!
//! A statement holds its turn while it runs, wherever it runs, and the turn's end records what became of the
//! transaction. When the transaction is dropped while a statement still runs on a blocking thread, that statement's turn
//! is what gives the connection back.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::budget::Control;
use super::connection::{Connection, Pace};
use super::pool::Lease;
use crate::driver::{Failure, FailureKind};
use crate::statement::Work;

/// What a statement weighs that may write much.
const HEAVY: u32 = 200;

/// The connection of one transaction, and what is known of the transaction.
pub(super) struct Turns {
    permit: Semaphore,
    control: Arc<Control>,
    state: Mutex<State>,
}

struct State {
    /// Absent while somebody has the turn, and after the end.
    lease: Option<Lease>,
    ended: bool,
    /// SQLite rolled back everything by itself: the disk was full, or a write was interrupted.
    lost: bool,
    /// The deepest savepoint.
    depth: u32,
    /// The statement after which the transaction cannot go on; the one at the lowest depth, if there were several.
    broken: Option<Broken>,
    /// The savepoint to go back to before the next statement.
    undo_to: Option<u32>,
    /// Roughly how much was written.
    weight: u32,
}

/// A statement after which the transaction cannot go on.
#[derive(Clone, Copy)]
struct Broken {
    /// How many savepoints it stood inside.
    depth: u32,
    end: End,
}

/// How a statement ended that did not succeed.
#[derive(Clone, Copy)]
enum End {
    /// Its future was dropped.
    Dropped,
    /// It failed. SQLite would go on, but PostgreSQL does not, and what works on one has to work on the other.
    Failed,
}

/// The right to use the connection.
pub(super) struct Turn {
    turns: Arc<Turns>,
    /// Present until dropped.
    lease: Option<Lease>,
    /// The depth of the statement that has started and whose outcome nobody has seen yet.
    unseen: Option<u32>,
}

impl Turns {
    /// The turns of a transaction that has begun.
    pub(super) fn new(lease: Lease) -> Arc<Self> {
        Arc::new(Self {
            permit: Semaphore::new(1),
            control: Arc::clone(lease.control()),
            state: Mutex::new(State {
                lease: Some(lease),
                ended: false,
                lost: false,
                depth: 0,
                broken: None,
                undo_to: None,
                weight: 0,
            }),
        })
    }

    /// Waits for the turn.
    pub(super) async fn next(self: &Arc<Self>) -> Result<Turn, Failure> {
        let permit = self.permit.acquire().await.map_err(|_| ended())?;
        self.take(permit)
    }

    /// Waits for the turn, but not for ever.
    pub(super) async fn next_within(self: &Arc<Self>, limit: Duration) -> Result<Turn, Failure> {
        match self.permit.try_acquire() {
            Ok(permit) => self.take(permit),
            Err(_) => timeout(limit, self.next()).await.unwrap_or_else(|_| Err(Failure::in_progress())),
        }
    }

    fn take(self: &Arc<Self>, permit: SemaphorePermit<'_>) -> Result<Turn, Failure> {
        let lease = self.state.lock().lease.take().ok_or_else(ended)?;
        permit.forget();
        Ok(Turn { turns: Arc::clone(self), lease: Some(lease), unseen: None })
    }

    /// Goes back to a savepoint before the next statement.
    pub(super) fn undo_later(&self, depth: u32) {
        let mut state = self.state.lock();
        state.undo_to = Some(state.undo_to.map_or(depth, |other| other.min(depth)));
    }

    /// A savepoint was made, or released.
    pub(super) fn set_depth(&self, depth: u32) {
        self.state.lock().depth = depth;
    }

    /// Everything since a savepoint was undone, or there was nothing since.
    pub(super) fn undone_to(&self, depth: u32) {
        let mut state = self.state.lock();
        state.depth = state.depth.min(depth.saturating_sub(1));
        state.broken = state.broken.filter(|broken| broken.depth < depth);
        state.undo_to = state.undo_to.filter(|other| *other < depth);
    }

    /// Ends the transaction: whoever brings the connection back rolls back what was not committed.
    pub(super) fn end(&self) {
        let mut state = self.state.lock();
        // After a first end the connection may serve another transaction, whose statement must not be stopped.
        if std::mem::replace(&mut state.ended, true) {
            return;
        }
        let Some(lease) = state.lease.take() else {
            // Under the lock the connection cannot leave this transaction, so no statement of another one is stopped.
            self.control.cancel_running();
            return;
        };
        let heavy = state.weight >= HEAVY;
        drop(state);
        match Handle::try_current() {
            Ok(runtime) if heavy => drop(runtime.spawn_blocking(move || drop(lease))),
            _ => drop(lease),
        }
    }
}

impl Turn {
    /// Whether the transaction can go on.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.check_not_lost()?;
        match self.turns.state.lock().broken.map(|broken| broken.end) {
            None => Ok(()),
            Some(End::Dropped) => Err(Failure::new(
                FailureKind::Cancelled,
                "a statement of this transaction was dropped before its outcome was known; roll the transaction back, \
                 or back to a savepoint before that statement",
            )),
            Some(End::Failed) => Err(Failure::new(
                FailureKind::Other,
                "a statement of this transaction failed: the transaction can only be rolled back (put what may fail \
                 into a nested transaction)",
            )),
        }
    }

    /// Whether there still is a transaction.
    pub(super) fn check_not_lost(&self) -> Result<(), Failure> {
        if !self.turns.state.lock().lost {
            return Ok(());
        }
        let message = "the transaction is gone: an earlier failure or interruption made SQLite roll all of it back";
        Err(Failure::new(FailureKind::Cancelled, message))
    }

    /// A statement is about to run; until [`Turn::seen`] it counts as dropped half way.
    pub(super) fn start(&mut self, work: Work) {
        let mut state = self.turns.state.lock();
        let weight = match work {
            Work::Lookup | Work::Scan => 0,
            Work::Touch => 1,
            Work::Write | Work::Unknown => HEAVY,
        };
        state.weight = state.weight.saturating_add(weight);
        self.unseen = Some(state.depth);
    }

    /// A savepoint is about to be released. Until [`Turn::seen`] the transaction around it does not know whether it keeps
    /// what was done since.
    pub(super) fn start_release(&mut self, outer: u32) {
        self.unseen = Some(outer);
    }

    /// The outcome of the statement is on its way to the caller.
    pub(super) fn seen<T>(&mut self, result: &Result<T, Failure>) {
        let depth = self.unseen.take();
        if let (Some(depth), Err(failure)) = (depth, result)
            && reached_the_database(failure.kind)
        {
            self.turns.state.lock().breaks(depth, End::Failed);
        }
    }

    /// Where a statement runs that ends or divides the transaction.
    pub(super) fn pace(&self) -> Pace {
        if self.turns.state.lock().weight >= HEAVY { Pace::Blocking } else { Pace::Inline }
    }

    /// The deepest savepoint.
    pub(super) fn depth(&self) -> u32 {
        self.turns.state.lock().depth
    }

    /// The savepoint to go back to first.
    pub(super) fn undo_first(&self) -> Option<u32> {
        self.turns.state.lock().undo_to
    }
}

impl Deref for Turn {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.lease.as_ref().expect("a turn holds the lease until it is dropped")
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        let mut state = self.turns.state.lock();
        state.lost |= lease.is_autocommit();
        if let Some(depth) = self.unseen {
            state.breaks(depth, End::Dropped);
        }
        let over = if state.ended { Some(lease) } else { state.lease.replace(lease) };
        drop(state);
        drop(over);
        self.turns.permit.add_permits(1);
    }
}

impl State {
    fn breaks(&mut self, depth: u32, end: End) {
        if self.broken.is_none_or(|other| depth < other.depth) {
            self.broken = Some(Broken { depth, end });
        }
    }
}

/// Whether a failure came from the database, rather than from a value on its way there or back.
fn reached_the_database(kind: FailureKind) -> bool {
    !matches!(kind, FailureKind::Value | FailureKind::Decode | FailureKind::Busy)
}

fn ended() -> Failure {
    Failure::new(FailureKind::Closed, "the transaction has ended")
}
