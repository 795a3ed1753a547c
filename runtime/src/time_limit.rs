//! A limit of time for whatever talks to a database.

use std::time::Duration;

use crate::session::Reply;
use crate::{Error, Result};

/// Limits how long a query, a write or anything else that is a [`Reply`] may take.
pub trait TimeLimit<'a, T> {
    /// The same, but [`Error::Timeout`] once that time is over. The statement that runs then is stopped, on the server as
    /// well, and what it wrote is undone; a transaction that it is part of can only be rolled back.
    ///
    /// # Errors
    /// [`Error::Timeout`], and those of the reply.
    fn within(self, limit: Duration) -> Reply<'a, T>;
}

impl<'a, T: 'a> TimeLimit<'a, T> for Reply<'a, T> {
    fn within(self, limit: Duration) -> Reply<'a, T> {
        Box::pin(async move { in_time(limit, tokio::time::timeout(limit, self).await) })
    }
}

fn in_time<T>(limit: Duration, outcome: Result<Result<T>, tokio::time::error::Elapsed>) -> Result<T> {
    outcome.unwrap_or(Err(Error::Timeout { limit }))
}
