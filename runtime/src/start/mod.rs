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
mod lazy;
mod lock;
mod parameter;
mod server;
mod settings;
mod slip;
mod sync;
mod target;
mod url;
pub mod variable;
mod wipe;
mod work;

pub use builder::Builder;
#[cfg(feature = "testing")]
pub(crate) use history::forget_seeds;
pub(crate) use lazy::Door;
pub use server::{PostgresServer, SslMode};
pub use settings::{SeedMode, SyncMode};
pub use slip::{Slip, slips};
#[cfg(feature = "testing")]
pub(crate) use sync::lowered;
pub use sync::{Difference, SyncReport};
#[cfg(feature = "testing")]
pub(crate) use wipe::{in_key_order, unlinked};

use lazy::Seeds;
use lock::Patience;
use settings::Settings;
use work::{When, Work};

use crate::seed::{Progress, Report, SeedSource, Wanted};
use crate::{Db, Result, meta};

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
    let (source, wanted) = (SeedSource::Compiled, Wanted::default());
    let work =
        Work { wipe: false, sync: When::Always, seed: When::Never, source: &source, wanted: &wanted, progress: &() };
    Ok(work.run(db, Patience::default()).await?.sync)
}

/// Loads the seeds as the start of the handle would. Rows that are equal already are not written.
///
/// # Errors
/// A seed that cannot be loaded. Nothing has changed then.
pub async fn seed<S>(db: &Db<S>) -> Result<Report> {
    let Seeds { source, wanted } = seeds_of(db)?;
    seed_with(db, &source, &wanted, &()).await
}

/// As [`seed()`], with the seeds of a set besides: samples, for instance, which no start loads.
///
/// # Errors
/// No seed belongs to the set, or one cannot be loaded. Nothing has changed then.
pub async fn seed_set<S>(db: &Db<S>, set: &str) -> Result<Report> {
    let Seeds { source, mut wanted } = seeds_of(db)?;
    wanted.sets.push(set.to_owned());
    seed_with(db, &source, &wanted, &()).await
}

/// As [`seed()`], from a source of choice, with the named sets that are wanted, and telling how far it has come.
///
/// # Errors
/// A seed that cannot be loaded. Nothing has changed then.
pub async fn seed_with<S>(db: &Db<S>, source: &SeedSource, wanted: &Wanted, progress: &dyn Progress) -> Result<Report> {
    let work = Work { wipe: false, sync: When::Never, seed: When::Always, source, wanted, progress };
    Ok(work.run(db, Patience::default()).await?.seed)
}

/// The seeds that the start of the handle was about; those of the process where it was opened, not started.
fn seeds_of<S>(db: &Db<S>) -> Result<Seeds> {
    match db.core().door.seeds() {
        Some(seeds) => Ok(seeds.clone()),
        None => Ok(Seeds { source: settings::source_of_process()?, wanted: Wanted::default() }),
    }
}

/// Drops every table of the schema with all that is in it, makes them anew, and loads the seeds, in one transaction.
/// Tables of other packages stay.
///
/// # Errors
/// A seed that cannot be loaded; something that refers to the tables, such as a view. Nothing has changed then.
pub async fn reset<S>(
    db: &Db<S>,
    source: &SeedSource,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<(SyncReport, Report)> {
    let work = Work { wipe: true, sync: When::Always, seed: When::Always, source, wanted, progress };
    let done = work.run(db, Patience::default()).await?;
    Ok((done.sync, done.seed))
}

/// Opens a handle and makes the database ready for it.
async fn start(schema: &'static meta::Schema, settings: &Settings) -> Result<Db> {
    let db = Db::open(schema, &settings.config).await?;
    db.core().door.remember(&settings.seeds);
    let work = Work {
        wipe: false,
        sync: if settings.sync == SyncMode::Create { When::New } else { When::Never },
        seed: match settings.seed {
            SeedMode::Auto => When::New,
            SeedMode::Always => When::Always,
            SeedMode::Off => When::Never,
        },
        source: &settings.seeds.source,
        wanted: &settings.seeds.wanted,
        progress: &(),
    };
    match work.run(&db, settings.patience).await {
        Ok(_) => Ok(db),
        Err(error) => {
            db.close().await;
            Err(error)
        }
    }
}
