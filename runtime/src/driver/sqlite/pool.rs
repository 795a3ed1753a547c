//! Connections that are handed out one caller at a time, first come, first served: the readers, and the one writer.
//!
//! Readers are opened as they are needed and closed when they were idle for long. Their age does not matter: there is no
//! network or server that could forget them.

#![expect(clippy::vec_box, reason = "a connection is large, and moves in and out with every statement")]

use std::ops::Deref;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore, TryAcquireError};

use super::checkpoint::Checkpointer;
use super::connection::{Connection, Role};
use super::open::Opener;
use crate::PoolOptions;
use crate::driver::{Failure, FailureKind};

/// The connections of one role.
pub(super) struct Pool {
    role: Role,
    opener: Arc<Opener>,
    checkpointer: Arc<Checkpointer>,
    /// One permit per connection that may be handed out.
    permits: Semaphore,
    size: usize,
    acquire: Duration,
    idle_limit: Duration,
    keep: usize,
    state: Mutex<State>,
    /// Told when a connection comes back after the pool was closed.
    returned: Notify,
}

#[derive(Default)]
struct State {
    /// The last one used on top: its caches are warm.
    idle: Vec<Box<Connection>>,
    /// How few were idle at once since the last look: so many are not needed.
    fewest_idle: usize,
    reaping: bool,
    closed: bool,
    /// Who took a connection last, and when.
    holder: Option<(Use, Instant)>,
}

/// What a connection is taken for, to say so to those who wait in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
    Batch,
    Transaction,
    Checkpoint,
}

/// A connection in use. It goes back to its pool, rolled back, when this is dropped.
pub(super) struct Lease {
    pool: Arc<Pool>,
    /// Present until dropped.
    connection: Option<Box<Connection>>,
}

impl Pool {
    pub(super) fn new(
        role: Role,
        first: Box<Connection>,
        opener: Arc<Opener>,
        checkpointer: Arc<Checkpointer>,
        options: &PoolOptions,
    ) -> Arc<Self> {
        let size = if role == Role::Writer { 1 } else { options.max.max(1) };
        Arc::new(Self {
            role,
            opener,
            checkpointer,
            permits: Semaphore::new(size),
            size,
            acquire: options.acquire,
            idle_limit: options.idle,
            keep: options.min.max(1),
            state: Mutex::new(State { idle: vec![first], ..State::default() }),
            returned: Notify::new(),
        })
    }

    /// Takes a connection, waiting for one up to the acquire time and opening another if there may be more.
    pub(super) async fn acquire(self: &Arc<Self>, purpose: Use) -> Result<Lease, Failure> {
        match self.permits.try_acquire() {
            Ok(permit) => permit.forget(),
            Err(TryAcquireError::Closed) => return Err(closed()),
            Err(TryAcquireError::NoPermits) => match tokio::time::timeout(self.acquire, self.permits.acquire()).await {
                Ok(Ok(permit)) => permit.forget(),
                Ok(Err(_)) => return Err(closed()),
                Err(_) => return Err(self.none_in_time()),
            },
        }
        // From here on the permit comes back when the lease is dropped, with or without a connection.
        let mut lease = Lease { pool: Arc::clone(self), connection: None };
        lease.connection = Some(match self.take_idle(purpose) {
            Some(connection) => connection,
            None => {
                let connection = self.opener.open(self.role).await?;
                self.reap_later();
                connection
            }
        });
        Ok(lease)
    }

    /// Lets nobody take a connection any more, and waits for those in use; `false` when the deadline came first.
    pub(super) async fn close(&self, deadline: Instant) -> bool {
        self.permits.close();
        self.state.lock().closed = true;
        loop {
            let returned = self.returned.notified();
            if self.permits.available_permits() == self.size {
                // Another clone of the handle may be closing too, and only one is told of each return.
                self.returned.notify_one();
                return true;
            }
            if tokio::time::timeout_at(deadline.into(), returned).await.is_err() {
                return false;
            }
        }
    }

