//! The PostgreSQL server of test databases: templates, copies of them, and what crashed runs left behind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::driver::postgres::PostgresTarget;
use crate::session::On;
use crate::statement::{Statement, Text, Work};
use crate::{Builder, Config, Db, Error, Result, Target, Value, meta};

/// A server on which the user may create databases.
#[derive(Debug, Clone)]
pub(super) struct Server {
    target: PostgresTarget,
    config: Config,
    schema: &'static meta::Schema,
}

/// How the names of our databases begin. What follows is the second in which they were made.
pub(super) const PREFIX: &str = "seedbed_test_";

/// After so many seconds a database to which nobody is connected counts as left behind.
const ABANDONED: u64 = 3_600;

/// How often a copy is tried whose template goes away meanwhile.
const ATTEMPTS: usize = 3;

impl Server {
    pub(super) fn new(target: PostgresTarget, config: Config, schema: &'static meta::Schema) -> Self {
        Self { target, config, schema }
    }

    /// A new database, by its name.
    pub(super) async fn create(&self, builder: &Builder) -> Result<String> {
        let admin = self.admin().await?;
        let created = self.create_on(&admin, builder).await;
        admin.close().await;
        created
    }

    async fn create_on(&self, admin: &Db, builder: &Builder) -> Result<String> {
        sweep(admin).await?;
        let mut attempt = 1;
        loop {
            let template = self.template(admin, builder).await?;
            let name = name("");
            match execute(admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await {
                Ok(()) => return Ok(name),
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The template of the schema, made unless it is there.
    async fn template(&self, admin: &Db, builder: &Builder) -> Result<String> {
        let ending = format!("_template_{}", &self.schema.hash[..16.min(self.schema.hash.len())]);
        let pattern = format!("{PREFIX}%{ending}").replace('_', "\\_");
        let text =
            "SELECT datname::text FROM pg_catalog.pg_database WHERE datname LIKE $1 ORDER BY datname DESC LIMIT 1";
        if let Some(found) = names(admin, text, pattern).await?.pop() {
            return Ok(found);
        }
        // It gets its name when it is complete, so that nobody copies half of it.
        let unfinished = name("");
        execute(admin, format!("CREATE DATABASE {unfinished}")).await?;
        let filled = match builder.without_hooks().at(self.target(&unfinished)).connect().await {
            // Nobody may stay connected, since that would keep it from being copied.
            Ok(db) => {
                db.close().await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        let template = format!("{}{ending}", name(""));
        let done = match filled {
            Ok(()) => execute(admin, format!("ALTER DATABASE {unfinished} RENAME TO {template}")).await,
            Err(error) => Err(error),
        };
        if done.is_err() {
            execute(admin, format!("DROP DATABASE IF EXISTS {unfinished}")).await?;
        }
        done.map(|()| template)
    }

    /// One of the server's databases.
    pub(super) fn target(&self, name: &str) -> Target {
        Target::Postgres(self.target.clone().with_database(name))
    }

    /// Drops a database, whoever is connected.
    pub(super) async fn drop(&self, name: &str) -> Result<()> {
        let admin = self.admin().await?;
        let dropped = execute(&admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        admin.close().await;
        dropped
    }

    /// The same, outside of every runtime.
    pub(super) fn drop_blocking(&self, name: &str) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Config(format!("no thread can wait for a server: {error}")))?;
        runtime.block_on(self.drop(name))
    }

    /// A handle to the database that was named, from which others are made.
    async fn admin(&self) -> Result<Db> {
        Db::open(self.schema, &self.config).await
    }
}

/// A name that no other database has, in this process or another.
fn name(ending: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}_{}_{count}{ending}", now(), std::process::id())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Drops what crashed runs left behind. Another process may be doing the same, so failing is no error.
async fn sweep(admin: &Db) -> Result<()> {
    let text = "SELECT datname::text FROM pg_catalog.pg_database AS d WHERE datname LIKE $1 \
                AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)";
    let pattern = format!("{PREFIX}%").replace('_', "\\_");
    for name in names(admin, text, pattern).await?.into_iter().filter(|name| is_abandoned(name, now())) {
        if let Err(error) = execute(admin, format!("DROP DATABASE IF EXISTS \"{name}\"")).await {
            tracing::debug!(target: "seedbed", "`{name}` was not dropped: {error}");
        }
    }
    Ok(())
}

/// Whether a database of that name was made so long ago that no test can be using it.
fn is_abandoned(name: &str, now: u64) -> bool {
    let made = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()?.parse::<u64>().ok());
    made.is_some_and(|made| made.saturating_add(ABANDONED) < now)
}

async fn names(admin: &Db, text: &'static str, pattern: String) -> Result<Vec<String>> {
    let statement = Statement { text: text.into(), values: vec![Value::Text(pattern)], work: Work::Scan };
    Ok(admin.session().fetch(statement, |row| row.text()).await?.into_iter().flatten().collect())
}

async fn execute(admin: &Db, text: String) -> Result<()> {
    admin.session().execute_text(Text::Once(text.into())).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::{ABANDONED, PREFIX, is_abandoned, name};

    #[test]
    fn only_our_own_old_databases_are_abandoned() {
        let made = |at: u64| format!("{PREFIX}{at}_77_0");
        assert!(is_abandoned(&made(1), 2 + ABANDONED));
        assert!(!is_abandoned(&made(1), 1 + ABANDONED), "a test may be using it");
        assert!(!is_abandoned("seedbed_test_of_mine", u64::MAX) && !is_abandoned("shop", u64::MAX));
        assert_ne!(name(""), name(""));
    }
}
