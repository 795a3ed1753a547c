//! What happens around updates of interactions: they are told to the log.

use salacia_db::seedbed::{Given, Registered, Within};
use salacia_db::{AiInteraction, Result, ai_interaction};

/// Hooks that print what is updated.
pub fn tracking() -> Registered {
    tracking_to(|line| println!("{line}"))
}

/// Hooks that hand over a line for each update that begins, and for each that is made.
pub fn tracking_to(tell: impl Fn(String) + Send + Sync + 'static) -> Registered {
    ai_interaction::hooks(Tracking { tell })
}

struct Tracking<F> {
    tell: F,
}

impl<F: Fn(String) + Send + Sync + 'static> ai_interaction::Hooks for Tracking<F> {
    async fn before_update(
        &self,
        _on: Within<'_>,
        row: &AiInteraction,
        _patch: &mut Given<AiInteraction>,
    ) -> Result<()> {
        (self.tell)(format!("AI interaction being updated: {}", row.id));
        Ok(())
    }

    async fn after_update(&self, _on: Within<'_>, row: &AiInteraction) -> Result<()> {
        (self.tell)(format!("AI interaction updated: {}", row.id));
        Ok(())
    }
}
