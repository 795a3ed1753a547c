//! The folder behind a `:memory:` database.
//!
//! A database in memory is a temporary WAL file with `synchronous=OFF`: it never waits for a disk, and unlike SQLite's own
//! memory databases it takes any number of readers beside one writer. The file keeps its name while it is in use,
//! although it could be unlinked on many systems, because SQLite opens every further connection (and the `-wal` and `-shm`
//! files of each) by path: without a name no reader could be opened or replaced later. Instead the folder holds a locked
//! file, and the first start that finds the lock free removes what a killed process left behind.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use uuid::Uuid;

use crate::driver::{Failure, FailureKind};

/// How the folders begin, so that leftovers can be told.
const PREFIX: &str = "seedbed-memory-";
/// The file that is locked for as long as the folder is in use.
const LOCK: &str = "lock";
/// How old a folder without a locked file must be to count as left behind: its owner may be about to lock it.
const GRACE: Duration = Duration::from_secs(60);

/// A temporary folder of one handle, removed with everything in it when the last connection lets go of it.
#[derive(Debug)]
pub(super) struct PrivateFolder {
    path: PathBuf,
    /// Held for its lock.
    _lock: File,
}

/// Whether a file is that of a database in memory.
#[cfg(feature = "testing")]
pub(crate) fn is_in_memory(file: &Path) -> bool {
    let folder = file.parent().and_then(Path::file_name);
    folder.is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
}

impl PrivateFolder {
    /// Creates one below the system's temporary folder, readable by its owner alone.
    pub(super) fn create() -> Result<Self, Failure> {
        static LEFTOVERS: Once = Once::new();
        let parent = env::temp_dir();
        LEFTOVERS.call_once(|| remove_leftovers(&parent, GRACE));
        Self::create_in(&parent).map_err(|error| {
            let message = format!("cannot create a temporary folder for the database in `{}`", parent.display());
            Failure::new(FailureKind::Connection, message).with_source(error)
        })
    }

    /// The database file in it.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("database.sqlite")
    }

    pub(super) fn create_in(parent: &Path) -> io::Result<Self> {
        let path = parent.join(format!("{PREFIX}{}", Uuid::new_v4().simple()));
        private_folder().create(&path)?;
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by a later start.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(unix)]
fn private_folder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> DirBuilder {
    DirBuilder::new()
}

/// Removes folders whose owner is gone. Errors are left for the next start: somebody else may be removing the same.
pub(super) fn remove_leftovers(parent: &Path, grace: Duration) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(PREFIX) && is_left_behind(&entry, grace) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left_behind(entry: &fs::DirEntry, grace: Duration) -> bool {
    let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|at| at.elapsed().unwrap_or_default());
    if !age.is_ok_and(|age| age >= grace) {
        return false;
    }
    match File::open(entry.path().join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
