//! Sync and seed: what is to be done, in one transaction that holds the lock.

use super::history::{self, Kind, Mark};
use super::{lock, sync, wipe};
use crate::seed::{self, Progress, SeedSource, Wanted};
use crate::session::On;
use crate::{Db, Error, Result, SyncReport, Tx, meta};

/// What is to be done to a database.
pub(super) struct Work<'a> {
    /// Whether the tables are dropped first, with all that is in them.
    pub(super) wipe: bool,
    pub(super) sync: When,
    pub(super) seed: When,
    pub(super) source: &'a SeedSource,
    pub(super) wanted: &'a Wanted,
    pub(super) progress: &'a dyn Progress,
}

/// When something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Never,
    /// If the database has never seen it.
    New,
    Always,
}

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) sync: SyncReport,
    pub(super) seed: seed::Report,
}

impl Work<'_> {
    /// Does it, unless all of it was done before.
    pub(super) async fn run<S>(&self, db: &Db<S>, patience: lock::Patience) -> Result<Done> {
        let marks = self.marks(db.schema()).await?;
        let nothing_is_due = self.sync != When::Always && self.seed != When::Always;
        if marks.is_empty() || nothing_is_due && history::has_all(db.session(), &marks).await? {
            return Ok(Done::default());
        }
        let mut attempts = patience.attempts(db);
        loop {
            let tx = attempts.begin().await?;
            let result = self.run_in(&tx, &marks).await;
            if let Some(done) = attempts.end(tx, result).await? {
                return Ok(done);
            }
        }
    }

    async fn run_in<S>(&self, tx: &Tx<S>, marks: &[Mark]) -> Result<Done> {
        if self.wipe {
            wipe::drop_tables(tx.session()).await?;
        }
        history::ensure(tx.session()).await?;
        // Another process may have done it since.
        let missing = history::missing(tx.session(), marks).await?;
        let is_due = |when, kind| match when {
            When::Never => false,
            When::New => missing.iter().any(|mark| mark.kind == kind),
            When::Always => true,
        };
        let mut done = Done::default();
        if is_due(self.sync, Kind::Schema) {
            done.sync = sync::create(tx).await?;
        }
        if is_due(self.seed, Kind::Seed) {
            done.seed = self.load(tx).await?;
        }
        history::record(tx.session(), &missing).await?;
        Ok(done)
    }

    /// What is in the history once it is done.
    async fn marks(&self, schema: &'static meta::Schema) -> Result<Vec<Mark>> {
        let mut marks = Vec::new();
        if self.sync != When::Never {
            marks.push(Mark { kind: Kind::Schema, hash: schema.hash.to_owned() });
        }
        if self.seed != When::Never && !schema.seeds.is_empty() {
            marks.push(Mark { kind: Kind::Seed, hash: self.fingerprint(schema).await? });
        }
        Ok(marks)
    }

    async fn fingerprint(&self, schema: &'static meta::Schema) -> Result<String> {
        let (source, wanted) = (self.source.clone(), self.wanted.clone());
        let fingerprint = move || seed::fingerprint(schema, &sync::lowered(schema)?, &source, &wanted);
        match self.source {
            SeedSource::Compiled => fingerprint(),
            // Files of a folder are read on a thread that may wait.
            SeedSource::Folder(_) => tokio::task::spawn_blocking(fingerprint)
                .await
                .unwrap_or_else(|error| Err(Error::Seed(format!("the seed files could not be read: {error}")))),
        }
    }

    async fn load<S>(&self, tx: &Tx<S>) -> Result<seed::Report> {
        let (session, schema) = (tx.session(), tx.session().schema());
        let lowered = sync::lowered(schema)?;
        let report = seed::load(session, schema, &lowered, self.source, self.wanted, self.progress).await?;
        for seed in &report.seeds {
            tracing::info!(target: "seedbed", "seeded {seed}");
        }
        for seed in &report.left_out {
            tracing::info!(target: "seedbed", "{seed}");
        }
        Ok(report)
    }
}
