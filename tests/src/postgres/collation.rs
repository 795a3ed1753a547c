//! The default collation of the test databases, which must not sort by code points as C does.
//!
//! A server whose default is C would hide every column that forgets to say `COLLATE "C"`. Many machines, containers
//! above all, have no other locale, and the versions of PostgreSQL differ in what they can do without.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Installation, install, state_dir};
use crate::command::run;

/// Where the order of text comes from.
pub(super) enum Collation {
    /// A locale that the system has.
    System(String),
    /// The ICU library, which this server was built with.
    Icu,
    /// A locale compiled for us, in a folder that the C library is pointed to.
    Compiled(PathBuf),
}

const COMPILED: &str = "en_US.utf8";

impl Collation {
    /// The best that this machine and this server have together.
    pub(super) fn choose(installation: &Installation) -> io::Result<Self> {
        if let Some(name) = system_locale() {
            return Ok(Self::System(name));
        }
        if has_icu(installation)? {
            return Ok(Self::Icu);
        }
        compiled_locale().map(Self::Compiled).map_err(|error| {
            io::Error::other(format!(
                "the system has no locale but C, and this PostgreSQL has no ICU, so that text would be sorted by code \
                 points only: {error}\nmake a locale (Debian: `apt-get install locales && localedef -i en_US -f UTF-8 \
                 en_US.UTF-8`) or use a server with ICU"
            ))
        })
    }

    /// Adds to `command`, whose arguments end with those for `initdb`, what makes this the default of every database
    /// of the server in `directory`.
    pub(super) fn apply(&self, command: &mut Command, directory: &Path) -> io::Result<()> {
        match self {
            Self::System(name) => command.args(["--locale-provider=libc", "--locale", name]),
            Self::Icu => command.args(["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"]),
            Self::Compiled(locale) => {
                let copied = directory.join("locale");
                run(Command::new("cp").arg("-R").arg(locale).arg(&copied))?;
                command.args(["--locale-provider=libc", "--locale", COMPILED]).env("LOCPATH", copied)
            }
        };
        Ok(())
    }
}

/// A locale of UTF-8 text other than C: English of the United States, or else the first there is.
fn system_locale() -> Option<String> {
    let listed = run(Command::new("locale").arg("-a")).unwrap_or_default();
    let is_utf8 = |name: &&str| name.to_ascii_lowercase().replace('-', "").ends_with(".utf8");
    let mut names: Vec<&str> =
        listed.lines().filter(is_utf8).filter(|name| !name.starts_with("C.") && !name.starts_with("POSIX")).collect();
    names.sort_by_key(|name| !name.starts_with("en_US"));
    names.first().map(ToString::to_string)
}

/// Whether the server was built with ICU: then it calls this function of it. (Only trying `initdb` would tell otherwise.)
fn has_icu(installation: &Installation) -> io::Result<bool> {
    let program = fs::read(installation.bin.join("postgres"))?;
    Ok(program.windows(9).any(|bytes| bytes == b"ucol_open"))
}

/// A folder with a locale, compiled now or by an earlier run, from the sources on this machine or those of Debian.
fn compiled_locale() -> io::Result<PathBuf> {
    let folder = state_dir()?.join("locale");
    if !folder.exists() {
        install::unpack_whole(&folder, |folder| {
            compile(None, folder).or_else(|_| {
                let sources = tempfile::tempdir_in(folder)?;
                install::unpack_debian("locales", sources.path())?;
                compile(Some(sources.path().join("usr/share/i18n")), folder)
            })
        })?;
    }
    Ok(folder)
}

fn compile(sources: Option<PathBuf>, folder: &Path) -> io::Result<()> {
    let mut command = Command::new("localedef");
    command.args(["-i", "en_US", "-f", "UTF-8"]).arg(folder.join(COMPILED));
    if let Some(sources) = sources {
        command.env("I18NPATH", sources);
    }
    run(&mut command).map(drop)
}
