//! From nothing to a database that is ready: connect, sync, seed.
//!
//! [`Builder`] sets a start up in code, [`connect`] takes everything from the environment, whose variables are in
//! [`variable`]. A start first asks, with one statement, whether this schema and these seeds were ever applied, and does
//! nothing more if so. Otherwise [`sync()`] and [`seed()`] run in one transaction that holds a lock, so that any number of
//! processes can start at once.

mod builder;
mod environment;
mod history;
mod inspect;
mod lock;
mod server;
mod settings;
mod sync;
mod target;
mod url;
pub mod variable;

pub use builder::Builder;
pub use server::{PostgresServer, SslMode};
pub use settings::{SeedMode, SyncMode};
pub use sync::{Difference, SyncReport};

use environment::{Environment, Reader};
use history::{Kind, Mark};
use settings::Settings;

use crate::seed::{self, Progress, SeedSource, Wanted};
use crate::session::On;
use crate::{Db, Error, Result, Tx, meta};

/// Connects to the database that the environment names, creates the tables that are missing, and loads the seeds.
///
/// # Errors
/// Settings that are wrong; a database that cannot be reached, or whose tables the schema does not fit; a seed that
/// cannot be loaded.
pub async fn connect(schema: &'static meta::Schema) -> Result<Db> {
    Builder::new(schema).connect().await
}

/// Creates the tables and indexes that are missing, and reports what differs in those that exist.
///
/// # Errors
/// A table lacks a column; an index is missing on a table that is too large; the database refuses a statement. Nothing
/// has changed then.
pub async fn sync<S>(db: &Db<S>) -> Result<SyncReport> {
    lock::locked(db, settings::START_TIMEOUT, async |tx| {
        history::ensure(tx.session()).await?;
        let report = sync::create(tx).await?;
        history::record(tx.session(), &[history::of_schema(tx.session().schema())]).await?;
        Ok(report)
    })
    .await
}

/// Loads the seeds, from the folder that `DB_DATA` names or as they were compiled in. Rows that are equal already are
/// not written.
///
/// # Errors
/// A seed that cannot be loaded. Nothing has changed then.
pub async fn seed<S>(db: &Db<S>) -> Result<seed::Report> {
    let environment = Environment::Process;
    let mut reader = Reader::new(&environment);
    let source = settings::source(&mut reader, None);
    reader.finish()?;
    seed_with(db, &source, &Wanted::default(), &()).await
}

/// As [`seed()`], from a source of choice, with the named sets that are wanted, and telling how far it has come.
///
/// # Errors
/// A seed that cannot be loaded. Nothing has changed then.
pub async fn seed_with<S>(
    db: &Db<S>,
    source: &SeedSource,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<seed::Report> {
    let mark = seed_mark(db.schema(), source, wanted).await?;
    lock::locked(db, settings::START_TIMEOUT, async |tx| {
        history::ensure(tx.session()).await?;
        let report = load(tx, source, wanted, progress).await?;
        history::record(tx.session(), std::slice::from_ref(&mark)).await?;
        Ok(report)
    })
    .await
}

/// Opens a handle and makes the database ready for it.
async fn start(schema: &'static meta::Schema, settings: &Settings) -> Result<Db> {
    let db = Db::open(schema, &settings.config).await?;
    match prepare(&db, settings).await {
        Ok(()) => Ok(db),
        Err(error) => {
            db.close().await;
            Err(error)
        }
    }
}

/// Syncs and seeds, as far as that was not done before.
async fn prepare<S>(db: &Db<S>, settings: &Settings) -> Result<()> {
    let marks = marks(db.schema(), settings).await?;
    if marks.is_empty() {
        return Ok(());
    }
    let seeds_always = settings.seed == SeedMode::Always && marks.iter().any(|mark| mark.kind == Kind::Seed);
    if !seeds_always && history::missing(db.session(), &marks).await?.is_empty() {
        return Ok(());
    }
    lock::locked(db, settings.timeout, async |tx| {
        history::ensure(tx.session()).await?;
        // Another process may have done it since.
        let missing = history::missing(tx.session(), &marks).await?;
        let is_missing = |kind| missing.iter().any(|mark| mark.kind == kind);
        if is_missing(Kind::Schema) {
            sync::create(tx).await?;
        }
        if seeds_always || is_missing(Kind::Seed) {
            load(tx, &settings.source, &settings.wanted, &()).await?;
        }
        history::record(tx.session(), &missing).await
    })
    .await
}

/// What has to be in the history for the start to have nothing to do.
async fn marks(schema: &'static meta::Schema, settings: &Settings) -> Result<Vec<Mark>> {
    let mut marks = Vec::new();
    if settings.sync == SyncMode::Create {
        marks.push(history::of_schema(schema));
    }
    if settings.seed != SeedMode::Off && !schema.seeds.is_empty() {
        marks.push(seed_mark(schema, &settings.source, &settings.wanted).await?);
    }
    Ok(marks)
}

async fn seed_mark(schema: &'static meta::Schema, source: &SeedSource, wanted: &Wanted) -> Result<Mark> {
    let (source, wanted) = (source.clone(), wanted.clone());
    let hash = match source {
        SeedSource::Compiled => fingerprint(schema, &source, &wanted)?,
        // Files of a folder are read on a thread that may wait.
        SeedSource::Folder(_) => tokio::task::spawn_blocking(move || fingerprint(schema, &source, &wanted))
            .await
            .unwrap_or_else(|error| Err(Error::Seed(format!("the seed files could not be read: {error}"))))?,
    };
    Ok(Mark { kind: Kind::Seed, hash })
}

fn fingerprint(schema: &'static meta::Schema, source: &SeedSource, wanted: &Wanted) -> Result<String> {
    seed::fingerprint(schema, &sync::lowered(schema)?, source, wanted)
}

async fn load<S>(tx: &Tx<S>, source: &SeedSource, wanted: &Wanted, progress: &dyn Progress) -> Result<seed::Report> {
    let session = tx.session();
    let schema = session.schema();
    let report = seed::load(session, schema, &sync::lowered(schema)?, source, wanted, progress).await?;
    for seed in &report.seeds {
        tracing::info!(target: "seedbed", "seeded {seed}");
    }
    Ok(report)
}
