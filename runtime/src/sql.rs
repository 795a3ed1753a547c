//! The writer of queries: text and values side by side, placeholders numbered in the order of use.

use std::fmt::Write;

use seedbed_schema::Dialect;

use crate::related::Join;
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
    /// The rows of other models that stand beside those of the query.
    joins: Vec<Joined>,
}

/// A join, the table that it starts from, and the alias of the one that it leads to.
#[derive(Clone)]
struct Joined {
    from: String,
    join: Join,
    alias: String,
}

impl Sql {
    /// An empty statement.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::with_capacity(256),
            values: Vec::new(),
            table: String::new(),
            aliases: 0,
            joins: Vec::new(),
        }
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
        let alias = self.new_alias();
        self.within_table(&alias, |sql| write(sql, &alias));
    }

    /// Columns without a table belong to this one in what the closure writes.
    pub(crate) fn within_table(&mut self, table: &str, write: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.table, table.to_owned());
        write(self);
        self.table = outer;
    }

    fn new_alias(&mut self) -> String {
        self.aliases += 1;
        format!("~{}", self.aliases)
    }

    /// Wants the row that an association leads to beside those of the current table; gives its alias.
    pub(crate) fn join(&mut self, join: &Join) -> String {
        if let Some(alias) = self.joined(join) {
            return alias;
        }
        let (from, alias) = (self.table.clone(), self.new_alias());
        self.joins.push(Joined { from, join: join.clone(), alias: alias.clone() });
        alias
    }

    /// The alias of the row that an association leads to, if it stands beside those of the current table.
    pub(crate) fn joined(&self, join: &Join) -> Option<String> {
        let joined = self.joins.iter().find(|joined| joined.from == self.table && joined.join == *join)?;
        Some(joined.alias.clone())
    }

    /// Appends the joins that were wanted, as they stand behind the table of the query. Rows that have nothing to be joined
    /// with stay.
    pub(crate) fn joins(&mut self) {
        for Joined { from, join, alias } in self.joins.clone() {
            self.push(" LEFT JOIN ");
            join.table(self, &alias);
            self.push(" ON ");
            self.within_table(&alias, |sql| join.condition(sql, &from));
        }
    }

    /// Appends a column of the current table; with the table where there are others beside it.
    pub(crate) fn column(&mut self, column: &str) {
        if self.joins.is_empty() {
            return self.identifier(column);
        }
        let table = self.table.clone();
        self.qualified(&table, column);
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
