//! PostgreSQL: connections of sqlx in a pool of ours.
//!
//! [`PostgresDriver`] is the pool as the layers above see it. `session` is one connection and its state, `lease` who
//! has it and what happens when they drop it, `pool` and `maintenance` how many there are; `bind` and `read` are values
//! on the way in and out. BEGIN, COMMIT, ROLLBACK and SAVEPOINT are our own statements: sqlx's transactions are not used,
//! because one whose `begin` is dropped stays open unseen (transact-rs/sqlx#4393).

mod bind;
mod copy;
mod failure;
mod lease;
mod maintenance;
mod pool;
mod read;
mod session;
mod target;
#[cfg(test)]
mod tests;
mod transaction;
mod types;

pub(crate) use read::PostgresRow;
pub use target::{PostgresParts, PostgresTarget};
pub(crate) use transaction::PostgresTransaction;

use std::sync::Arc;
use std::time::Duration;

use seedbed_schema::Dialect;

use failure::{Sort, Trouble};
use lease::Lease;
use pool::Pool;

use crate::driver::{Connection, Driver, Failure, Transaction};
use crate::statement::{Outcome, Sink, Statement, Text};
use crate::{PoolOptions, TxOptions, Value};

/// A pool of connections to one PostgreSQL database.
pub(crate) struct PostgresDriver {
    pool: Arc<Pool>,
}

impl Connection for PostgresDriver {
    async fn run(&self, statement: Statement, mut sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        let mut lease = self.pool.acquire().await?;
        let mut result = run_once_more_if_stale(&mut lease, &statement, &mut *sink).await;
        if lease.reused && lease.broken {
            lease.give_up();
            // A read does no harm when it runs again, so it need not suffer from a connection that broke while it was
            // idle. A write may have been carried out before the connection broke.
            if statement.work.is_read() {
                sink.clear();
                let mut fresh = self.pool.acquire_fresh().await?;
                let again = Box::pin(run_only_reading(&mut fresh, &statement, &mut *sink)).await;
                result = if writes(&again) { result } else { again };
            }
        }
        let affected = result?;
        Ok(Outcome { affected: if statement.work.is_read() { 0 } else { affected }, sink })
    }

    async fn run_batch(&self, text: Text, rows: Vec<Vec<Value>>, sink: Box<dyn Sink>) -> Result<Outcome, Failure> {
        if rows.is_empty() {
            return Ok(Outcome { affected: 0, sink });
        }
        let transaction = self.begin().await?;
        let outcome = transaction.run_all(text, rows, sink).await?;
        transaction.commit().await?;
        Ok(outcome)
    }
}

/// Runs a statement in a transaction that only reads: what writes although it was sent as a read is refused, rather than
/// done twice.
async fn run_only_reading(lease: &mut Lease, statement: &Statement, sink: &mut dyn Sink) -> Result<u64, Trouble> {
    lease.begin(TxOptions::new().read_only()).await?;
    let read = lease.execute(&statement.text, &statement.values, sink).await?;
    lease.roll_back().await?;
    Ok(read)
}

/// Whether a statement was refused because it writes in a transaction that only reads.
fn writes(result: &Result<u64, Trouble>) -> bool {
    matches!(result, Err(trouble) if trouble.failure.code.as_deref() == Some("25006"))
}

/// Runs a statement. If the server refused because a prepared statement no longer fits its tables, nothing has run
/// yet, not even of a write: the plan is checked before its execution begins (0A000 is only taken for it where it comes
/// from that check), and a statement that is unknown (26000) has no plan. So the statements of this connection are
/// forgotten, and it runs once more.
async fn run_once_more_if_stale(lease: &mut Lease, statement: &Statement, sink: &mut dyn Sink) -> Result<u64, Trouble> {
    let result = lease.execute(&statement.text, &statement.values, sink).await;
    if !matches!(&result, Err(trouble) if trouble.sort == Sort::StalePlan) {
        return result;
    }
    sink.clear();
    // Boxed, because it is rare and would make the future of every statement large.
    Box::pin(async {
        lease.forget_statements().await?;
        lease.execute(&statement.text, &statement.values, sink).await
    })
    .await
}

impl Driver for PostgresDriver {
    type Target = PostgresTarget;
    type Transaction = PostgresTransaction;

    async fn open(target: &PostgresTarget, options: &PoolOptions) -> Result<Self, Failure> {
        let pool = Arc::new(Pool::new(target.clone(), options.clone()));
        drop(pool.acquire().await?);
        tokio::spawn(maintenance::look_after(Arc::downgrade(&pool), pool.closing()));
        Ok(Self { pool })
    }

    async fn begin_with(&self, options: TxOptions) -> Result<PostgresTransaction, Failure> {
        let mut lease = self.pool.acquire().await?;
        let mut begun = lease.begin(options).await;
        if lease.reused && lease.broken {
            lease.give_up();
            lease = self.pool.acquire_fresh().await?;
            begun = lease.begin(options).await;
        }
        begun?;
        Ok(PostgresTransaction::new(lease, self.pool.options.acquire))
    }

    async fn close(&self, deadline: Duration) {
        self.pool.close(deadline).await;
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}
