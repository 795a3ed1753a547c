//! Every part of a text is found in the file: through quotes, escapes, folded lines and blocks.

use std::path::Path;

use seedbed_codegen::load_text;
use seedbed_codegen::yaml::{Node, read_text};

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

/// The parser counts in what follows quotes and brackets, and places lists whose dashes are not indented behind the dash.
#[test]
fn comments_are_no_part_of_what_they_follow() {
    let spec =
        "p: >\n  \"q\"\n  r # s\na: \"b\"  # c\nd: [1, 2,\n  ]  # e ]\nf:\n- [g]  # h\n- - i\nj: { k: l }  # m\n";
    let (root, sources) = read_text(Path::new("s.yaml"), spec.to_owned()).expect("it is YAML");
    let Node::Map(map) = &root else { panic!("{root:?}") };
    let written: Vec<&str> = map.entries.iter().map(|(_, value)| sources.slice(value.span())).collect();
    assert_eq!(written, ["\"q\"\n  r # s", "\"b\"", "[1, 2,\n  ]", "[g]  # h\n- - i", "{ k: l }"]);
    let flow: Vec<bool> = map.entries.iter().map(|(_, value)| value.is_flow()).collect();
    assert_eq!(flow, [false, false, true, false, true]);
}

#[test]
fn a_default_in_brackets_may_have_a_comment_beside_it() {
    let spec = "seedbed: 1\nmodels:\n  User:\n    key: bigint = auto\n    fields:\n      a:\n        type: json\n        default: [1]  # one\n";
    load_text(Path::new("s.yaml"), spec.to_owned()).unwrap_or_else(|errors| panic!("{errors}"));
}
