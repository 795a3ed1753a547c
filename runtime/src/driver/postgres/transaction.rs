//! A transaction: one session from `BEGIN` to its end, used by one statement at a time.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::Stream;
use sqlx::AssertSqlSafe;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use super::copy::copy_in;
use super::failure::{Sort, Trouble};
use super::lease::Lease;
use crate::Value;
use crate::driver::{Connection, Failure, FailureKind, Transaction};
use crate::statement::{Outcome, Sink, Statement, Text};

/// A transaction. Dropping it rolls it back in the background.
pub(crate) struct PostgresTransaction {
    inner: Mutex<Inner>,
    /// How long a statement waits for another one.
    patience: Duration,
    /// The savepoint to go back to before the next statement; 0 is none.
    later: AtomicU32,
}

struct Inner {
    lease: Lease,
    /// The savepoints that were set and not yet released, which are numbered from 1.
    depth: u32,
    /// How a statement failed after which the server takes no more, until it goes back to a savepoint.
    failed: Option<FailureKind>,
}

/// The savepoint around a batch; a name of its own, so that it never hides a numbered one.
const BATCH: u32 = 0;

impl PostgresTransaction {
    /// A transaction on a session that has just begun one.
    pub(super) fn new(lease: Lease, patience: Duration) -> Self {
        Self { inner: Mutex::new(Inner { lease, depth: 0, failed: None }), patience, later: AtomicU32::new(0) }
    }

    /// Copies data into a table: `COPY … FROM STDIN`, and the data in the format that the statement names, cut
    /// anywhere. An error of the source ends the copy without a row. Returns the rows that were written.
    ///
    /// # Errors
    /// Those of the source, and those of the server.
    pub(crate) async fn copy_in<S>(&self, statement: &str, chunks: S) -> Result<u64, Failure>
    where
        S: Stream<Item = Result<Vec<u8>, Failure>> + Send,
    {
        let mut inner = self.ready().await?;
        let result = copy_in(&mut inner.lease, statement, pin!(chunks)).await;
        inner.noted(result).map_err(Failure::from)
    }

    /// Runs one statement text once per row of values; the first failure ends it and leaves the transaction failed.
    pub(super) async fn run_all(
        &self,
        text: Text,
        rows: Vec<Vec<Value>>,
        mut sink: Box<dyn Sink>,
    ) -> Result<Outcome, Failure> {
        let affected = self.ready().await?.run_rows(&text, &rows, &mut *sink).await?;
        Ok(Outcome { affected, sink })
    }

    /// The session when it is ours and ready for a statement.
    async fn ready(&self) -> Result<MutexGuard<'_, Inner>, Failure> {
        let mut inner = match self.inner.try_lock() {
            Ok(inner) => inner,
            Err(_) => timeout(self.patience, self.inner.lock()).await.map_err(|_| Failure::in_progress())?,
        };
        inner.go_back_late(&self.later).await?;
        inner.check()?;
        Ok(inner)
    }

    /// Ends the transaction in the given way when that is still possible, else rolls back and says why.
    async fn end(self, end: impl AsyncFnOnce(&mut Inner) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut inner = self.inner.into_inner();
        inner.go_back_late(&self.later).await?;
        end(&mut inner).await
    }
}

impl Inner {
    /// Whether the next statement makes sense.
    fn check(&self) -> Result<(), Failure> {
        if self.lease.unread {
            let message = "a statement of this transaction was dropped before its end: the transaction can only be \
                           rolled back";
            return Err(Failure::new(FailureKind::Cancelled, message));
        }
        let Some(kind) = self.failed else { return Ok(()) };
        let message = "a statement of this transaction failed: the transaction can only be rolled back (put what may \
                       fail into a nested transaction)";
        // What failed in passing is worth running again, whoever reports it.
        let kind = if kind == FailureKind::Retryable { kind } else { FailureKind::Other };
        let mut failure = Failure::new(kind, message);
        failure.code = Some("25P02".to_owned());
        Err(failure)
    }

    /// Remembers that the server takes no more statements after one that it refused.
    fn noted<T>(&mut self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        if let Err(trouble) = &result
            && !matches!(trouble.sort, Sort::Unsent | Sort::Taken)
        {
            self.failed.get_or_insert(trouble.failure.kind);
        }
        result
    }

    async fn run(&mut self, text: &Text, values: &[Value], sink: &mut dyn Sink) -> Result<u64, Failure> {
        let result = self.lease.execute(text, values, sink).await;
        self.noted(result).map_err(Failure::from)
    }

    async fn command(&mut self, text: String) -> Result<(), Failure> {
        let result = self.lease.command(AssertSqlSafe(text)).await;
        self.noted(result).map_err(Failure::from)
    }

