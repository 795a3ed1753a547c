//! Everything that a start needs to know, from code and from the environment. What code sets is not read from the
//! environment; only `DB_SKIP_SYNC=true` holds whatever code says.

use std::path::PathBuf;
use std::time::Duration;

use super::environment::{Environment, Reader};
use super::lazy::Seeds;
use super::lock::Patience;
use super::target::{self, Given};
use super::variable::{
    DB_CONNECT_TIMEOUT_MS, DB_DATA, DB_LOG, DB_POOL_ACQUIRE_MS, DB_POOL_IDLE_MS, DB_POOL_MAX, DB_POOL_MIN, DB_SEED,
    DB_SKIP_SYNC, DB_SLOW_MS, DB_START_TIMEOUT_MS, DB_SYNC, NODE_ENV, PYTEST_CURRENT_TEST, SEEDBED_TEST, VITEST,
};
use crate::seed::{SeedSource, Wanted};
use crate::{Config, PoolOptions, Result, meta};

pub use seedbed_schema::SyncMode;

/// When a start loads the seeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SeedMode {
    /// When their files, or the variables that they name, are new to the database.
    #[default]
    Auto,
    /// Every time. Rows that are equal already are not written.
    Always,
    /// Never.
    Off,
}

/// What a start does, once all is read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) sync: SyncMode,
    pub(crate) seed: SeedMode,
    pub(super) seeds: Seeds,
    /// How long another process may be at it.
    pub(crate) patience: Patience,
}

/// What code has set.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    pub(super) target: Option<Given>,
    pub(super) pool_min: Option<usize>,
    pub(super) pool_max: Option<usize>,
    pub(super) acquire: Option<Duration>,
    pub(super) idle: Option<Duration>,
    pub(super) connect: Option<Duration>,
    pub(super) log: Option<bool>,
    /// Inside, `None` is never.
    pub(super) slow: Option<Option<Duration>>,
    pub(super) sync: Option<SyncMode>,
    pub(super) seed: Option<SeedMode>,
    pub(super) skip: bool,
    pub(super) data: Option<PathBuf>,
    pub(super) timeout: Option<Duration>,
    pub(super) lazy: bool,
    pub(super) env_file: Option<PathBuf>,
}

impl Settings {
    /// Reads what code has not set, and checks it all.
    pub(super) fn new(schema: &meta::Schema, choices: &Choices, environment: &Environment) -> Result<Self> {
        let mut reader = Reader::new(environment);
        let target = target::target(&mut reader, choices.target.as_ref(), &schema.connect);
        let pool = pool(&mut reader, choices);
        let (log, slow) = logging(&mut reader, choices);
        let (sync, seed) = modes(&mut reader, choices, &schema.connect);
        let source = source(&mut reader, choices.data.clone());
        let patience = choices.timeout.or_else(|| reader.millis(DB_START_TIMEOUT_MS)).map(Patience).unwrap_or_default();
        reader.finish()?;
        // Without a problem there is a target.
        let target = target.ok_or_else(|| crate::Error::Config("no database is named".to_owned()))?;
        let wanted = Wanted { variables: environment.variables(), ..Wanted::default() };
        Ok(Self { config: Config { target, pool, log, slow }, sync, seed, seeds: Seeds { source, wanted }, patience })
    }
}

const SLOW: Duration = Duration::from_secs(1);
const POOL_IN_TESTS: usize = 5;
const MOST_CONNECTIONS: u64 = 10_000;

fn pool(reader: &mut Reader<'_>, choices: &Choices) -> PoolOptions {
    let defaults = PoolOptions::default();
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let in_tests = is_test(reader);
    let min = choices.pool_min.or_else(|| reader.number(DB_POOL_MIN, 0..=MOST_CONNECTIONS).map(number));
    let max = choices.pool_max.or_else(|| reader.number(DB_POOL_MAX, 1..=MOST_CONNECTIONS).map(number));
    let pool = PoolOptions {
        // A minimum alone raises the default maximum, so that it is never the smaller one.
        max: max.unwrap_or(if in_tests { POOL_IN_TESTS } else { defaults.max }.max(min.unwrap_or_default())),
        min: min.unwrap_or(defaults.min),
        acquire: choices.acquire.or_else(|| reader.millis(DB_POOL_ACQUIRE_MS)).unwrap_or(defaults.acquire),
        idle: choices.idle.or_else(|| reader.millis(DB_POOL_IDLE_MS)).unwrap_or(defaults.idle),
        connect: choices.connect.or_else(|| reader.millis(DB_CONNECT_TIMEOUT_MS)).unwrap_or(defaults.connect),
        max_age: defaults.max_age,
    };
    if pool.max == 0 {
        reader.problem("a pool needs at least one connection, but code sets its maximum to 0");
    } else if pool.min > pool.max {
        let PoolOptions { min, max, .. } = pool;
        reader.problem(format!("`DB_POOL_MIN` is {min}, which is more than `DB_POOL_MAX`, {max}"));
    }
    pool
}

