//! Where a statement runs: on the pool, or inside a transaction. Everything generic ends here; below, code exists once.

use std::pin::Pin;
use std::sync::Arc;

use seedbed_schema::Dialect;

use crate::db::{AnyDriver, Core};
use crate::driver::Connection;
use crate::explain::Plans;
use crate::hooks::Registry;
use crate::statement::{CollectWith, Discard, Outcome, Sink, Statement, Text, Work};
use crate::trace::traced;
use crate::transaction::{Afterwards, AnyTransaction, Beforehand, Scope};
use crate::{Anyone, Db, Result, Row, Tx, TxOptions, Value, meta};

/// What a query runs on: a handle or a transaction.
///
/// Its service says what the query may do.
#[diagnostic::on_unimplemented(
    message = "a query runs on `&Db` or on the `&Tx` of a transaction, not on `{Self}`",
    label = "expected `&Db` or `&Tx`"
)]
pub trait On<'a>: Copy + Send + sealed::Sealed {
    /// The service that the handle was made for.
    type Service;

    /// The handle without its service.
    #[doc(hidden)]
    fn session(self) -> Session<'a>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<S> Sealed for &crate::Db<S> {}
    impl<S> Sealed for &crate::Tx<S> {}
    impl Sealed for super::Session<'_> {}
}

impl<'a, S> On<'a> for &'a Db<S> {
    type Service = S;

    fn session(self) -> Session<'a> {
        Session { core: self.core(), transaction: None, plans: None }
    }
}

impl<'a, S> On<'a> for &'a Tx<S> {
    type Service = S;

    fn session(self) -> Session<'a> {
        self.scope().session()
    }
}

/// What was taken from a handle goes on with it; whether its service may is known by then.
#[diagnostic::do_not_recommend]
impl<'a> On<'a> for Session<'a> {
    type Service = Anyone;

    fn session(self) -> Session<'a> {
        self
    }
}

/// A future whose type does not depend on what was given: an argument that does not fit is reported once, and not again
/// for the future and for its output.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A handle or a transaction, without its service.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    core: &'a Arc<Core>,
    transaction: Option<&'a Scope>,
    /// Where the plans of queries are kept, if somebody wants them.
    plans: Option<&'a Plans>,
}

impl Scope {
    /// Where statements of the transaction run.
    pub(crate) fn session(&self) -> Session<'_> {
        Session { core: self.core(), transaction: Some(self), plans: None }
    }
}

impl<'a> Session<'a> {
    /// The same, keeping the plans of queries.
    pub(crate) fn explaining(self, plans: &'a Plans) -> Self {
        Self { plans: Some(plans), ..self }
    }

    /// The same, keeping no plans.
    pub(crate) fn unexplained(self) -> Self {
        Self { plans: None, ..self }
    }

    /// The transaction that statements run in, if they do.
    fn transaction(self) -> Result<Option<&'a AnyTransaction>> {
        self.transaction.map(Scope::driver).transpose()
    }
}