    async fn go_back_late(&mut self, later: &AtomicU32) -> Result<(), Failure> {
        match later.swap(0, Ordering::AcqRel) {
            0 => Ok(()),
            // Boxed, because it is rare and would make the future of every statement large.
            depth => Box::pin(self.go_back(depth)).await,
        }
    }

    /// Goes back to a savepoint, whatever state the statements since have left. A savepoint that was never set, since
    /// the future that was to set it was dropped, has nothing to undo.
    async fn go_back(&mut self, depth: u32) -> Result<(), Failure> {
        if depth > self.depth {
            return Ok(());
        }
        self.lease.settle().await?;
        let gone = self.lease.command(AssertSqlSafe(format!("ROLLBACK TO s{depth}; RELEASE s{depth}"))).await;
        // Noted, because the server has ended the transaction then, and would answer COMMIT without an error.
        self.noted(gone).map_err(nowhere_to_go_back)?;
        self.depth = depth.saturating_sub(1);
        self.failed = None;
        Ok(())
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        self.lease.settle().await?;
        Ok(self.lease.roll_back().await?)
    }

    async fn run_rows(&mut self, text: &Text, rows: &[Vec<Value>], sink: &mut dyn Sink) -> Result<u64, Failure> {
        let mut affected = 0;
        for row in rows {
            affected += self.run(text, row, sink).await?;
        }
        Ok(affected)
    }
}

/// A savepoint that the server does not know any more was released, or gone back to, by a command whose future was dropped.
fn nowhere_to_go_back(trouble: Trouble) -> Failure {
    let failure = Failure::from(trouble);
    if failure.code.as_deref() != Some("3B001") {
        return failure;
    }
    let message = "a nested transaction was dropped while it ended, so that nobody knows how: the transaction around it \
                   can only be rolled back";
    failure.retold(FailureKind::Cancelled, message)
}

impl Connection for PostgresTransaction {
    async fn run(&self, statement: Statement, mut sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        let affected = self.ready().await?.run(&statement.text, &statement.values, &mut *sink).await?;
        Ok(Outcome { affected: if statement.work.is_read() { 0 } else { affected }, sink })
    }

    async fn run_batch(&self, text: Text, rows: Vec<Vec<Value>>, mut sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        let mut inner = self.ready().await?;
        if rows.is_empty() {
            return Ok(Outcome { affected: 0, sink });
        }
        inner.command(format!("SAVEPOINT s{BATCH}")).await?;
        match inner.run_rows(&text, &rows, &mut *sink).await {
            Ok(affected) => {
                inner.command(format!("RELEASE s{BATCH}")).await?;
                Ok(Outcome { affected, sink })
            }
            Err(failure) => {
                let depth = inner.depth;
                inner.go_back(BATCH).await?;
                inner.depth = depth;
                Err(failure)
            }
        }
    }
}

impl Transaction for PostgresTransaction {
    async fn commit(self) -> Result<(), Failure> {
        self.end(async |inner| {
            if let Err(failure) = inner.check() {
                // A failed transaction answers COMMIT with a rollback and no error: it must not pass for a success.
                inner.roll_back().await?;
                return Err(failure);
            }
            inner.lease.commit().await.map_err(|mut trouble| {
                if trouble.sort == Sort::Broken {
                    trouble.failure.message.push_str(" during COMMIT: whether it took effect is not known");
                }
                Failure::from(trouble)
            })
        })
        .await
    }

    async fn rollback(self) -> Result<(), Failure> {
        self.end(async |inner| inner.roll_back().await).await
    }

    async fn savepoint(&self, depth: u32) -> Result<(), Failure> {
        let mut inner = self.ready().await?;
        inner.depth = depth;
        inner.command(format!("SAVEPOINT s{depth}")).await
    }

    async fn release(&self, depth: u32) -> Result<(), Failure> {
        let mut inner = self.ready().await?;
        inner.command(format!("RELEASE s{depth}")).await?;
        inner.depth = depth.saturating_sub(1);
        Ok(())
    }

    async fn rollback_to(&self, depth: u32) -> Result<(), Failure> {
        let mut inner = self.inner.lock().await;
        inner.go_back_late(&self.later).await?;
        inner.go_back(depth).await
    }

    fn rollback_to_later(&self, depth: u32) {
        // The outermost of several wins: going back to it undoes the inner ones as well.
        let outermost = |later| Some(if later == 0 { depth } else { depth.min(later) });
        let _ = self.later.fetch_update(Ordering::AcqRel, Ordering::Acquire, outermost);
    }
}
