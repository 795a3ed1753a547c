//! The connections of one handle: handed out, taken back, and never more than the limit.
//!
//! A slot stands for the right to one connection. It is held for as long as the connection is out, also while
//! something cleans up behind a dropped future, so the server never sees more than `max` connections that work.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use parking_lot::Mutex;
use sqlx::Connection;
use tokio::sync::{Notify, Semaphore, TryAcquireError, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::lease::Lease;
use super::session::Session;
use super::target::PostgresTarget;
use crate::PoolOptions;
use crate::driver::{Failure, FailureKind};

/// Connections to one database.
pub(super) struct Pool {
    pub(super) target: PostgresTarget,
    pub(super) options: PoolOptions,
    slots: Semaphore,
    state: Mutex<State>,
    /// Told when a slot comes back to a pool that is closing.
    returned: Notify,
    /// Says that the pool was closed; dropped with the pool.
    closing: watch::Sender<bool>,
}

struct State {
    /// Clean sessions, the one that was used last at the back, where the next caller takes it.
    idle: VecDeque<Session>,
    /// Slots that are held.
    taken: usize,
}

/// How long saying goodbye to the server may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl Pool {
    pub(super) fn new(target: PostgresTarget, options: PoolOptions) -> Self {
        let max = options.max.clamp(1, Semaphore::MAX_PERMITS);
        let min = options.min.min(max);
        Self {
            target,
            slots: Semaphore::new(max),
            state: Mutex::new(State { idle: VecDeque::with_capacity(max.min(64)), taken: 0 }),
            returned: Notify::new(),
            closing: watch::Sender::new(false),
            options: PoolOptions { min, max, ..options },
        }
    }

    /// A connection: one that is idle, or a new one.
    pub(super) async fn acquire(self: &Arc<Self>) -> Result<Lease, Failure> {
        let slot = self.slot().await?;
        match self.take_idle() {
            Some(session) => Ok(Lease::new(session, slot, true)),
            None => Box::pin(Self::open(slot)).await,
        }
    }

    /// A connection that was opened just now.
    pub(super) async fn acquire_fresh(self: &Arc<Self>) -> Result<Lease, Failure> {
        let slot = self.slot().await?;
        Box::pin(Self::open(slot)).await
    }

    /// Opens a connection. It is boxed by its callers, so that what is rare and large makes no statement's future large.
    async fn open(slot: Slot) -> Result<Lease, Failure> {
        let session = Session::open(&slot.pool.target, slot.pool.options.connect).await?;
        Ok(Lease::new(session, slot, false))
    }

    /// Waits for the right to a connection.
    async fn slot(self: &Arc<Self>) -> Result<Slot, Failure> {
        match self.slots.try_acquire() {
            Ok(permit) => permit.forget(),
            Err(TryAcquireError::Closed) => return Err(closed()),
            Err(TryAcquireError::NoPermits) => match timeout(self.options.acquire, self.slots.acquire()).await {
                Ok(Ok(permit)) => permit.forget(),
                Ok(Err(_)) => return Err(closed()),
                Err(_) => return Err(self.exhausted()),
            },
        }
        Ok(Slot::held(self))
    }

    /// The right to a connection, if there is one at this moment.
    pub(super) fn try_slot(self: &Arc<Self>) -> Option<Slot> {
        self.slots.try_acquire().ok()?.forget();
        Some(Slot::held(self))
    }

    /// Takes the idle session that was used last.
    pub(super) fn take_idle(&self) -> Option<Session> {
        self.state.lock().idle.pop_back()
    }

    /// Takes every idle session that a condition picks, given the connections that are open without it.
    pub(super) fn take_idle_where(&self, mut pick: impl FnMut(&Session, usize) -> bool) -> Vec<Session> {
        let mut state = self.state.lock();
        let mut open = state.idle.len() + state.taken;
        let (mut taken, mut kept) = (Vec::new(), VecDeque::with_capacity(state.idle.capacity()));
        for session in state.idle.drain(..) {
            if pick(&session, open - 1) {
                open -= 1;
                taken.push(session);
            } else {
                kept.push_back(session);
            }
        }
        state.idle = kept;
        taken
    }

    /// The connections that are open or about to be.
    pub(super) fn open_connections(&self) -> usize {
        let state = self.state.lock();
        state.idle.len() + state.taken
    }

    /// Takes a clean session back from a caller.
    pub(super) fn give_back(&self, mut session: Session) {
        debug_assert!(session.is_clean(), "only clean sessions go back to the idle queue");
        session.idle_since = Instant::now();
        if *self.closing.borrow() || session.idle_since - session.opened > self.options.max_age {
            retire(session);
        } else {
            self.state.lock().idle.push_back(session);
        }
    }

    /// Takes a session back that was only looked after, as the one that was used longest ago.
    pub(super) fn put_back(&self, session: Session) {
        if *self.closing.borrow() {
            retire(session);
        } else {
            self.state.lock().idle.push_front(session);
        }
    }

    /// Forgets every idle session: one of them was found broken, and the server may have been restarted.
    pub(super) fn distrust_idle(&self) {
        let idle = std::mem::take(&mut self.state.lock().idle);
        tracing::debug!(connections = idle.len(), "a connection was found broken; the idle ones are closed");
    }

    /// Says when the pool was closed, or is gone.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Hands out nothing more, waits for what is out up to a deadline, and closes everything.
    pub(super) async fn close(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.closing.send_replace(true);
        self.slots.close();
        loop {
            let returned = self.returned.notified();
            tokio::pin!(returned);
            returned.as_mut().enable();
            let idle = std::mem::take(&mut self.state.lock().idle);
            join_all(idle.into_iter().map(say_goodbye)).await;
            if self.state.lock().taken == 0 {
                // Another clone of the handle may be closing too, and only one is told of each return.
                return self.returned.notify_one();
            }
            if timeout_at(deadline, returned).await.is_err() {
                return;
            }
        }
    }

    fn exhausted(&self) -> Failure {
        let PoolOptions { max, acquire, .. } = self.options;
        let message = format!(
            "no connection became free within {acquire:?}: all {max} are in use (DB_POOL_MAX sets how many there are, \
             DB_POOL_ACQUIRE_MS how long to wait)"
        );
        Failure::new(FailureKind::PoolTimeout, message)
    }
}

fn closed() -> Failure {
    Failure::new(FailureKind::Closed, "the connections to the database were closed")
}

/// The right to one connection of a pool, given back when dropped.
pub(super) struct Slot {
    pub(super) pool: Arc<Pool>,
}

impl Slot {
    fn held(pool: &Arc<Pool>) -> Self {
        pool.state.lock().taken += 1;
        Self { pool: Arc::clone(pool) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.pool.state.lock().taken -= 1;
        self.pool.slots.add_permits(1);
        self.pool.returned.notify_one();
    }
}

/// Closes a session in the background, or at once where nothing runs in the background.
pub(super) fn retire(session: Session) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(say_goodbye(session));
    }
}

/// Closes a session in the way that the server does not take for a loss.
pub(super) async fn say_goodbye(session: Session) {
    // Whether the server heard it makes no difference: the socket is closed in any case.
    let _ = timeout(GOODBYE, session.connection.close()).await;
}
