//! What is told to `tracing`, for tests to look at.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A subscriber that keeps the messages of one target.
#[derive(Debug, Clone)]
pub struct Messages {
    target: &'static str,
    level: Level,
    kept: Arc<Mutex<Vec<String>>>,
}

impl Messages {
    /// Nothing yet of a target, up to a level.
    pub fn of(target: &'static str, level: Level) -> Self {
        Self { target, level, kept: Arc::default() }
    }

    /// The messages since the last time.
    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.kept.lock().expect("no test panics while it writes"))
    }
}

impl Visit for Messages {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.kept.lock().expect("no test panics while it writes").push(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == self.target && *metadata.level() <= self.level
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
