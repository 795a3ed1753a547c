//! The document of Quetrex, section by section: above each test stands what the document says. Nearly all of it runs on
//! both databases.

mod support;

mod bulk;
mod database_service;
mod models;
mod performance;
mod production;
mod setup;
mod testing;
mod transactions;
