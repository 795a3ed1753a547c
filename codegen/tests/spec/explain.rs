//! What `explain CODE` prints: every code has a text, and its examples do what it says.

use std::path::Path;

use seedbed_codegen::{Code, Diagnostics, explain, load_text};

/// Codes whose mistake cannot be shown as an example, because it is about bytes, size, or other files.
const WITHOUT_EXAMPLE: [&str; 6] = ["SB002", "SB003", "SB004", "SB011", "SB013", "SB027"];

#[test]
fn every_code_is_explained() {
    for code in Code::ALL {
        let text = explain(&code.name().to_lowercase()).expect("every code has a text");
        assert!(text.len() > 80, "{} is explained in {} bytes", code.name(), text.len());
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{} has long lines", code.name());
        assert!(!code.title().is_empty());
    }
    assert_eq!(explain("SB999"), None);
}

#[test]
fn the_examples_do_what_they_say() {
    for code in Code::ALL {
        let text = code.explanation();
        if WITHOUT_EXAMPLE.contains(&code.name()) {
            assert!(!text.contains("```"), "{} has an example after all", code.name());
            continue;
        }
        let wrong = codes(&example(text, "Wrong:"));
        assert!(wrong.contains(&code.name()), "the wrong example of {} gives {wrong:?}", code.name());
        // The files beside the examples are not there, so of what is right nothing else may be found wrong.
        let mut right = codes(&example(text, "Right:"));
        right.retain(|found| !matches!(*found, "SB001" | "SB100"));
        assert!(right.is_empty(), "the right example of {} gives {right:?}", code.name());
    }
}

/// The block that follows a heading, as a whole spec.
fn example(text: &str, heading: &str) -> String {
    let (_, rest) = text.split_once(&format!("\n{heading}\n\n```yaml\n")).expect("the heading and its block");
    let (block, _) = rest.split_once("```").expect("the block ends");
    match block.contains("seedbed: 1") {
        true => block.to_owned(),
        false => format!("seedbed: 1\ndefaults: {{ key: bigint = auto }}\n{block}"),
    }
}

fn codes(spec: &str) -> Vec<&'static str> {
    let name = |found: Diagnostics| found.iter().map(|item| item.code.name()).collect();
    match load_text(Path::new("schema.yaml"), spec.to_owned()) {
        Ok(loaded) => name(loaded.warnings),
        Err(errors) => name(errors),
    }
}
