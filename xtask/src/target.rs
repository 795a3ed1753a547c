//! A spec and the database that it is used on.

use std::path::{Path, PathBuf};

use anyhow::Context;
use seedbed::{Builder, Config, Db, SeedMode, meta, start};
use seedbed_schema::{Schema, SeedRows};

use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{Format, inspect, report};

/// A spec and the database that it is used on.
pub(crate) struct Target {
    /// What the spec means.
    pub(crate) schema: Schema,
    /// The folder that the seeds' files are in.
    pub(crate) data: PathBuf,
    /// Where the database is.
    config: Config,
    builder: Builder,
}

impl Target {
    /// The spec that was named, or the first of the workspace, on the database that the environment or `.env` names.
    pub(crate) fn from_environment(spec: Option<&Path>) -> Result<Self, Failure> {
        // A missing `.env` is no mistake; one that cannot be read is.
        match dotenvy::dotenv() {
            Err(error) if !error.not_found() => {
                return Err(Failure::Input(anyhow::Error::new(error).context("`.env`")));
            }
            _ => {}
        }
        let target = Self::of_spec(spec, |builder| builder)?;
        if matches!(target.config.target, seedbed::Target::Sqlite(seedbed::SqliteTarget::Memory)) {
            let message = "this would be a SQLite database in memory, gone when the command ends; name a file with \
                           `DB_STORAGE`";
            return Err(Failure::Input(anyhow::anyhow!(message)));
        }
        Ok(target)
    }

    /// The spec that was named, or the first of the workspace, on a SQLite file.
    pub(crate) fn on_sqlite(spec: Option<&Path>, file: &Path) -> Result<Self, Failure> {
        Self::of_spec(spec, |builder| builder.sqlite(file).env(seeds_only))
    }

    fn of_spec(spec: Option<&Path>, choose: impl FnOnce(Builder) -> Builder) -> Result<Self, Failure> {
        for slip in start::slips() {
            eprintln!("warning: {slip}");
        }
        let workspace = Workspace::find()?;
        let path = workspace.specs(spec)?.into_iter().next().context("the workspace lists no spec")?;
        let loaded = inspect::load(&path, Format::Text)?;
        let data = data_folder(&path, &loaded.schema);
        let builder = choose(Builder::new(static_data(&loaded.schema))).data(&data);
        Ok(Self { schema: loaded.schema, data, config: builder.config()?, builder })
    }

    /// Where the database is, and how it is reached.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Connects, syncs and seeds, says what became of the seeds, and hands the database to the work.
    pub(crate) fn start(self, work: impl AsyncFnOnce(&Db, &Schema) -> Result<(), Failure>) -> Result<(), Failure> {
        let Self { schema, builder, .. } = self;
        block_on(async {
            let db = builder.seed(SeedMode::Off).connect().await?;
            let result = async {
                report::seed(&seedbed::seed(&db).await?);
                work(&db, &schema).await
            }
            .await;
            db.close().await;
            result
        })
    }

    /// Connects without touching anything, and hands the database to the work.
    pub(crate) fn run(self, work: impl AsyncFnOnce(&Db) -> Result<(), Failure>) -> Result<(), Failure> {
        let builder = self.builder.skip_sync();
        block_on(async {
            let db = builder.connect().await?;
            let result = work(&db).await;
            db.close().await;
            result
        })
    }
}

/// The schema as generated crates have it.
pub(crate) fn static_data(schema: &Schema) -> &'static meta::Schema {
    let json = seedbed_codegen::emit::schema_json(schema);
    let hash = seedbed_codegen::emit::schema_hash(&json);
    meta::leak(schema, json, hash)
}

/// The folder that holds every seed's file: the one they share, or that of the spec.
pub(crate) fn data_folder(spec: &Path, schema: &Schema) -> PathBuf {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let mut first_parts = schema.seeds.iter().filter_map(|seed| match &seed.rows {
        SeedRows::File(path) => Some(path.split_once('/').map_or("", |(first, _)| first)),
        SeedRows::Inline { .. } => None,
    });
    match first_parts.next() {
        Some(shared) if first_parts.all(|part| part == shared) => folder.join(shared),
        _ => folder.to_owned(),
    }
}

/// The variables that seeds name, without those that would say which database to use.
fn seeds_only(name: &str) -> Option<String> {
    let chooses = ["DATABASE_URL", "USE_SQLITE", "DB_", "PG"].iter().any(|prefix| name.starts_with(prefix));
    if chooses { None } else { std::env::var(name).ok() }
}

/// Runs the work to its end, on this thread.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("the asynchronous runtime could not be started")?.block_on(work)
}
