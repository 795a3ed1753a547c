//! The reading of specs: diagnostics as users see them, specs that are right, hostile ones, and what editors are told.

mod diagnostics;
mod expect;
mod explain;
mod format;
mod format_properties;
mod hostile;
mod lowered;
mod places;
mod properties;
mod readers;
