//! Attempts at the same work, with longer and longer pauses between them.

use std::time::Duration;

/// The first pause; each is twice the one before it.
const FIRST: Duration = Duration::from_millis(5);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(500);

/// How many attempts are left, and the pause before the next.
pub(crate) struct Attempts {
    left: u32,
    pause: Duration,
}

impl Attempts {
    /// So many attempts after the first.
    pub(crate) fn new(left: u32) -> Self {
        Self { left, pause: FIRST }
    }

    /// Waits for the next attempt; `false` if there is none left. The pause is cut at random by up to a half, so that those
    /// who were in each other's way do not meet again.
    pub(crate) async fn wait(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let [random, ..] = uuid::Uuid::new_v4().into_bytes();
        tokio::time::sleep(self.pause.mul_f64(1.0 - f64::from(random) / 512.0)).await;
        self.pause = (self.pause * 2).min(LONGEST);
        true
    }
}
