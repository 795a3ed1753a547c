//! Runs other programs, and turns their failures into messages that say which program failed and what it said.

use std::io;
use std::process::Command;

/// Runs `command` to its end and returns what it printed.
pub(crate) fn run(command: &mut Command) -> io::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().map_err(|error| io::Error::new(error.kind(), format!("cannot run `{program}`: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`{program}` failed ({}): {}", output.status, last_lines(&said, 5))))
}

/// The last `count` lines of `text`: what a program says last is why it gave up.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
