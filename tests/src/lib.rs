//! The harness that suites and benches share: a fresh database per test on either dialect, and nothing left afterwards.
//!
//! - [`TestDb`]: a database of its own for one test, and [`on_both!`]: one test body, run on both databases.
//! - [`proxy::Proxy`]: a proxy in front of PostgreSQL that counts round trips, reads statements, freezes and kills.
//! - [`postgres::server`]: the PostgreSQL server behind it all, found or installed, started once and shared.
//! - [`Messages`]: what is told to `tracing`.
//! - [`scratch`]: directories that are gone when the process is, also after a crash.
//!
//! It needs a Unix system. How a service connects to these databases is the suites' business, not the harness's.

mod command;
mod database;
mod messages;
mod on_both;
pub mod postgres;
pub mod proxy;
pub mod scratch;

use std::path::{Path, PathBuf};

pub use database::TestDb;
pub use messages::Messages;
pub use on_both::expect_success;
pub use seedbed_schema::Dialect;

/// The folder that Cargo builds into: `CARGO_TARGET_DIR`, else `target/` in the workspace.
pub fn target_dir() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the workspace");
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace.join(folder),
        None => workspace.join("target"),
    }
}

/// Compiles the Rust of the read-me.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Compiles the Rust of the guide, page by page.
macro_rules! guide {
    ($($page:ident: $path:literal;)*) => {$(
        #[doc = concat!("Compiles the Rust of `", $path, "`.")]
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../docs/", $path))]
        pub struct $page;
    )*};
}

guide! {
    Spec: "spec.md";
    Queries: "queries.md";
    Includes: "includes.md";
    Selecting: "selecting.md";
    Paging: "paging.md";
    Sql: "sql.md";
    Transactions: "transactions.md";
    Hooks: "hooks.md";
    Testing: "testing.md";
}
