//! The data of Quetrex behind one service, on SQLite for development and on PostgreSQL for production.
//!
//! - [`DatabaseService`]: what the programs of Quetrex do with their data, model by model.
//! - [`connect`]: the service on the database that the environment names; [`with_pool`] is the pool it has in production.
//! - [`load_samples`]: rows to develop with, which no start loads by itself.
//!
//! The models themselves are `quetrex_db`, which `cargo xtask gen` wrote from `schema.yaml`.

mod connection;
mod samples;
mod service;

mod activities;
mod agents;
mod costs;
mod projects;
mod users;

pub use connection::{connect, with_pool};
pub use projects::{LoadedProject, ProjectIncludes};
pub use samples::load_samples;
pub use service::DatabaseService;
