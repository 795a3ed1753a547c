//! Queries: which rows of a model, in which order, and what is done with them.

use std::marker::PhantomData;

use crate::association::{Association, Link};
use crate::filter::Filter;
use crate::grouped::{Grouped, Select};
use crate::include::{self, Including, Loads, Maybe, Plan, Push};
use crate::order::IntoOrder;
use crate::page::{self, Cursor, Page};
use crate::select::{Lock, Parts};
use crate::selection::Selection;
use crate::session::{On, Reply};
use crate::{Error, Model, Of, Result};

/// A query for rows of model `M`. `F` says whether it may update or delete: only once it has a filter, or was told to
/// take [`Query::all_rows`]. `L` is what it includes.
#[must_use = "a query does nothing until it is run"]
pub struct Query<M, F = Unfiltered, L = ()> {
    pub(crate) parts: Parts,
    plans: Vec<Plan>,
    of: Of<(M, F, L)>,
}

/// A query that has no filter: it reads, but does not update or delete.
#[derive(Debug, Clone, Copy)]
pub enum Unfiltered {}

/// A query that says which rows it is about.
#[derive(Debug, Clone, Copy)]
pub enum Filtered {}

/// A query that may update and delete.
#[diagnostic::on_unimplemented(
    message = "this query has no filter, and would change every row of the table",
    label = "add `.filter(…)`, or `.all_rows()` if every row is meant",
    note = "`filter_some` alone is not enough: its filter may be absent"
)]
pub trait Guarded {}

impl Guarded for Filtered {}

impl<M, F, L> Clone for Query<M, F, L> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), plans: self.plans.clone(), of: PhantomData }
    }
}

impl<M, F, L> std::fmt::Debug for Query<M, F, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Parts { filter, order, limit, offset, lock } = &self.parts;
        f.debug_struct("Query")
            .field("filtered", &filter.is_some())
            .field("order", &order.len())
            .field("limit", limit)
            .field("offset", offset)
            .field("lock", lock)
            .field("includes", &self.plans.len())
            .finish()
    }
}

impl<M> Query<M> {
    /// Every row, in no order.
    pub fn new() -> Self {
        Self::of(Parts::default(), Vec::new())
    }
}

impl<M> std::default::Default for Query<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M, F, L> Query<M, F, L> {
    fn of(parts: Parts, plans: Vec<Plan>) -> Self {
        Self { parts, plans, of: PhantomData }
    }

    /// The same query, of which more or less is known.
    fn retyped<F2, L2>(self) -> Query<M, F2, L2> {
        Query { parts: self.parts, plans: self.plans, of: PhantomData }
    }

    /// Only rows that satisfy the condition, and those given before.
    pub fn filter(mut self, filter: Filter<M>) -> Query<M, Filtered, L> {
        self.parts.add_filter(filter.node);
        self.retyped()
    }

    /// The condition of a value, if there is one; otherwise the query stays as it is.
    pub fn filter_some<T>(mut self, value: Option<T>, filter: impl FnOnce(T) -> Filter<M>) -> Self {
        if let Some(value) = value {
            self.parts.add_filter(filter(value).node);
        }
        self
    }

    /// Says that the query is about every row that its filters leave, so that it may update and delete.
    pub fn all_rows(self) -> Query<M, Filtered, L> {
        self.retyped()
    }

    /// The order of the rows; a second call adds less significant steps.
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        self.parts.add_order(order);
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.parts.limit = Some(rows);
        self
    }

    /// Without the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.parts.offset = Some(rows);
        self
    }

    /// Locks the rows until the end of the transaction, so that nobody else changes them meanwhile; waits for whoever holds
    /// one. On SQLite a transaction for writing holds everything from its beginning, and there is nothing to wait for.
    pub fn for_update(self) -> Self {
        self.locked(Lock::Wait)
    }

    /// As [`Query::for_update`], without the rows that another transaction holds: for queues of work.
    pub fn skip_locked(self) -> Self {
        self.locked(Lock::Skip)
    }

    /// As [`Query::for_update`], but [`Error::Busy`] where another transaction holds a row.
    pub fn no_wait(self) -> Self {
        self.locked(Lock::Fail)
    }

    fn locked(mut self, lock: Lock) -> Self {
        self.parts.lock = Some(lock);
        self
    }

    /// The rows of one of several pages of that size, counted from 1: a limit and an offset. The database reads the rows
    /// of the pages before to leave them out; [`Query::fetch_page`] does not.
    pub fn page(self, number: u64, size: u64) -> Self {
        self.limit(size).offset(number.saturating_sub(1).saturating_mul(size))
    }
}

impl<M: Model, F, L: Loads<M>> Query<M, F, L> {
    /// Also loads what an association leads to, with one statement more, however many rows there are.
    pub fn include<K, L2>(mut self, association: Association<M, K, L2>) -> Query<M, F, Including<L, K::Held<L2>>>
    where
        K: Link<Owner = M>,
        L2: Loads<K::Target>,
        L: Push<K::Held<L2>>,
    {
        self.plans.push(association.into_plan(true));
        self.retyped()
    }

