//! The loading of one seed after another.

use std::collections::BTreeMap;

use seedbed_schema::table::{Database, Table};
use seedbed_schema::{Schema, Seed, mapping};

use super::finding::{self, Finding};
use super::header::Layout;
use super::merge::{Merged, move_sequence};
use super::problem::{Label, SeedProblems};
use super::progress::{Progress, Step};
use super::reader::Rows;
use super::reading::{Opened, Reading};
use super::report::SeedReport;
use super::source::SeedSource;
use super::stage::Stage;
use super::wanted::Wanted;
use crate::session::Session;
use crate::{Error, Result, meta};

/// What the loading of all seeds shares.
pub(super) struct Loader<'a> {
    session: Session<'a>,
    reading: Reading<'a>,
    tables: Database,
    progress: &'a dyn Progress,
    problems: SeedProblems,
    /// The keys that rows gave and the database hands out otherwise, by the place of their model.
    numbered: BTreeMap<usize, (&'static meta::Model, &'static meta::Field)>,
}

/// One seed, and what its rows are.
struct Source<'s> {
    seed: &'s Seed,
    label: &'s Label,
    layout: &'s Layout,
    table: &'s Table,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        session: Session<'a>,
        meta: &'static meta::Schema,
        schema: &'a Schema,
        source: &SeedSource,
        wanted: &'a Wanted,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            session,
            reading: Reading::new(meta, schema, source, &wanted.variables),
            tables: mapping::tables(schema, session.dialect()),
            progress,
            problems: SeedProblems::default(),
            numbered: BTreeMap::new(),
        }
    }

    /// Loads one seed; nothing if something is wrong with it, or with one before it.
    ///
    /// # Errors
    /// The database refuses something that the seeder did not find.
    pub(super) async fn seed(&mut self, at: usize, seed: &Seed) -> Result<Option<SeedReport>> {
        if self.problems.is_full() {
            return Ok(None);
        }
        let name = &self.reading.schema.model(seed.model).name;
        let unknown = || Error::Schema(format!("the crate knows no model `{name}`, which its own schema has"));
        let model = self.reading.meta.model(name).ok_or_else(unknown)?;
        let table = self.tables.table(model.table).ok_or_else(unknown)?.clone();
        let opened = self.reading.open(seed, model, &mut self.problems).await;
        let Some(Opened { label, layout, mut rows }) = opened else { return Ok(None) };
        let source = Source { seed, label: &label, layout: &layout, table: &table };
        let merged = self.load(at, &source, &mut rows).await.map_err(|error| in_seed(&label, error))?;
        Ok(merged.map(|Merged { inserted, updated, taken }| SeedReport {
            seed: label.name.clone(),
            model: model.name,
            inserted,
            updated,
            unchanged: taken.saturating_sub(inserted + updated),
        }))
    }

    /// Ends the loading: moves the sequences whose keys were given.
    ///
    /// # Errors
    /// What was wrong with the seeds.
    pub(super) async fn finish(self) -> Result<()> {
        self.problems.finish()?;
        for (model, key) in self.numbered.into_values() {
            move_sequence(self.session, model, key).await?;
        }
        Ok(())
    }

    /// Stages, verifies and merges the rows of one seed.
    async fn load(&mut self, at: usize, source: &Source<'_>, rows: &mut Rows) -> Result<Option<Merged>> {
        let counter = self.reading.schema.model(source.seed.model).fields.iter().position(|field| field.is_auto());
        let counter = counter.map(|at| &source.layout.model.fields[at]);
        let gives_key = counter.is_some_and(|field| source.layout.gives(field));
        if !gives_key && let Some((model, key)) = self.numbered.remove(&source.seed.model.0) {
            move_sequence(self.session, model, key).await?;
        }
        let mut stage = Stage::create(self.session, source.layout, at).await?;
        self.stage(&mut stage, source, rows).await?;
        // After a problem in an earlier seed its rows are not in their table, and what refers to them would seem wrong.
        if !self.problems.is_empty() {
            return Ok(None);
        }
        let merged = self.verify_and_merge(&stage, source).await?;
        let count = stage.rows;
        stage.drop().await?;
        if let Some(key) = counter.filter(|_| gives_key) {
            self.numbered.insert(source.seed.model.0, (source.layout.model, key));
        }
        self.step(source.label, rows, count, merged.is_some());
        Ok(merged)
    }

    fn step(&self, label: &Label, read: &Rows, rows: u64, finished: bool) {
        self.progress.step(&Step { seed: &label.name, rows, bytes: read.bytes, total: read.total, finished });
    }

    /// Reads all rows of a seed into its stage, unless there is a problem.
    async fn stage(&mut self, stage: &mut Stage<'_>, source: &Source<'_>, rows: &mut Rows) -> Result<()> {
        let converter = self.reading.converter(source.layout, source.label);
        let mut count = 0;
        while let Some(batch) = converter.batch(rows, &mut self.problems).await {
            if self.problems.is_empty() {
                stage.fill(batch.rows).await?;
            }
            count += batch.read;
            self.step(source.label, rows, count, false);
        }
        Ok(())
    }

    /// Merges the staged rows if nothing is wrong with them.
    async fn verify_and_merge(&mut self, stage: &Stage<'_>, source: &Source<'_>) -> Result<Option<Merged>> {
        let limit = self.problems.room();
        let mut findings = Vec::new();
        stage.resolve(limit, &mut findings).await?;
        stage.analyze().await?;
        let waits = source.layout.needs_rounds();
        if !waits {
            findings.extend(stage.unresolved(self.reading.schema, limit).await?);
        }
        findings.extend(stage.duplicates(source.label, limit).await?);
        // Rows that are there twice would be found again by every other query.
        if findings.is_empty() {
            findings.extend(stage.orphans(source.table, limit).await?);
            findings.extend(stage.refused(source.table, limit).await?);
            findings.extend(stage.taken(source.table, source.label, limit).await?);
        }
        if findings.is_empty() && waits {
            return self.merge_in_rounds(stage, source).await;
        }
        if self.report(findings, source).await {
            return Ok(None);
        }
        stage.merge("1 = 1").await.map(Some)
    }

    /// Merges rows whose associations are found, then looks again: a row may refer to another of the same file that has
    /// no key until it is inserted.
    async fn merge_in_rounds(&mut self, stage: &Stage<'_>, source: &Source<'_>) -> Result<Option<Merged>> {
        let ready = stage.is_resolved();
        let mut all = Merged::default();
        loop {
            let merged = stage.merge(&ready).await?;
            all.inserted += merged.inserted;
            all.updated += merged.updated;
            all.taken += merged.taken;
            if all.taken == stage.rows {
                return Ok(Some(all));
            }
            let mut findings = Vec::new();
            if merged.taken == 0 {
                findings = stage.unresolved(self.reading.schema, self.problems.room()).await?;
            }
            stage.remove(&ready).await?;
            stage.resolve(self.problems.room(), &mut findings).await?;
            if self.report(findings, source).await {
                return Ok(None);
            }
        }
    }

    /// Adds findings to the problems; says whether there were any.
    async fn report(&mut self, findings: Vec<Finding>, source: &Source<'_>) -> bool {
        if findings.is_empty() {
            return false;
        }
        let of = (source.seed, &self.reading.files, source.label);
        finding::report(findings, source.layout, of, &mut self.problems).await;
        true
    }
}

/// What the database refused although nothing was found wrong, with the file it is about. What may pass when it is run
/// again stays what it is.
fn in_seed(label: &Label, error: Error) -> Error {
    match error {
        Error::Unique { ref source, .. } | Error::ForeignKey { ref source, .. } | Error::Check { ref source, .. } => {
            Error::Seed(format!("{}: {error}: {source}", label.name))
        }
        Error::Database(_) | Error::NotNull { .. } => Error::Seed(format!("{}: {error}", label.name)),
        _ => error,
    }
}
