//! Directories that are gone when the process is, also after a crash.
//!
//! A static is never dropped and a killed process drops nothing, so a small shell watches over this process: it holds
//! the read end of a pipe, and removes the directory when the pipe ends. Somebody who wants the space back earlier
//! removes what they made.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Makes an empty directory, of this caller alone, that lives at most as long as the process.
pub fn directory() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let directory = root().join(number.to_string());
    fs::create_dir(&directory).unwrap_or_else(|error| panic!("cannot make `{}`: {error}", directory.display()));
    directory
}

/// The directory of this process, made and watched over at the first call.
fn root() -> &'static Path {
    static ROOT: OnceLock<(PathBuf, ChildStdin)> = OnceLock::new();
    let (directory, _alive) = ROOT.get_or_init(|| {
        let directory = tempfile::Builder::new().prefix("seedbed-").tempdir();
        let directory = directory.expect("the system's folder for temporary files can be written").keep();
        let alive = remove_at_exit(&directory).expect("`/bin/sh` can be run");
        (directory, alive)
    });
    directory
}

/// Removes `directory` once the returned pipe is closed, be it by the death of this process.
fn remove_at_exit(directory: &Path) -> io::Result<ChildStdin> {
    let mut watcher = Command::new("/bin/sh")
        .args(["-c", r#"trap '' HUP; cat; rm -rf "$1""#, "seedbed-scratch"])
        .arg(directory)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A group of its own: an interrupt from the keyboard ends the tests, not the one who cleans up after them.
        .process_group(0)
        .spawn()?;
    Ok(watcher.stdin.take().expect("the pipe was asked for"))
}
