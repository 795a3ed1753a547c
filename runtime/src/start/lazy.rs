//! A driver that is there already, or that the first use opens, syncs and seeds.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use seedbed_schema::Dialect;
use tokio::sync::OnceCell;

use super::settings::Settings;
use crate::db::AnyDriver;
use crate::seed::{SeedSource, Wanted};
use crate::{Error, Result, Target, meta};

/// The way to a driver.
pub(crate) struct Door {
    dialect: Dialect,
    driver: OnceCell<Arc<AnyDriver>>,
    /// What the first use starts; nothing where the driver was there from the beginning.
    start: Option<(&'static meta::Schema, Box<Settings>)>,
    closed: AtomicBool,
    seeds: OnceLock<Seeds>,
}

/// The seeds that the start of a handle was about.
#[derive(Debug, Clone)]
pub(super) struct Seeds {
    pub(super) source: SeedSource,
    pub(super) wanted: Wanted,
}

impl Door {
    /// The driver is there.
    pub(crate) fn open(driver: AnyDriver) -> Self {
        let dialect = driver.dialect();
        Self::new(dialect, OnceCell::from(Arc::new(driver)), None)
    }

    /// The first use starts it.
    pub(super) fn closed(schema: &'static meta::Schema, settings: Settings) -> Self {
        let dialect = match settings.config.target {
            Target::Postgres(_) => Dialect::Postgres,
            Target::Sqlite(_) => Dialect::Sqlite,
        };
        let start = Some((schema, Box::new(settings)));
        Self::new(dialect, OnceCell::new(), start)
    }

    fn new(
        dialect: Dialect,
        driver: OnceCell<Arc<AnyDriver>>,
        start: Option<(&'static meta::Schema, Box<Settings>)>,
    ) -> Self {
        Self { dialect, driver, start, closed: AtomicBool::new(false), seeds: OnceLock::new() }
    }

    /// Keeps the seeds for whoever loads them again; only the first call counts.
    pub(super) fn remember(&self, seeds: &Seeds) {
        self.seeds.get_or_init(|| seeds.clone());
    }

    /// The seeds that the handle was started with, if it was started.
    pub(super) fn seeds(&self) -> Option<&Seeds> {
        self.seeds.get().or_else(|| self.start.as_ref().map(|(_, settings)| &settings.seeds))
    }

    /// Which SQL the database takes, which is known before it is open.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The driver. A start that failed is tried again at the next use.
    ///
    /// # Errors
    /// That of the start.
    pub(crate) async fn driver(&self) -> Result<&AnyDriver> {
        match self.driver.get() {
            Some(driver) => Ok(driver),
            None => self.enter().await,
        }
    }

    /// Closes the driver, or sees to it that none is opened.
    pub(crate) async fn close(&self, deadline: Duration) {
        self.closed.store(true, Ordering::SeqCst);
        if let Some(driver) = self.driver.get() {
            driver.close(deadline).await;
        }
    }

    /// Opens it once, whoever comes meanwhile. The future has a name because a start uses a handle itself.
    fn enter(&self) -> Pin<Box<dyn Future<Output = Result<&AnyDriver>> + Send + '_>> {
        Box::pin(async {
            let driver = self.driver.get_or_try_init(|| self.start()).await?;
            if self.closed.load(Ordering::SeqCst) {
                driver.close(Duration::ZERO).await;
            }
            Ok(&**driver)
        })
    }

    async fn start(&self) -> Result<Arc<AnyDriver>> {
        match &self.start {
            Some((schema, settings)) if !self.closed.load(Ordering::SeqCst) => {
                let db = super::start(schema, settings).await?;
                db.core().door.driver.get().cloned().ok_or(Error::Closed)
            }
            _ => Err(Error::Closed),
        }
    }
}
