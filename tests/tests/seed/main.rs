//! The seeder on both databases: every feature of a cell, a header and a row, and every way in which they can be wrong.

mod associations;
mod cells;
mod headers;
mod history;
mod keys;
mod large;
mod peer;
mod refusals;
mod shipped;
mod shop;
