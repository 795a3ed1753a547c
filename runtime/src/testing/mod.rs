//! What tests need: a database of their own ([`TestDatabase`]), one that is empty again ([`clear`]), and rows that are
//! complete but for what a test is about ([`Factory`]).
//!
//! Behind the feature `testing`, of this crate and of generated ones.

mod clear;
mod database;
mod factory;
mod parents;
mod sample;
mod server;

pub use clear::{clear, clear_any};
pub use database::TestDatabase;
pub use factory::Factory;
