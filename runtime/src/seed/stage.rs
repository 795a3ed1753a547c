//! The staging table: the rows of one seed with their line numbers, typed like the model's table, gone with the
//! transaction.
//!
//! Both databases take the same statements here, but for how rows get in: `COPY` on PostgreSQL, one prepared statement
//! on SQLite.

use seedbed_schema::Dialect;
use seedbed_schema::ddl::quote;

use super::copy;
use super::header::{Layout, Lookup, Target};
use crate::session::Session;
use crate::statement::{Discard, Statement, Work};
use crate::{Failure, Result, Row, Value, meta};

/// The column with the line number.
pub(super) const LINE: &str = "seedbed_line";

/// The staging table of one seed.
pub(super) struct Stage<'a> {
    session: Session<'a>,
    pub(super) layout: &'a Layout,
    /// The table's name, as SQL.
    pub(super) table: String,
    /// The rows in it.
    pub(super) rows: u64,
}

/// A column of a staging table.
struct Staged<'l> {
    name: String,
    /// Whose type it has: a field of the model, or of the model that an association leads to.
    model: &'l meta::Model,
    field: &'l meta::Field,
}

impl<'a> Stage<'a> {
    /// Makes the table for the seed at a place of the schema.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn create(session: Session<'a>, layout: &'a Layout, at: usize) -> Result<Self> {
        let name = format!("seedbed_seed_{at}");
        let (schema, on_commit) = match session.dialect() {
            Dialect::Postgres => ("pg_temp", " ON COMMIT DROP"),
            Dialect::Sqlite => ("temp", ""),
        };
        let stage = Self { session, layout, table: format!("{schema}.{name}"), rows: 0 };
        let mut columns = format!("CAST(0 AS bigint) AS {LINE}");
        let mut tables = vec![quote(layout.model.table)];
        for Staged { name, model, field } in stage.filled_columns().into_iter().chain(stage.looked_up_columns()) {
            let table = quote(model.table);
            columns += &format!(", {table}.{} AS {}", quote(field.column), quote(&name));
            tables.push(table);
        }
        tables.sort_unstable();
        tables.dedup();
        let tables = tables.join(", ");
        stage
            .write(format!("CREATE TEMP TABLE {name}{on_commit} AS SELECT {columns} FROM {tables} WHERE 1 = 0"))
            .await?;
        if session.dialect() == Dialect::Sqlite {
            // PostgreSQL makes itself a hash where a query needs one.
            let key: Vec<_> = layout.key.iter().map(|field| quote(field.column)).collect();
            stage.write(format!("CREATE INDEX temp.{name}_key ON {name} ({})", key.join(", "))).await?;
        }
        Ok(stage)
    }

    /// Adds rows: values of the line, of the file's columns, and of the fields with defaults of ours.
    ///
    /// # Errors
    /// The database refuses them.
    pub(super) async fn fill(&mut self, rows: Vec<Vec<Value>>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.rows += rows.len() as u64;
        let columns: Vec<_> = self.filled_columns().iter().map(|column| quote(&column.name)).collect();
        let target = format!("{} ({})", self.table, [&[LINE.to_owned()], columns.as_slice()].concat().join(", "));
        match self.session.dialect() {
            Dialect::Postgres => {
                self.session.copy_in(&format!("COPY {target} FROM STDIN"), copy::encode(&rows)).await.map(drop)
            }
            Dialect::Sqlite => {
                let values: Vec<_> = (1..=columns.len() + 1).map(|number| format!("${number}")).collect();
                let text = format!("INSERT INTO {target} VALUES ({})", values.join(", "));
                self.session.run_batch(text.into(), rows, Box::new(Discard)).await.map(drop)
            }
        }
    }

    /// Tells PostgreSQL how many rows there are, when a wrong guess would be slow.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn analyze(&self) -> Result<()> {
        const MANY: u64 = 1000;
        if self.session.dialect() == Dialect::Postgres && self.rows >= MANY {
            self.write(format!("ANALYZE {}", self.table)).await?;
        }
        Ok(())
    }

    /// Removes the table.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn drop(self) -> Result<()> {
        self.write(format!("DROP TABLE {}", self.table)).await.map(drop)
    }

    /// The condition that two tables, by their aliases, have the same row of the model: the columns of the seed's key.
    pub(super) fn same_row(&self, left: &str, right: &str) -> String {
        let columns = self.layout.key.iter().map(|field| quote(field.column));
        columns.map(|column| format!("{left}.{column} = {right}.{column}")).collect::<Vec<_>>().join(" AND ")
    }

    /// A query for the rows as they will be in the model's table, with their lines: what the file says, and of what it
    /// does not say, what a row has already, or the default of a new one. Where the database fills in, it is NULL.
    pub(super) fn final_rows(&self) -> String {
        let (layout, table) = (self.layout, quote(self.layout.model.table));
        let is_new = format!("t.{} IS NULL", quote(layout.key[0].column));
        let columns = layout.model.fields.iter().map(|field| {
            let column = quote(field.column);
            let value = match (layout.gives(field), layout.has(field)) {
                (true, _) => format!("s.{column}"),
                (false, true) if field.on_update => format!("s.{column}"),
                (false, true) => format!("CASE WHEN {is_new} THEN s.{column} ELSE t.{column} END"),
                (false, false) => format!("t.{column}"),
            };
            format!("{value} AS {column}")
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let same_row = self.same_row("t", "s");
        format!("SELECT s.{LINE} AS {LINE}, {columns} FROM {} AS s LEFT JOIN {table} AS t ON {same_row}", self.table)
    }

    /// The numbers that a query finds, one in each row.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn numbers(&self, text: String) -> Result<Vec<i64>> {
        self.session.fetch(query(text), number).await
    }

    /// The pairs of numbers that a query finds.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn pairs(&self, text: String) -> Result<Vec<(i64, i64)>> {
        self.session.fetch(query(text), |row| Ok((number(row)?, number(row)?))).await
    }

    /// The texts that a query finds, one in each row.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn texts(&self, text: String) -> Result<Vec<String>> {
        self.session.fetch(query(text), |row| Ok(row.text()?.unwrap_or_default())).await
    }

    /// Runs a statement that writes; returns the rows that it wrote.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn write(&self, text: String) -> Result<u64> {
        self.session.execute_text(text).await
    }

    /// The columns that rows are filled with, behind the line.
    fn filled_columns(&self) -> Vec<Staged<'a>> {
        let model = self.layout.model;
        let own = |field: &'a meta::Field| Staged { name: field.column.to_owned(), model, field };
        let mut columns = Vec::new();
        for (at, column) in self.layout.columns.iter().enumerate() {
            match &column.target {
                Target::Field(field) => columns.push(own(field)),
                Target::Association(lookup) => columns.extend(candidates(at, lookup)),
            }
        }
        columns.extend(self.layout.filled.iter().map(|field| own(field)));
        columns
    }

    /// The columns of associations' keys, which are looked up.
    fn looked_up_columns(&self) -> impl Iterator<Item = Staged<'a>> + use<'a> {
        let model = self.layout.model;
        let pairs = self.layout.lookups().flat_map(|(_, lookup)| &lookup.pairs);
        pairs.map(move |(field, _)| Staged { name: field.column.to_owned(), model, field })
    }
}

/// The column that holds a cell as a value of one candidate of a lookup.
pub(super) fn candidate_column(column: usize, candidate: usize) -> String {
    format!("seedbed_{column}_{candidate}")
}

fn candidates(at: usize, lookup: &Lookup) -> impl Iterator<Item = Staged<'_>> {
    lookup.candidates.iter().enumerate().map(move |(number, field)| Staged {
        name: candidate_column(at, number),
        model: lookup.target,
        field,
    })
}

fn query(text: String) -> Statement {
    Statement { text: text.into(), values: Vec::new(), work: Work::Scan }
}

fn number(row: &mut Row<'_>) -> Result<i64, Failure> {
    Ok(row.i64()?.unwrap_or_default())
}
