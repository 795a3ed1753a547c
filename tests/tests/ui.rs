//! The generated API in the hands of a user: what must not compile, with the message they get, and what must.
//!
//! The messages are those of the Rust version that the workspace names; with another one, only that the cases do not
//! compile is tested. `TRYBUILD=overwrite cargo test -p seedbed-tests --test ui` writes the messages anew.

#[path = "ui/pass/mod.rs"]
mod pass;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Where the cases are in a process that this test starts.
const CASES: &str = "SEEDBED_UI_CASES";

/// Each case opens with what must be refused, and why.
#[test]
fn misuse_does_not_compile() {
    match env::var(CASES) {
        Ok(folder) => run(&folder),
        Err(_) if is_the_compiler_of_the_messages() => run("tests/ui/fail"),
        Err(_) => run_without_messages(),
    }
}

fn run(folder: &str) {
    trybuild::TestCases::new().compile_fail(format!("{folder}/*.rs"));
}

fn is_the_compiler_of_the_messages() -> bool {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output().expect("there is a compiler");
    String::from_utf8_lossy(&version.stdout).starts_with(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION"), "."))
}

/// Runs copies of the cases, and has their messages written rather than compared.
fn run_without_messages() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for case in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail")).expect("the cases are here") {
        let path = case.expect("the cases can be read").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            fs::copy(&path, folder.path().join(path.file_name().expect("it is a file"))).expect("there is room");
        }
    }
    let this = env::current_exe().expect("this program is a file");
    let done = Command::new(this)
        .args(["--exact", "misuse_does_not_compile"])
        .env(CASES, folder.path())
        .env("TRYBUILD", "overwrite")
        .status()
        .expect("this program can be run");
    assert!(done.success(), "a case compiles that must not");
}
