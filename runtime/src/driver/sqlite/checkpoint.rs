//! Checkpoints: moving pages from the write-ahead log into the database, off the calling thread.
//!
//! SQLite would do it inside whichever commit makes the log too long, with two waits for the disk. Here a commit only
//! counts, and a connection of its own does the work on a blocking thread while writing goes on. What was written
//! meanwhile would keep the log from ever being done, and a log that is never done is never started anew and grows; so
//! that small rest is moved while the writer pauses. The commit that starts the log anew waits for the disk once, and
//! therefore leaves the calling thread too. (When another process was the one to finish a checkpoint, this one cannot know,
//! and that commit waits where it is.)

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::Mutex;

use super::open::Opener;
use super::pool::{Pool, Use};

/// How many pages the log may hold before a checkpoint: 16 MiB of pages of 4 KiB.
const PAGES: u32 = 4_000;

thread_local! {
    /// The pages in the log after the last commit on this thread. SQLite calls the hook on the thread that commits.
    static COMMITTED: Cell<u32> = const { Cell::new(0) };
}

/// Makes a connection count the pages of the log at each commit, in place of its own checkpoints.
pub(super) fn count_pages(connection: &rusqlite::Connection) {
    connection.wal_hook(Some(|_, pages| {
        COMMITTED.set(u32::try_from(pages).unwrap_or(0));
        Ok(())
    }));
}

/// The pages in the log if this thread committed since the last call, else 0.
pub(super) fn take_pages() -> u32 {
    COMMITTED.take()
}

/// Checkpoints one database.
pub(super) struct Checkpointer {
    /// Opened when first needed. Dropped before the opener, which keeps a private folder.
    connection: Mutex<Option<rusqlite::Connection>>,
    opener: Arc<Opener>,
    running: AtomicBool,
    /// How many pages the log has.
    pages: AtomicU32,
    /// How many it must have for the next checkpoint.
    due_at: AtomicU32,
    /// Whether the next commit starts the log anew and so waits for the disk.
    log_starts_anew: AtomicBool,
}

impl Checkpointer {
    pub(super) fn new(opener: Arc<Opener>) -> Arc<Self> {
        let log_starts_anew = AtomicBool::new(opener.waits_for_disk());
        Arc::new(Self {
            connection: Mutex::new(None),
            opener,
            running: AtomicBool::new(false),
            pages: AtomicU32::new(0),
            due_at: AtomicU32::new(PAGES),
            log_starts_anew,
        })
    }

    /// Whether the next commit waits for the disk and should not run on the calling thread.
    pub(super) fn next_commit_waits(&self) -> bool {
        self.log_starts_anew.load(Ordering::Relaxed)
    }

    /// Notes a commit after which the log has so many pages (0: nothing was committed), and starts a checkpoint if it is
    /// due.
    pub(super) fn after_commit(self: &Arc<Self>, writer: &Arc<Pool>, pages: u32) {
        if pages == 0 {
            return;
        }
        self.pages.store(pages, Ordering::Relaxed);
        if pages < PAGES {
            // The log is new, or has been started anew since the last checkpoint was done.
            self.log_starts_anew.store(false, Ordering::Relaxed);
            self.due_at.store(PAGES, Ordering::Relaxed);
        }
        if pages < self.due_at.load(Ordering::Relaxed) {
            return;
        }
        // Without a runtime (a transaction dropped after it ended) the next commit starts it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.running.swap(true, Ordering::AcqRel) {
            let running = Running(Arc::clone(self));
            let writer = Arc::downgrade(writer);
            runtime.spawn(async move {
                if !running.checkpoint().await {
                    let Some(writer) = writer.upgrade() else { return };
                    let Ok(_paused) = writer.acquire(Use::Checkpoint).await else { return };
                    running.checkpoint().await;
                }
            });
        }
    }

    /// Moves everything and empties the log, when the handle is closed.
    pub(super) fn finish(&self) {
        let mut connection = self.connection.lock();
        if let Some(connection) = self.opened(&mut connection) {
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        *connection = None;
    }

    /// Moves what can be moved without waiting for anybody, and says whether that was all.
    fn run(&self) -> bool {
        let mut connection = self.connection.lock();
        let Some(opened) = self.opened(&mut connection) else { return false };
        let moved = opened.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, u32>(2));
        // A failed checkpoint leaves the log as it is; the next one tries again, on a new connection.
        let Ok(moved) = moved.inspect_err(|error| tracing::debug!(%error, "checkpoint failed")) else {
            *connection = None;
            return false;
        };
        let pages = self.pages.load(Ordering::Relaxed);
        let all = moved >= pages;
        if all && self.opener.waits_for_disk() {
            self.log_starts_anew.store(true, Ordering::Relaxed);
        }
        // As long as a reader needs the end of the log it only grows: then not at every commit.
        self.due_at.store(pages + if all { PAGES } else { PAGES / 4 }, Ordering::Relaxed);
        all
    }

    fn opened<'a>(&self, connection: &'a mut Option<rusqlite::Connection>) -> Option<&'a rusqlite::Connection> {
        if connection.is_none() {
            *connection = self.opener.open_raw().ok();
        }
        connection.as_ref()
    }
}

/// A checkpoint under way; the next may start when this is dropped, however it ended.
struct Running(Arc<Checkpointer>);

impl Running {
    async fn checkpoint(&self) -> bool {
        let checkpointer = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || checkpointer.run()).await.unwrap_or(false)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.store(false, Ordering::Release);
    }
}
