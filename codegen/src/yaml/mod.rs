//! Reads YAML 1.2 into a tree of nodes that keeps the text as written, its style and its place.
//!
//! Nothing is interpreted here: `no`, `007` and `1.0` stay text. What a spec has no use for (anchors, aliases, tags,
//! several documents, duplicate keys) is an error with its place, and so is a file meant to exhaust the reader.

mod node;
mod open;
mod parse;
mod place;

pub use node::{List, Map, Node, Scalar, Style};
pub use open::MAX_BYTES;
pub(crate) use open::{accept, open};
pub(crate) use parse::parse;
pub use parse::{MAX_DEPTH, MAX_NODES};
pub use place::place;
pub(crate) use place::quoted_length;

use std::path::Path;

use crate::diagnostics::{Diagnostics, Report};
use crate::source::Sources;

/// Reads a text as it stands, as YAML and nothing more: for tools that look at a spec without understanding it.
///
/// # Errors
/// What is wrong with it as YAML.
pub fn read_text(path: &Path, text: String) -> Result<(Node, Sources), Diagnostics> {
    let mut report = Report::default();
    let node = accept(text.into_bytes(), path, &mut report).and_then(|file| parse(file, &mut report));
    match node {
        Some(node) if !report.has_errors() => Ok((node, report.sources)),
        _ => Err(report.finish()),
    }
}
