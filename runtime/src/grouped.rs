//! Queries that select columns and expressions, of rows or of groups of rows.

use std::marker::PhantomData;

use seedbed_schema::Dialect;

use crate::filter::{self, Filter};
use crate::order::{IntoOrder, Step};
use crate::select::Parts;
use crate::selection::{Selected, Selection};
use crate::session::{On, Reply};
use crate::sql::Sql;
use crate::statement::{Statement, Work};
use crate::{Error, Model, Of, Result};

/// A query whose rows are taken together by what they have in common.
#[must_use = "a query does nothing until it is run"]
pub struct Grouped<M> {
    parts: Parts,
    groups: Groups,
    of: Of<M>,
}

/// A query that selects `S` instead of whole rows.
#[must_use = "a query does nothing until it is run"]
pub struct Select<M, S> {
    parts: Parts,
    groups: Groups,
    distinct: bool,
    selection: S,
    of: Of<M>,
}

/// What groups have in common, and which of them are wanted.
#[derive(Debug, Clone, Default)]
struct Groups {
    by: Vec<Selected>,
    having: Option<filter::Node>,
}

impl<M: Model> Grouped<M> {
    pub(crate) fn new(parts: Parts, by: &impl Selection<M>) -> Self {
        let mut groups = Groups::default();
        by.nodes(&mut groups.by);
        Self { parts, groups, of: PhantomData }
    }

    /// Only groups that satisfy the condition, and those given before: of aggregates, or of what they are grouped by.
    pub fn having(mut self, filter: Filter<M>) -> Self {
        self.groups.having = Some(match self.groups.having.take() {
            Some(having) => having.and(filter.node),
            None => filter.node,
        });
        self
    }

    /// What each group becomes: what it is grouped by, and aggregates of its rows.
    pub fn select<S: Selection<M>>(self, selection: S) -> Select<M, S> {
        Select { parts: self.parts, groups: self.groups, distinct: false, selection, of: PhantomData }
    }
}

impl<M: Model, S: Selection<M>> Select<M, S> {
    pub(crate) fn new(parts: Parts, selection: S) -> Self {
        Self { parts, groups: Groups::default(), distinct: false, selection, of: PhantomData }
    }

    /// Leaves out rows that were there already.
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
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

    /// Every row.
    ///
    /// # Errors
    /// [`Error::Query`] for a column that is neither aggregated nor grouped by; the database refuses the query, or cannot
    /// be reached.
    pub fn all<'a>(self, on: impl On<'a>) -> Reply<'a, Vec<S::Row>> {
        let session = on.session();
        Box::pin(async move {
            self.parts.check_lock(M::META, session)?;
            let statement = self.statement(session.dialect())?;
            let selection = self.selection;
            session.fetch_with(statement, move |row| selection.read(row)).await
        })
    }

    /// The one row there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::TooMany`] when there are several, and those of [`Select::all`].
    pub fn one<'a>(mut self, on: impl On<'a>) -> Reply<'a, S::Row> {
        self.parts = self.parts.at_most(2);
        let rows = self.all(on);
        Box::pin(async move { crate::query::only::<M, _>(rows.await?) })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Those of [`Select::all`].
    pub fn first<'a>(mut self, on: impl On<'a>) -> Reply<'a, Option<S::Row>> {
        self.parts = self.parts.at_most(1);
        let rows = self.all(on);
        Box::pin(async move { Ok(rows.await?.pop()) })
    }

    fn statement(&self, dialect: Dialect) -> Result<Statement> {
        let mut selected = Vec::new();
        self.selection.nodes(&mut selected);
        self.check(&selected, dialect)?;
        let mut sql = Sql::new(dialect);
        sql.push(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        sql.table_is(M::META.table);
        let ordered = self.parts.order.iter().map(Step::expression);
        selected
            .iter()
            .chain(&self.groups.by)
            .map(|selected| &selected.0)
            .chain(ordered)
            .for_each(|it| it.join(&mut sql));
        sql.separated(", ", &selected, |sql, expression| expression.render(sql));
        sql.push(" FROM ");
        sql.main_table(M::META.table);
        sql.joins();
        self.parts.write_filter(&mut sql, " WHERE ");
        if !self.groups.by.is_empty() {
            sql.push(" GROUP BY ");
            sql.separated(", ", &self.groups.by, |sql, expression| expression.render(sql));
        }
        if let Some(having) = &self.groups.having {
            sql.push(" HAVING ");
            having.render(&mut sql);
        }
        self.parts.write_order(&mut sql);
        self.parts.write_limit(&mut sql);
        self.parts.write_lock(&mut sql);
        let few = selected.iter().all(|expression| !expression.0.is_aggregate()) && self.groups.by.is_empty();
        Ok(sql.into_statement(if few { Work::of_rows(self.parts.limit) } else { Work::Scan }))
    }

    /// What PostgreSQL would refuse in words of its own, and SQLite would answer with any row's value.
    fn check(&self, selected: &[Selected], dialect: Dialect) -> Result<()> {
        let text = |expression: &Selected| {
            let mut sql = Sql::new(dialect);
            expression.render(&mut sql);
            sql.into_text()
        };
        let grouped: Vec<String> = self.groups.by.iter().map(text).collect();
        let is_grouped = !grouped.is_empty() || selected.iter().any(|expression| expression.0.is_aggregate());
        let ordered = || self.parts.order.iter().map(|step| Selected(step.expression().clone()));
        if is_grouped {
            let loose = selected
                .iter()
                .cloned()
                .chain(ordered())
                .find(|expression| !expression.0.is_aggregate() && !grouped.contains(&text(expression)));
            if let Some(loose) = loose {
                let message = "is neither an aggregate nor grouped by: add it to `group_by`, or take `.min()` of it";
                return Err(Error::Query(format!("{} of `{}` {message}", text(&loose), M::META.name)));
            }
        }
        if self.parts.lock.is_some() && (is_grouped || self.distinct) {
            let why = "locks rows, and what it selects are groups of them: lock the rows by a query of their own";
            return Err(Error::Query(format!("the query of `{}` {why}", M::META.name)));
        }
        if self.distinct {
            let texts: Vec<String> = selected.iter().map(text).collect();
            if let Some(loose) = ordered().map(|step| text(&step)).find(|step| !texts.contains(step)) {
                let message = "is not selected, so that rows which are distinct have no order by it";
                return Err(Error::Query(format!("{loose} of `{}` {message}", M::META.name)));
            }
        }
        Ok(())
    }
}
