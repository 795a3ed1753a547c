//! Generated code is read in reviews: it is short, and a small change of the spec is a small change of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{files_of, generated, platform};

#[test]
fn a_model_of_ten_fields_is_300_lines_at_most() {
    let files = generated("codegen/tests/emit/fixtures/ten_fields/schema.yaml").files;
    let order = files.iter().find(|file| file.path == "src/order.rs").expect("there is an order");
    assert_eq!(order.content.matches("= Column::named").count(), 10, "it has ten fields");
    assert_eq!(order.content.matches("pub fn load_").count(), 3, "it belongs to three models");
    let lines = order.content.lines().count();
    assert!(lines <= 300, "{lines} lines");
}

/// The lines of one text that the other does not have.
fn only_in<'t>(one: &'t str, other: &'t str) -> Vec<&'t str> {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.lines() {
        *others.entry(line).or_default() += 1;
    }
    let mut is_new = |line: &str| match others.get_mut(line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    one.lines().filter(|line| is_new(line)).collect()
}

/// The files that differ, each with the lines it loses and gains.
fn changes(before: &str, after: &str) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let (before, after) = (files_of(before.to_owned()), files_of(after.to_owned()));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let nothing = String::new();
    let changes = paths.into_iter().filter_map(|path| {
        let (old, new) = (before.get(path).unwrap_or(&nothing), after.get(path).unwrap_or(&nothing));
        let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
        (old != new).then(|| (path.clone(), (owned(only_in(old, new)), owned(only_in(new, old)))))
    });
    changes.collect()
}

#[test]
fn a_new_field_is_a_few_lines_of_its_own_model() {
    let with_field =
        platform().replacen("      last_name: string?\n", "      last_name: string?\n      nickname: string?\n", 1);
    let changes = changes(&platform(), &with_field);
    let files: Vec<&str> = changes.keys().map(String::as_str).collect();
    assert_eq!(files, ["ddl/postgres.sql", "ddl/sqlite.sql", "schema.json", "src/lib.rs", "src/user.rs"]);

    let (lost, gained) = &changes["src/user.rs"];
    assert!(lost.iter().all(|line| line.contains("[meta::Field; 11]")), "nothing else moves: {lost:#?}");
    assert!(gained.len() <= 8, "{gained:#?}");
    assert!(
        gained.iter().all(|line| line.to_lowercase().contains("nickname") || line.contains("; 12]")),
        "{gained:#?}"
    );

    let (lost, gained) = &changes["src/lib.rs"];
    assert!(lost.len() == 1 && lost[0].contains("hash: "), "the schema's hash alone: {lost:#?}");
    assert_eq!(gained.len(), 1);
    for ddl in ["ddl/postgres.sql", "ddl/sqlite.sql"] {
        let (lost, gained) = &changes[ddl];
        assert!(lost.is_empty() && gained.len() == 1 && gained[0].contains("nickname"), "{ddl}: {lost:#?} {gained:#?}");
    }
}

#[test]
fn a_new_association_changes_both_its_models() {
    let with_association =
        platform().replacen("      role: Role\n", "      role: Role\n      invited_by: User? inverse=guests\n", 1);
    let changes = changes(&platform(), &with_association);
    let sources: Vec<&str> = changes.keys().filter(|path| path.ends_with(".rs")).map(String::as_str).collect();
    assert_eq!(sources, ["src/lib.rs", "src/user.rs"]);
    let with_association =
        platform().replacen("      provider: Provider\n", "      provider: Provider\n      owner: User?\n", 1);
    let changes = self::changes(&platform(), &with_association);
    let sources: Vec<&str> = changes.keys().filter(|path| path.ends_with(".rs")).map(String::as_str).collect();
    assert_eq!(sources, ["src/lib.rs", "src/model.rs", "src/user.rs"]);
}

#[test]
fn documentation_changes_nothing_but_itself() {
    let reworded = platform().replacen("What a user may do.", "What users may do.", 1);
    let changes = changes(&platform(), &reworded);
    for (path, (lost, gained)) in changes.iter().filter(|(path, _)| path.as_str() != "src/lib.rs") {
        assert!(lost.iter().all(|line| line.contains("What a user may do.")), "{path}: {lost:#?}");
        assert!(gained.iter().all(|line| line.contains("What users may do.")), "{path}: {gained:#?}");
    }
}

#[test]
fn a_new_model_leaves_the_others_alone() {
    let with_model = platform().replacen("models:\n", "models:\n  Audit:\n    fields:\n      text: string\n", 1);
    let changes = changes(&platform(), &with_model);
    let files: Vec<&str> = changes.keys().map(String::as_str).collect();
    let expected = ["README.md", "ddl/postgres.sql", "ddl/sqlite.sql", "schema.json", "src/audit.rs", "src/lib.rs"];
    assert_eq!(files, expected);
    for (path, (lost, _)) in changes.iter().filter(|(path, _)| !["schema.json", "src/lib.rs"].contains(&path.as_str()))
    {
        assert!(lost.is_empty(), "{path}: {lost:#?}");
    }
}

#[test]
fn a_new_enum_before_another_leaves_the_models_alone() {
    let with_enum = platform().replacen("  MessageRole: [", "  Severity: [low, high]\n  MessageRole: [", 1);
    let changes = changes(&platform(), &with_enum);
    let files: Vec<&str> = changes.keys().map(String::as_str).collect();
    assert_eq!(files, ["schema.json", "src/enums.rs", "src/lib.rs"]);
    let (lost, gained) = &changes["src/enums.rs"];
    assert!(lost.is_empty() && gained.iter().any(|line| line.contains("pub enum Severity")), "{lost:#?} {gained:#?}");
}
