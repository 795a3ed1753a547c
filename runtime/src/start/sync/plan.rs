//! What a sync is going to do: the statements in an order that works, and the report of it.

use seedbed_schema::ddl::{self, Statement};
use seedbed_schema::table::{Database, Index, Table};

use super::compare::{self, Comparison};
use super::report::{Difference, SyncReport};
use crate::{Error, Result};

/// What a sync does, once it is clear that it may.
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    pub(super) report: SyncReport,
    /// The columns that existing tables lack, each with its table.
    missing_columns: Vec<Difference>,
    /// The missing indexes of existing tables by table.
    indexes: Vec<(String, Vec<String>)>,
}

/// One statement, and what it makes, in words.
pub(super) struct Step {
    pub(super) statement: Statement,
    pub(super) what: String,
}

impl Plan {
    /// `expected` are those of the `wanted` tables that exist, as the database spells them.
    pub(super) fn new(wanted: &Database, expected: &[Table], found: &Database) -> Self {
        let mut plan =
            Self { steps: Vec::new(), report: SyncReport::default(), missing_columns: Vec::new(), indexes: Vec::new() };
        plan.create_tables(wanted, found);
        for expected in expected {
            if let (Some(wanted), Some(found)) = (wanted.table(&expected.name), found.table(&expected.name)) {
                plan.complete(wanted, compare::compare(expected, found));
            }
        }
        plan
    }

    /// Refuses tables that lack columns: every query would fail.
    pub(super) fn check_columns(&self, package: &str) -> Result<()> {
        if self.missing_columns.is_empty() {
            return Ok(());
        }
        let list: String = self.missing_columns.iter().map(|difference| format!("\n- {difference}")).collect();
        Err(Error::Schema(format!(
            "the tables of the database do not fit the schema of `{package}`, and sync adds no columns to a table that \
             exists: add them with a migration{list}"
        )))
    }

    /// The indexes to be built on tables that exist, by table.
    pub(super) fn indexes_on_existing_tables(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.indexes.iter().map(|(table, indexes)| (table.as_str(), indexes.as_slice()))
    }

    /// First all tables, then what refers from one to another.
    fn create_tables(&mut self, wanted: &Database, found: &Database) {
        let missing: Vec<_> = wanted.tables.iter().filter(|table| found.table(&table.name).is_none()).collect();
        for table in &missing {
            self.step(ddl::create_table(table), format!("the table `{}`", table.name));
            self.report.created_tables.push(table.name.clone());
        }
        for table in &missing {
            for index in &table.indexes {
                self.create_index(table, index);
            }
        }
        for table in &missing {
            for statement in ddl::add_foreign_keys(table, wanted.dialect) {
                self.step(statement, format!("a foreign key of `{}`", table.name));
            }
            for statement in ddl::comments(table, wanted.dialect) {
                self.step(statement, format!("a comment on `{}`", table.name));
            }
        }
    }

    /// Adds the indexes that an existing table lacks, and notes what differs.
    fn complete(&mut self, table: &Table, comparison: Comparison) {
        let difference = |detail| Difference { table: table.name.clone(), detail };
        self.missing_columns.extend(comparison.missing_columns.into_iter().map(difference));
        self.report.differences.extend(comparison.differences.into_iter().map(difference));
        if comparison.missing_indexes.is_empty() {
            return;
        }
        for index in table.indexes.iter().filter(|index| comparison.missing_indexes.contains(&index.name)) {
            self.create_index(table, index);
        }
        self.report.created_indexes.extend(comparison.missing_indexes.iter().cloned());
        self.indexes.push((table.name.clone(), comparison.missing_indexes));
    }

    fn create_index(&mut self, table: &Table, index: &Index) {
        let statement = Statement::CreateIndex { table: table.name.clone(), index: index.clone() };
        let kind = if index.unique { "unique index" } else { "index" };
        self.step(statement, format!("the {kind} `{}` on `{}`", index.name, table.name));
    }

    fn step(&mut self, statement: Statement, what: String) {
        self.steps.push(Step { statement, what });
    }
}
