//! Transactions and savepoints, by closure or by guard, and the work that waits for their commit.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;

use crate::db::{Anyone, Core};
use crate::driver::postgres::PostgresTransaction;
use crate::driver::sqlite::SqliteTransaction;
use crate::driver::{Failure, FailureKind, Transaction as _};
use crate::session::{Reply, Session};
use crate::{Error, Result};

/// A transaction in progress. It is handed to the closure of [`crate::Db::transaction`] and ends with it; one that
/// [`crate::Db::begin`] gave ends with [`Tx::commit`], and is rolled back when it is dropped before.
pub struct Tx<S = Anyone> {
    scope: Scope,
    service: PhantomData<fn() -> S>,
}

/// What a transaction holds, without its service.
pub(crate) struct Scope {
    core: Arc<Core>,
    transaction: Arc<Shared>,
    /// The savepoint that it stands for; `None` for the transaction itself.
    savepoint: Option<Savepoint>,
}

/// A transaction and everything that is nested in it.
struct Shared {
    transaction: AnyTransaction,
    /// How many savepoints are open.
    depth: AtomicU32,
    /// What is done before it is committed.
    beforehand: Mutex<Vec<Beforehand>>,
    /// What is done once it is committed.
    afterwards: Mutex<Vec<Afterwards>>,
}

/// Work inside the transaction, at its end.
pub(crate) type Beforehand = Box<dyn for<'s> FnOnce(Session<'s>) -> Reply<'s, ()> + Send>;

/// Work that waits for a commit.
pub(crate) type Afterwards = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A transaction of one of the two drivers.
pub(crate) enum AnyTransaction {
    Postgres(PostgresTransaction),
    Sqlite(SqliteTransaction),
}

/// Calls the same method on whichever transaction it is.
macro_rules! on_either {
    ($transaction:expr, $inner:ident => $call:expr) => {
        match $transaction {
            AnyTransaction::Postgres($inner) => $call,
            AnyTransaction::Sqlite($inner) => $call,
        }
    };
}