/// Whether tests are running: by our own variable, or as test runners say it.
fn is_test(reader: &mut Reader<'_>) -> bool {
    let node = reader.text(NODE_ENV).is_some_and(|value| value == "test");
    let vitest = reader.text(VITEST).is_some_and(|value| value != "false" && value != "0");
    let pytest = reader.text(PYTEST_CURRENT_TEST).is_some();
    reader.flag(SEEDBED_TEST).unwrap_or(node || vitest || pytest)
}

fn logging(reader: &mut Reader<'_>, choices: &Choices) -> (bool, Option<Duration>) {
    let log = choices.log.or_else(|| reader.flag(DB_LOG)).unwrap_or(false);
    let of_environment = |reader: &mut Reader<'_>| {
        let millis = reader.number(DB_SLOW_MS, 0..=u64::from(u32::MAX))?;
        Some((millis > 0).then(|| Duration::from_millis(millis)))
    };
    (log, choices.slow.or_else(|| of_environment(reader)).unwrap_or(Some(SLOW)))
}

/// What a start does to tables and rows.
fn modes(reader: &mut Reader<'_>, choices: &Choices, spec: &meta::Connect) -> (SyncMode, SeedMode) {
    let of_spec = if spec.sync { SyncMode::Create } else { SyncMode::Off };
    let skip = reader.flag(DB_SKIP_SYNC) == Some(true);
    let sync = sync_mode(reader, of_spec);
    let words = [("auto", SeedMode::Auto), ("always", SeedMode::Always), ("off", SeedMode::Off)];
    let seed = reader.word(DB_SEED, &words);
    if skip && sync == Some(SyncMode::Create) {
        reader.problem("`DB_SKIP_SYNC` is `true`, but `DB_SYNC` asks for a sync: unset one of them");
    }
    if skip && seed == Some(SeedMode::Always) {
        reader.problem(
            "`DB_SKIP_SYNC` is `true`, which also skips the seeds, but `DB_SEED` is `always`: unset one of them",
        );
    }
    if skip || choices.skip {
        return (SyncMode::Off, SeedMode::Off);
    }
    (choices.sync.or(sync).unwrap_or(of_spec), choices.seed.or(seed).unwrap_or_default())
}

fn sync_mode(reader: &mut Reader<'_>, of_spec: SyncMode) -> Option<SyncMode> {
    let text = reader.text(DB_SYNC)?;
    match text.trim().to_ascii_lowercase().as_str() {
        "off" | "false" | "0" | "no" => Some(SyncMode::Off),
        "create" => Some(SyncMode::Create),
        "true" | "1" | "yes" | "on" => Some(of_spec),
        "alter" => {
            reader.problem(
                "`DB_SYNC` is `alter`, which is not supported yet: use `create`, which adds what is missing, and \
                 reports what differs without touching it",
            );
            None
        }
        _ => {
            reader.wrong(DB_SYNC, &text);
            None
        }
    }
}

/// Where the seed files are, for a handle that was opened without settings.
pub(super) fn source_of_process() -> Result<SeedSource> {
    let environment = Environment::Process;
    let mut reader = Reader::new(&environment);
    let source = source(&mut reader, None);
    reader.finish()?;
    Ok(source)
}

/// Where the seed files are: in the folder of code's choice, in that of `DB_DATA`, or in the program.
fn source(reader: &mut Reader<'_>, of_code: Option<PathBuf>) -> SeedSource {
    let place = if of_code.is_some() { "the data folder given in code" } else { "`DB_DATA`" };
    let Some(folder) = of_code.or_else(|| reader.text(DB_DATA).map(PathBuf::from)) else {
        return SeedSource::Compiled;
    };
    if !folder.is_dir() {
        reader.problem(format!("{place} is `{}`, where there is no folder", folder.display()));
    }
    SeedSource::Folder(folder)
}
