//! What a query computes from columns: aggregates, parts of texts and times.

use seedbed_schema::{Dialect, Type};

use crate::related::Join;
use crate::sql::Sql;
use crate::{Value, meta};

/// An expression without its types.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A column of the query's own model.
    Field(&'static meta::Field),
    /// An expression over the one row that an association leads to.
    Through(Join, Box<Node>),
    /// `count(*)`
    CountRows,
    /// A function of one expression.
    Call(Function, Box<Node>),
}

/// A function of one expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Function {
    Count,
    CountDistinct,
    Sum,
    Min,
    Max,
    /// The standard deviation of a sample.
    Stddev,
    /// The value below which this part of the values lies, interpolated between the two nearest.
    Percentile(f64),
    Lower,
    Upper,
    Abs,
    Bucket(Bucket),
}

/// A length of time that instants are grouped by, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bucket {
    /// From the full minute.
    Minute,
    /// From the full hour.
    Hour,
    /// From midnight.
    Day,
    /// From Monday at midnight, as in ISO 8601.
    Week,
    /// From the first day of a month.
    Month,
    /// From the first day of a year.
    Year,
}

impl Node {
    /// The expression over the row that an association leads to.
    pub(crate) fn through(self, join: Join) -> Self {
        Self::Through(join, Box::new(self))
    }

    /// Whether it can be NULL.
    pub(crate) fn is_nullable(&self) -> bool {
        match self {
            Self::Field(field) => field.nullable,
            Self::Through(..) => true,
            Self::CountRows => false,
            Self::Call(function, inner) => match function {
                Function::Count | Function::CountDistinct => false,
                _ if function.is_aggregate() => true,
                _ => inner.is_nullable(),
            },
        }
    }

    /// The field it is made of, whose type it has where it is no aggregate.
    ///
    /// # Panics
    /// It counts rows, which queries for rows are not ordered by.
    pub(crate) fn field(&self) -> &'static meta::Field {
        match self {
            Self::Field(field) => field,
            Self::Through(_, inner) | Self::Call(_, inner) => inner.field(),
            Self::CountRows => unreachable!("a query for rows orders by no aggregate"),
        }
    }

    /// Whether it takes many rows together.
    pub(crate) fn is_aggregate(&self) -> bool {
        match self {
            Self::CountRows => true,
            Self::Field(_) | Self::Through(..) => false,
            Self::Call(function, inner) => function.is_aggregate() || inner.is_aggregate(),
        }
    }

    /// Wants the rows that it goes through to be joined, so that it is written without subqueries: for all rows of a query,
    /// PostgreSQL is faster by an order of magnitude like this, and SQLite by a part.
    pub(crate) fn join(&self, sql: &mut Sql) {
        match self {
            Self::Through(join, inner) => {
                let alias = sql.join(join);
                sql.within_table(&alias, |sql| inner.join(sql));
            }
            Self::Call(_, inner) => inner.join(sql),
            Self::Field(_) | Self::CountRows => {}
        }
    }

    /// Writes the expression.
    pub(crate) fn render(&self, sql: &mut Sql) {
        match self {
            Self::Field(field) => sql.column(field.column),
            Self::Through(join, inner) => match sql.joined(join) {
                Some(alias) => sql.within_table(&alias, |sql| inner.render(sql)),
                None => join.subquery(sql, |sql| inner.render(sql), |_| ()),
            },
            Self::CountRows => sql.push("count(*)"),
            Self::Call(function, inner) => function.render(sql, inner),
        }
    }

    /// Writes the expression as a number in floating point.
    fn render_float(&self, sql: &mut Sql) {
        match (sql.dialect(), self.scale()) {
            (Dialect::Postgres, _) => {
                sql.parenthesised(|sql| self.render(sql));
                sql.push("::float8");
            }
            (Dialect::Sqlite, 0) => self.render(sql),
            (Dialect::Sqlite, scale) => {
                sql.parenthesised(|sql| self.render(sql));
                sql.push(&format!(" / 1e{scale}"));
            }
        }
    }

    fn is_real(&self) -> bool {
        matches!(self, Self::Field(field) if field.ty == Type::Real)
    }

    /// The digits after the point that SQLite keeps in an integer.
    fn scale(&self) -> u8 {
        match self {
            Self::Field(field) => match field.ty {
                Type::Decimal { scale, .. } => scale,
                _ => 0,
            },
            Self::Call(_, inner) | Self::Through(_, inner) => inner.scale(),
            Self::CountRows => 0,
        }
    }
}

impl Function {
    fn is_aggregate(self) -> bool {
        !matches!(self, Self::Lower | Self::Upper | Self::Abs | Self::Bucket(_))
    }

    fn render(self, sql: &mut Sql, inner: &Node) {
        match self {
            Self::CountDistinct => call(sql, "count(DISTINCT ", inner),
            // PostgreSQL adds up narrow floats as such, and loses digits.
            Self::Sum if inner.is_real() => {
                sql.push("sum(");
                inner.render_float(sql);
                sql.push(")");
            }
            Self::Stddev => {
                sql.push("stddev_samp(");
                inner.render_float(sql);
                sql.push(")");
            }
            Self::Percentile(part) => render_percentile(sql, inner, part),
            Self::Bucket(bucket) => bucket.render(sql, inner),
            _ => call(sql, self.name(), inner),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Count => "count(",
            Self::Sum => "sum(",
            Self::Min => "min(",
            Self::Max => "max(",
            Self::Lower => "lower(",
            Self::Upper => "upper(",
            Self::Abs => "abs(",
            Self::CountDistinct | Self::Stddev | Self::Percentile(_) | Self::Bucket(_) => {
                unreachable!("it is written in a form of its own")
            }
        }
    }
}

fn call(sql: &mut Sql, opened: &str, inner: &Node) {
    sql.push(opened);
    inner.render(sql);
    sql.push(")");
}

/// PostgreSQL's ordered-set aggregate; on SQLite a function of ours that does the same arithmetic.
fn render_percentile(sql: &mut Sql, inner: &Node, part: f64) {
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push("percentile_cont(");
            sql.value(Value::F64(part));
            sql.push(") WITHIN GROUP (ORDER BY ");
            inner.render_float(sql);
            sql.push(")");
        }
        Dialect::Sqlite => {
            sql.push("percentile_cont(");
            inner.render_float(sql);
            sql.push(", ");
            sql.value(Value::F64(part));
            sql.push(")");
        }
    }
}

impl Bucket {
    fn render(self, sql: &mut Sql, inner: &Node) {
        match sql.dialect() {
            Dialect::Postgres => {
                sql.push(&format!("date_trunc('{}', ", self.name()));
                inner.render(sql);
                sql.push(", 'UTC')");
            }
            Dialect::Sqlite => self.render_text(sql, inner),
        }
    }

    /// An instant is a text of fixed width, so that its beginning says when a longer time began.
    fn render_text(self, sql: &mut Sql, inner: &Node) {
        let (length, rest) = match self {
            Self::Minute => (16, ":00.000000Z"),
            Self::Hour => (13, ":00:00.000000Z"),
            Self::Day | Self::Week => (10, "T00:00:00.000000Z"),
            Self::Month => (7, "-01T00:00:00.000000Z"),
            Self::Year => (4, "-01-01T00:00:00.000000Z"),
        };
        // The Monday at or before a day is the next one from six days earlier on.
        let (opened, closed) = if self == Self::Week { ("date(", ", '-6 days', 'weekday 1')") } else { ("", "") };
        sql.push(&format!("({opened}substr("));
        inner.render(sql);
        sql.push(&format!(", 1, {length}){closed} || '{rest}')"));
    }

    fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}
