//! From the staging table into the model's table: new rows are inserted, rows that differ are updated, rows that are
//! equal are not touched.

use seedbed_schema::Dialect;
use seedbed_schema::ddl::{quote, quote_text};

use super::header::Layout;
use super::stage::{LINE, Stage};
use crate::session::Session;
use crate::{Result, meta};

/// What a merge did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    /// The staged rows that were taken, written or not.
    pub(super) taken: u64,
}

impl Stage<'_> {
    /// Merges the staged rows that satisfy a condition over the alias `s`.
    ///
    /// Rows that are equal are left out before the insert, not by the conflict's `WHERE`: an insert that ends in a
    /// conflict uses up a number of the sequence.
    ///
    /// # Errors
    /// The database refuses a row.
    pub(super) async fn merge(&self, ready: &str) -> Result<Merged> {
        let taken = self.count(ready).await?;
        let inserted = self.count(&format!("{ready} AND {}", self.is_new())).await?;
        let written = self.write(self.insert(ready)).await?;
        Ok(Merged { inserted, updated: written.saturating_sub(inserted), taken })
    }

    /// Removes the staged rows that satisfy a condition over the alias `s`.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn remove(&self, ready: &str) -> Result<u64> {
        self.write(format!("DELETE FROM {} AS s WHERE {ready}", self.table)).await
    }

    async fn count(&self, condition: &str) -> Result<u64> {
        let counts = self.numbers(format!("SELECT count(*) FROM {} AS s WHERE {condition}", self.table)).await?;
        Ok(counts.first().and_then(|&count| u64::try_from(count).ok()).unwrap_or_default())
    }

    fn is_new(&self) -> String {
        let table = quote(self.layout.model.table);
        format!("NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {})", self.same_row("t", "s"))
    }

    fn insert(&self, ready: &str) -> String {
        let layout = self.layout;
        let columns: Vec<_> =
            layout.model.fields.iter().filter(|field| layout.has(field)).map(|field| quote(field.column)).collect();
        let values: Vec<_> = columns.iter().map(|column| format!("s.{column}")).collect();
        let key: Vec<_> = layout.key.iter().map(|field| quote(field.column)).collect();
        format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {} AS s LEFT JOIN {table} AS t ON {} WHERE {ready} AND ({}) \
             ORDER BY s.{LINE} ON CONFLICT ({}) {}",
            columns.join(", "),
            values.join(", "),
            self.table,
            self.same_row("t", "s"),
            layout.is_new_or_differs().join(" OR "),
            key.join(", "),
            layout.on_conflict(),
            table = quote(layout.model.table),
        )
    }
}

impl Layout {
    /// The fields that the file says of a row that is there already.
    fn overwritten(&self) -> impl Iterator<Item = &'static meta::Field> + '_ {
        let is_key = |field: &meta::Field| self.key.iter().any(|key| key.at == field.at);
        self.model.fields.iter().filter(move |field| self.gives(field) && !is_key(field))
    }

    fn is_new_or_differs(&self) -> Vec<String> {
        let new = format!("t.{} IS NULL", quote(self.key[0].column));
        let differs = self.overwritten().map(|field| {
            let column = quote(field.column);
            format!("s.{column} IS DISTINCT FROM t.{column}")
        });
        std::iter::once(new).chain(differs).collect()
    }

    fn on_conflict(&self) -> String {
        let touched = self.filled.iter().copied().filter(|field| field.on_update);
        let mut set: Vec<_> = self.overwritten().map(excluded).collect();
        if set.is_empty() {
            return "DO NOTHING".to_owned();
        }
        set.extend(touched.map(excluded));
        format!("DO UPDATE SET {}", set.join(", "))
    }
}

fn excluded(field: &meta::Field) -> String {
    let column = quote(field.column);
    format!("{column} = excluded.{column}")
}

/// Moves the sequence of a model's key past every key in its table, never back, so that the next insert without one does
/// not collide. SQLite does so by itself.
///
/// # Errors
/// The database refuses it.
pub(super) async fn move_sequence(session: Session<'_>, model: &meta::Model, key: &meta::Field) -> Result<()> {
    if session.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let (table, column) = (quote(model.table), quote(key.column));
    let text = format!(
        "SELECT setval(s.name, t.top) FROM (SELECT pg_get_serial_sequence({}, {})::regclass AS name) AS s, \
         (SELECT max({column})::bigint AS top FROM {table}) AS t \
         WHERE s.name IS NOT NULL AND t.top > coalesce(pg_sequence_last_value(s.name), 0)",
        quote_text(&format!("\"{}\"", model.table.replace('"', "\"\""))),
        quote_text(key.column),
    );
    session.execute_text(text).await.map(drop)
}
