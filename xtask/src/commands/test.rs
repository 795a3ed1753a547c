//! `test`: every test of the workspace.

use std::process::Command;

use anyhow::{Context, anyhow};

use crate::failure::Failure;

/// Runs `cargo test` over the whole workspace. The harness finds PostgreSQL by itself, or installs it.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(args)
        .status()
        .context("`cargo test` could not be started")?;
    if status.success() { Ok(()) } else { Err(Failure::Input(anyhow!("not every test passed"))) }
}
