//! `reset`: every table of the schema dropped and made anew, unless that could be meant for another database.

use std::io::{IsTerminal, stderr, stdin};
use std::path::Path;

use anyhow::anyhow;
use seedbed::{Config, Db, SeedSource, SqliteTarget, Wanted};

use crate::failure::Failure;
use crate::progress::Bars;
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{DatabaseArgs, report};

/// Variables by which environments say what they are.
const ENVIRONMENTS: [&str; 3] = ["NODE_ENV", "APP_ENV", "RUST_ENV"];

/// Drops the tables, makes them anew, and loads the seeds that are wanted.
pub(crate) fn run(args: &DatabaseArgs, yes: bool, sets: Vec<String>) -> Result<(), Failure> {
    let target = Target::from_environment(args.spec.as_deref())?;
    refuse_production()?;
    let name = name(target.config());
    if !yes && !is_below_target(target.config())? {
        ask(&name)?;
    }
    let source = SeedSource::Folder(target.data.clone());
    let wanted = Wanted { sets, ..Wanted::default() };
    target.run(async |db: &Db| {
        let bars = Bars::new(stderr().is_terminal());
        let (synced, seeded) = seedbed::reset(db, &source, &wanted, &bars).await?;
        say!("reset {name}");
        report::sync(&synced);
        report::seed(&seeded);
        Ok(())
    })
}

/// Refuses where the settings are those of production, or leave the tables to somebody else.
fn refuse_production() -> Result<(), Failure> {
    let value = |name: &str| std::env::var(name).unwrap_or_default().to_ascii_lowercase();
    let is_production = |name: &&&str| matches!(value(name).as_str(), "production" | "prod");
    let leaves_tables = match (value("DB_SKIP_SYNC").as_str(), value("DB_SYNC").as_str()) {
        ("true" | "1" | "yes" | "on", _) => Some("DB_SKIP_SYNC"),
        (_, "off" | "false" | "0" | "no") => Some("DB_SYNC"),
        _ => None,
    };
    match ENVIRONMENTS.iter().find(is_production).copied().or(leaves_tables) {
        Some(name) => Err(Failure::Input(anyhow!(
            "nothing is reset where `{name}` is `{}`: these are the settings of a database that has to stay",
            std::env::var(name).unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// What the database is called: its name on the server, or its file.
fn name(config: &Config) -> String {
    match &config.target {
        seedbed::Target::Postgres(target) => target.database().to_owned(),
        seedbed::Target::Sqlite(SqliteTarget::File(file)) => file.path.display().to_string(),
        seedbed::Target::Sqlite(SqliteTarget::Memory) => ":memory:".to_owned(),
    }
}

/// Whether it is a file that a build would make again.
fn is_below_target(config: &Config) -> Result<bool, Failure> {
    let seedbed::Target::Sqlite(SqliteTarget::File(file)) = &config.target else { return Ok(false) };
    let below = |path: &Path| path.canonicalize().ok();
    let folder = below(&Workspace::find()?.root.join("target"));
    Ok(below(&file.path).zip(folder).is_some_and(|(file, folder)| file.starts_with(folder)))
}

/// Goes on only if the name of the database is typed.
fn ask(name: &str) -> Result<(), Failure> {
    eprintln!("this drops every table of the schema in `{name}`, with all that is in it; type its name to go on:");
    let mut typed = String::new();
    let read = stdin().read_line(&mut typed).map_err(anyhow::Error::from)?;
    match typed.trim() {
        typed if typed == name => Ok(()),
        _ if read == 0 => Err(Failure::Usage(anyhow!("nobody typed the name of the database; say `--yes`"))),
        typed => Err(Failure::Input(anyhow!("`{typed}` is not `{name}`; nothing has changed"))),
    }
}