impl<S> Tx<S> {
    /// Runs the work inside a savepoint: what it did is kept when it returns `Ok`, and undone when it returns an error,
    /// panics, or its future is dropped; the transaction around it goes on. One savepoint is open at a time, and until it
    /// ends this handle takes no statements.
    ///
    /// # Errors
    /// That of the work, or of the savepoint.
    pub async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&Tx<S>) -> Result<T>,
    {
        self.try_transaction(work).await
    }

    /// As [`Tx::transaction`], for work with an error type of its own.
    ///
    /// # Errors
    /// That of the work, or of the savepoint.
    pub async fn try_transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Tx<S>) -> Result<T, E>,
    {
        let nested = self.begin().await?;
        let result = work(&nested).await;
        nested.end(result).await
    }

    /// Begins a nested transaction that ends with [`Tx::commit`], which keeps what it did for the one around it, and is
    /// undone when it is dropped before.
    ///
    /// # Errors
    /// The database cannot be reached, or another nested transaction is open.
    pub async fn begin(&self) -> Result<Self> {
        Ok(Self::of(self.scope.begin_nested().await.map_err(|failure| self.scope.error(failure))?))
    }

    /// Ends the transaction and keeps what it did.
    ///
    /// # Errors
    /// The database could not; then nothing was kept.
    pub async fn commit(self) -> Result<()> {
        self.scope.end(Ok(())).await
    }

    /// Ends the transaction and undoes what it did, as dropping it does in the background.
    ///
    /// # Errors
    /// The database cannot be reached; then it undoes it by itself.
    pub async fn rollback(self) -> Result<()> {
        let Scope { core, transaction, savepoint } = self.scope;
        let ended = end(transaction, savepoint, false).await;
        ended.map(drop).map_err(|failure| Error::from_failure(failure, core.schema))
    }

    /// Does some work once the outermost transaction is committed, after what was registered before. If it is rolled back,
    /// or a nested one in which the work was registered, the work is not done. The commit is done by then: the work has no
    /// way to undo it, and dropping the future of the commit may leave it undone.
    pub fn after_commit<W, F>(&self, work: W)
    where
        W: FnOnce() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.scope.transaction.afterwards.lock().push(Box::new(move || Box::pin(work())));
    }

    pub(crate) fn of(scope: Scope) -> Self {
        Self { scope, service: PhantomData }
    }

    /// Commits or rolls back, by the result of the work.
    pub(crate) async fn end<T, E: From<Error>>(self, result: Result<T, E>) -> Result<T, E> {
        self.scope.end(result).await
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Scope {
    pub(crate) fn new(core: Arc<Core>, transaction: AnyTransaction) -> Self {
        let shared = Shared {
            transaction,
            depth: AtomicU32::new(0),
            beforehand: Mutex::default(),
            afterwards: Mutex::default(),
        };
        Self { core, transaction: Arc::new(shared), savepoint: None }
    }

    pub(crate) async fn begin_nested(&self) -> Result<Self, Failure> {
        let savepoint = Savepoint::set(&self.transaction, self.depth()).await?;
        let (core, transaction) = (Arc::clone(&self.core), Arc::clone(&self.transaction));
        Ok(Self { core, transaction, savepoint: Some(savepoint) })
    }

    /// Commits or rolls back, by the result of the work.
    pub(crate) async fn end<T, E: From<Error>>(self, result: Result<T, E>) -> Result<T, E> {
        let result = match result {
            Ok(value) => self.before_commit().await.map(|()| value).map_err(E::from),
            refused => refused,
        };
        let Self { core, transaction, savepoint } = self;
        match (end(transaction, savepoint, result.is_ok()).await, &result) {
            (Err(failure), Ok(_)) => return Err(Error::from_failure(failure, core.schema).into()),
            (Ok(afterwards), _) => {
                for work in afterwards {
                    work().await;
                }
            }
            // The error of the work says more than what became of undoing it, which dropping it does in any case.
            (Err(_), Err(_)) => {}
        }
        result
    }

    /// Does what is to be done before a commit; what that registers in turn, too. A nested transaction leaves it to the
    /// outermost one.
    async fn before_commit(&self) -> Result<()> {
        if self.savepoint.is_some() {
            return Ok(());
        }
        loop {
            let waiting = std::mem::take(&mut *self.transaction.beforehand.lock());
            if waiting.is_empty() {
                return Ok(());
            }
            for work in waiting {
                work(self.session()).await?;
            }
        }
    }

    /// Registers work before and after the commit.
    pub(crate) fn around_commit(&self, before: Beforehand, after: Afterwards) {
        self.transaction.beforehand.lock().push(before);
        self.transaction.afterwards.lock().push(after);
    }

    pub(crate) fn error(&self, failure: Failure) -> Error {
        Error::from_failure(failure, self.core.schema)
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The transaction of the driver. While a nested one is open, what ran here would belong to that, and be undone with it.
    pub(crate) fn driver(&self) -> Result<&AnyTransaction> {
        if self.transaction.depth.load(Ordering::Acquire) == self.depth() {
            return Ok(&self.transaction.transaction);
        }
        let message = "a nested transaction is open here (`insert_many` may open one of its own): use its handle, or this \
                       one when it has ended";
        Err(self.error(Failure::new(FailureKind::Other, message)))
    }

    fn depth(&self) -> u32 {
        self.savepoint.as_ref().map_or(0, |savepoint| savepoint.depth)
    }
}

/// Ends a transaction or a savepoint, and gives what is to be done now that it is committed.
async fn end(transaction: Arc<Shared>, savepoint: Option<Savepoint>, keep: bool) -> Result<Vec<Afterwards>, Failure> {
    match savepoint {
        Some(savepoint) => savepoint.end(keep).await.map(|()| Vec::new()),
        None => end_outermost(transaction, keep).await,
    }
}

async fn end_outermost(transaction: Arc<Shared>, keep: bool) -> Result<Vec<Afterwards>, Failure> {
    let shared = Arc::into_inner(transaction)
        .ok_or_else(|| Failure::new(FailureKind::Cancelled, "a savepoint of the transaction is still open"))?;
    let afterwards = shared.afterwards.into_inner();
    on_either!(shared.transaction, inner => if keep { inner.commit().await } else { inner.rollback().await })?;
    Ok(if keep { afterwards } else { Vec::new() })
}

/// A place inside a transaction. Unless it was ended in order, dropping it undoes what was done since.
struct Savepoint {
    transaction: Arc<Shared>,
    /// Its number, from 1: so many are open, itself included.
    depth: u32,
    /// How much work waited for the commit when it was set, before it and after it; what came later goes when it is
    /// undone.
    waiting: (usize, usize),
    ended: bool,
}

impl Savepoint {
    /// Sets one inside another, or with `outer` 0 inside the transaction itself.
    async fn set(transaction: &Arc<Shared>, outer: u32) -> Result<Self, Failure> {
        let depth = outer + 1;
        // Two side by side would be one inside the other to the database, and undoing one would undo both.
        if transaction.depth.compare_exchange(outer, depth, Ordering::AcqRel, Ordering::Acquire).is_err() {
            let message = "another nested transaction is open here: run them one after the other";
            return Err(Failure::new(FailureKind::Other, message));
        }
        let waiting = (transaction.beforehand.lock().len(), transaction.afterwards.lock().len());
        let savepoint = Self { transaction: Arc::clone(transaction), depth, waiting, ended: false };
        on_either!(&savepoint.transaction.transaction, inner => inner.savepoint(depth).await)?;
        Ok(savepoint)
    }

    async fn end(mut self, keep: bool) -> Result<(), Failure> {
        let depth = self.depth;
        on_either!(&self.transaction.transaction, inner => {
            if keep { inner.release(depth).await } else { inner.rollback_to(depth).await }
        })?;
        self.ended = true;
        if !keep {
            self.forget_work();
        }
        Ok(())
    }

    fn forget_work(&self) {
        self.transaction.beforehand.lock().truncate(self.waiting.0);
        self.transaction.afterwards.lock().truncate(self.waiting.1);
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        if !self.ended {
            self.forget_work();
            on_either!(&self.transaction.transaction, inner => inner.rollback_to_later(self.depth));
        }
        self.transaction.depth.store(self.depth - 1, Ordering::Release);
    }
}

impl<S> std::fmt::Debug for Tx<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("depth", &self.scope.depth()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::driver::sqlite::SqliteTarget;
    use crate::session::On as _;
    use crate::{Config, Db, PoolOptions, Target, Tx, meta};

    static SCHEMA: meta::Schema = meta::Schema {
        package: "test",
        models: &[],
        enums: &[],
        seeds: &[],
        services: &[],
        connect: meta::Connect {
            dialect: seedbed_schema::Dialect::Sqlite,
            storage: None,
            tls_required: false,
            sync: false,
        },
        json: "{}",
        hash: "",
        files: &[],
    };

    async fn write(tx: &Tx) -> Result<u64> {
        tx.session().execute_text("INSERT INTO t VALUES (1)").await
    }

    /// It would be undone with the nested one, though it was reported as done.
    #[tokio::test]
    async fn a_statement_of_the_outer_transaction_is_refused_while_a_nested_one_is_open() {
        let target = Target::Sqlite(SqliteTarget::Memory);
        let config = Config { target, pool: PoolOptions::default(), log: false, slow: None };
        let db = Db::<Anyone>::open(&SCHEMA, &config).await.unwrap();
        db.session().execute_text("CREATE TABLE t (v INTEGER) STRICT").await.unwrap();
        db.transaction(async |outer| {
            let nested = outer.transaction(async |inner| {
                write(inner).await?;
                let error = write(outer).await.unwrap_err();
                assert!(format!("{error:?}").contains("a nested transaction is open"), "{error:?}");
                pending::<Result<()>>().await
            });
            tokio::time::timeout(std::time::Duration::from_millis(20), nested).await.unwrap_err();
            write(outer).await
        })
        .await
        .unwrap();
        assert_eq!(db.session().execute_text("DELETE FROM t").await.unwrap(), 1);
    }
}
