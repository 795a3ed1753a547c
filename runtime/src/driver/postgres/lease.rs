//! A session while a caller has it, and what happens to it when the caller is gone.
//!
//! Only a clean session goes straight back to the idle queue. Any other is cleaned up by a task that keeps its slot:
//! it reads the rest of the answer, cancels what still runs, rolls back, and makes sure that no transaction is open.
//! What cannot be cleaned up within a deadline is closed.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::failure::{Sort, Trouble};
use super::pool::{Pool, Slot};
use super::session::{Session, Transaction};
use crate::driver::{Failure, FailureKind};

/// A session that belongs to one caller until it is dropped.
pub(super) struct Lease {
    held: Option<(Session, Slot)>,
    /// Whether the session had served someone before, and so may have been broken while it was idle.
    pub(super) reused: bool,
}

/// How long cleaning up behind a caller may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long a statement that nobody waits for may still run before it is cancelled.
const PATIENCE: Duration = Duration::from_millis(10);

impl Lease {
    pub(super) fn new(session: Session, slot: Slot, reused: bool) -> Self {
        Self { held: Some((session, slot)), reused }
    }

    /// Reads the rest of an answer that nobody waits for any more, cancelling the statement if that takes long.
    pub(super) async fn settle(&mut self) -> Result<(), Failure> {
        let (session, slot) = self.held.as_mut().expect("a lease holds its session until it is dropped");
        match timeout(DEADLINE, Box::pin(settle(session, &slot.pool))).await {
            Ok(settled) => settled.map_err(Failure::from),
            Err(_) => {
                session.broken = true;
                Err(Failure::new(FailureKind::Connection, "the connection did not come to rest"))
            }
        }
    }

    /// Ends a lease whose session turned out to be broken while it was idle; others may be broken as well.
    pub(super) fn give_up(mut self) {
        if let Some((session, slot)) = self.held.take() {
            drop(session);
            slot.pool.distrust_idle();
        }
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.held.as_ref().expect("a lease holds its session until it is dropped").0
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.held.as_mut().expect("a lease holds its session until it is dropped").0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some((session, slot)) = self.held.take() else { return };
        if session.is_clean() {
            slot.pool.give_back(session);
        } else if !session.broken
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(clean_up(session, slot));
        }
    }
}

async fn clean_up(mut session: Session, slot: Slot) {
    match timeout(DEADLINE, come_to_rest(&mut session, &slot.pool)).await {
        Ok(Ok(())) => slot.pool.give_back(session),
        Ok(Err(trouble)) => tracing::debug!(error = %trouble.failure, "a connection is closed instead of cleaned up"),
        Err(_) => tracing::warn!("a connection could not be cleaned up within {DEADLINE:?} and is closed"),
    }
}

/// Brings a session to where the next caller may have it.
async fn come_to_rest(session: &mut Session, pool: &Pool) -> Result<(), Trouble> {
    settle(session, pool).await?;
    if session.transaction == Transaction::Open {
        insist(session, async |session| session.roll_back().await).await?;
    }
    // Nobody knows whether a `BEGIN` or `COMMIT` without an answer was carried out, and a rollback without a
    // transaction leaves a warning in the log: so the server is asked.
    if !insist(session, async |session| session.is_outside_transaction().await).await? {
        session.roll_back().await?;
    }
    session.transaction = Transaction::Closed;
    if session.stale {
        session.forget_statements().await?;
    }
    Ok(())
}

/// Reads the rest of an answer. A statement that still runs after a moment is cancelled from another connection.
///
/// A late cancel never hits a statement of a later caller:
/// - The session keeps its slot and stays out of the idle queue, so its process serves nobody else meanwhile.
/// - `pg_cancel_backend` has sent its signal when it answers. If that answer does not come, this fails and the session
///   is closed; nobody will use its process.
/// - A signal that finds the process idle does nothing: it forgets a cancel that comes while it waits for a command.
///   One that is delivered as it takes up the next command can only hit what we send next, and that is always a
///   command of our own ([`insist`], or the rollback to a savepoint), whose answer is read before anyone else's
///   statement is sent. A process cannot read a command without entering the kernel, which delivers the signal.
async fn settle(session: &mut Session, pool: &Pool) -> Result<(), Trouble> {
    if !session.unread {
        return Ok(());
    }
    if let Ok(drained) = timeout(PATIENCE, session.drain()).await {
        return drained;
    }
    cancel(session, pool).await?;
    session.drain().await
}

/// Cancels what a session runs. Behind a pooler nobody knows which process to cancel: the session has to be closed.
async fn cancel(session: &mut Session, pool: &Pool) -> Result<(), Trouble> {
    let Some(process) = session.process else {
        session.broken = true;
        let failure = Failure::new(FailureKind::Cancelled, "behind a pooler a statement cannot be cancelled");
        return Err(Trouble { failure, sort: Sort::Broken });
    };
    let question = format!("SELECT pg_catalog.pg_cancel_backend({process})");
    // An idle session has the answer in one round trip; where there is none, or it is broken, a new connection does.
    if let Some(mut other) = pool.take_idle()
        && other.command(AssertSqlSafe(question.clone())).await.is_ok()
    {
        pool.give_back(other);
        return Ok(());
    }
    let unsent = |failure| Trouble { failure, sort: Sort::Unsent };
    let mut other = pool.target.connect(pool.options.connect).await.map_err(unsent)?;
    other.execute(sqlx::raw_sql(AssertSqlSafe(question))).await?;
    Ok(())
}

/// Runs one of our own commands, again if a late cancel hit it.
async fn insist<T>(
    session: &mut Session,
    command: impl AsyncFn(&mut Session) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    match command(session).await {
        Err(trouble) if trouble.sort == Sort::Cancelled => command(session).await,
        other => other,
    }
}
