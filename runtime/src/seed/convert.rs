//! From a record to the values of a staged row.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use seedbed_schema::Schema;
use seedbed_schema::csv::{Cell, Content, Record, reference_path};

use super::finding::line_of;
use super::header::{Column, Layout, Target};
use super::problem::{Label, SeedProblems};
use super::source::SeedFiles;
use super::typed::{Given, field_value, lookup_values};
use super::wanted::{self, Variables};
use crate::Value;
use crate::new_row::{default_value, null};

/// Turns the records of one seed into rows of its stage.
pub(super) struct Converter<'a> {
    pub(super) schema: &'a Schema,
    pub(super) layout: &'a Layout,
    pub(super) files: &'a SeedFiles,
    pub(super) variables: &'a Variables,
    pub(super) label: &'a Label,
    /// The path of the CSV file, relative to the spec; empty for rows of the spec.
    pub(super) path: &'a str,
    /// The moment that `now` stands for in every row.
    pub(super) now: DateTime<Utc>,
    /// A variable that will be set when the rows are loaded, and is not known yet. What depends on it is NULL so far.
    pub(super) pending: Option<&'a str>,
}

/// A row of a stage.
pub(super) struct StagedRow {
    /// The values of the stage's columns.
    pub(super) values: Vec<Value>,
    /// What they take, roughly: a cell may be a large file.
    pub(super) bytes: usize,
}

impl Converter<'_> {
    /// The row that a record stands for; `None` if something is wrong with it.
    pub(super) async fn row(&self, record: &Record, problems: &mut SeedProblems) -> Option<StagedRow> {
        let (cells, columns) = (&record.cells, &self.layout.columns);
        if cells.len() != columns.len() {
            let count = |count: usize| if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
            let message = format!("found {}, expected {} as in the header", count(cells.len()), count(columns.len()));
            problems.add_at(self.label, record.place(), message);
            return None;
        }
        let mut row = StagedRow { values: vec![Value::I64(line_of(record))], bytes: 0 };
        let mut is_good = true;
        for (cell, column) in cells.iter().zip(columns) {
            if let Err(message) = self.cell(cell, column, &mut row).await {
                problems.add_cell(self.label, cell.place, &column.name, message);
                is_good = false;
            }
        }
        row.values.extend(
            self.layout.filled.iter().map(|field| default_value(field, self.now).unwrap_or_else(|| null(field))),
        );
        is_good.then_some(row)
    }

    /// Adds the values of a cell: one, or one for each candidate of a lookup.
    async fn cell(&self, cell: &Cell, column: &Column, row: &mut StagedRow) -> Result<(), String> {
        let model = self.layout.model;
        let given = self.given(&cell.text).await?;
        row.bytes += given.bytes();
        if self.is_pending(&given) {
            row.values.extend(column.nulls());
            return Ok(());
        }
        match &column.target {
            Target::Field(field) => {
                let value = field_value(self.schema, model, field, given)?;
                if value.is_null() && self.layout.key.iter().any(|key| key.at == field.at) {
                    return Err(format!("`{}.{}` tells the rows apart and must not be null", model.name, field.name));
                }
                row.values.push(value);
            }
            Target::Association(lookup) => row.values.extend(lookup_values(self.schema, model, lookup, given)?),
        }
        Ok(())
    }

    fn is_pending(&self, given: &Given) -> bool {
        matches!((given, self.pending), (Given::Unset(name), Some(pending)) if name == pending)
    }

    async fn given(&self, cell: &str) -> Result<Given, String> {
        match Content::of(cell) {
            Content::Null => Ok(Given::Null),
            Content::Text(text) => Ok(Given::Text { text: text.into_owned(), from: None }),
            Content::Env(name) => self.variable(name),
            Content::File(path) => {
                let full =
                    reference_path(self.path, path).map_err(|error| format!("{error}; {TEXT_INSTEAD} `\\file:`"))?;
                let bytes = self.files.read(&full).await.map(Cow::into_owned);
                let bytes = bytes.map_err(|why| format!("`file:{path}`: {why}"))?;
                Ok(Given::Content { bytes, from: format!("file:{path}") })
            }
        }
    }

    fn variable(&self, name: &str) -> Result<Given, String> {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(is_name) || name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(format!("`env:` wants the name of an environment variable; {TEXT_INSTEAD} `\\env:`"));
        }
        match self.variables.get(name) {
            wanted::Value::Unset => Ok(Given::Unset(name.to_owned())),
            wanted::Value::Set(text) => Ok(Given::Text { text, from: Some(format!("env:{name}")) }),
            wanted::Value::NotText => Err(format!("the environment variable `{name}` is not UTF-8")),
        }
    }
}

const TEXT_INSTEAD: &str = "for a text that begins so, write";
