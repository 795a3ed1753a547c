//! The reading of a seed, which needs no database: its columns, found in the model, and its rows, as values of their types.

use seedbed_schema::{Schema, Seed};

use super::convert::Converter;
use super::header::Layout;
use super::problem::{Label, SeedProblems};
use super::reader::{Rows, Unreadable};
use super::source::{SeedFiles, SeedSource};
use super::wanted::Variables;
use crate::new_row::now;
use crate::{Value, meta};

/// What seeds are read with.
pub(super) struct Reading<'a> {
    pub(super) meta: &'static meta::Schema,
    pub(super) schema: &'a Schema,
    pub(super) files: SeedFiles,
    pub(super) variables: &'a Variables,
}

/// A seed whose header was read.
pub(super) struct Opened {
    pub(super) label: Label,
    pub(super) layout: Layout,
    pub(super) rows: Rows,
}

/// Rows that are in memory at once.
pub(super) struct Batch {
    /// The values of the stage's columns, for each row that nothing is wrong with.
    pub(super) rows: Vec<Vec<Value>>,
    /// How many were read.
    pub(super) read: u64,
}

/// The most bytes of rows that are in memory at once, for cells that are large files.
const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;

impl<'a> Reading<'a> {
    pub(super) fn new(
        meta: &'static meta::Schema,
        schema: &'a Schema,
        source: &SeedSource,
        variables: &'a Variables,
    ) -> Self {
        Self { meta, schema, files: SeedFiles::new(meta, schema, source), variables }
    }

    /// Opens a seed of a model, and finds its columns; `None` if something is wrong with it.
    pub(super) async fn open(
        &self,
        seed: &Seed,
        model: &'static meta::Model,
        problems: &mut SeedProblems,
    ) -> Option<Opened> {
        let label = Label::of(seed, self.schema);
        let header = match Rows::open(seed, &self.files) {
            Ok(mut rows) => rows.next().await.map(|header| (rows, header)),
            Err(why) => Err(Unreadable::File(why)),
        };
        let (rows, header) = match header {
            Ok((rows, Some(header))) => (rows, header),
            Ok((_, None)) => {
                problems.add(&label, "the file is empty; its first line names the columns");
                return None;
            }
            Err(unreadable) => {
                unreadable.add_to(problems, &label);
                return None;
            }
        };
        let layout = Layout::read(self.meta, model, seed, &header, &label, problems)?;
        Some(Opened { label, layout, rows })
    }

    /// What turns the records of an opened seed into rows.
    pub(super) fn converter<'c>(&'c self, layout: &'c Layout, label: &'c Label) -> Converter<'c> {
        Converter {
            schema: self.schema,
            layout,
            files: &self.files,
            variables: self.variables,
            label,
            path: label.path(),
            now: now(),
            pending: None,
        }
    }
}

impl Converter<'_> {
    /// The rows of the next piece of a file, or of a part of it that is as much as should be in memory; `None` at the end,
    /// and when there is no point in going on. After a problem, reading goes on, to find the next.
    pub(super) async fn batch(&self, rows: &mut Rows, problems: &mut SeedProblems) -> Option<Batch> {
        let mut batch = Batch { rows: Vec::new(), read: 0 };
        let mut bytes = 0;
        loop {
            let record = match rows.next().await {
                Ok(record) => record?,
                Err(unreadable) => {
                    unreadable.add_to(problems, self.label);
                    return None;
                }
            };
            let row = self.row(&record, problems).await;
            if problems.is_full() {
                return None;
            }
            batch.read += 1;
            if let Some(row) = row {
                bytes += row.bytes;
                batch.rows.push(row.values);
            }
            if bytes > MAX_BATCH_BYTES || rows.is_between_pieces() {
                return Some(batch);
            }
        }
    }
}

impl Unreadable {
    fn add_to(self, problems: &mut SeedProblems, label: &Label) {
        match self {
            Self::Csv(error) => problems.add_at(label, error.place, error.message),
            Self::File(why) => problems.add(label, why),
        }
    }
}