    /// As [`Query::include`], if the condition holds; a row then has an `Option` of it.
    #[allow(clippy::type_complexity, reason = "a name for it would say less")]
    pub fn include_if<K, L2>(
        mut self,
        wanted: bool,
        association: Association<M, K, L2>,
    ) -> Query<M, F, Including<L, Maybe<K::Held<L2>>>>
    where
        K: Link<Owner = M>,
        L2: Loads<K::Target>,
        L: Push<Maybe<K::Held<L2>>>,
    {
        self.plans.push(association.into_plan(wanted));
        self.retyped()
    }

    /// Every row.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn all<'a>(self, on: impl On<'a>) -> Reply<'a, Vec<L::Row>> {
        let session = on.session();
        Box::pin(async move { include::fetch::<M, L>(session, &self.parts, &self.plans).await })
    }

    /// The row with that key, if the query has it.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn find<'a>(mut self, on: impl On<'a>, key: impl Into<M::Key>) -> Reply<'a, Option<L::Row>> {
        self.parts.add_key(M::META, key.into());
        self.first(on)
    }

    /// The row with that key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the query does not have it.
    pub fn get<'a>(self, on: impl On<'a>, key: impl Into<M::Key>) -> Reply<'a, L::Row> {
        let row = self.find(on, key);
        Box::pin(async move { row.await?.ok_or(Error::NotFound { model: M::META.name }) })
    }

    /// The one row there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::TooMany`] when there are several.
    pub fn one<'a>(self, on: impl On<'a>) -> Reply<'a, L::Row> {
        let rows = self.at_most(2).all(on);
        Box::pin(async move { only::<M, _>(rows.await?) })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn first<'a>(self, on: impl On<'a>) -> Reply<'a, Option<L::Row>> {
        let rows = self.at_most(1).all(on);
        Box::pin(async move { Ok(rows.await?.pop()) })
    }

    /// Every row, and how many there would be without limit and offset: two statements.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn all_and_count<'a>(self, on: impl On<'a>) -> Reply<'a, (Vec<L::Row>, u64)> {
        let everything = Self::of(Parts { limit: None, offset: None, lock: None, ..self.parts.clone() }, Vec::new());
        let (rows, count) = (self.all(on), everything.count(on));
        Box::pin(async move { Ok((rows.await?, count.await?)) })
    }

    /// A page of the size that [`Query::limit`] says: the first one, or the one that a cursor of another page leads to,
    /// forwards or backwards. The order is completed by the primary key, so that rows which are equal in it are neither
    /// left out nor shown twice.
    ///
    /// # Errors
    /// [`Error::Query`] without a limit, or when the cursor is none that this query gave; the database refuses the query,
    /// or cannot be reached.
    pub fn fetch_page<'a>(self, on: impl On<'a>, cursor: impl Into<Option<Cursor>>) -> Reply<'a, Page<L::Row>> {
        let (session, cursor) = (on.session(), cursor.into());
        Box::pin(async move { page::fetch::<M, L>(session, self.parts, &self.plans, cursor).await })
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn count<'a>(self, on: impl On<'a>) -> Reply<'a, u64> {
        let session = on.session();
        Box::pin(async move {
            let statement = self.parts.count(M::META, session.dialect());
            let counts = session.fetch(statement, |row| Ok(row.i64()?.unwrap_or(0))).await?;
            Ok(counts.first().map_or(0, |&count| count.unsigned_abs()))
        })
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn exists<'a>(self, on: impl On<'a>) -> Reply<'a, bool> {
        let session = on.session();
        Box::pin(async move {
            let parts = Parts { order: Vec::new(), lock: None, ..self.parts.at_most(1) };
            let statement = parts.select(M::META, "1", session.dialect());
            Ok(!session.fetch(statement, |_| Ok(())).await?.is_empty())
        })
    }

    fn at_most(self, rows: u64) -> Self {
        Self::of(self.parts.at_most(rows), self.plans)
    }
}

impl<M: Model, F> Query<M, F> {
    /// Columns and expressions instead of whole rows.
    pub fn select<S: Selection<M>>(self, selection: S) -> Select<M, S> {
        Select::new(self.parts, selection)
    }

    /// Takes rows together that have the same values in some columns or expressions; what each group becomes is said by
    /// [`Grouped::select`].
    pub fn group_by(self, by: impl Selection<M>) -> Grouped<M> {
        Grouped::new(self.parts, &by)
    }
}

/// The one row of several.
pub(crate) fn only<M: Model, Row>(mut rows: Vec<Row>) -> Result<Row> {
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        (Some(_), false) => Err(Error::TooMany { model: M::META.name }),
        (None, _) => Err(Error::NotFound { model: M::META.name }),
    }
}
