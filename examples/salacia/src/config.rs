//! How the service connects: `DATABASE_URL` and its like say where to, the kind of environment how many connections.

use std::time::Duration;

use salacia_db::Builder;

use crate::hooks;

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's machine: the pool is as it comes.
    Development,
    /// For everybody: a small pool, which lets go of what is idle.
    Production,
}

impl Environment {
    /// What `SALACIA_ENV` says: `production`, or anything else for development.
    pub fn current() -> Self {
        match std::env::var("SALACIA_ENV").as_deref() {
            Ok("production") => Self::Production,
            _ => Self::Development,
        }
    }

    /// A handle's builder with the settings of this environment, and the hooks of the service.
    pub fn builder(self) -> Builder {
        let builder = salacia_db::builder().log(false).hooks(hooks::tracking());
        match self {
            Self::Development => builder,
            Self::Production => builder
                .pool_max(5)
                .pool_min(0)
                .acquire_timeout(Duration::from_millis(30_000))
                .idle_timeout(Duration::from_millis(10_000)),
        }
    }
}
