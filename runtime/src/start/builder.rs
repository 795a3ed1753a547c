//! A start set up in code.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::environment::Environment;
use super::lazy::Door;
use super::server::PostgresServer;
use super::settings::{Choices, SeedMode, Settings, SyncMode};
use super::slip;
use super::target::Given;
use super::url::SqlitePlace;
#[cfg(feature = "testing")]
use crate::Target;
use crate::hooks::Registered;
use crate::{Config, Db, Result, Secret, meta};

/// Connects, creates the tables that are missing, and loads the seeds.
///
/// What is not set here is taken from the environment (see `docs/environment.md`), and what that leaves open from the
/// spec.
pub struct Builder {
    schema: &'static meta::Schema,
    environment: Environment,
    choices: Choices,
    hooks: Vec<Registered>,
}

impl Builder {
    /// A start that leaves everything to the environment and the spec.
    pub fn new(schema: &'static meta::Schema) -> Self {
        Self { schema, environment: Environment::Process, choices: Choices::default(), hooks: Vec::new() }
    }

    /// Looks variables up with a function instead of in the process; also those that seeds name.
    #[must_use]
    pub fn env(self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { environment: Environment::Lookup(Arc::new(lookup)), ..self }
    }

    /// The database that a URL names, as `DATABASE_URL` takes it.
    #[must_use]
    pub fn url(self, url: impl Into<Secret>) -> Self {
        self.set(|choices| choices.target = Some(Given::Url(url.into())))
    }

    /// A SQLite file, created if it is missing; its folder is not.
    #[must_use]
    pub fn sqlite(self, path: impl Into<PathBuf>) -> Self {
        self.set(|choices| choices.target = Some(Given::Sqlite(SqlitePlace::File(path.into()))))
    }

    /// A SQLite database in memory, of this handle alone.
    #[must_use]
    pub fn sqlite_memory(self) -> Self {
        self.set(|choices| choices.target = Some(Given::Sqlite(SqlitePlace::Memory)))
    }

    /// A PostgreSQL server.
    #[must_use]
    pub fn postgres(self, server: PostgresServer) -> Self {
        self.set(|choices| choices.target = Some(Given::Server(server)))
    }

    /// The connections that are kept open while idle.
    #[must_use]
    pub fn pool_min(self, connections: usize) -> Self {
        self.set(|choices| choices.pool_min = Some(connections))
    }

    /// The most connections at once.
    #[must_use]
    pub fn pool_max(self, connections: usize) -> Self {
        self.set(|choices| choices.pool_max = Some(connections))
    }

    /// How long a caller waits for a connection, and on SQLite for a lock of another process.
    #[must_use]
    pub fn acquire_timeout(self, limit: Duration) -> Self {
        self.set(|choices| choices.acquire = Some(limit))
    }

    /// How long a connection beyond the minimum may stay idle.
    #[must_use]
    pub fn idle_timeout(self, limit: Duration) -> Self {
        self.set(|choices| choices.idle = Some(limit))
    }

    /// How long opening one connection may take.
    #[must_use]
    pub fn connect_timeout(self, limit: Duration) -> Self {
        self.set(|choices| choices.connect = Some(limit))
    }

    /// Whether every statement is logged, at level `info`; values are never logged.
    #[must_use]
    pub fn log(self, every_statement: bool) -> Self {
        self.set(|choices| choices.log = Some(every_statement))
    }

    /// From when on a statement counts as slow, and is logged at level `warn`; `None` is never.
    #[must_use]
    pub fn slow(self, threshold: impl Into<Option<Duration>>) -> Self {
        self.set(|choices| choices.slow = Some(threshold.into()))
    }

    /// What the start does to the tables.
    #[must_use]
    pub fn sync(self, mode: SyncMode) -> Self {
        self.set(|choices| choices.sync = Some(mode))
    }

