//! Running a job with a connection on a blocking thread, and stopping it when nobody waits for it any more.

use std::ops::Deref;
use std::panic::resume_unwind;
use std::sync::Arc;

use super::budget::Control;
use super::connection::Connection;
use crate::driver::{Failure, FailureKind};

/// What becomes of a job whose future is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDrop {
    /// It is stopped; a write undoes itself, and with it the transaction it is part of.
    Interrupt,
    /// It runs to its end.
    Finish,
}

/// Runs a job on a blocking thread. Whoever holds the connection goes along and comes back with the result; if the future
/// is dropped it is dropped on that thread, and takes the connection back to where it belongs.
pub(super) async fn run_blocking<H, T>(
    hold: H,
    on_drop: OnDrop,
    job: impl FnOnce(&Connection) -> T + Send + 'static,
) -> Result<(H, T), Failure>
where
    H: Deref<Target = Connection> + Send + 'static,
    T: Send + 'static,
{
    let control = Arc::clone(hold.control());
    let operation = control.begin();
    let on_thread = OnThread { _end: End(Arc::clone(&control)), hold };
    // Once the job is over its number is too, and cancelling it does nothing.
    let _cancel = (on_drop == OnDrop::Interrupt).then(|| CancelOnDrop { control, operation });
    let task = tokio::task::spawn_blocking(move || {
        let on_thread = on_thread;
        let result = job(&on_thread.hold);
        (on_thread.end(), result)
    });
    task.await.map_err(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Failure::new(FailureKind::Cancelled, "the runtime is shutting down").with_source(error),
    })
}

/// A connection on its way to the thread and back. The operation ends before the connection is let go, also when the job
/// panics or never runs: fields are dropped in their order.
struct OnThread<H> {
    _end: End,
    hold: H,
}

impl<H> OnThread<H> {
    fn end(self) -> H {
        self.hold
    }
}

struct End(Arc<Control>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct CancelOnDrop {
    control: Arc<Control>,
    operation: u64,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.control.cancel(self.operation);
    }
}
