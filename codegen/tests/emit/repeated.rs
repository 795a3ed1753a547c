//! The same spec gives the same bytes, wherever and however often.

use std::thread;

use crate::support::{files_of, generated, platform};

#[test]
fn two_runs_write_the_same_bytes() {
    let first = files_of(platform());
    for _ in 0..3 {
        assert!(first == files_of(platform()));
    }
}

/// Each thread has hash maps of another order.
#[test]
fn every_thread_writes_the_same_bytes() {
    const SPEC: &str = "tests/tests/specs/kinds/schema.yaml";
    let first = generated(SPEC).files;
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(|| generated(SPEC).files)).collect();
    for thread in threads {
        assert!(first == thread.join().expect("it does not panic"));
    }
}

#[test]
fn files_stand_in_the_order_of_their_paths_and_say_who_wrote_them() {
    let files = generated("schema.yaml").files;
    assert!(files.is_sorted_by(|one, other| one.path < other.path));
    for file in files.iter().filter(|file| file.path != "schema.json") {
        let first = file.content.lines().next().unwrap_or_default();
        assert!(first.contains("@generated") && first.contains("schema.yaml"), "{}: {first}", file.path);
        assert!(file.content.ends_with('\n') && !file.content.ends_with("\n\n"), "{}", file.path);
        assert!(!file.content.lines().any(|line| line.ends_with(' ')), "{} has blanks at the end of lines", file.path);
        assert!(!file.content.contains('\r') && !file.content.contains('\t'), "{}", file.path);
    }
}

/// Comments, blank lines and the order of keys inside a model say nothing about the data.
#[test]
fn what_says_nothing_changes_nothing() {
    let commented = platform().replace("models:\n", "# The models follow.\n\nmodels:\n\n");
    assert!(files_of(platform()) == files_of(commented));
}
