//! Which database there is: SQLite for development, PostgreSQL for production.

use std::path::Path;

use quetrex_db::Result;
use quetrex_db::seedbed::{Builder, Target};

use crate::DatabaseService;

/// Connects to the database that `DATABASE_URL` names, in the environment or in `.env`, and creates the tables that are
/// missing.
///
/// # Errors
/// A variable is wrong, the database cannot be reached, or its tables do not fit the schema.
pub async fn connect() -> Result<DatabaseService> {
    let builder = match Path::new(".env") {
        file if file.exists() => quetrex_db::builder().env_file(file),
        _ => quetrex_db::builder(),
    };
    Ok(DatabaseService::new(with_pool(builder)?.connect().await?))
}

/// The pool of production, two to ten connections, where the database is PostgreSQL.
///
/// # Errors
/// A variable is wrong.
pub fn with_pool(builder: Builder) -> Result<Builder> {
    Ok(match builder.config()?.target {
        Target::Postgres(_) => builder.pool_min(2).pool_max(10),
        Target::Sqlite(_) => builder,
    })
}