    /// When the start loads the seeds.
    #[must_use]
    pub fn seed(self, mode: SeedMode) -> Self {
        self.set(|choices| choices.seed = Some(mode))
    }

    /// Touches neither tables nor rows: for services whose database is set up elsewhere.
    #[must_use]
    pub fn skip_sync(self) -> Self {
        self.set(|choices| choices.skip = true)
    }

    /// Reads the seed files from a folder instead of from the program.
    #[must_use]
    pub fn data(self, folder: impl Into<PathBuf>) -> Self {
        self.set(|choices| choices.data = Some(folder.into()))
    }

    /// How long the start waits for another process that is syncing or seeding the same database.
    #[must_use]
    pub fn start_timeout(self, limit: Duration) -> Self {
        self.set(|choices| choices.timeout = Some(limit))
    }

    /// Leaves connecting, sync and seeds to the first use of the handle. What is wrong with the settings is told at once;
    /// a start that fails is tried again at the next use.
    #[must_use]
    pub fn lazy(self) -> Self {
        self.set(|choices| choices.lazy = true)
    }

    /// Reads variables from a file of lines `NAME=value` too; those of the process go before them.
    #[must_use]
    pub fn env_file(self, path: impl Into<PathBuf>) -> Self {
        self.set(|choices| choices.env_file = Some(path.into()))
    }

    /// What is done around writes of a model that has hooks: `.hooks(user::hooks(Audit))`. The seeds of the start do not
    /// come by.
    #[must_use]
    pub fn hooks(mut self, hooks: Registered) -> Self {
        self.hooks.push(hooks);
        self
    }

    /// Where the start would connect to, and how its handle would behave.
    ///
    /// # Errors
    /// Settings that are wrong or missing, all of them in one error.
    pub fn config(&self) -> Result<Config> {
        let environment = self.environment()?;
        self.settings(&environment).map(|settings| settings.config)
    }

    /// Connects, creates the tables that are missing, and loads the seeds.
    ///
    /// # Errors
    /// Settings that are wrong; a database that cannot be reached, or whose tables the schema does not fit; a seed that
    /// cannot be loaded.
    pub async fn connect(self) -> Result<Db> {
        let environment = self.environment()?;
        let settings = self.settings(&environment)?;
        for slip in slip::among(&environment.names()) {
            tracing::warn!(target: "seedbed", "{slip}");
        }
        let db = if self.choices.lazy {
            let config = settings.config.clone();
            Db::through(Door::closed(self.schema, settings), self.schema, &config)
        } else {
            super::start(self.schema, &settings).await?
        };
        db.core().hooks.fill(self.hooks);
        Ok(db)
    }

    fn environment(&self) -> Result<Environment> {
        match &self.choices.env_file {
            Some(path) => self.environment.with_file(path),
            None => Ok(self.environment.clone()),
        }
    }

    fn settings(&self, environment: &Environment) -> Result<Settings> {
        Settings::new(self.schema, &self.choices, environment)
    }

    fn set(mut self, choose: impl FnOnce(&mut Choices)) -> Self {
        choose(&mut self.choices);
        self
    }
}

/// What databases for tests are made with.
#[cfg(feature = "testing")]
impl Builder {
    /// The schema that the start is for.
    pub(crate) fn schema(&self) -> &'static meta::Schema {
        self.schema
    }

    /// The same start on another database, which gets tables and seeds at once.
    pub(crate) fn at(self, target: Target) -> Self {
        let there = self.set(|choices| (choices.target, choices.lazy) = (Some(Given::Target(Box::new(target))), false));
        there.sync(SyncMode::Create).seed(SeedMode::Auto)
    }

    /// The same start, without its hooks.
    pub(crate) fn without_hooks(&self) -> Self {
        Self {
            schema: self.schema,
            environment: self.environment.clone(),
            choices: self.choices.clone(),
            hooks: Vec::new(),
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("package", &self.schema.package)
            .field("environment", &self.environment)
            .field("choices", &self.choices)
            .finish()
    }
}
