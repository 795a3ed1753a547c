//! Raw SQL: the text as it is written, the values bound, the rows read into types that the caller names.
//!
//! `text` says which texts are taken, `plain` which values are bound and read without a column, `from_row` what rows
//! become, `prepared` statements that stand in the program once; columns of the schema read what they alone know how to.

mod from_row;
mod or_null;
mod plain;
mod prepared;
mod text;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::future::IntoFuture;

pub use from_row::FromRow;
pub use or_null::OrNull;
pub use plain::{Bind, Plain};
pub use prepared::{Arguments, Parameters, Prepared};
pub use text::{SqlText, Trusted, trusted};

use crate::column::Column;
use crate::driver::Failure;
use crate::scalar::{FieldType, IntoField};
use crate::selection::Reader;
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::{Statement, Text, Work};
use crate::{Db, Error, Model, Result, Row, Tx, Value, check};

impl<S> Db<S> {
    /// A statement in raw SQL, to be completed and run.
    pub fn sql(&self, text: impl SqlText) -> Raw<'_> {
        Raw::new(self.session(), text)
    }
}

impl<S> Tx<S> {
    /// A statement in raw SQL, to be completed and run inside the transaction.
    pub fn sql(&self, text: impl SqlText) -> Raw<'_> {
        Raw::new(self.session(), text)
    }
}

/// A statement in raw SQL. Its values are always bound, under the placeholders `$1`, `$2`, … on every database.
#[must_use = "a statement does nothing until it is run"]
pub struct Raw<'a> {
    session: Session<'a>,
    text: Cow<'static, str>,
    values: Vec<Value>,
    /// The first value that its column does not take.
    refused: Option<Error>,
}

/// Says the text and how many values there are, not the values, which may be secrets.
impl std::fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Raw").field("text", &self.text).field("values", &self.values.len()).finish()
    }
}

impl<'a> Raw<'a> {
    fn new(session: Session<'a>, text: impl SqlText) -> Self {
        Self { session, text: text.into_text(), values: Vec::new(), refused: None }
    }

    /// Goes on with some text.
    pub fn push(mut self, text: impl SqlText) -> Self {
        self.text.to_mut().push_str(&text.into_text());
        self
    }

    /// Goes on with the placeholder of a value.
    pub fn bind(self, value: impl Bind) -> Self {
        self.bind_value(value.into_value())
    }

    /// Goes on with the placeholder of a value that is kept, and checked, as a column has it. A decimal is always bound
    /// like this: how many digits its column keeps decides what SQLite stores.
    pub fn bind_for<M: Model, T: FieldType>(mut self, column: Column<M, T>, value: impl IntoField<T>) -> Self {
        let field = column.field();
        let value = FieldType::into_value(value.into_field(), field);
        match check::checked(M::META, field, value.clone()) {
            Ok(checked) => self.bind_value(checked),
            Err(error) => {
                self.refused.get_or_insert(error);
                self.bind_value(value)
            }
        }
    }

    /// Goes on with every column of a model, each with the name of its table, in the order in which the model is read.
    pub fn columns<M: Model>(self) -> Self {
        self.columns_of::<M>(M::META.table)
    }

    /// As [`Raw::columns`], where the table goes by another name in this statement.
    pub fn columns_of<M: Model>(mut self, alias: &str) -> Self {
        let mut sql = Sql::new(self.session.dialect());
        sql.separated(", ", M::META.fields, |sql, field| sql.qualified(alias, field.column));
        self.text.to_mut().push_str(&sql.into_text());
        self
    }

    /// Reads each row as a tuple of values, a model, a tuple of both, or whatever else implements [`FromRow`].
    pub fn fetch_as<T: FromRow>(self) -> Rows<'a, T> {
        self.read(T::width(), T::from_row)
    }

    /// Reads each row by columns and expressions of the schema: one, or several in a tuple, in the order of the statement.
    /// They know what raw SQL does not say, such as the digits of a decimal.
    pub fn fetch_columns<C: Reader>(self, columns: C) -> Rows<'a, C::Row> {
        self.read(columns.width(), move |row| columns.read(row))
    }

    /// Reads each row by a function.
    pub fn fetch_with<T, R>(self, read: R) -> Rows<'a, T>
    where
        T: Send + 'static,
        R: FnMut(&mut Row<'_>) -> Result<T, Failure> + Send + 'static,
    {
        Rows {
            rows: Box::pin(async move {
                let session = self.session;
                session.fetch_with(self.into_statement(Work::Unknown)?, read).await
            }),
        }
    }

    /// How the database would run the statement, in its own words: `EXPLAIN` on PostgreSQL, `EXPLAIN QUERY PLAN` on SQLite.
    /// The statement is not run.
    ///
    /// # Errors
    /// A value does not fit its column, or the database refuses the statement.
    pub fn explain(self) -> Reply<'a, String> {
        Box::pin(async move {
            let session = self.session;
            session.plan(&self.into_statement(Work::Unknown)?).await
        })
    }

    /// Runs the statement; says how many rows it wrote.
    ///
    /// # Errors
    /// A value does not fit its column, or the database refuses the statement.
    pub fn execute(self) -> Reply<'a, u64> {
        Box::pin(async move {
            let session = self.session;
            session.execute(self.into_statement(Work::Write)?).await
        })
    }

    fn read<T, R>(self, width: usize, mut read: R) -> Rows<'a, T>
    where
        T: Send + 'static,
        R: FnMut(&mut Row<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.fetch_with(move |row| {
            row.expect_columns(width)?;
            read(row)
        })
    }

    fn bind_value(mut self, value: Value) -> Self {
        self.values.push(value);
        // Writing to a `String` cannot fail.
        let _ = write!(self.text.to_mut(), "${}", self.values.len());
        self
    }

    fn into_statement(self, work: Work) -> Result<Statement> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        let text = match self.text {
            Cow::Borrowed(text) => Text::Static(text),
            Cow::Owned(text) => Text::from(text),
        };
        Ok(Statement { text, values: self.values, work })
    }
}

/// The rows of a statement in raw SQL; awaited as it is, all of them.
#[must_use = "a statement does nothing until it is run"]
pub struct Rows<'a, T> {
    rows: Reply<'a, Vec<T>>,
}

/// What errors call a row that belongs to no model.
const ROW: &str = "row";

impl<'a, T: Send + 'static> Rows<'a, T> {
    /// Every row.
    ///
    /// # Errors
    /// A value does not fit its column, the database refuses the statement, or a row cannot be read as it should be; then
    /// the error names the column.
    pub fn all(self) -> Reply<'a, Vec<T>> {
        self.rows
    }

    /// The one row there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, and those of [`Rows::optional`].
    pub fn one(self) -> Reply<'a, T> {
        let row = self.optional();
        Box::pin(async move { row.await?.ok_or(Error::NotFound { model: ROW }) })
    }

    /// The one row, if there is one.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there are several, and those of [`Rows::all`].
    pub fn optional(self) -> Reply<'a, Option<T>> {
        Box::pin(async move {
            let mut rows = self.rows.await?;
            let row = rows.pop();
            if rows.is_empty() { Ok(row) } else { Err(Error::TooMany { model: ROW }) }
        })
    }
}

impl<'a, T: Send + 'static> IntoFuture for Rows<'a, T> {
    type Output = Result<Vec<T>>;
    type IntoFuture = Reply<'a, Vec<T>>;

    fn into_future(self) -> Self::IntoFuture {
        self.all()
    }
}
