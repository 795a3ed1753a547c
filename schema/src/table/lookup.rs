//! Finding things by the names that a database reports: for errors, and to tell what is missing.

use super::{CheckConstraint, Column, Database, ForeignKey, Index, PrimaryKey, Table};

/// What a row can violate, besides NOT NULL and its types.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Constraint<'a> {
    /// The primary key.
    PrimaryKey(&'a PrimaryKey),
    /// A unique index.
    Unique(&'a Index),
    /// A foreign key.
    ForeignKey(&'a ForeignKey),
    /// A check.
    Check(&'a CheckConstraint),
}

impl<'a> Constraint<'a> {
    /// The name.
    pub fn name(self) -> &'a str {
        match self {
            Self::PrimaryKey(key) => &key.name,
            Self::Unique(index) => &index.name,
            Self::ForeignKey(key) => &key.name,
            Self::Check(check) => &check.name,
        }
    }

    /// The columns it is about; of an index over expressions, those parts of its key that are columns.
    pub fn columns(self) -> Vec<&'a str> {
        match self {
            Self::PrimaryKey(key) => key.columns.iter().map(String::as_str).collect(),
            Self::Unique(index) => index.keys.iter().filter_map(|key| key.part.column()).collect(),
            Self::ForeignKey(key) => key.columns.iter().map(String::as_str).collect(),
            Self::Check(check) => check.columns.iter().map(String::as_str).collect(),
        }
    }
}

impl Database {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The constraint of that name with its table. Names of checks and foreign keys are unique within a table only:
    /// where the table is known, [`Table::constraint`] is exact.
    pub fn constraint(&self, name: &str) -> Option<(&Table, Constraint<'_>)> {
        self.tables.iter().find_map(|table| Some((table, table.constraint(name)?)))
    }
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The foreign key of that name.
    pub fn foreign_key(&self, name: &str) -> Option<&ForeignKey> {
        self.foreign_keys.iter().find(|key| key.name == name)
    }

    /// The check of that name.
    pub fn check(&self, name: &str) -> Option<&CheckConstraint> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// The constraint of that name: primary key, unique index, foreign key or check.
    pub fn constraint(&self, name: &str) -> Option<Constraint<'_>> {
        self.constraints().find(|constraint| constraint.name() == name)
    }

    /// The key by which no two rows have the same values in these columns: SQLite reports columns, not names. One
    /// over all rows goes before one over some of them.
    pub fn unique_key(&self, columns: &[&str]) -> Option<Constraint<'_>> {
        if let Some(key) = self.primary_key.as_ref().filter(|key| key.columns == columns) {
            return Some(Constraint::PrimaryKey(key));
        }
        self.indexes
            .iter()
            .filter(|index| index.unique && index.columns().as_deref() == Some(columns))
            .min_by_key(|index| index.predicate.is_some())
            .map(Constraint::Unique)
    }

    /// Every constraint: the primary key, unique indexes, foreign keys, checks.
    pub fn constraints(&self) -> impl Iterator<Item = Constraint<'_>> {
        let primary_key = self.primary_key.iter().map(Constraint::PrimaryKey);
        let unique = self.indexes.iter().filter(|index| index.unique).map(Constraint::Unique);
        let foreign_keys = self.foreign_keys.iter().map(Constraint::ForeignKey);
        primary_key.chain(unique).chain(foreign_keys).chain(self.checks.iter().map(Constraint::Check))
    }
}
