//! What was ever applied to a database: a table of ours with the hash of each schema and of each state of the seeds.
//!
//! A start whose hashes are all there does nothing. So old and new programs, running side by side while one replaces the
//! other, do not undo each other's work.

use seedbed_schema::{Dialect, ddl};

use crate::driver::{Failure, FailureKind};
use crate::session::Session;
use crate::statement::{Statement, Text, Work};
use crate::{Error, Result, Value};

/// Something that can be applied to a database, by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: Kind,
    pub(super) hash: String,
}

/// What a hash is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Schema,
    Seed,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Seed => "seed",
        }
    }
}

/// The table, which has no other name in any package, so that one database serves several.
const TABLE: &str = "seedbed_history";

const CREATE_ON_POSTGRES: &str = r#"
CREATE TABLE seedbed_history (
    package text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT seedbed_history_pkey PRIMARY KEY (package, hash)
)"#;

const CREATE_ON_SQLITE: &str = "
CREATE TABLE seedbed_history (
    package TEXT NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    CONSTRAINT seedbed_history_pkey PRIMARY KEY (package, hash)
) STRICT";

const RECORD: &str = "INSERT INTO seedbed_history (package, hash, kind, version, applied_at) VALUES ($1, $2, $3, $4, $5) \
                      ON CONFLICT (package, hash) DO NOTHING";

/// Whether the database has all of the marks. One without the table has none.
///
/// This is the one statement of a start that finds everything done, in one round trip.
pub(super) async fn has_all(session: Session<'_>, marks: &[Mark]) -> Result<bool> {
    let text = Text::Once(select(session, marks).into());
    let statement = Statement { text, values: Vec::new(), work: Work::Lookup };
    match session.fetch(statement, |_| Ok(())).await {
        Ok(found) => Ok(found.len() == marks.len()),
        Err(Error::Database(failure)) if failure.kind == FailureKind::Undefined => Ok(false),
        Err(error) => Err(error),
    }
}

/// Which of the marks a database that has the table lacks.
pub(super) async fn missing(session: Session<'_>, marks: &[Mark]) -> Result<Vec<Mark>> {
    let statement = Statement { text: select(session, marks).into(), values: Vec::new(), work: Work::Lookup };
    let found = session.fetch(statement, |row| row.text()).await?;
    Ok(marks.iter().filter(|mark| !found.contains(&Some(mark.hash.clone()))).cloned().collect())
}

fn select(session: Session<'_>, marks: &[Mark]) -> String {
    let hashes: Vec<_> = marks.iter().map(|mark| ddl::quote_text(&mark.hash)).collect();
    let package = ddl::quote_text(session.schema().package);
    format!("SELECT hash FROM {TABLE} WHERE package = {package} AND hash IN ({})", hashes.join(", "))
}

/// Makes the table if it is missing. Another package may be making it at this moment, which [`Error::is_retryable`]
/// then says.
pub(super) async fn ensure(session: Session<'_>) -> Result<()> {
    let (question, create) = match session.dialect() {
        Dialect::Postgres => ("SELECT to_regclass('seedbed_history') IS NOT NULL", CREATE_ON_POSTGRES),
        Dialect::Sqlite => (
            "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = 'seedbed_history'",
            CREATE_ON_SQLITE,
        ),
    };
    let statement = Statement { text: question.into(), values: Vec::new(), work: Work::Scan };
    if session.fetch(statement, |row| row.bool()).await?.contains(&Some(true)) {
        return Ok(());
    }
    session.execute_text(Text::Once(create.into())).await.map(drop).map_err(|error| match error {
        Error::Database(failure) if is_being_made(&failure) => Error::Retryable(failure),
        Error::Database(failure) => Error::Schema(format!(
            "cannot create the table `{TABLE}`, which keeps what was applied: {failure} (a start with \
             `DB_SKIP_SYNC=true` does without)"
        )),
        other => other,
    })
}

/// PostgreSQL: the table, its type or its name in the catalogue is there by now.
fn is_being_made(failure: &Failure) -> bool {
    matches!(failure.code.as_deref(), Some("42P07" | "42710" | "23505"))
}

/// Forgets which seeds were loaded, so that the next start loads them.
#[cfg(feature = "testing")]
pub(crate) async fn forget_seeds(session: Session<'_>) -> Result<()> {
    forget(session, Some(Kind::Seed)).await
}

/// Forgets what was applied for the package, of one kind or all.
pub(super) async fn forget(session: Session<'_>, kind: Option<Kind>) -> Result<()> {
    ensure(session).await?;
    let package = ddl::quote_text(session.schema().package);
    let of_kind = kind.map(|kind| format!(" AND kind = '{}'", kind.name())).unwrap_or_default();
    let text = format!("DELETE FROM {TABLE} WHERE package = {package}{of_kind}");
    session.execute_text(Text::Once(text.into())).await.map(drop)
}

/// Notes that these were applied.
pub(super) async fn record(session: Session<'_>, marks: &[Mark]) -> Result<()> {
    for mark in marks {
        let values = vec![
            Value::Text(session.schema().package.to_owned()),
            Value::Text(mark.hash.clone()),
            Value::Text(mark.kind.name().to_owned()),
            Value::Text(env!("CARGO_PKG_VERSION").to_owned()),
            Value::Timestamp(chrono::Utc::now()),
        ];
        session.execute(Statement { text: RECORD.into(), values, work: Work::Write }).await?;
    }
    Ok(())
}
