//! The parts of a `SELECT`: which rows, in which order, how many; and its text.

use seedbed_schema::Dialect;

use crate::filter::{Node, Operator};
use crate::keys::Keys;
use crate::model::Key;
use crate::order::{IntoOrder, Step};
use crate::session::Session;
use crate::sql::Sql;
use crate::statement::{Statement, Work};
use crate::{Error, Model, Result, Row, Value, meta};

/// What a query says, without its model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) filter: Option<Node>,
    pub(crate) order: Vec<Step>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) lock: Option<Lock>,
}

/// How rows are locked that a transaction means to change, and what happens where another one holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It waits.
    Wait,
    /// It leaves them out.
    Skip,
    /// It fails.
    Fail,
}

impl Parts {
    /// The same, but so many rows at most.
    pub(crate) fn at_most(self, rows: u64) -> Self {
        Self { limit: Some(self.limit.map_or(rows, |limit| limit.min(rows))), ..self }
    }

    /// The row of a primary key, and nothing else.
    pub(crate) fn of_key(model: &'static meta::Model, key: impl Key) -> Self {
        let mut parts = Self::default();
        parts.add_key(model, key);
        parts
    }

    /// Only the row of a primary key.
    pub(crate) fn add_key(&mut self, model: &'static meta::Model, key: impl Key) {
        for (&at, value) in model.key.iter().zip(key.into_values(model)) {
            self.add_filter(Node::Compare { field: &model.fields[at], operator: Operator::Eq, value });
        }
    }

    /// The order of the rows; a second call adds less significant steps.
    pub(crate) fn add_order<M>(&mut self, order: impl IntoOrder<M>) {
        self.order.extend(order.steps().into_iter().map(|order| order.step));
    }

    /// The rows.
    pub(crate) async fn fetch<M: Model>(&self, session: Session<'_>) -> Result<Vec<M>> {
        self.check_lock(M::META, session)?;
        session.fetch(self.select(M::META, M::statements().columns(), session.dialect()), M::read).await
    }

