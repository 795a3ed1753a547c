//! The temporary directory of a server: where it lies, the FIFO by which users are counted, and what is left of dead ones.
//!
//! It holds `users` (the FIFO), `door` (there while others may join), `log`, the Unix socket, and `data`, which is a
//! link into memory where there is enough of it. The server's supervisor removes all of it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::is_open_to_all;
use crate::command::run;

/// What such a directory is called, followed by something random.
const PREFIX: &str = "seedbed-pg-";

/// A file system in memory, on Linux. Creating a database there is many times as fast as on most disks.
const MEMORY: &str = "/dev/shm";

/// What must be free there, in kilobytes: containers have as little as 64 MB, which one test would fill.
const ENOUGH_MEMORY: u64 = 4 << 20;

/// The directory of a server that is to be started. Dropping it removes it.
pub(super) struct Home {
    directory: TempDir,
    data: Option<TempDir>,
}

impl Home {
    /// Makes the directory, with nothing but the place for the data in it.
    pub(super) fn new() -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place())?;
        let data = has_memory().then(|| tempfile::Builder::new().prefix(PREFIX).tempdir_in(MEMORY)).transpose()?;
        if let Some(data) = &data {
            symlink(data.path(), directory.path().join("data"))?;
        }
        Ok(Self { directory, data })
    }

    /// The path of the directory.
    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Whether only root may use it as it is, for whom PostgreSQL does not run.
    pub(super) fn is_of_root(&self) -> io::Result<bool> {
        Ok(fs::metadata(self.path())?.uid() == 0)
    }

    /// Gives all of it to a user, who then can also remove it.
    pub(super) fn give_to(&self, user: u32, group: u32) -> io::Result<()> {
        let directories = [Some(&self.directory), self.data.as_ref()];
        let directories = directories.into_iter().flatten().map(TempDir::path);
        run(Command::new("chown").arg("-R").arg(format!("{user}:{group}")).args(directories)).map(drop)
    }

    /// Makes the FIFO, and opens both of its ends: the supervisor reads, users write.
    pub(super) fn make_users(&self) -> io::Result<(File, File)> {
        let unfinished = self.path().join("users.unfinished");
        run(Command::new("mkfifo").arg("-m").arg("600").arg(&unfinished))?;
        // Opening one end waits for the other, except when both are opened at once.
        let _both = File::options().read(true).write(true).open(&unfinished)?;
        let ends = (File::open(&unfinished)?, File::options().write(true).open(&unfinished)?);
        // Under this name somebody always reads it, or the server is dead.
        fs::rename(unfinished, self.path().join("users"))?;
        Ok(ends)
    }

    /// Leaves the directory to the supervisor.
    pub(super) fn keep(self) -> PathBuf {
        self.data.map(TempDir::keep);
        self.directory.keep()
    }
}

/// Opens the FIFO of a server for writing. Fails when nobody reads it, that is, when its supervisor is gone.
pub(super) fn open_users(directory: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(directory.join("users"))
}

/// Removes what dead servers left behind. A server that still runs stops by itself within a minute when its files are
/// gone.
pub(super) fn remove_leftovers() {
    let Ok(entries) = fs::read_dir(place()) else { return };
    let homes = entries.flatten().filter(|entry| entry.file_name().as_bytes().starts_with(PREFIX.as_bytes()));
    for home in homes.map(|entry| entry.path()).filter(|home| is_abandoned(home)) {
        // What belongs to another user stays, and is no reason to stop.
        let _ = fs::canonicalize(home.join("data")).and_then(fs::remove_dir_all);
        let _ = fs::remove_dir_all(home);
    }
}

/// Whether the supervisor of that directory was killed, or whoever was about to start one.
fn is_abandoned(home: &Path) -> bool {
    match open_users(home) {
        Ok(_) => false,
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => true,
        // Somebody may be making it at this moment.
        Err(_) => fs::metadata(home)
            .and_then(|found| found.modified())
            .is_ok_and(|made| made.elapsed().is_ok_and(|age| age > Duration::from_secs(60))),
    }
}

/// The folder for the directories: the system's one for temporary files, unless its path is too long for a Unix
/// socket (107 bytes), or lies where only its owner may go.
fn place() -> PathBuf {
    let folder = std::env::temp_dir();
    let fits = folder.as_os_str().len() <= 70 && is_open_to_all(&folder);
    if fits { folder } else { PathBuf::from("/tmp") }
}

fn has_memory() -> bool {
    let free = run(Command::new("df").args(["-Pk", MEMORY])).unwrap_or_default();
    // The second line's columns: file system, size, used, available.
    let available = free.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    available.is_some_and(|kilobytes: u64| kilobytes >= ENOUGH_MEMORY)
}
