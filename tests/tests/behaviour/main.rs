//! What the generated API does on a database: every test runs on SQLite and on PostgreSQL with the same body.
//!
//! Most tests use the models of `specs/kinds`, which has every type, default and association; those about seeds,
//! services and metadata use the workspace's own eleven models.

mod support;

mod associations;
mod bulk;
mod changing;
mod creating;
mod dialects;
mod differential;
mod dropping;
mod errors;
mod filters;
mod finding;
mod foreign_keys;
mod guarding;
mod handle;
mod hooking;
mod including;
mod joining;
mod limits;
mod names;
mod paging;
mod plans;
mod platform;
mod preparing;
mod raw;
mod reading;
mod resetting;
mod round_trips;
mod secrets;
mod selecting;
mod testing;
mod transactions;
mod typed;
mod upserting;
mod versions;
