//! One fixture for each kind of mistake, with the text that users see. The path is relative, so that the text does not
//! depend on where the project lies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seedbed_codegen::{Code, Diagnostics, load, load_text};

use crate::expect;

const FOLDER: &str = "tests/diagnostics";

fn errors(path: &Path) -> Diagnostics {
    match load(path) {
        Ok(loaded) => loaded.warnings,
        Err(errors) => errors,
    }
}

/// Fixtures that would be too large to be kept: what they are called, and what is in them.
fn generated() -> Vec<(PathBuf, String)> {
    let head = "seedbed: 1\ndefaults: { key: bigint = auto }\n";
    let indexes = "      - name\n".repeat(501);
    let values: Vec<String> = (0..1001).map(|at| format!("v{at}")).collect();
    let fields: String = (0..1601).map(|at| format!("      f{at}: int\n")).collect();
    [
        ("SB002-too-large", "#".repeat(2 * 1024 * 1024 + 1)),
        ("SB002-too-many-nodes", "- a\n".repeat(250_001)),
        ("SB013-indexes", format!("{head}models:\n  User:\n    fields: {{ name: string }}\n    indexes:\n{indexes}")),
        ("SB013-values", format!("{head}enums:\n  Large: [{}]\nmodels:\n  User:\n", values.join(", "))),
        ("SB013-fields", format!("{head}models:\n  User:\n    fields:\n{fields}")),
    ]
    .map(|(name, text)| (Path::new(FOLDER).join(name).with_extension("yaml"), text))
    .into()
}

fn all() -> Vec<(PathBuf, Diagnostics)> {
    let kept = expect::files(FOLDER, "yaml").into_iter().map(|path| (path.clone(), errors(&path)));
    let generated = generated().into_iter().map(|(path, text)| {
        let errors = load_text(&path, text).expect_err("it is wrong on purpose");
        (path, errors)
    });
    kept.chain(generated).collect()
}

#[test]
fn every_mistake_is_shown_as_expected() {
    let mut failures = Vec::new();
    for (path, found) in all() {
        expect::check(&path.with_extension("stderr"), &found.render(false), &mut failures);
    }
    expect::finish(&failures);
}

#[test]
fn every_code_has_a_fixture_that_shows_it() {
    let mut shown = BTreeSet::new();
    for (path, found) in all() {
        let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code.name()).collect();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("fixtures have plain names").to_owned();
        if let Some(code) = name.split('-').next().filter(|code| code.starts_with("SB")) {
            assert!(codes.contains(code), "{name} does not show {code}, but {codes:?}");
            shown.insert(code.to_owned());
        }
    }
    let missing: Vec<&str> = Code::ALL.iter().map(|code| code.name()).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "no fixture for {missing:?}");
}

#[test]
fn ten_mistakes_make_ten_diagnostics() {
    let found = errors(&Path::new(FOLDER).join("ten-mistakes.yaml"));
    assert_eq!(found.len(), 10, "{found}");
    let lines: Vec<usize> = found.iter().map(|item| found.sources().position(item.span).line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    assert!(found.iter().all(|item| item.help.is_some() || item.label.is_some() || !item.secondary.is_empty()));
}

#[test]
fn json_says_the_same_with_stable_names() {
    let text = "seedbed: 1\nmodels:\n  Größe:\n    feilds: {}\n  User:\n    key: bigint = auto\n    fields:\n      a: int\n      A: int\n";
    let found = load_text(Path::new("s.yaml"), text.to_owned()).expect_err("it is wrong on purpose");
    let json = found.to_json();
    let items = json["diagnostics"].as_array().expect("a list");
    assert_eq!(items.len(), found.len());
    let unknown = items.iter().find(|item| item["code"] == "SB020").expect("the unknown key");
    assert_eq!(
        *unknown,
        serde_json::json!({
            "code": "SB020", "severity": "error", "message": "unknown key `feilds`", "label": "in a model",
            "file": "s.yaml", "line": 4, "column": 5, "end_line": 4, "end_column": 11,
            "secondary": [], "help": "did you mean `fields`?", "suggestion": "fields",
        })
    );
    let twice = items.iter().find(|item| item["code"] == "SB042").expect("the two fields");
    assert_eq!(twice["secondary"][0]["line"], 8);
    assert_eq!(twice["secondary"][0]["label"], "first declared here");
    let name = items.iter().find(|item| item["code"] == "SB040").expect("the name");
    assert_eq!((&name["column"], &name["end_column"]), (&3.into(), &8.into()), "columns count characters, not bytes");
}

#[test]
fn colours_only_when_asked_for() {
    let found = errors(&Path::new(FOLDER).join("SB020-unknown-key.yaml"));
    assert!(!found.render(false).contains('\u{1b}'));
    assert!(found.render(true).contains('\u{1b}'));
}

/// What a file refers to stays in its folder, also when a link leads out of it.
#[test]
#[cfg(unix)]
fn links_do_not_lead_out_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (folder.path().join("inside"), folder.path().join("outside.yaml"));
    std::fs::create_dir(&inside).expect("it can be made");
    std::fs::write(&outside, "models:\n  Secret:\n").expect("it can be written");
    std::os::unix::fs::symlink(&outside, inside.join("part.yaml")).expect("a link");
    let spec = "seedbed: 1\ninclude: part.yaml\ndefaults: { key: bigint = auto }\nmodels:\n  User:\nseeds:\n  - { model: User, file: part.yaml, key: id }\n";
    std::fs::write(inside.join("schema.yaml"), spec).expect("it can be written");
    let found = errors(&inside.join("schema.yaml"));
    let codes: Vec<&str> = found.iter().map(|item| item.code.name()).collect();
    assert_eq!(codes, ["SB028", "SB028"], "{found}");
}

#[test]
fn a_spec_that_is_not_there_is_named() {
    let found = load(Path::new("tests/nowhere.yaml")).expect_err("it does not exist");
    assert!(found.to_string().contains("cannot read `tests/nowhere.yaml`"), "{found}");
}
