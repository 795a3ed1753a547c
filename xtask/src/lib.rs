//! The command line of Seedbed: thin. `cargo xtask …` inside a workspace, `seedbed …` when installed.
//!
//! Another workspace owns its own `xtask` with one line: `fn main() -> ExitCode { seedbed_cli::main() }`.

/// Prints a line. A reader that has gone away, as in `… | head`, is no reason to fail.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod commands;
mod failure;
mod inspect;
mod progress;
mod report;
mod table;
mod target;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use failure::Failure;

/// One YAML file describes the data; everything else grows from it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Exit codes: 0 done, 1 what you wrote is wrong, 2 wrong usage, 3 the database said no.

Examples:
  cargo xtask quickstart        generate, create a SQLite database, fill it, and look inside
  cargo xtask gen               write everything that follows from schema.yaml
  cargo xtask gen --check       say whether that has been done, and change nothing
  cargo xtask fmt               bring schema.yaml into its canonical form; with --check, only look
  cargo xtask explain SB031     what a diagnostic means, with an example
  cargo xtask test              run every test, on SQLite and PostgreSQL";

const FMT_EXAMPLES: &str = "\
Every comment stays, nothing is reordered, and what the spec means does not change: `fmt` compares it and else writes nothing.

Examples:
  cargo xtask fmt                         every spec of the workspace
  cargo xtask fmt --spec schema.yaml      one of them
  cargo xtask fmt --check                 list what would change, and fail if something would";

const RESET_EXAMPLES: &str = "\
Unless it is a SQLite file below `target/`, the name of the database has to be typed, or `--yes` said. Refused where the
settings are those of production: NODE_ENV, APP_ENV or RUST_ENV is `production`, or DB_SKIP_SYNC or DB_SYNC=off leaves the
tables to somebody else. Tables that the schema does not have stay.

Examples:
  cargo xtask reset                       asks for the name of the database
  cargo xtask reset --yes --set dev       does not ask, and loads the samples too";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the generated crate of every spec, or of one.
    Gen {
        /// Change nothing; fail if something would change.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        spec: SpecArgs,
    },
    /// Bring every spec and what it includes, or one, into canonical form: block style, short forms, least quoting.
    #[command(after_help = FMT_EXAMPLES)]
    Fmt {
        /// Change nothing; fail if something would change.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        spec: SpecArgs,
    },
    /// Read the spec and its seeds, and report what is wrong with them; write nothing.
    Check(SpecArgs),
    /// Explain a diagnostic by its code.
    Explain {
        /// The code, such as `SB031`.
        code: String,
    },
    /// Create the tables and indexes that the database is missing, and report what differs.
    Sync(DatabaseArgs),
    /// Load the seeds.
    Seed {
        #[command(flatten)]
        database: DatabaseArgs,
        /// Also load the seeds of a set, such as `dev`.
        #[arg(long)]
        set: Vec<String>,
    },
    /// Drop every table of the schema with all that is in it, create them anew, and load the seeds.
    #[command(after_help = RESET_EXAMPLES)]
    Reset {
        #[command(flatten)]
        database: DatabaseArgs,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// Also load the seeds of a set, such as `dev`.
        #[arg(long)]
        set: Vec<String>,
    },
    /// Generate, create a SQLite database, fill it, and look inside.
    Quickstart {
        /// Where to create the database.
        #[arg(long, default_value = "target/quickstart.db")]
        storage: PathBuf,
    },
    /// Run every test of the workspace; PostgreSQL is found, or installed below `target/`.
    Test {
        /// What to hand on to `cargo test`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

/// Which spec, and how to report on it.
#[derive(Debug, Args)]
struct SpecArgs {
    /// The spec; by default every one that `[workspace.metadata.seedbed]` lists.
    #[arg(long)]
    spec: Option<PathBuf>,
    /// How diagnostics are written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Which spec and which database.
#[derive(Debug, Args)]
#[command(
    after_help = "The database is the one that the environment names (DATABASE_URL, DB_DIALECT, PGHOST, …), or `.env`."
)]
struct DatabaseArgs {
    /// The spec; by default the first that `[workspace.metadata.seedbed]` lists.
    #[arg(long)]
    spec: Option<PathBuf>,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the line shown.
    Text,
    /// For editors and CI.
    Json,
}

/// Printing Rust is a quarter allocation: with this one `gen` takes 0.73 of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Gen { check, spec } => commands::generate::run(&spec, check),
        Command::Fmt { check, spec } => commands::format::run(&spec, check),
        Command::Check(spec) => commands::check::run(&spec),
        Command::Explain { code } => commands::explain::run(&code),
        Command::Sync(database) => commands::database::sync(&database),
        Command::Seed { database, set } => commands::database::seed(&database, set),
        Command::Reset { database, yes, set } => commands::reset::run(&database, yes, set),
        Command::Quickstart { storage } => commands::quickstart::run(&storage),
        Command::Test { args } => commands::test::run(&args),
    }
}
