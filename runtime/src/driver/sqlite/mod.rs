//! SQLite: rusqlite, cheap reads on the calling thread.
//!
//! One connection writes and several read. A statement that is cheap as far as is known runs where it was called, under a
//! budget of a millisecond (`budget.rs`); every other one runs on a blocking thread (`blocking.rs`), as do checkpoints
//! (`checkpoint.rs`). Nothing here ever waits for a lock on the calling thread: SQLite is told to report a locked
//! database at once, and the waiting is asynchronous (`busy.rs`).

mod batch;
mod bind;
mod blocking;
mod budget;
mod busy;
mod checkpoint;
mod codec;
mod connection;
mod execute;
mod failure;
mod foreign_key;
mod functions;
mod open;
mod pool;
mod private;
mod read;
mod target;
mod transaction;
mod turn;

#[cfg(test)]
mod tests;

#[cfg(feature = "testing")]
pub(crate) use private::is_in_memory;
pub(crate) use read::SqliteRow;
pub use target::{SqliteFile, SqliteTarget, Synchronous};
pub(crate) use transaction::SqliteTransaction;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;
use seedbed_schema::Dialect;

use self::batch::Batch;
use self::blocking::OnDrop;
use self::budget::SlowTexts;
use self::checkpoint::Checkpointer;
use self::connection::{Pace, Role};
use self::execute::{Executed, Halt, Manner, Operation, execute};
use self::open::Opener;
use self::pool::{Lease, Pool, Use};
use crate::driver::{Connection, Driver, Failure};
use crate::statement::{Outcome, Sink, Statement, Text, Work};
use crate::{PoolOptions, TxOptions, Value};

/// A SQLite database.
pub(crate) struct SqliteDriver {
    shared: Arc<Shared>,
}

/// What the driver and its transactions share.
struct Shared {
    readers: Arc<Pool>,
    writer: Arc<Pool>,
    checkpointer: Arc<Checkpointer>,
    slow: SlowTexts,
    /// How long a statement waits for a lock of another process.
    acquire: Duration,
    /// Whether every commit waits for the disk.
    commits_wait: bool,
}

impl Driver for SqliteDriver {
    type Target = SqliteTarget;
    type Transaction = SqliteTransaction;

    async fn open(target: &SqliteTarget, options: &PoolOptions) -> Result<Self, Failure> {
        let opener = Arc::new(Opener::new(target, options.connect)?);
        // The writer first: it may have to create the file and make it a WAL database.
        let writer = opener.open(Role::Writer).await?;
        let reader = opener.open(Role::Reader).await?;
        let checkpointer = Checkpointer::new(Arc::clone(&opener));
        let pool = |role, first| Pool::new(role, first, Arc::clone(&opener), Arc::clone(&checkpointer), options);
        Ok(Self {
            shared: Arc::new(Shared {
                readers: pool(Role::Reader, reader),
                writer: pool(Role::Writer, writer),
                acquire: options.acquire,
                commits_wait: opener.commits_wait(),
                slow: SlowTexts::default(),
                checkpointer,
            }),
        })
    }

    async fn begin_with(&self, options: TxOptions) -> Result<SqliteTransaction, Failure> {
        budget::spend().await;
        SqliteTransaction::begin(&self.shared, options).await
    }

    async fn close(&self, deadline: Duration) {
        let deadline = Instant::now() + deadline;
        // At once, so that no write begins while a read is waited for.
        let (readers, writer) = join(self.shared.readers.close(deadline), self.shared.writer.close(deadline)).await;
        let shared = Arc::clone(&self.shared);
        let closed = tokio::task::spawn_blocking(move || {
            drop((shared.readers.drain(), shared.writer.drain()));
            shared.checkpointer.finish();
        });
        if closed.await.is_err() || !readers || !writer {
            tracing::warn!("connections were still in use at the deadline; they are closed when they come back");
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

impl Connection for SqliteDriver {
    async fn run(&self, statement: Statement, sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        budget::spend().await;
        self.shared.run(Operation { statement, sink }).await
    }

    async fn run_batch(&self, text: Text, rows: Vec<Vec<Value>>, sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        budget::spend().await;
        batch::run(&self.shared, Batch { text, rows, sink }).await
    }
}

impl Shared {
    async fn run(&self, mut operation: Operation) -> Result<Outcome, Failure> {
        if operation.statement.work.may_read() {
            match self.run_on(&self.readers, Use::Read, operation).await {
                // Raw SQL may say `INSERT … RETURNING` where a query was expected.
                Err(Halt::Writes(writes)) => operation = writes,
                Err(Halt::Failed(failure)) => return Err(failure),
                Ok(outcome) => return Ok(outcome),
            }
            operation.statement.work = Work::Write;
        }
        self.run_on(&self.writer, Use::Write, operation).await.map_err(Halt::into_failure)
    }

    async fn run_on(&self, pool: &Arc<Pool>, purpose: Use, operation: Operation) -> Result<Outcome, Halt> {
        let lease = pool.acquire(purpose).await?;
        let manner = Manner {
            pace: self.pace(&operation.statement),
            on_drop: OnDrop::Interrupt,
            patience: self.acquire,
            slow: &self.slow,
        };
        let Executed { hold, result, inline } = execute(lease, operation, manner).await?;
        // Others need the connection more than this task needs to go on.
        drop::<Lease>(hold);
        budget::settle(inline).await;
        result
    }

    /// Whether the next commit waits for the disk.
    fn next_commit_waits(&self) -> bool {
        self.commits_wait || self.checkpointer.next_commit_waits()
    }

    /// Where a statement outside a transaction runs first.
    fn pace(&self, statement: &Statement) -> Pace {
        match statement.work {
            Work::Touch if self.next_commit_waits() => Pace::Blocking,
            _ => self.pace_without_commit(statement),
        }
    }

    /// Where a statement runs first that commits nothing.
    fn pace_without_commit(&self, statement: &Statement) -> Pace {
        match statement.work {
            Work::Lookup if self.slow.contains(statement.text.as_str()) => Pace::Blocking,
            Work::Lookup | Work::Touch => Pace::Inline,
            Work::Scan | Work::Write | Work::Unknown => Pace::Blocking,
        }
    }
}
