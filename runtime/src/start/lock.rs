//! One process at a time: a transaction that holds the lock of a package, tried again and again up to a deadline.
//!
//! Nobody ever waits inside the database: whoever does not get the lock ends the transaction, sleeps and tries again, so
//! that a crowd of starting processes holds no connection and works behind a pooler too.

use std::time::Duration;

use seedbed_schema::Dialect;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::driver::{Failure, FailureKind};
use crate::session::{On, Session};
use crate::statement::{Statement, Text, Work};
use crate::{Db, Error, Result, Tx, Value};

/// How long other processes may be at work before this one gives up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(pub(super) Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_secs(120))
    }
}

impl Patience {
    /// Begins to count.
    pub(super) fn attempts<S>(self, db: &Db<S>) -> Attempts<'_, S> {
        Attempts { db, limit: self.0, deadline: Instant::now() + self.0, pause: Pause::default() }
    }
}

/// Attempts at doing something while nobody else does, up to a deadline.
pub(super) struct Attempts<'d, S> {
    db: &'d Db<S>,
    limit: Duration,
    deadline: Instant,
    pause: Pause,
}

impl<S> Attempts<'_, S> {
    /// Begins a transaction that holds the lock.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process has the lock until the deadline.
    pub(super) async fn begin(&mut self) -> Result<Tx<S>> {
        loop {
            match self.try_begin().await {
                Ok(Some(tx)) => return Ok(tx),
                Ok(None) => self.wait(busy(self.db.schema().package, self.limit)).await?,
                Err(error) if error.is_retryable() => self.wait(error).await?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Ends the transaction. `None` says that another process got in the way of the work, which is to be done again.
    ///
    /// # Errors
    /// That of the work, or of the commit.
    pub(super) async fn end<T>(&mut self, tx: Tx<S>, result: Result<T>) -> Result<Option<T>> {
        match tx.end(result).await {
            Ok(done) => Ok(Some(done)),
            Err(error) if error.is_retryable() => self.wait(error).await.map(|()| None),
            Err(error) => Err(error),
        }
    }

    async fn try_begin(&self) -> Result<Option<Tx<S>>> {
        let tx = self.db.begin().await?;
        match take(tx.session()).await {
            Ok(true) => Ok(Some(tx)),
            Ok(false) => tx.end(Ok(None)).await,
            Err(error) => tx.end(Err(error)).await,
        }
    }

    /// Sleeps until the next attempt, or gives up for the reason that there is.
    async fn wait(&mut self, reason: Error) -> Result<()> {
        let pause = self.pause.next();
        if Instant::now() + pause >= self.deadline {
            return Err(reason);
        }
        tracing::debug!(target: "seedbed", "waiting to sync or seed: {reason}");
        sleep(pause).await;
        Ok(())
    }
}

/// Takes the lock for the rest of the transaction, if nobody has it. On SQLite the transaction itself is the lock.
async fn take(session: Session<'_>) -> Result<bool> {
    if session.dialect() == Dialect::Sqlite {
        return Ok(true);
    }
    // With any other isolation, what the last holder of the lock has committed might stay out of sight.
    session.execute_text(Text::Once("SET TRANSACTION ISOLATION LEVEL READ COMMITTED".into())).await?;
    // Who waits for a lock on a table makes all others wait behind him.
    session.execute_text(Text::Once("SET LOCAL lock_timeout = '3s'".into())).await?;
    let values = vec![Value::I64(key(session.schema().package))];
    let text = "SELECT pg_catalog.pg_try_advisory_xact_lock($1)".into();
    let taken = session.fetch(Statement { text, values, work: Work::Lookup }, |row| row.bool()).await?;
    Ok(taken.contains(&Some(true)))
}

/// The advisory lock of a package.
fn key(package: &str) -> i64 {
    let digest = Sha256::digest(format!("seedbed:{package}"));
    digest.iter().take(8).fold(0, |key, byte| key << 8 | i64::from(*byte))
}

fn busy(package: &str, limit: Duration) -> Error {
    Error::Busy(Failure::new(
        FailureKind::Busy,
        format!(
            "another process has been syncing or seeding `{package}` for {limit:?} (DB_START_TIMEOUT_MS sets the limit)"
        ),
    ))
}

/// How long to sleep before the next attempt: longer each time, and never the same for two processes.
#[derive(Default)]
struct Pause {
    attempts: u32,
}

impl Pause {
    const FIRST: Duration = Duration::from_millis(20);
    const LONGEST: Duration = Duration::from_millis(500);

    fn next(&mut self) -> Duration {
        let pause = Self::LONGEST.min(Self::FIRST * 2_u32.saturating_pow(self.attempts));
        self.attempts = self.attempts.saturating_add(1).min(10);
        let half = pause / 2;
        let share = (Uuid::new_v4().as_u128() % 1000) as u32;
        half + half * share / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let mut pause = Pause::default();
        let pauses: Vec<_> = (0..20).map(|_| pause.next()).collect();
        assert!(pauses[0] <= Pause::FIRST && pauses[0] >= Pause::FIRST / 2);
        assert!(pauses.iter().all(|pause| *pause <= Pause::LONGEST));
        assert!(pauses[19] >= Pause::LONGEST / 2);
    }

    #[test]
    fn packages_have_keys_of_their_own() {
        assert_ne!(key("database"), key("billing"));
        assert_eq!(key("database"), key("database"));
    }
}
