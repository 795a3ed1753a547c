//! `sync` and `seed`: what a service does at its start, by hand.

use std::io::{IsTerminal, stderr};

use seedbed::{Db, SeedSource, Wanted};

use crate::failure::Failure;
use crate::progress::Bars;
use crate::target::Target;
use crate::{DatabaseArgs, report};

/// Creates what the database is missing, and reports what differs.
pub(crate) fn sync(args: &DatabaseArgs) -> Result<(), Failure> {
    let target = Target::from_environment(args.spec.as_deref())?;
    target.run(async |db: &Db| {
        report::sync(&seedbed::sync(db).await?);
        Ok(())
    })
}

/// Loads the seeds that are wanted; unless always, only if they were not loaded as they are now.
pub(crate) fn seed(args: &DatabaseArgs, sets: Vec<String>) -> Result<(), Failure> {
    let target = Target::from_environment(args.spec.as_deref())?;
    let source = SeedSource::Folder(target.data.clone());
    let wanted = Wanted { sets, ..Wanted::default() };
    target.run(async |db: &Db| {
        let bars = Bars::new(stderr().is_terminal());
        let loaded = seedbed::seed_with(db, &source, &wanted, &bars).await?;
        report::seed(&loaded);
        Ok(())
    })
}
