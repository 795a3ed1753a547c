//! A workspace that is written, and checked by cargo.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

/// A workspace of two crates: `database`, which holds the models, and `service`, which uses them.
pub(crate) struct Project {
    /// What it is called in tables.
    pub(crate) name: String,
    folder: PathBuf,
    /// The version of its crates: what is built is told apart by name and version, not by workspace.
    version: String,
    /// The lines of each file of a model.
    lines: Vec<usize>,
}

/// What is checked anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The crate of the models.
    Models,
    /// The crate that uses them.
    Service,
}

/// How long a check took, in seconds.
pub(crate) struct Took {
    pub(crate) wall: f64,
    /// Of all processors together, which other programs on the machine do not change.
    pub(crate) processor: f64,
}

impl Project {
    /// An empty workspace in `target/`, with crates of a version that no other project has.
    pub(crate) fn new(name: &str, folder: &str, version: &str) -> Self {
        let folder = seedbed_tests::target_dir().join("check").join(folder);
        let _ = fs::remove_dir_all(&folder);
        let project = Self { name: name.to_owned(), folder, version: version.to_owned(), lines: Vec::new() };
        let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a manifest");
        let (_, versions) = manifest.split_once("[workspace.dependencies]\n").expect("it declares versions");
        let (versions, _) = versions.split_once("\n[").expect("more follows");
        let versions = versions.replace("path = \"", &format!("path = \"{}/", root().display()));
        let members = "members = [\"database\", \"service\"]\nresolver = \"3\"";
        project.write("Cargo.toml", &format!("[workspace]\n{members}\n\n[workspace.dependencies]\n{versions}\n"));
        fs::copy(root().join("Cargo.lock"), project.folder.join("Cargo.lock")).expect("the workspace has a lock file");
        project
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.folder.join(path);
        let parent = path.parent().expect("it lies in the workspace");
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, content)).expect("the disk has room");
    }

    /// Writes the manifest of one of the two crates.
    pub(crate) fn write_manifest(&self, package: &str, dependencies: &str) {
        let version = &self.version;
        let head = format!("[package]\nname = \"{package}\"\nversion = \"{version}\"\nedition = \"2024\"\n");
        self.write(&format!("{package}/Cargo.toml"), &format!("{head}\n[dependencies]\n{dependencies}"));
    }

    /// Writes the file of a model.
    pub(crate) fn write_model(&mut self, file: &str, content: &str) {
        self.write(&format!("database/src/{file}"), content);
        self.lines.push(content.lines().count());
    }

    /// The lines of all models.
    pub(crate) fn lines(&self) -> usize {
        self.lines.iter().sum()
    }

    /// The lines of the last model.
    pub(crate) fn lines_of_last(&self) -> usize {
        self.lines.last().copied().unwrap_or_default()
    }

    /// Checks one of the crates as if it had changed.
    ///
    /// Incremental compilation is off: it would find that nothing did.
    pub(crate) fn check(&self, stage: Stage) -> Took {
        let package = match stage {
            Stage::Models => "database",
            Stage::Service => "service",
        };
        touch(&self.folder.join(package).join("src/lib.rs"));
        let (start, before) = (Instant::now(), processor_time());
        let done = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--package", package])
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.with_file_name("target"))
            .output()
            .expect("cargo starts");
        let took = Took { wall: start.elapsed().as_secs_f64(), processor: processor_time() - before };
        assert!(done.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&done.stderr));
        took
    }
}

/// The folder of the workspace that this bench belongs to.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the workspace")
}

fn touch(path: &Path) {
    let file = File::options().append(true).open(path).expect("it was written");
    file.set_modified(SystemTime::now()).expect("the file system keeps times");
}

/// The seconds that the programs started from here have run so far.
fn processor_time() -> f64 {
    // SAFETY: numbers may be zero, and the call writes to the place that it is given and to nothing else.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        let failed = libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        assert_eq!(failed, 0, "every Unix system counts");
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
