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
