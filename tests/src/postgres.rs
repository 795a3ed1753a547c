//! The PostgreSQL server of the tests: found on the machine or installed, started once, shared by all test processes
//! of a run, and stopped and removed when the last of them is gone.

mod collation;
mod find;
mod home;
mod install;
mod server;

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;

pub use server::{Server, server};

/// The oldest version that the generated SQL is written for.
const OLDEST: u32 = 15;

/// The programs of one PostgreSQL version.
#[derive(Debug, Clone)]
struct Installation {
    /// The folder that holds everything that belongs to it.
    root: PathBuf,
    /// The folder of `postgres` and `initdb`, inside `root`.
    bin: PathBuf,
    /// A folder of shared libraries, inside `root`, that the system's linker does not know.
    libraries: Option<PathBuf>,
}

impl Installation {
    /// Looks at the programs in `bin`, and refuses those that do not run or are too old.
    fn new(root: PathBuf, bin: PathBuf, libraries: Option<PathBuf>) -> io::Result<Self> {
        let installation = Self { root, bin, libraries };
        run(installation.command("initdb").arg("--version"))?;
        let version = run(installation.command("postgres").arg("--version"))?;
        match major(&version) {
            Some(major) if major >= OLDEST => Ok(installation),
            _ => Err(io::Error::other(format!("`{}` is too old: {OLDEST} or later is needed", version.trim()))),
        }
    }

    /// A command that runs one of the programs.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }

    /// Whether users other than its owner may run it.
    fn is_open_to_all(&self) -> bool {
        is_open_to_all(&self.bin.join("postgres"))
    }

    /// Copies all of it to `target`, which must not exist.
    fn copy_to(&self, target: &Path) -> io::Result<Self> {
        run(Command::new("cp").arg("-RP").arg(&self.root).arg(target))?;
        let moved = |path: &PathBuf| target.join(path.strip_prefix(&self.root).expect("everything lies inside `root`"));
        Ok(Self { root: target.into(), bin: moved(&self.bin), libraries: self.libraries.as_ref().map(moved) })
    }
}

/// Whether every user may reach and execute or enter `path`. What lies in root's home, for one, they may not.
fn is_open_to_all(path: &Path) -> bool {
    path.ancestors().all(|part| fs::metadata(part).is_ok_and(|found| found.permissions().mode() & 0o001 != 0))
}

/// The major version in what `postgres --version` prints.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// The folder in `target/` for what outlives a run: installations, and where the running server is.
fn state_dir() -> io::Result<PathBuf> {
    let folder = crate::target_dir().join("postgres");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The server to use: as `SEEDBED_POSTGRES` says, else one found on this machine, else one installed into `target/`.
fn installation() -> io::Result<Installation> {
    let wish = std::env::var("SEEDBED_POSTGRES").unwrap_or_default();
    match wish.as_str() {
        "" => match find::find()? {
            Some(found) => Ok(found),
            None => install::install(&install::SOURCES),
        },
        "install" => install::install(&install::SOURCES),
        name => match install::SOURCES.iter().find(|source| source.name == name) {
            Some(source) => install::install(std::slice::from_ref(source)),
            None => Err(io::Error::other(format!(
                "`SEEDBED_POSTGRES` is `{name}`, which is none of `install`, `pypi` and `debian`"
            ))),
        },
    }
}
