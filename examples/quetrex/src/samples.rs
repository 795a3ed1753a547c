//! Rows to develop with.

use quetrex_db::seedbed::{self, Report};
use quetrex_db::{Db, Result};

/// Loads the samples: two users, three projects, three agents, five costs and six activities. Those that are there
/// already stay as they are.
///
/// # Errors
/// The database refuses a row; nothing is loaded then.
pub async fn load_samples(db: &Db) -> Result<Report> {
    seedbed::seed_set(db, "dev").await
}