    /// Takes what is idle, to close it off the calling thread.
    pub(super) fn drain(&self) -> Vec<Box<Connection>> {
        std::mem::take(&mut self.state.lock().idle)
    }

    /// How many connections are idle.
    #[cfg(test)]
    pub(super) fn idle(&self) -> usize {
        self.state.lock().idle.len()
    }

    fn take_idle(&self, purpose: Use) -> Option<Box<Connection>> {
        let mut state = self.state.lock();
        if self.role == Role::Writer {
            state.holder = Some((purpose, Instant::now()));
        }
        let connection = state.idle.pop();
        state.fewest_idle = state.fewest_idle.min(state.idle.len());
        connection
    }

    fn give_back(self: &Arc<Self>, connection: Option<Box<Connection>>) {
        let mut unwanted = None;
        if let Some(connection) = connection {
            // One that cannot be rolled back is closed, and the next caller opens another.
            if connection.clean() {
                self.checkpointer.after_commit(self, connection.take_wal_pages());
                let mut state = self.state.lock();
                if state.closed {
                    unwanted = Some(connection);
                } else {
                    state.idle.push(connection);
                }
            } else {
                unwanted = Some(connection);
            }
        }
        drop(unwanted);
        self.permits.add_permits(1);
        self.returned.notify_one();
    }

    /// Closes, from time to time, the connections that were idle all the while.
    fn reap_later(self: &Arc<Self>) {
        {
            let mut state = self.state.lock();
            if state.reaping {
                return;
            }
            state.reaping = true;
            state.fewest_idle = 0;
        }
        let (mut reaper, pause) = (Reaper(Arc::downgrade(self)), self.idle_limit.max(Duration::from_millis(1)));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let Some(pool) = reaper.0.upgrade() else { return };
                let (surplus, last) = pool.surplus();
                if last {
                    reaper.is_done();
                }
                let _ = tokio::task::spawn_blocking(move || drop(surplus)).await;
                if last {
                    return;
                }
            }
        });
    }

    /// The connections that were not needed since the last look, and whether there is nothing left to look for.
    pub(super) fn surplus(&self) -> (Vec<Box<Connection>>, bool) {
        let mut state = self.state.lock();
        let beyond = state.idle.len().saturating_sub(self.keep);
        let count = state.fewest_idle.min(beyond);
        let surplus = state.idle.drain(..count).collect();
        state.fewest_idle = state.idle.len();
        state.reaping = !state.closed && (beyond > count || self.permits.available_permits() < self.size);
        (surplus, !state.reaping)
    }

    fn none_in_time(&self) -> Failure {
        let acquire = self.acquire;
        let message = match (self.role, self.state.lock().holder) {
            (Role::Reader, _) => format!(
                "none of the {} connections that read became free within {acquire:?} \
                 (`DB_POOL_MAX` says how many there are, `DB_POOL_ACQUIRE_MS` how long to wait)",
                self.size
            ),
            (Role::Writer, Some((purpose, since))) => format!(
                "the connection that writes did not become free within {acquire:?}: {} has held it for {:?} \
                 (SQLite writes one after the other; `DB_POOL_ACQUIRE_MS` says how long to wait)",
                purpose.name(),
                Duration::from_millis(since.elapsed().as_millis() as u64),
            ),
            (Role::Writer, None) => format!("the connection that writes did not become free within {acquire:?}"),
        };
        Failure::new(FailureKind::PoolTimeout, message)
    }
}

/// Closes what is not needed. If its runtime goes away before it is done, the next one to open a connection starts another.
struct Reaper(Weak<Pool>);

impl Reaper {
    fn is_done(&mut self) {
        self.0 = Weak::new();
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.state.lock().reaping = false;
        }
    }
}

impl Use {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "a read",
            Self::Write => "a statement",
            Self::Batch => "a batch",
            Self::Transaction => "a transaction",
            Self::Checkpoint => "a checkpoint",
        }
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_deref().expect("a lease holds its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.give_back(self.connection.take());
    }
}

fn closed() -> Failure {
    Failure::new(FailureKind::Closed, "the database handle was closed")
}
