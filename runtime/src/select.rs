//! The parts of a `SELECT`: which rows, in which order, how many; and its text.

use seedbed_schema::Dialect;

use crate::filter::Node;
use crate::order::Step;
use crate::session::Session;
use crate::sql::Sql;
use crate::statement::{Statement, Work};
use crate::{Model, Result, meta};

/// The most rows of a query that SQLite may read on the calling thread.
const FEW_ROWS: u64 = 100;

/// What a query says, without its model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) filter: Option<Node>,
    pub(crate) order: Vec<Step>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
}

impl Parts {
    /// The same, but so many rows at most.
    pub(crate) fn at_most(self, rows: u64) -> Self {
        Self { limit: Some(self.limit.map_or(rows, |limit| limit.min(rows))), ..self }
    }

    /// The rows.
    pub(crate) async fn fetch<M: Model>(self, session: Session<'_>) -> Result<Vec<M>> {
        session.fetch(self.select(M::META, M::statements().columns(), session.dialect()), M::read).await
    }

    /// Only rows that also satisfy the condition.
    pub(crate) fn add_filter(&mut self, node: Node) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(node),
            None => node,
        });
    }

    /// Selects some columns of the rows.
    pub(crate) fn select(&self, model: &meta::Model, columns: &str, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        self.write_select(&mut sql, model, columns);
        let few = self.limit.is_some_and(|limit| limit <= FEW_ROWS);
        sql.into_statement(if few { Work::Lookup } else { Work::Scan })
    }

    /// Counts the rows.
    pub(crate) fn count(&self, model: &meta::Model, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        if self.limit.is_some() || self.offset.is_some() {
            sql.push("SELECT count(*) FROM (");
            self.write_select(&mut sql, model, "1");
            sql.push(") AS counted");
        } else {
            let unordered = Self { order: Vec::new(), ..self.clone() };
            unordered.write_select(&mut sql, model, "count(*)");
        }
        sql.into_statement(Work::Scan)
    }

    fn write_select(&self, sql: &mut Sql, model: &meta::Model, columns: &str) {
        sql.push("SELECT ");
        sql.push(columns);
        sql.push(" FROM ");
        sql.identifier(model.table);
        self.write_filter(sql);
        self.write_order(sql);
    }

    fn write_filter(&self, sql: &mut Sql) {
        if let Some(filter) = &self.filter {
            sql.push(" WHERE ");
            filter.render(sql);
        }
    }

    fn write_order(&self, sql: &mut Sql) {
        if !self.order.is_empty() {
            sql.push(" ORDER BY ");
            sql.separated(", ", &self.order, |sql, step| step.render(sql));
        }
        // SQLite has no OFFSET without LIMIT; the largest limit is none.
        if let Some(limit) = self.limit.or(self.offset.map(|_| i64::MAX.unsigned_abs())) {
            sql.push(" LIMIT ");
            sql.value(count_value(limit));
        }
        if let Some(offset) = self.offset {
            sql.push(" OFFSET ");
            sql.value(count_value(offset));
        }
    }

    /// The rows of an update or delete: by the filter, or by key where an order or a limit selects among them.
    pub(crate) fn rows_clause(&self, sql: &mut Sql, model: &meta::Model) {
        if self.limit.is_none() && self.offset.is_none() {
            return self.write_filter(sql);
        }
        let key = || model.key.iter().map(|&at| &model.fields[at]);
        sql.push(" WHERE (");
        sql.columns(key());
        sql.push(") IN (");
        let mut columns = Sql::new(sql.dialect());
        columns.columns(key());
        self.write_select(sql, model, &columns.into_text());
        sql.push(")");
    }
}

fn count_value(count: u64) -> crate::Value {
    crate::Value::I64(i64::try_from(count).unwrap_or(i64::MAX))
}
