//! The driver against a real server.

mod copies;
mod drops;
mod failures;
mod pooling;
mod savepoints;
mod statements;
mod support;
mod values;
