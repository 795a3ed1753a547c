//! Running one statement on a connection in hand: on the calling thread or a blocking one, again when it took too long or
//! found the database locked.

use std::ops::Deref;
use std::time::{Duration, Instant};

use super::blocking::{OnDrop, run_blocking};
use super::budget::SlowTexts;
use super::busy::Patience;
use super::connection::{Connection, Pace, Stop};
use crate::driver::Failure;
use crate::statement::{Outcome, Sink, Statement};

/// A statement and the sink for its rows.
pub(super) struct Operation {
    pub(super) statement: Statement,
    pub(super) sink: Box<dyn Sink>,
}

/// How to run a statement.
#[derive(Clone, Copy)]
pub(super) struct Manner<'a> {
    pub(super) pace: Pace,
    pub(super) on_drop: OnDrop,
    /// How long to wait for a lock of another process.
    pub(super) patience: Duration,
    pub(super) slow: &'a SlowTexts,
}

/// A statement that ran, and the connection it ran on.
pub(super) struct Executed<H> {
    pub(super) hold: H,
    pub(super) result: Result<Outcome, Halt>,
    /// How long it held the calling thread.
    pub(super) inline: Duration,
}

/// Why a statement did not run.
pub(super) enum Halt {
    /// It writes, but was sent as a read: it can be run by the writer.
    Writes(Operation),
    /// It failed.
    Failed(Failure),
}

/// Runs a statement; the connection comes back unless the runtime goes away.
pub(super) async fn execute<H>(
    mut hold: H,
    mut operation: Operation,
    manner: Manner<'_>,
) -> Result<Executed<H>, Failure>
where
    H: Deref<Target = Connection> + Send + 'static,
{
    let (mut pace, mut inline, mut patience) = (manner.pace, Duration::ZERO, None);
    loop {
        let result = match pace {
            Pace::Inline => {
                let started = Instant::now();
                let result = operation.run(&hold, pace);
                inline += started.elapsed();
                result
            }
            Pace::Blocking => {
                let job = move |connection: &Connection| {
                    let result = operation.run(connection, pace);
                    (operation, result)
                };
                let (held, (ran, result)) = run_blocking(hold, manner.on_drop, job).await?;
                (hold, operation) = (held, ran);
                result
            }
        };
        let result = match result {
            Ok(affected) => Ok(Outcome { affected, sink: operation.sink }),
            Err(Stop::Writes) => Err(Halt::Writes(operation)),
            Err(Stop::OverBudget) if pace == Pace::Inline => {
                manner.slow.remember(operation.statement.text.as_str());
                pace = Pace::Blocking;
                continue;
            }
            Err(Stop::Busy(failure)) => {
                let patience = patience.get_or_insert_with(|| Patience::new(manner.patience));
                match patience.pause_for_lock(failure).await {
                    Ok(()) => continue,
                    Err(failure) => Err(Halt::Failed(failure)),
                }
            }
            Err(stop) => Err(Halt::Failed(stop.into_failure())),
        };
        return Ok(Executed { hold, result, inline });
    }
}

impl Operation {
    fn run(&mut self, connection: &Connection, pace: Pace) -> Result<u64, Stop> {
        connection.run(self.statement.text.as_str(), &self.statement.values, &mut *self.sink, pace)
    }
}

/// Runs a statement that begins, ends or divides a transaction. It is never stopped half way: it is quick, or there is no
/// use in stopping it.
pub(super) async fn control<H>(
    mut hold: H,
    text: &str,
    pace: Pace,
    patience: Duration,
) -> Result<(H, Result<(), Failure>), Failure>
where
    H: Deref<Target = Connection> + Send + 'static,
{
    let mut patience = Patience::new(patience);
    loop {
        let result = match pace {
            Pace::Inline => hold.control_transaction(text),
            Pace::Blocking => {
                let text = text.to_owned();
                let job = move |connection: &Connection| connection.control_transaction(&text);
                let (held, result) = run_blocking(hold, OnDrop::Finish, job).await?;
                hold = held;
                result
            }
        };
        let failure = match result {
            Ok(()) => return Ok((hold, Ok(()))),
            Err(Stop::Busy(failure)) => match patience.pause_for_lock(failure).await {
                Ok(()) => continue,
                Err(failure) => failure,
            },
            Err(stop) => stop.into_failure(),
        };
        return Ok((hold, Err(failure)));
    }
}

impl Halt {
    /// The failure to report where a statement that writes cannot be passed on.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Writes(_) => Stop::Writes.into_failure(),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