    /// Only rows that also satisfy the condition.
    pub(crate) fn add_filter(&mut self, node: Node) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(node),
            None => node,
        });
    }

    /// Rows are locked until the end of a transaction, so there has to be one.
    pub(crate) fn check_lock(&self, model: &meta::Model, session: Session<'_>) -> Result<()> {
        if self.lock.is_some() && !session.is_transaction() {
            let why = "locks rows, which is over with the statement outside of a transaction: run it on a `tx`";
            return Err(Error::Query(format!("the query of `{}` {why}", model.name)));
        }
        Ok(())
    }

    /// The rows, each with the values that it has its place in the order by.
    pub(crate) async fn fetch_with_order<M: Model>(
        &self,
        session: Session<'_>,
        fields: Vec<&'static meta::Field>,
    ) -> Result<Vec<(M, Vec<Value>)>> {
        self.check_lock(M::META, session)?;
        let mut sql = Sql::new(session.dialect());
        sql.table_is(M::META.table);
        sql.push(M::statements().columns());
        for step in &self.order {
            sql.push(", ");
            step.expression().render(&mut sql);
        }
        let statement = self.select(M::META, &sql.into_text(), session.dialect());
        let read = move |row: &mut Row<'_>| {
            let model = M::read(row)?;
            let values = fields.iter().map(|field| row.value(field)).collect::<Result<_, _>>()?;
            Ok((model, values))
        };
        session.fetch_with(statement, read).await
    }

    /// Selects some columns of the rows.
    pub(crate) fn select(&self, model: &meta::Model, columns: &str, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        self.write_select(&mut sql, model, columns);
        sql.into_statement(Work::of_rows(self.limit))
    }

    /// Selects some columns of the rows that have one of several keys. A limit is one per key; rows of one key stand in
    /// the order, those of different keys anyhow.
    pub(crate) fn select_for(&self, model: &meta::Model, columns: &str, keys: Keys, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        if self.limit.is_none() && self.offset.is_none() {
            self.write_head(&mut sql, model, columns);
            sql.push(" WHERE ");
            keys.render_in(&mut sql);
            self.write_filter(&mut sql, " AND ");
            self.write_order(&mut sql);
        } else {
            match dialect {
                Dialect::Postgres => self.write_lateral(&mut sql, model, columns, keys),
                Dialect::Sqlite => self.write_correlated(&mut sql, model, columns, keys),
            }
        }
        sql.into_statement(Work::Scan)
    }

    /// The most rows that a key has, where that is known.
    pub(crate) fn most_rows(&self, many: bool) -> Option<u64> {
        if many { self.limit } else { Some(1) }
    }

    /// Counts the rows.
    pub(crate) fn count(&self, model: &meta::Model, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        if self.limit.is_some() || self.offset.is_some() {
            sql.push("SELECT count(*) FROM (");
            Self { lock: None, ..self.clone() }.write_select(&mut sql, model, "1");
            sql.push(") AS counted");
        } else {
            let unordered = Self { order: Vec::new(), lock: None, ..self.clone() };
            unordered.write_select(&mut sql, model, "count(*)");
        }
        sql.into_statement(Work::Scan)
    }

    fn write_select(&self, sql: &mut Sql, model: &meta::Model, columns: &str) {
        self.write_head(sql, model, columns);
        self.write_filter(sql, " WHERE ");
        self.write_order(sql);
        self.write_limit(sql);
        self.write_lock(sql);
    }

    /// A transaction of SQLite holds the only lock there is, from its beginning.
    pub(crate) fn write_lock(&self, sql: &mut Sql) {
        if let (Some(lock), Dialect::Postgres) = (self.lock, sql.dialect()) {
            sql.push(lock.text());
        }
    }

    fn write_head(&self, sql: &mut Sql, model: &meta::Model, columns: &str) {
        sql.push("SELECT ");
        sql.push(columns);
        sql.push(" FROM ");
        sql.main_table(model.table);
    }

    /// The rows of one key, which stands in a table of keys beside this query.
    fn write_select_of_key(&self, sql: &mut Sql, model: &meta::Model, columns: &str, fields: &[&meta::Field]) {
        self.write_head(sql, model, columns);
        sql.push(" WHERE ");
        Keys::render_equal(sql, fields);
        self.write_filter(sql, " AND ");
        self.write_order(sql);
        self.write_limit(sql);
    }

    /// A subquery per key. Its rows keep their order: it is the inner side of a loop over the keys.
    fn write_lateral(&self, sql: &mut Sql, model: &meta::Model, columns: &str, keys: Keys) {
        sql.push("SELECT ");
        sql.push(columns);
        sql.push(" FROM ");
        let fields = keys.fields();
        keys.render_table(sql);
        sql.push(" CROSS JOIN LATERAL (");
        self.write_select_of_key(sql, model, columns, &fields);
        sql.push(") AS ");
        sql.identifier("~rows");
    }

    /// SQLite has no LATERAL: the rows whose primary key a subquery finds for each key. `CROSS JOIN` keeps the keys the
    /// outer loop.
    fn write_correlated(&self, sql: &mut Sql, model: &meta::Model, columns: &str, keys: Keys) {
        sql.push("SELECT ");
        sql.push(columns);
        sql.push(" FROM ");
        let fields = keys.fields();
        keys.render_table(sql);
        sql.push(" CROSS JOIN ");
        sql.main_table(model.table);
        sql.push(" WHERE ");
        write_key_in(sql, model, |sql, key| self.write_select_of_key(sql, model, key, &fields));
        self.write_order(sql);
    }

    pub(crate) fn write_filter(&self, sql: &mut Sql, before: &str) {
        if let Some(filter) = &self.filter {
            sql.push(before);
            match filter {
                Node::Or(_) => sql.parenthesised(|sql| filter.render(sql)),
                _ => filter.render(sql),
            }
        }
    }

    pub(crate) fn write_order(&self, sql: &mut Sql) {
        if !self.order.is_empty() {
            sql.push(" ORDER BY ");
            sql.separated(", ", &self.order, |sql, step| step.render(sql));
        }
    }

    pub(crate) fn write_limit(&self, sql: &mut Sql) {
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
            return self.write_filter(sql, " WHERE ");
        }
        sql.push(" WHERE ");
        write_key_in(sql, model, |sql, key| self.write_select(sql, model, key));
    }
}

impl Lock {
    fn text(self) -> &'static str {
        match self {
            Self::Wait => " FOR UPDATE",
            Self::Skip => " FOR UPDATE SKIP LOCKED",
            Self::Fail => " FOR UPDATE NOWAIT",
        }
    }
}

/// `(key) IN (…)`: the closure writes a query for the columns of the primary key.
fn write_key_in(sql: &mut Sql, model: &meta::Model, query: impl FnOnce(&mut Sql, &str)) {
    let mut columns = Sql::new(sql.dialect());
    columns.columns(model.key.iter().map(|&at| &model.fields[at]));
    let columns = columns.into_text();
    sql.parenthesised(|sql| sql.push(&columns));
    sql.push(" IN ");
    sql.parenthesised(|sql| query(sql, &columns));
}

fn count_value(count: u64) -> Value {
    Value::I64(i64::try_from(count).unwrap_or(i64::MAX))
}
