//! The command line as a process: what it prints, what it writes, and with which exit code it ends.
//!
//! This binary has no test harness: started with [`workspace::CHILD`] set, it is the command line itself, so that the tests
//! can start it, and kill it.

mod check;
mod format;
mod generate;
mod reset;
mod seed;
mod workspace;

use std::process::ExitCode;
use std::{env, panic};

fn main() -> ExitCode {
    if env::var_os(workspace::CHILD).is_some() {
        return seedbed_cli::main();
    }
    let filter = env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let tests = [generate::TESTS, format::TESTS, check::TESTS, seed::TESTS, reset::TESTS].concat();
    let mut failed = 0;
    for (name, test) in tests.iter().filter(|(name, _)| name.contains(&filter)) {
        let passed = panic::catch_unwind(test).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += u8::from(!passed);
    }
    ExitCode::from(failed)
}

/// Declares the tests of a module by their names.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        pub(crate) const TESTS: &[(&str, fn())] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}
use tests;
