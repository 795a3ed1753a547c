//! Expected text beside a fixture; `UPDATE_EXPECT=1` rewrites it, and the diff is then reviewed.

use std::fs;
use std::path::{Path, PathBuf};

/// Compares a text with a file. What differs is collected, so that one run shows all of it.
pub(crate) fn check(path: &Path, actual: &str, failures: &mut Vec<String>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, actual).expect("the fixtures can be written");
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected != actual {
        failures.push(format!("{}\n--- expected\n{expected}\n--- found\n{actual}", path.display()));
    }
}

/// Fails with everything that was collected.
pub(crate) fn finish(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{}\n\nto accept: UPDATE_EXPECT=1 cargo test -p seedbed-codegen",
        failures.join("\n\n")
    );
}

/// The files of a folder with an ending, sorted. The folder is the list of tests.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of fixtures exists");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == ending));
    files.sort();
    assert!(!files.is_empty(), "no fixture in {folder}");
    files
}
