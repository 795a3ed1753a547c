//! What the schema crate writes as SQL, tried on both databases: it loads, it refuses what the types of the spec do
//! not allow, its expressions mean the same, and names survive whatever is in them.

#[path = "../../../schema/tests/common/mod.rs"]
mod common;
mod connection;
mod expressions;
mod loading;
mod names;
mod random_expressions;
mod values;
