//! One file per command.

pub(crate) mod check;
pub(crate) mod database;
pub(crate) mod explain;
pub(crate) mod format;
pub(crate) mod generate;
pub(crate) mod quickstart;
pub(crate) mod reset;
pub(crate) mod test;
