//! Finds a PostgreSQL server on this machine. Starts and installs nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Installation;
use crate::command::run;

/// The first server of a usable version: `PGBIN`, the `PATH`, what `pg_config` names, then the folders of packages.
///
/// A `PGBIN` that does not hold one is an error: whoever sets it wants that one and no other.
pub(super) fn find() -> io::Result<Option<Installation>> {
    if let Some(wanted) = std::env::var_os("PGBIN") {
        let wanted = PathBuf::from(wanted);
        return look_into(&wanted).map(Some).map_err(|error| {
            io::Error::other(format!("`PGBIN` is `{}`, where no usable server is: {error}", wanted.display()))
        });
    }
    Ok(folders().find_map(|folder| look_into(&folder).ok()))
}

/// The server in `folder`. Links are followed, because `initdb` looks for its data beside the real program.
fn look_into(folder: &Path) -> io::Result<Installation> {
    let postgres = fs::canonicalize(folder.join("postgres"))?;
    let bin = postgres.parent().expect("a file has a parent").to_path_buf();
    let root = bin.parent().unwrap_or(&bin).to_path_buf();
    Installation::new(root, bin, None)
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    // Asked only when the `PATH` had nothing, for it costs a process.
    let of_pg_config = std::iter::once_with(|| run(Command::new("pg_config").arg("--bindir")).ok()).flatten();
    on_path.into_iter().chain(of_pg_config.map(|folder| folder.trim().into())).chain(packaged())
}

/// Where packages put their servers, the newest version first: Debian, Red Hat, Homebrew on either processor.
fn packaged() -> Vec<PathBuf> {
    const PLACES: [(&str, &str); 4] = [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ];
    let mut found: Vec<(u32, PathBuf)> = PLACES.iter().flat_map(|(place, prefix)| versions(place, prefix)).collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder.join("bin")).collect()
}

/// The folders in `place` that are called `prefix` and a number.
fn versions(place: &str, prefix: &str) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
    let version = |name: &str| name.strip_prefix(prefix)?.parse().ok();
    entries.flatten().filter_map(|entry| Some((version(entry.file_name().to_str()?)?, entry.path()))).collect()
}
