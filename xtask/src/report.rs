//! What a sync or a seed did, in words.

use seedbed::{Report, SyncReport};

/// Prints what a sync created and what it found different.
pub(crate) fn sync(report: &SyncReport) {
    if report.created_tables.is_empty() && report.created_indexes.is_empty() {
        say!("every table and index is there");
    }
    for table in &report.created_tables {
        say!("created table {table}");
    }
    for index in &report.created_indexes {
        say!("created index {index}");
    }
    for difference in &report.differences {
        say!("differs: {difference}");
    }
}

/// Prints what became of each seed.
pub(crate) fn seed(report: &Report) {
    for seed in &report.seeds {
        say!("{seed}");
    }
    for seed in &report.left_out {
        say!("{seed}");
    }
}
