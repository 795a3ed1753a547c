//! A workspace of its own, and the command line in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// Set in processes that are the command line.
pub(crate) const CHILD: &str = "SEEDBED_COMMAND_CHILD";

/// A workspace of its own, in a folder that goes away.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// One that lists these specs.
    pub(crate) fn new(specs: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Self { folder };
        workspace.put("Cargo.toml", &format!("[workspace]\n[workspace.metadata.seedbed]\nspecs = {specs:?}\n"));
        workspace
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn put(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("there is room");
        fs::write(path, content).expect("there is room");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::current_exe().expect("this program is a file"));
        command.args(arguments).current_dir(self.folder.path()).env(CHILD, "1");
        // Only a test says which database is meant.
        let is_ours =
            |name: &str| ["DATABASE_URL", "USE_SQLITE", "DB_", "PG"].iter().any(|start| name.starts_with(start));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_ours)) {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("this program can be run")
    }

    /// Generates, which has to work.
    pub(crate) fn generate(&self) {
        let output = self.run(&["gen"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Every file by its path, but for the manifest and the specs.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), "", &mut files);
        files.retain(|path, _| path != "Cargo.toml" && !path.ends_with(".yaml") && !path.starts_with("data/"));
        files
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
}

/// The spec of the suites, which has every construct.
pub(crate) fn kinds() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/kinds/schema.yaml");
    fs::read_to_string(path).expect("the spec is here")
}

/// A spec of these models.
pub(crate) fn models(names: &[&str]) -> String {
    let models: String = names.iter().map(|name| format!("  {name}:\n    fields:\n      text: string\n")).collect();
    format!("seedbed: 1\npackage: shop\ndefaults:\n  key: bigint = auto\nmodels:\n{models}")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
