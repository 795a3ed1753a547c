//! A server from the packages of a Debian or Ubuntu, unpacked instead of installed, so that nobody has to be root.
//!
//! Packages that the server needs and the machine lacks are unpacked beside it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;
use crate::postgres::{Installation, OLDEST};

pub(super) fn fetch(folder: &Path) -> io::Result<()> {
    with_lists(folder, |apt| {
        let server = newest_server(&apt.run("apt-cache", &["pkgnames", "postgresql-"])?)?;
        let missing = apt.run("apt-get", &["--simulate", "--no-install-recommends", "install", &server])?;
        let mut packages: BTreeSet<&str> = missing.lines().filter_map(to_be_installed).collect();
        // An installed package is not missing, yet its files may be: somebody may have removed the server by hand.
        packages.extend([server.as_str(), "libpq5"]);
        apt.unpack(&packages, folder)
    })
}

pub(super) fn open(folder: PathBuf) -> io::Result<Installation> {
    let bin = subfolder(&folder.join("usr/lib/postgresql"), |_| true)?.join("bin");
    let libraries = subfolder(&folder.join("usr/lib"), |name| name.contains("-linux-"))?;
    Installation::new(folder, bin, Some(libraries))
}

/// Downloads one package and unpacks it into `folder`.
pub(in crate::postgres) fn unpack(package: &str, folder: &Path) -> io::Result<()> {
    with_lists(folder, |apt| apt.unpack(&BTreeSet::from([package]), folder))
}

/// Does `work` with the machine's lists of packages, and where they are missing or out of date with fresh ones.
fn with_lists(folder: &Path, work: impl Fn(&Apt) -> io::Result<()>) -> io::Result<()> {
    let machines = Apt { options: Vec::new() };
    if work(&machines).is_ok() {
        return Ok(());
    }
    let place = tempfile::Builder::new().prefix("apt-").tempdir_in(folder)?;
    let own = Apt::with_own_lists(place.path())?;
    own.run("apt-get", &["update"])?;
    work(&own)
}

struct Apt {
    options: Vec<String>,
}

impl Apt {
    /// Lists in a folder of our own: updating the machine's would need root, and is not ours to do.
    fn with_own_lists(place: &Path) -> io::Result<Self> {
        fs::create_dir_all(place.join("lists/partial"))?;
        fs::create_dir_all(place.join("cache/archives/partial"))?;
        let option =
            |name: &str, folder: &str| [String::from("-o"), format!("{name}={}", place.join(folder).display())];
        let folders = [option("Dir::State::Lists", "lists"), option("Dir::Cache", "cache")];
        Ok(Self { options: folders.concat() })
    }

    fn run(&self, program: &str, arguments: &[&str]) -> io::Result<String> {
        run(Command::new(program).args(&self.options).args(arguments))
    }

    fn unpack(&self, packages: &BTreeSet<&str>, folder: &Path) -> io::Result<()> {
        let downloads = tempfile::Builder::new().prefix("packages-").tempdir_in(folder)?;
        run(Command::new("apt-get").args(&self.options).arg("download").args(packages).current_dir(downloads.path()))?;
        for package in fs::read_dir(downloads.path())? {
            run(Command::new("dpkg").arg("-x").arg(package?.path()).arg(folder))?;
        }
        Ok(())
    }
}

/// The newest `postgresql-N` among the names of packages.
fn newest_server(names: &str) -> io::Result<String> {
    let version = |name: &str| name.strip_prefix("postgresql-")?.parse::<u32>().ok();
    let newest = names.lines().filter_map(version).max();
    match newest {
        Some(newest) if newest >= OLDEST => Ok(format!("postgresql-{newest}")),
        _ => Err(io::Error::other(format!("its packages hold no PostgreSQL {OLDEST} or later"))),
    }
}

/// The package in a line of a simulated installation that adds one: `Inst libpq5 (15.18-0 Debian:12 [amd64])`.
///
/// Lines of upgrades, `Inst libc6 [2.36-9] (…)`, do not count: a second C library beside the machine's breaks both.
fn to_be_installed(line: &str) -> Option<&str> {
    let (package, rest) = line.strip_prefix("Inst ")?.split_once(' ')?;
    rest.starts_with('(').then_some(package)
}

fn subfolder(folder: &Path, wanted: fn(&str) -> bool) -> io::Result<PathBuf> {
    let names = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let found = names.iter().find(|entry| entry.file_name().to_str().is_some_and(wanted));
    found.map(|entry| entry.path()).ok_or_else(|| io::Error::other(format!("`{}` is empty", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_are_told_from_upgrades() {
        assert_eq!(to_be_installed("Inst libpq5 (15.18-0 Debian:12 [amd64])"), Some("libpq5"));
        assert_eq!(to_be_installed("Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])"), None);
        assert_eq!(to_be_installed("Conf libpq5 (15.18-0 Debian:12 [amd64])"), None);
    }

    #[test]
    fn the_newest_server_is_the_one_with_the_largest_number() {
        let names = "postgresql-9.6\npostgresql-15\npostgresql-17\npostgresql-17-pgvector\npostgresql-client-18\n";
        assert_eq!(newest_server(names).unwrap(), "postgresql-17");
        newest_server("postgresql-13\n").expect_err("too old");
    }
}
