//! One connection, and what is known of its state at every moment.
//!
//! A session says that an answer is outstanding before the first byte of an operation leaves, and that there is none
//! when the answer has been read to its end. Whatever drops a future in between finds the session marked.

use futures_util::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Either, Executor, Row as _, SqlSafeStr};
use tokio::time::{Duration, Instant, timeout};

use super::bind;
use super::failure::{Sort, Trouble};
use super::read::{PostgresRow, Verified};
use super::target::PostgresTarget;
use crate::driver::{Failure, FailureKind};
use crate::row::RawRow;
use crate::{Row, Sink, Text, TxOptions, Value};

/// A connection to the server.
pub(super) struct Session {
    pub(super) connection: PgConnection,
    /// The process that serves it; unknown behind a pooler, which may give another one to every transaction.
    pub(super) process: Option<i32>,
    pub(super) opened: Instant,
    pub(super) idle_since: Instant,
    /// An operation was begun, and its answer has not been read to the end.
    pub(super) unread: bool,
    pub(super) transaction: Transaction,
    /// A prepared statement no longer fits its tables.
    pub(super) stale: bool,
    /// Nothing can be said about what comes next on the wire.
    pub(super) broken: bool,
}

/// Whether the server has a transaction open for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    Closed,
    Open,
    /// `BEGIN` or `COMMIT` was sent, and its answer is not known.
    Unknown,
}

impl Session {
    /// Opens a connection and asks for the process that serves it, all within a limit.
    pub(super) async fn open(target: &PostgresTarget, limit: Duration) -> Result<Self, Failure> {
        let start = Instant::now();
        let mut connection = target.connect(limit).await?;
        let left = limit.saturating_sub(start.elapsed());
        let process = match timeout(left, serving_process(&mut connection, target.application_name())).await {
            Ok(answer) => answer.map_err(|error| Trouble::from(error).failure)?,
            Err(_) => return Err(target.too_slow(limit)),
        };
        let now = Instant::now();
        Ok(Self {
            connection,
            process,
            opened: now,
            idle_since: now,
            unread: false,
            transaction: Transaction::Closed,
            stale: false,
            broken: false,
        })
    }

    /// Whether it can serve the next caller as it is.
    pub(super) fn is_clean(&self) -> bool {
        !self.unread && !self.broken && !self.stale && self.transaction == Transaction::Closed
    }

