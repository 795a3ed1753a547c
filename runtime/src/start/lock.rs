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
use crate::statement::{Statement, Work};
use crate::{Db, Error, Result, Tx, Value};

/// Runs the work in a transaction that holds the lock. Work that another process got in the way of is run again.
///
/// # Errors
/// That of the work; [`Error::Busy`] when another process has the lock until the deadline.
pub(super) async fn locked<S, T, F>(db: &Db<S>, limit: Duration, mut work: F) -> Result<T>
where
    F: AsyncFnMut(&Tx<S>) -> Result<T>,
{
    let deadline = Instant::now() + limit;
    let mut pause = Pause::default();
    loop {
        let attempt =
            db.transaction(async |tx| if take(tx.session()).await? { work(tx).await.map(Some) } else { Ok(None) });
        let failed = match attempt.await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => busy(db.schema().package, limit),
            Err(error) if error.is_retryable() => error,
            Err(error) => return Err(error),
        };
        let pause = pause.next();
        if Instant::now() + pause >= deadline {
            return Err(failed);
        }
        tracing::debug!(target: "seedbed", "another process is syncing or seeding: {failed}");
        sleep(pause).await;
    }
}

/// Takes the lock for the rest of the transaction, if nobody has it. On SQLite the transaction itself is the lock.
async fn take(session: Session<'_>) -> Result<bool> {
    if session.dialect() == Dialect::Sqlite {
        return Ok(true);
    }
    // With any other isolation, what the last holder of the lock has committed might stay out of sight.
    session.execute_text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
    // Who waits for a lock on a table makes all others wait behind him.
    session.execute_text("SET LOCAL lock_timeout = '3s'").await?;
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
