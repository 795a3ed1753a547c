//! Salacia: an API over a log of AI interactions, on PostgreSQL or SQLite.
//!
//! [`config`] says how it connects, [`hooks`] what happens around updates of interactions, [`services`] what can be asked
//! for and done, and [`api`] how HTTP asks for it.

pub mod api;
pub mod config;
pub mod hooks;
pub mod services;
