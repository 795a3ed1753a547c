//! The statements, and which of them a database needs.

use crate::Dialect;
use crate::table::{Database, ForeignKey, Index, Table};

/// One SQL statement that changes tables.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `CREATE TABLE`, with the primary key and the checks; on a dialect that cannot add constraints to a table, and
    /// has no statement for comments, with the foreign keys and the comments too.
    CreateTable(Table),
    /// `CREATE INDEX`, `CREATE UNIQUE INDEX`
    CreateIndex {
        /// The table that is indexed.
        table: String,
        /// The index.
        index: Index,
    },
    /// `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`
    AddForeignKey {
        /// The table that holds the key.
        table: String,
        /// The foreign key.
        foreign_key: ForeignKey,
    },
    /// `COMMENT ON`
    Comment {
        /// What is described.
        on: CommentTarget,
        /// The description.
        text: String,
    },
}

/// What a comment describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentTarget {
    /// A table.
    Table(String),
    /// A column.
    Column {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
    },
}

impl Statement {
    /// Whether a reader wants no blank line between this statement and the next.
    pub(super) fn stands_close_to(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::CreateTable(_), Self::CreateTable(_)) => false,
            _ => std::mem::discriminant(self) == std::mem::discriminant(next),
        }
    }
}

/// Every statement that makes the tables in an empty database: tables in the order of their names, then indexes, then
/// foreign keys (so that tables may refer to each other in circles), then comments.
pub fn create(database: &Database) -> Vec<Statement> {
    let tables = &database.tables;
    let mut statements: Vec<_> = tables.iter().map(create_table).collect();
    statements.extend(tables.iter().flat_map(create_indexes));
    statements.extend(tables.iter().flat_map(|table| add_foreign_keys(table, database.dialect)));
    statements.extend(tables.iter().flat_map(|table| comments(table, database.dialect)));
    statements
}

/// The statement that makes a table; its indexes, and on some dialects its foreign keys and comments, come after.
pub fn create_table(table: &Table) -> Statement {
    Statement::CreateTable(table.clone())
}

/// The statements that make the indexes of a table.
pub fn create_indexes(table: &Table) -> Vec<Statement> {
    table
        .indexes
        .iter()
        .map(|index| Statement::CreateIndex { table: table.name.clone(), index: index.clone() })
        .collect()
}

/// The statements that add the foreign keys to a new table; none where [`create_table`] has them.
pub fn add_foreign_keys(table: &Table, dialect: Dialect) -> Vec<Statement> {
    if !dialect.can_add_constraints() {
        return Vec::new();
    }
    let add = |key: &ForeignKey| Statement::AddForeignKey { table: table.name.clone(), foreign_key: key.clone() };
    table.foreign_keys.iter().map(add).collect()
}

/// The statements that describe a table and its columns; none where [`create_table`] has them.
pub fn comments(table: &Table, dialect: Dialect) -> Vec<Statement> {
    if !dialect.has_comment_statements() {
        return Vec::new();
    }
    let on_table = table
        .comment
        .iter()
        .map(|text| Statement::Comment { on: CommentTarget::Table(table.name.clone()), text: text.clone() });
    let on_columns = table.columns.iter().filter_map(|column| {
        Some(Statement::Comment {
            on: CommentTarget::Column { table: table.name.clone(), column: column.name.clone() },
            text: column.comment.clone()?,
        })
    });
    on_table.chain(on_columns).collect()
}
