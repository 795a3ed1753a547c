//! Waiting for a lock that another process holds: asynchronously, with growing pauses, up to a limit.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use crate::driver::{Failure, FailureKind};

/// The first pause; the timer of the runtime knows no shorter ones.
const FIRST: Duration = Duration::from_millis(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(20);

/// How much longer somebody is willing to wait.
#[derive(Debug)]
pub(super) struct Patience {
    started: Instant,
    limit: Duration,
    pause: Duration,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { started: Instant::now(), limit, pause: FIRST }
    }

    /// Pauses before the next attempt.
    ///
    /// # Errors
    /// The failure of the last attempt, once there is no time left.
    pub(super) async fn pause(&mut self, failure: Failure) -> Result<(), Failure> {
        let left = self.limit.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            return Err(failure);
        }
        tokio::time::sleep(jittered(self.pause).min(left)).await;
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(())
    }

    /// The same for a statement that found the database locked, with a failure that says who and what to do.
    pub(super) async fn pause_for_lock(&mut self, failure: Failure) -> Result<(), Failure> {
        let limit = self.limit;
        self.pause(failure).await.map_err(|failure| {
            let message = format!(
                "the database is locked: another process was writing for more than {limit:?} \
                 (`DB_POOL_ACQUIRE_MS` says how long to wait)"
            );
            failure.retold(FailureKind::Busy, message)
        })
    }
}

/// Between half and all of a pause: several processes that wait for the same lock must not wake in step.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) as u32;
    pause / 2 + (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}
