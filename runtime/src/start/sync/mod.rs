//! Sync in mode `create`: makes the tables and indexes that are missing, and reports, without touching it, what differs
//! in those that exist.

mod compare;
mod plan;
mod report;
mod twin;

use seedbed_schema::table::Database;
use seedbed_schema::{Schema, ddl, mapping};

use super::inspect::{Scope, inspect};
use crate::session::{On, Session};
use crate::statement::{Statement, Text, Work};
use crate::{Error, Result, Tx, meta};
use plan::{Plan, Step};

pub use report::{Difference, SyncReport};

/// The most rows of a table on which an index is built while everybody waits.
const MOST_ROWS: i64 = 10_000;

/// Creates what is missing.
///
/// # Errors
/// A table lacks a column; an index is missing on a table that is too large; the database refuses a statement.
pub(super) async fn create<S>(tx: &Tx<S>) -> Result<SyncReport> {
    let session = tx.session();
    let wanted = mapping::tables(&lowered(session.schema())?, session.dialect());
    let plan = plan(tx, &wanted).await?;
    plan.check_columns(session.schema().package)?;
    check_sizes(session, &plan).await?;
    for step in &plan.steps {
        apply(session, step).await?;
    }
    plan.report.log();
    Ok(plan.report)
}

/// The lowered schema, which is parsed only where tables or rows are to be made.
pub(crate) fn lowered(schema: &meta::Schema) -> Result<Schema> {
    serde_json::from_str(schema.json).map_err(|error| {
        Error::Config(format!(
            "the schema of `{}` was generated for another version of Seedbed, run `cargo xtask gen` again: {error}",
            schema.package
        ))
    })
}

async fn plan<S>(tx: &Tx<S>, wanted: &Database) -> Result<Plan> {
    let names: Vec<_> = wanted.tables.iter().map(|table| table.name.clone()).collect();
    let found = inspect(tx.session(), &names, Scope::Visible).await?;
    let existing: Vec<_> = wanted.tables.iter().filter(|table| found.table(&table.name).is_some()).cloned().collect();
    let expected = if existing.is_empty() { existing } else { twin::read_back(tx, existing).await? };
    Ok(Plan::new(wanted, &expected, &found))
}

/// Refuses to build an index while it would keep everybody waiting.
async fn check_sizes(session: Session<'_>, plan: &Plan) -> Result<()> {
    let mut refused = Vec::new();
    for (table, indexes) in plan.indexes_on_existing_tables() {
        let text =
            format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) AS rows", ddl::quote(table), MOST_ROWS + 1);
        let statement = Statement { text: text.into(), values: Vec::new(), work: Work::Scan };
        let rows = session.fetch(statement, |row| row.i64()).await?.into_iter().flatten().next().unwrap_or_default();
        if rows > MOST_ROWS {
            let names: Vec<_> = indexes.iter().map(|name| format!("`{name}`")).collect();
            refused.push(format!("{} on `{table}`", names.join(", ")));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    Err(Error::Schema(format!(
        "sync builds no index on a table of more than {MOST_ROWS} rows, which would block it meanwhile: create {} with a \
         migration, or start with `DB_SYNC=off` until then",
        refused.join(", ")
    )))
}

async fn apply(session: Session<'_>, step: &Step) -> Result<()> {
    let text = Text::Once(ddl::render(&step.statement, session.dialect()).into());
    session.execute_text(text).await.map(drop).map_err(|error| match error {
        Error::Unique { source, .. } => Error::Schema(format!(
            "cannot create {}: there are rows with the same values already ({source})",
            step.what
        )),
        Error::Database(failure) => Error::Schema(format!("cannot create {}: {failure}", step.what)),
        other => other,
    })
}
