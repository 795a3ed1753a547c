//! What is told about statements: a span around each, and one line when it is done. Texts only, never values, which may
//! be secrets.

use std::time::{Duration, Instant};

use tracing::{Instrument, Level, Span};

use crate::db::Core;
use crate::driver::Failure;
use crate::statement::Text;
use crate::{Error, Result};

/// Which statements are logged, and how loudly.
#[derive(Debug, Clone)]
pub(crate) struct Logging {
    /// Every statement at level `info` instead of `debug`.
    pub(crate) all: bool,
    /// From when on a statement counts as slow, and is logged at level `warn`.
    pub(crate) slow: Option<Duration>,
}

impl Logging {
    fn is_wanted(&self) -> bool {
        self.all || self.slow.is_some() || tracing::enabled!(target: "seedbed", Level::DEBUG)
    }
}

/// Runs a statement inside a span, logs it if anybody wants to know, and puts its failure into the words of the schema.
pub(crate) async fn traced<T>(
    core: &Core,
    text: Text,
    statement: impl Future<Output = Result<T, Failure>>,
) -> Result<T> {
    let started = core.logging.is_wanted().then(Instant::now);
    let span = match started {
        Some(_) => tracing::debug_span!(
            target: "seedbed",
            "statement",
            db.system = core.door.dialect().name(),
            db.query.text = text.as_str(),
        ),
        None => Span::none(),
    };
    let outcome = statement.instrument(span.clone()).await;
    if let Some(started) = started {
        span.in_scope(|| log(&core.logging, &text, started.elapsed()));
    }
    outcome.map_err(|failure| Error::from_failure(failure, core.schema))
}

fn log(logging: &Logging, text: &Text, elapsed: Duration) {
    let (sql, micros) = (text.as_str(), u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
    if logging.slow.is_some_and(|threshold| elapsed >= threshold) {
        tracing::warn!(target: "seedbed", sql, micros, "slow statement");
    } else if logging.all {
        tracing::info!(target: "seedbed", sql, micros, "statement");
    } else {
        tracing::debug!(target: "seedbed", sql, micros, "statement");
    }
}
