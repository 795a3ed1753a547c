//! Progress bars for large seed files, on a terminal only.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use seedbed::{Progress, Step};

/// One bar at a time: the file that is being loaded.
pub(crate) struct Bars {
    visible: bool,
    current: Mutex<Option<(String, ProgressBar)>>,
}

impl Bars {
    /// Bars that are drawn only if they can be seen.
    pub(crate) fn new(visible: bool) -> Self {
        Self { visible, current: Mutex::new(None) }
    }
}

impl Progress for Bars {
    fn step(&self, step: &Step<'_>) {
        if !self.visible {
            return;
        }
        let Ok(mut current) = self.current.lock() else { return };
        if current.as_ref().is_none_or(|(seed, _)| seed != step.seed) {
            *current = Some((step.seed.to_owned(), bar(step)));
        }
        if let Some((_, bar)) = current.as_ref() {
            bar.set_position(step.bytes);
            bar.set_message(format!("{} rows", step.rows));
            if step.finished {
                bar.finish_and_clear();
            }
        }
    }
}

fn bar(step: &Step<'_>) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:24} {bar:30} {bytes}/{total_bytes} {msg}");
    let bar = ProgressBar::new(step.total).with_prefix(step.seed.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