    /// Runs a prepared statement and hands its rows to the sink. Returns the rows that were written or read.
    pub(super) async fn execute(&mut self, text: &Text, values: &[Value], sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let unsent = |failure| Trouble { failure, sort: Sort::Unsent };
        if controls_transaction(text.as_str()) {
            return Err(unsent(uncontrolled(text.as_str())));
        }
        let arguments = bind::arguments(values).map_err(unsent)?;
        self.start()?;
        let mut results = match text {
            Text::Static(text) => self.connection.fetch_many(sqlx::query_with(*text, arguments)),
            Text::Built(text) => self.connection.fetch_many(sqlx::query_with(AssertSqlSafe(text.clone()), arguments)),
            Text::Once(text) => self.connection.fetch_many(sqlx::raw_sql(AssertSqlSafe(text.clone()))),
        };
        let verified = Verified::none();
        let mut refused = None;
        let mut affected = 0;
        let error = loop {
            match results.try_next().await {
                // Rows after one that the sink refused are read past, so that the session stays usable.
                Ok(Some(Either::Right(row))) if refused.is_none() => {
                    let row = PostgresRow::new(&row, &verified);
                    refused = sink.row(&mut Row::new(RawRow::Postgres(row))).err();
                }
                Ok(Some(Either::Right(_))) => {}
                Ok(Some(Either::Left(result))) => affected += result.rows_affected(),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        drop(results);
        self.ended(error).await?;
        refused.map_or(Ok(affected), |failure| Err(Trouble { failure, sort: Sort::Taken }))
    }

    /// Runs a command without parameters or rows, unprepared: one round trip, and nothing is left on the server.
    pub(super) async fn command(&mut self, text: impl SqlSafeStr) -> Result<(), Trouble> {
        self.start()?;
        let error = (&mut self.connection).execute(sqlx::raw_sql(text)).await.err();
        self.ended(error).await
    }

    pub(super) async fn begin(&mut self, options: TxOptions) -> Result<(), Trouble> {
        self.transaction = Transaction::Unknown;
        self.command(options.begin()).await?;
        self.transaction = Transaction::Open;
        Ok(())
    }

    pub(super) async fn commit(&mut self) -> Result<(), Trouble> {
        self.transaction = Transaction::Unknown;
        self.command("COMMIT").await?;
        self.transaction = Transaction::Closed;
        Ok(())
    }

    pub(super) async fn roll_back(&mut self) -> Result<(), Trouble> {
        self.command("ROLLBACK").await?;
        self.transaction = Transaction::Closed;
        Ok(())
    }

    /// Closes the prepared statements, so that each is prepared anew at its next use.
    pub(super) async fn forget_statements(&mut self) -> Result<(), Trouble> {
        self.start()?;
        let error = self.connection.clear_cached_statements().await.err();
        self.ended(error).await?;
        self.stale = false;
        Ok(())
    }

    /// Asks the server whether it is alive.
    pub(super) async fn ping(&mut self) -> Result<(), Trouble> {
        self.start()?;
        let error = self.connection.ping().await.err();
        self.ended(error).await
    }

    /// Asks the server whether no transaction is open: only then does a statement start its own.
    ///
    /// In a transaction that has failed it answers with an error, which means the same as no.
    pub(super) async fn is_outside_transaction(&mut self) -> Result<bool, Trouble> {
        const QUESTION: &str = "SELECT pg_catalog.now() OPERATOR(pg_catalog.=) pg_catalog.statement_timestamp()";
        self.start()?;
        let (answer, error) = match (&mut self.connection).fetch_one(sqlx::raw_sql(QUESTION)).await {
            Ok(row) => (row.try_get(0).unwrap_or(false), None),
            Err(error) => (false, Some(error)),
        };
        match self.ended(error).await {
            Ok(()) => Ok(answer),
            Err(trouble) if trouble.sort == Sort::Refused => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// Reads what is left of the answers to operations that nobody waits for any more.
    ///
    /// It can be dropped and called again: sqlx counts the answers that it still expects, takes only whole messages
    /// off its buffer, and flushes what a dropped write left behind first. So a statement that was dropped before its
    /// last byte had left may still be carried out; sqlx cannot take it back.
    pub(super) async fn drain(&mut self) -> Result<(), Trouble> {
        self.start()?;
        loop {
            match self.connection.flush().await {
                Ok(()) => {
                    self.unread = false;
                    return Ok(());
                }
                Err(error) => {
                    let trouble = Trouble::from(error);
                    if trouble.sort == Sort::Broken {
                        self.broken = true;
                        return Err(trouble);
                    }
                }
            }
        }
    }

    /// Notes that an operation begins, unless what it would read may be the answer to another one.
    pub(super) fn start(&mut self) -> Result<(), Trouble> {
        if self.broken {
            let failure = Failure::new(FailureKind::Connection, "the connection broke before");
            return Err(Trouble { failure, sort: Sort::Broken });
        }
        self.unread = true;
        Ok(())
    }

    /// Notes how an operation ended. After an error of the server the end of its answer is still to be read; it
    /// comes in the same packet as a rule.
    async fn ended(&mut self, error: Option<sqlx::Error>) -> Result<(), Trouble> {
        let Some(error) = error else {
            self.unread = false;
            return Ok(());
        };
        let trouble = Trouble::from(error);
        match trouble.sort {
            Sort::Broken => self.broken = true,
            sort => {
                self.stale |= sort == Sort::StalePlan;
                self.drain().await?;
            }
        }
        Err(trouble)
    }
}

/// The process that serves a connection, unless a pooler stands between.
///
/// A pooler is known by how the application's name got to the server: a client's own session has it from the startup
/// message, while a pooler shares sessions that it began with a name of its own, and sets the client's name later.
pub(super) async fn serving_process(connection: &mut PgConnection, name: &str) -> Result<Option<i32>, sqlx::Error> {
    const QUESTION: &str = "SELECT pg_catalog.pg_backend_pid(), source, reset_val FROM pg_catalog.pg_settings \
                            WHERE name OPERATOR(pg_catalog.=) 'application_name'";
    let row = connection.fetch_one(sqlx::raw_sql(QUESTION)).await?;
    let direct = row.try_get::<String, _>(1)? == "client" && row.try_get::<String, _>(2)? == name;
    Ok(if direct { Some(row.try_get(0)?) } else { None })
}

/// Whether a statement begins or ends a transaction, which would leave the session in a state that nobody knows of.
fn controls_transaction(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"];
    let word = from_first_word(text).split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The text without the blanks, comments and empty statements before its first word.
fn from_first_word(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        text = if let Some(comment) = text.strip_prefix("--") {
            comment.split_once(['\n', '\r']).map_or("", |(_, rest)| rest)
        } else if text.starts_with("/*") {
            after_comment(text)
        } else {
            return text;
        };
    }
}

/// The text after the comment at its start; comments nest in PostgreSQL.
fn after_comment(mut text: &str) -> &str {
    let mut depth = 0_u32;
    loop {
        if let Some(inside) = text.strip_prefix("/*") {
            (depth, text) = (depth + 1, inside);
        } else if let Some(after) = text.strip_prefix("*/") {
            (depth, text) = (depth - 1, after);
        } else {
            let mut rest = text.chars();
            rest.next();
            text = rest.as_str();
        }
        if depth == 0 || text.is_empty() {
            return text;
        }
    }
}

fn uncontrolled(text: &str) -> Failure {
    let word = from_first_word(text).split_whitespace().next().unwrap_or_default();
    let message = format!("`{word}` is not run as a statement: a transaction is begun and ended by its own functions");
    Failure::new(FailureKind::Other, message)
}

#[cfg(test)]
mod tests {
    use super::controls_transaction;

    #[test]
    fn statements_that_control_a_transaction() {
        for text in ["BEGIN", " commit;", "Start Transaction", "rollback to s1", "PREPARE TRANSACTION 'x'"] {
            assert!(controls_transaction(text), "{text}");
        }
        for text in ["-- x\nBEGIN", "/* x */ begin", "/* /* x */ */--\r;\n; COMMIT", ";;end"] {
            assert!(controls_transaction(text), "{text}");
        }
        for text in ["SELECT 1", "UPDATE begin SET x = 1", "beginning", "", "\"begin\"", "-- x", "-- begin", "/* begin"]
        {
            assert!(!controls_transaction(text), "{text}");
        }
        for text in
            ["/* begin */ SELECT 1", "/* /* */ begin */ SELECT 1", "-- x\nSELECT 1 -- \nBEGIN", "/*/ BEGIN", "/", "-"]
        {
            assert!(!controls_transaction(text), "{text}");
        }
    }
}
