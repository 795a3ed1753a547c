//! Every part of a text is found in the file: through quotes, escapes, folded lines and blocks.

use std::path::Path;

use seedbed_codegen::load_text;

/// Reads a check in which the field `nope` does not exist, and gives the text that is underlined.
#[track_caller]
fn check(written: &str, expected: &str) {
    let spec = format!(
        "seedbed: 1\nmodels:\n  User:\n    key: bigint = auto\n    fields:\n      größe: int\n      name: string\n    checks:\n{written}\n"
    )
    .replace("größe", "size");
    let errors = load_text(Path::new("s.yaml"), spec).expect_err("a field is unknown");
    let wrong = errors.iter().find(|item| item.code.name() == "SB080").unwrap_or_else(|| panic!("{errors}"));
    assert_eq!(errors.sources().slice(wrong.span), expected, "{errors}");
}

#[test]
fn in_every_style_of_text() {
    check("      - length(nope) > 3", "nope");
    check("      - \"length(nope) > 3\"", "nope");
    check("      - 'length(nope) > 3'", "nope");
    check("      - 'name = ''it'' and nope = 1'", "nope");
    check("      - \"name = 'a\\tb\\u00e9\\x41' and nope = 1\"", "nope");
    check("      - name = 'Größe' and nope = 1", "nope");
    check("      - |\n        name = 'x'\n        and nope = 1", "nope");
    check("      - |2\n          name = 'x'\n          and nope = 1", "nope");
    check("      - >\n        name = 'x'\n        and nope = 1\n\n        and name = 'y'", "nope");
    check("      - name = 'x'\n        and nope = 1", "nope");
    check("      - \"name = 'x'\n        and nope = 1\"", "nope");
    check("      - \"name = 'x' \\\n        and nope = 1\"", "nope");
}

#[test]
fn in_field_lines() {
    let spec = "seedbed: 1\nmodels:\n  User:\n    key: bigint = auto\n    fields:\n      a: \"int = 5   uniqe\"\n";
    let errors = load_text(Path::new("s.yaml"), spec.to_owned()).expect_err("a flag is unknown");
    let places: Vec<&str> = errors.iter().map(|item| errors.sources().slice(item.span)).collect();
    assert_eq!(places, ["uniqe"]);
}
