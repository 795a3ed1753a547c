//! How long a statement may run where it runs, and how it is stopped.
//!
//! A read on the calling thread has a millisecond; past it SQLite's progress handler stops it and it runs again on a
//! blocking thread. A statement on a blocking thread runs until it is done or its future is dropped. Besides, every
//! operation spends from the budget that tokio gives a task, in proportion to the time it took: a loop over cheap
//! statements would otherwise never let a timer run.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::InterruptHandle;

/// How long a read may hold the calling thread.
const INLINE: Duration = Duration::from_millis(1);
/// How many steps of SQLite's machine pass between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 1_000;
/// How much time on the calling thread costs one unit of tokio's budget. A task has 128 units, so it yields after a
/// millisecond of work.
const UNIT: Duration = Duration::from_micros(8);
/// How long a text that was too slow for the calling thread goes to a blocking thread at once: not for long the first time,
/// when perhaps only the thread was held up, and longer each time it is too slow again.
const SLOW_FOR: Duration = Duration::from_secs(1);
const SLOW_FOR_LONG: Duration = Duration::from_secs(64);
/// How many slow texts are remembered.
const SLOW_TEXTS: usize = 1_024;

/// The deadline of a statement without one.
const NEVER: u64 = u64::MAX;
/// The deadline of a statement whose time starts when the progress handler first runs: most never get there, and so
/// never look at a clock.
const UNSTARTED: u64 = 0;

/// Stops the statements of one connection.
pub(super) struct Control {
    deadline: AtomicU64,
    cancelled: AtomicBool,
    operation: Mutex<Operation>,
    interrupt: InterruptHandle,
}

/// What runs on a blocking thread.
#[derive(Debug, Default)]
struct Operation {
    /// Counts them, so that nobody cancels a later one.
    number: u64,
    running: bool,
}

impl Control {
    pub(super) fn new(interrupt: InterruptHandle) -> Self {
        Self {
            deadline: AtomicU64::new(NEVER),
            cancelled: AtomicBool::new(false),
            operation: Mutex::default(),
            interrupt,
        }
    }

    /// Makes a connection ask this control whether to go on.
    pub(super) fn watch(self: &Arc<Self>, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        let control = Arc::clone(self);
        connection.progress_handler(STEPS, Some(move || control.must_stop()))
    }

    /// Runs a read that may take a millisecond.
    pub(super) fn within_budget<T>(&self, run: impl FnOnce() -> T) -> T {
        let _reset = ResetDeadline(&self.deadline);
        self.deadline.store(UNSTARTED, Ordering::Relaxed);
        run()
    }

    /// An operation is about to run on a blocking thread; gives its number.
    pub(super) fn begin(&self) -> u64 {
        let mut operation = self.operation.lock();
        operation.running = true;
        operation.number
    }

    /// The operation is over: cancelling it has no effect any more.
    pub(super) fn end(&self) {
        let mut operation = self.operation.lock();
        operation.running = false;
        operation.number += 1;
        self.cancelled.store(false, Ordering::Relaxed);
    }

    /// Stops an operation, unless it is over. The lock keeps it from ending, and another from starting, meanwhile.
    pub(super) fn cancel(&self, number: u64) {
        let operation = self.operation.lock();
        if operation.running && operation.number == number {
            self.stop();
        }
    }

    /// Stops whatever operation runs. The caller sees to it that it is no other's.
    pub(super) fn cancel_running(&self) {
        let operation = self.operation.lock();
        if operation.running {
            self.stop();
        }
    }

    /// The flag stops an operation between statements and in the progress handler; the interrupt also stops the few
    /// instructions that run long by themselves (`count(*)` is one).
    fn stop(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.interrupt.interrupt();
    }

    /// Whether the running operation was cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn must_stop(&self) -> bool {
        match self.deadline.load(Ordering::Relaxed) {
            NEVER => {}
            UNSTARTED => self.deadline.store(clock() + INLINE.as_nanos() as u64, Ordering::Relaxed),
            deadline if clock() > deadline => return true,
            _ => {}
        }
        self.is_cancelled()
    }
}

/// Takes the deadline away again, also when decoding a row panics.
struct ResetDeadline<'a>(&'a AtomicU64);

impl Drop for ResetDeadline<'_> {
    fn drop(&mut self) {
        self.0.store(NEVER, Ordering::Relaxed);
    }
}

/// Nanoseconds since the first call, never 0.
fn clock() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as u64 + 1
}

/// Spends one unit of the task's budget, before an operation; yields if none is left.
pub(super) async fn spend() {
    tokio::task::coop::consume_budget().await;
}

/// Spends what an operation on the calling thread took beyond its first unit.
pub(super) async fn settle(took: Duration) {
    for _ in 0..(took.as_nanos() / UNIT.as_nanos()).min(128) {
        spend().await;
    }
}

/// The texts of reads that were too slow for the calling thread.
#[derive(Debug, Default)]
pub(super) struct SlowTexts {
    /// Whether there are any, so that a handle without them asks nothing more.
    any: AtomicBool,
    texts: Mutex<HashMap<Box<str>, Slow>>,
}

#[derive(Debug)]
struct Slow {
    until: Instant,
    pause: Duration,
}

impl SlowTexts {
    /// Whether a text was too slow a short while ago. After that it may try again: tables shrink, and indexes are added.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.any.load(Ordering::Relaxed) && self.texts.lock().get(text).is_some_and(|slow| Instant::now() < slow.until)
    }

    /// Remembers a text.
    pub(super) fn remember(&self, text: &str) {
        let mut texts = self.texts.lock();
        if texts.len() >= SLOW_TEXTS {
            texts.clear();
        }
        let pause = texts.get(text).map_or(SLOW_FOR, |slow| (slow.pause * 4).min(SLOW_FOR_LONG));
        texts.insert(text.into(), Slow { until: Instant::now() + pause, pause });
        self.any.store(true, Ordering::Relaxed);
    }
}
