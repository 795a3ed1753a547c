//! From nothing to a database that is ready: settings, sync, seeds, and many processes at once.

mod crowd;
mod lazy;
mod settings;
mod support;
mod sync;
mod warm;