impl Session<'_> {
    pub(crate) fn dialect(self) -> Dialect {
        self.core.door.dialect()
    }

    /// The hooks of the handle.
    pub(crate) fn hooks(&self) -> &Registry {
        &self.core.hooks
    }

    /// Registers work before and after the commit of the transaction that statements run in.
    pub(crate) fn around_commit(self, before: Beforehand, after: Afterwards) {
        if let Some(scope) = self.transaction {
            scope.around_commit(before, after);
        }
    }

    /// What signs the cursors of pages.
    pub(crate) fn cursor_key(&self) -> &[u8] {
        self.core.schema.hash.as_bytes()
    }

    /// Whether statements run inside a transaction.
    pub(crate) fn is_transaction(self) -> bool {
        self.transaction.is_some()
    }

    pub(crate) fn schema(self) -> &'static meta::Schema {
        self.core.schema
    }

    /// Runs a statement and hands its rows to the sink.
    pub(crate) async fn run(self, statement: Statement, sink: Box<dyn Sink>) -> Result<Outcome> {
        let driver = self.core.door.driver().await?;
        let (transaction, text) = (self.transaction()?, statement.text.clone());
        traced(self.core, text, async {
            match (transaction, driver) {
                (Some(AnyTransaction::Sqlite(transaction)), _) => transaction.run(statement, sink).await,
                (None, AnyDriver::Sqlite(driver)) => driver.run(statement, sink).await,
                // The future of the PostgreSQL driver is large; boxed, it does not weigh on the path of SQLite.
                (Some(AnyTransaction::Postgres(transaction)), _) => Box::pin(transaction.run(statement, sink)).await,
                (None, AnyDriver::Postgres(driver)) => Box::pin(driver.run(statement, sink)).await,
            }
        })
        .await
    }

    /// Runs one text once per row of values, all or none.
    pub(crate) async fn run_batch(self, text: Text, rows: Vec<Vec<Value>>, sink: Box<dyn Sink>) -> Result<Outcome> {
        let driver = self.core.door.driver().await?;
        let transaction = self.transaction()?;
        traced(self.core, text.clone(), async {
            match (transaction, driver) {
                (Some(AnyTransaction::Sqlite(transaction)), _) => transaction.run_batch(text, rows, sink).await,
                (None, AnyDriver::Sqlite(driver)) => driver.run_batch(text, rows, sink).await,
                (Some(AnyTransaction::Postgres(transaction)), _) => {
                    Box::pin(transaction.run_batch(text, rows, sink)).await
                }
                (None, AnyDriver::Postgres(driver)) => Box::pin(driver.run_batch(text, rows, sink)).await,
            }
        })
        .await
    }

    /// Runs several statements, all or none: in a transaction of their own, or a savepoint of the one there is.
    pub(crate) async fn together<T>(self, work: impl AsyncFnOnce(Session<'_>) -> Result<T>) -> Result<T> {
        let scope = match self.transaction {
            Some(outer) => outer.begin_nested().await.map_err(|failure| outer.error(failure))?,
            None => Core::begin(self.core, TxOptions::new()).await?,
        };
        let result = work(scope.session()).await;
        scope.end(result).await
    }

    /// Every row of a statement.
    pub(crate) async fn fetch<T: Send + 'static>(
        self,
        statement: Statement,
        read: fn(&mut Row<'_>) -> Result<T, crate::Failure>,
    ) -> Result<Vec<T>> {
        self.fetch_with(statement, read).await
    }

    /// Every row of a statement, read by a function that knows what was selected.
    pub(crate) async fn fetch_with<T, R>(self, statement: Statement, read: R) -> Result<Vec<T>>
    where
        T: Send + 'static,
        R: FnMut(&mut Row<'_>) -> Result<T, crate::Failure> + Send + 'static,
    {
        if let Some(plans) = self.plans {
            Box::pin(self.keep_plan(plans, &statement)).await?;
        }
        let outcome = self.run(statement, CollectWith::new(read)).await?;
        Ok(CollectWith::<T, R>::rows(outcome.sink))
    }

    /// The number of rows that a statement wrote.
    pub(crate) async fn execute(self, statement: Statement) -> Result<u64> {
        Ok(self.run(statement, Box::new(Discard)).await?.affected)
    }

    /// Copies data into a table with PostgreSQL's `COPY … FROM STDIN`, inside a transaction.
    ///
    /// # Panics
    /// Outside a transaction of PostgreSQL; nobody but the seeder copies, and it has one.
    pub(crate) async fn copy_in(self, statement: &str, data: Vec<u8>) -> Result<u64> {
        let Some(AnyTransaction::Postgres(transaction)) = self.transaction()? else {
            unreachable!("only a transaction of PostgreSQL copies")
        };
        let data = futures_util::stream::iter([Ok(data)]);
        let copied = Box::pin(transaction.copy_in(statement, data));
        traced(self.core, Text::from(statement.to_owned()), copied).await
    }

    /// A text without values.
    pub(crate) async fn execute_text(self, text: impl Into<Text>) -> Result<u64> {
        self.execute(Statement { text: text.into(), values: Vec::new(), work: Work::Write }).await
    }
}
