//! The writer of queries: text and values side by side, placeholders numbered in the order of use.

use std::fmt::Write;

use seedbed_schema::Dialect;

use crate::statement::{Statement, Work};
use crate::{Value, meta};

/// A statement being written for one dialect.
pub(crate) struct Sql {
    dialect: Dialect,
    text: String,
    values: Vec<Value>,
    /// The table, or its alias, that columns without one belong to.
    table: String,
    /// How many aliases were given.
    aliases: usize,
}

impl Sql {
    /// An empty statement.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::with_capacity(256), values: Vec::new(), table: String::new(), aliases: 0 }
    }

    /// The dialect it is written for.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Appends SQL text.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a name, quoted.
    pub(crate) fn identifier(&mut self, name: &str) {
        self.text.push('"');
        for letter in name.chars() {
            if letter == '"' {
                self.text.push('"');
            }
            self.text.push(letter);
        }
        self.text.push('"');
    }

    /// Appends the name of the table that columns without one belong to from here on.
    pub(crate) fn main_table(&mut self, table: &str) {
        self.identifier(table);
        self.table_is(table);
    }

    /// Columns without a table belong to this one from here on.
    pub(crate) fn table_is(&mut self, table: &str) {
        table.clone_into(&mut self.table);
    }

    /// The table, or its alias, that columns without one belong to.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Writes a query inside this one, whose table bears an alias that no table has: a `~` and a number.
    pub(crate) fn within_alias(&mut self, write: impl FnOnce(&mut Self, &str)) {
        self.aliases += 1;
        let alias = format!("~{}", self.aliases);
        let outer = std::mem::replace(&mut self.table, alias.clone());
        write(self, &alias);
        self.table = outer;
    }

    /// Appends a column with the table that it belongs to.
    pub(crate) fn qualified(&mut self, table: &str, column: &str) {
        self.identifier(table);
        self.push(".");
        self.identifier(column);
    }

    /// Appends a placeholder and keeps its value.
    pub(crate) fn value(&mut self, value: Value) {
        self.values.push(value);
        self.placeholder(self.values.len());
    }

    /// Keeps a value whose placeholder is written later.
    pub(crate) fn bind(&mut self, value: Value) {
        self.values.push(value);
    }

    /// How many values are kept.
    pub(crate) fn bound(&self) -> usize {
        self.values.len()
    }

    /// Appends the placeholder of that number, counted from 1.
    pub(crate) fn placeholder(&mut self, number: usize) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "${number}");
    }

    /// Appends what the closure writes, in parentheses.
    pub(crate) fn parenthesised(&mut self, write: impl FnOnce(&mut Self)) {
        self.push("(");
        write(self);
        self.push(")");
    }

    /// Appends one piece per item, with a separator between them.
    pub(crate) fn separated<T>(
        &mut self,
        separator: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.push(separator);
            }
            write(self, item);
        }
    }

    /// Appends the columns of fields, with commas.
    pub(crate) fn columns<'f>(&mut self, fields: impl IntoIterator<Item = &'f meta::Field>) {
        self.separated(", ", fields, |sql, field| sql.identifier(field.column));
    }

    /// The text alone.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The finished statement.
    pub(crate) fn into_statement(self, work: Work) -> Statement {
        Statement { text: self.text.into(), values: self.values, work }
    }
}
