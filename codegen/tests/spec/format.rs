//! What specs become when they are formatted, and that all of ours can be. A second run never changes anything.

use std::fs;
use std::path::{Path, PathBuf};

use seedbed_codegen::{Code, format, format_text, load_text};

use crate::expect;

/// Formats a text as a spec, twice.
#[track_caller]
fn formatted(path: &Path, text: &str) -> String {
    let once = format_text(path, text.to_owned()).unwrap_or_else(|error| panic!("{error}"));
    let twice = format_text(path, once.clone()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(twice, once, "{}", path.display());
    once
}

#[test]
fn every_case_becomes_what_is_expected() {
    let mut failures = Vec::new();
    for path in expect::files("tests/format", "yaml") {
        let text = fs::read_to_string(&path).expect("it can be read");
        expect::check(&path.with_extension("formatted"), &formatted(&path, &text), &mut failures);
    }
    expect::finish(&failures);
}

#[test]
fn every_spec_of_the_repository_can_be_formatted() {
    let folders = ["tests/fixtures", "tests/emit/fixtures", "..", "../tests/tests/specs"];
    let specs: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("the folder exists"))
        .map(|entry| entry.expect("it can be listed").path())
        .flat_map(|path| [path.join("schema.yaml"), path])
        .filter(|path| path.ends_with("schema.yaml") && path.is_file())
        .collect();
    assert!(specs.len() > 20, "{specs:?}");
    for spec in specs {
        for file in format(&spec).unwrap_or_else(|error| panic!("{}: {error}", spec.display())) {
            let text = fs::read_to_string(&file.path).expect("it was just read");
            assert_eq!(file.text.matches('#').count(), text.matches('#').count(), "{}", file.path.display());
        }
        formatted(&spec, &fs::read_to_string(&spec).expect("it can be read"));
    }
}

#[test]
fn every_example_of_the_documents_can_be_formatted() {
    let documents = expect::files("../docs", "md").into_iter().chain(["../README.md".into()]);
    let documents = documents.map(|path| fs::read_to_string(path).expect("it can be read"));
    let explanations = Code::ALL.iter().map(|code| code.explanation().to_owned());
    let mut count = 0;
    for document in documents.chain(explanations) {
        for block in document.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let path = Path::new("../schema.yaml");
            let head = if block.contains("seedbed: 1") { "" } else { "seedbed: 1\ndefaults: { key: bigint = auto }\n" };
            let text = format!("{head}{block}");
            if load_text(path, text.clone()).is_ok() {
                formatted(path, &text);
                count += 1;
            }
        }
    }
    assert!(count > 50, "only {count} examples are right");
}

#[test]
fn line_ends_and_a_byte_order_mark_are_settled() {
    let path = Path::new("tests/format/comments.yaml");
    let text = fs::read_to_string(path).expect("it can be read");
    let windows = format!("\u{FEFF}{}", text.trim_end().replace('\n', "\r\n"));
    assert_eq!(formatted(path, &windows), formatted(path, &text));
}

#[test]
fn a_spec_with_a_mistake_is_not_formatted() {
    let wrong = format_text(Path::new("s.yaml"), "seedbed: 1\nmodels:\n  A:\n    feilds: {}\n".to_owned());
    let message = wrong.expect_err("a key is unknown").to_string();
    assert!(message.contains("s.yaml:4:5"), "{message}");
}
