//! From nothing to a database that is ready: settings, sync, seeds, and many processes at once.

mod crowd;
mod settings;
mod support;
mod sync;
mod warm;
