//! Tests of the driver on its own.

mod checkpoints;
mod dropping;
mod errors;
mod files;
mod locks;
mod placement;
mod support;
mod transactions;
mod values;
