//! The handle to a database.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use seedbed_schema::Dialect;

use crate::driver::Driver as _;
use crate::driver::postgres::PostgresDriver;
use crate::driver::sqlite::SqliteDriver;
use crate::hooks::Registry;
use crate::retry::Attempts;
use crate::session::On;
use crate::start::Door;
use crate::statement::{Outcome, Sink, Statement, Work};
use crate::trace::Logging;
use crate::transaction::{AnyTransaction, Scope};
use crate::{Config, Error, PoolOptions, Result, Target, Tx, TxOptions, meta};

/// Every model may be read and written: the service of a handle that was made for no service in particular.
#[derive(Debug, Clone, Copy)]
pub enum Anyone {}

/// A handle to a database: a pool of connections, cheap to clone. `S` is the service it was made for.
pub struct Db<S = Anyone> {
    core: Arc<Core>,
    service: PhantomData<fn() -> S>,
}

/// What a handle holds, without its service.
pub(crate) struct Core {
    pub(crate) door: Door,
    pub(crate) schema: &'static meta::Schema,
    pub(crate) logging: Logging,
    pub(crate) hooks: Registry,
}

/// One of the two drivers, chosen when the handle is opened.
pub(crate) enum AnyDriver {
    Postgres(PostgresDriver),
    Sqlite(SqliteDriver),
}

impl AnyDriver {
    async fn open(target: &Target, pool: &PoolOptions) -> Result<Self, crate::Failure> {
        Ok(match target {
            Target::Postgres(target) => Self::Postgres(PostgresDriver::open(target, pool).await?),
            Target::Sqlite(target) => Self::Sqlite(SqliteDriver::open(target, pool).await?),
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Postgres(driver) => driver.dialect(),
            Self::Sqlite(driver) => driver.dialect(),
        }
    }

    pub(crate) async fn begin(&self, options: TxOptions) -> Result<AnyTransaction, crate::Failure> {
        Ok(match self {
            Self::Postgres(driver) => AnyTransaction::Postgres(Box::pin(driver.begin_with(options)).await?),
            Self::Sqlite(driver) => AnyTransaction::Sqlite(driver.begin_with(options).await?),
        })
    }

    pub(crate) async fn close(&self, deadline: Duration) {
        match self {
            Self::Postgres(driver) => driver.close(deadline).await,
            Self::Sqlite(driver) => driver.close(deadline).await,
        }
    }
}

impl<S> Clone for Db<S> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), service: PhantomData }
    }
}

impl<S> std::fmt::Debug for Db<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("dialect", &self.dialect()).field("package", &self.core.schema.package).finish()
    }
}

impl<S> Db<S> {
    /// Opens a pool without touching tables or rows; [`crate::Builder::connect`] also syncs and seeds.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn open(schema: &'static meta::Schema, config: &Config) -> Result<Self> {
        let driver = AnyDriver::open(&config.target, &config.pool)
            .await
            .map_err(|failure| Error::from_failure(failure, schema))?;
        Ok(Self::through(Door::open(driver), schema, config))
    }

    /// A handle to whatever is behind the door.
    pub(crate) fn through(door: Door, schema: &'static meta::Schema, config: &Config) -> Self {
        let logging = Logging { all: config.log, slow: config.slow };
        Self { core: Arc::new(Core { door, schema, logging, hooks: Registry::default() }), service: PhantomData }
    }

    /// Which SQL the database takes.
    pub fn dialect(&self) -> Dialect {
        self.core.door.dialect()
    }

    /// The schema that the handle was opened with.
    pub fn schema(&self) -> &'static meta::Schema {
        self.core.schema
    }

    /// Asks the database for a sign of life, within one round trip.
    ///
    /// # Errors
    /// It gives none.
    pub async fn health(&self) -> Result<()> {
        let ping = Statement { text: "SELECT 1".into(), values: Vec::new(), work: Work::Lookup };
        self.session().fetch(ping, |_| Ok(())).await.map(drop)
    }

    /// Runs a statement as it is, and hands its rows to a sink: the lowest level, for tools.
    ///
    /// # Errors
    /// The database refuses the statement, or cannot be reached.
    pub async fn run(&self, statement: Statement, sink: Box<dyn Sink>) -> Result<Outcome> {
        self.session().run(statement, sink).await
    }

    /// Runs the work inside a transaction: commits when it returns `Ok`; rolls back when it returns an error, panics,
    /// or its future is dropped.
    ///
    /// # Errors
    /// That of the work, or of the commit.
    pub async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&Tx<S>) -> Result<T>,
    {
        self.try_transaction(work).await
    }

    /// As [`Db::transaction`], for work with an error type of its own.
    ///
    /// # Errors
    /// That of the work, or of the commit.
    pub async fn try_transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Tx<S>) -> Result<T, E>,
    {
        let transaction = self.begin().await?;
        let result = work(&transaction).await;
        transaction.end(result).await
    }

    /// As [`Db::transaction`], with an isolation, or for reading only.
    ///
    /// # Errors
    /// That of the work, or of the commit.
    pub async fn transaction_with<T, F>(&self, options: TxOptions, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&Tx<S>) -> Result<T>,
    {
        let transaction = self.begin_with(options).await?;
        let result = work(&transaction).await;
        transaction.end(result).await
    }

    /// As [`Db::transaction_with`], but run again as a whole, so many times at most, where it ends with an error that
    /// [`Error::is_retryable`]; between two attempts it waits, longer each time. The work must not keep what an attempt
    /// before it has found. In a task of its own (`tokio::spawn`, a handler of a web server) it is an `async move` closure
    /// that owns what it uses: of one that borrows, the compiler cannot tell yet that it may be moved between threads.
    ///
    /// # Errors
    /// That of the work, or of the commit, in the last attempt.
    pub async fn retry<T, F>(&self, times: u32, options: TxOptions, mut work: F) -> Result<T>
    where
        F: AsyncFnMut(&Tx<S>) -> Result<T>,
    {
        let mut attempts = Attempts::new(times);
        loop {
            match self.transaction_with(options, &mut work).await {
                Err(error) if error.is_retryable() && attempts.wait().await => {}
                result => return result,
            }
        }
    }

    /// Begins a transaction that ends with [`Tx::commit`], and is rolled back when it is dropped before. Where a closure
    /// will do, [`Db::transaction`] cannot be forgotten.
    ///
    /// # Errors
    /// The database cannot be reached, or no connection becomes free in time.
    pub async fn begin(&self) -> Result<Tx<S>> {
        self.begin_with(TxOptions::new()).await
    }

    /// As [`Db::begin`], with an isolation, or for reading only.
    ///
    /// # Errors
    /// The database cannot be reached, or no connection becomes free in time.
    pub async fn begin_with(&self, options: TxOptions) -> Result<Tx<S>> {
        Ok(Tx::of(Core::begin(&self.core, options).await?))
    }

    /// Waits until the connections in use come back, ten seconds at most, then closes them all. Every later use of this
    /// handle and its clones is [`Error::Closed`].
    pub async fn close(&self) {
        self.core.door.close(Duration::from_secs(10)).await;
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }
}

impl Core {
    /// Begins a transaction.
    pub(crate) async fn begin(core: &Arc<Self>, options: TxOptions) -> Result<Scope> {
        let begun = core.door.driver().await?.begin(options).await;
        let transaction = begun.map_err(|failure| Error::from_failure(failure, core.schema))?;
        Ok(Scope::new(Arc::clone(core), transaction))
    }
}
