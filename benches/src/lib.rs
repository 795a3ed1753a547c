//! Measurements in pairs: what the generated API costs beside the driver used by hand, in one run.
//!
//! A [`Contender`] does the same work as another in its own way. [`paired`] runs contenders in turn, round by round, and
//! compares them within each round, so that whatever else the machine does meanwhile meets both; criterion measures the
//! same contenders alone, for absolute figures. [`platform`] is the database they work on, [`large`] writes specs of any
//! number of models.

pub mod contender;
pub mod large;
pub mod paired;
pub mod platform;
pub mod statistics;
pub mod text;

pub use contender::Contender;
pub use paired::{Comparison, Peer};

use std::time::Duration;

use criterion::Criterion;
use tokio::runtime::Runtime;

/// Whether this is `cargo bench`. Under `cargo test --benches` every contender runs once, to see that it works.
pub fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The word that `cargo bench` was given to choose by, if any.
pub fn filter() -> Option<String> {
    std::env::args().skip(1).find(|argument| !argument.starts_with('-'))
}

/// Compares in pairs, then measures each contender alone. `paired` and `alone` choose one of the two by name.
pub fn run(runtime: &Runtime, comparisons: &[Comparison]) {
    if is_bench() {
        let chosen = |comparison: &&Comparison| match filter() {
            Some(word) => format!("paired/{}", comparison.title).contains(&word),
            None => true,
        };
        let rows = comparisons.iter().filter(chosen).flat_map(|comparison| comparison.run(runtime));
        paired::print(rows);
    }
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .sample_size(30)
        .without_plots()
        .configure_from_args();
    for comparison in comparisons {
        alone(&mut criterion, runtime, comparison);
    }
    criterion.final_summary();
}

fn alone(criterion: &mut Criterion, runtime: &Runtime, comparison: &Comparison) {
    let mut group = criterion.benchmark_group(format!("alone/{}", comparison.title));
    for contender in comparison.contenders() {
        group.bench_function(&contender.name, |bencher| bencher.iter_custom(|times| contender.sample(runtime, times)));
    }
    group.finish();
}
