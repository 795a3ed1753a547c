//! The seeder: rows of CSV files and of the spec into their tables, as often as they change.
//!
//! Each seed goes the same way ([`loader`]): its header is read against the model ([`header`]), its cells become values
//! ([`convert`], [`typed`]), its rows go into a staging table with their line numbers ([`stage`]), keys of other rows are
//! looked up ([`resolve`]), queries find what the database would refuse ([`verify`]), and one statement merges what is
//! new or different ([`merge`]). Files are read in pieces; all of it is one transaction of the caller's.
//!
//! What comes before the staging table needs no database ([`reading`]); [`check`] does that much.

mod check;
mod convert;
mod copy;
mod finding;
mod fingerprint;
mod header;
mod loader;
mod merge;
mod problem;
mod progress;
mod reader;
mod reading;
mod report;
mod resolve;
mod source;
mod stage;
mod typed;
mod verify;
mod wanted;

use seedbed_schema::Schema;

use self::loader::Loader;
use self::problem::Label;
use crate::session::Session;
use crate::{Result, meta};

pub use check::check_seeds;
pub(crate) use fingerprint::fingerprint;
pub use problem::{SeedPlace, SeedProblem, SeedProblems};
pub use progress::{Progress, Step};
pub use report::{LeftOut, Report, SeedReport, WhyLeftOut};
pub use source::SeedSource;
pub use wanted::{Variables, Wanted};

/// Loads the seeds that are wanted. The session is a transaction: on an error the caller rolls it back, and nothing was
/// loaded.
///
/// # Errors
/// [`crate::Error::Seed`] with everything that is wrong with the files, line by line; or what the database says of itself.
pub(crate) async fn load(
    session: Session<'_>,
    meta: &'static meta::Schema,
    schema: &Schema,
    source: &SeedSource,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<Report> {
    wanted.check(schema)?;
    let mut loader = Loader::new(session, meta, schema, source, wanted, progress);
    let mut report = Report { left_out: left_out(schema, wanted), ..Report::default() };
    for (at, seed) in wanted.seeds(schema) {
        report.seeds.extend(loader.seed(at, seed).await?);
    }
    loader.finish().await?;
    Ok(report)
}

fn left_out(schema: &Schema, wanted: &Wanted) -> Vec<LeftOut> {
    let left_out = schema.seeds.iter().filter_map(|seed| {
        let why = wanted.why_not(seed)?;
        Some(LeftOut { seed: Label::of(seed, schema).name, why })
    });
    left_out.collect()
}
