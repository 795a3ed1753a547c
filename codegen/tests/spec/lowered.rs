//! What specs mean: each feature of the language in a fixture, with the lowered schema beside it.

use std::fs;
use std::path::Path;

use seedbed_codegen::{Loaded, load, load_text};
use seedbed_schema::Schema;

use crate::expect;

fn read(path: &Path) -> Loaded {
    load(path).unwrap_or_else(|errors| panic!("{errors}"))
}

fn json(schema: &Schema) -> String {
    serde_json::to_string_pretty(schema).expect("a schema is JSON") + "\n"
}

#[test]
fn every_feature_is_lowered_as_expected() {
    let mut failures = Vec::new();
    let mut cases: Vec<_> = fs::read_dir("tests/fixtures")
        .expect("the fixtures exist")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|folder| folder.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() >= 12, "{cases:?}");
    for folder in cases {
        let loaded = read(&folder.join("schema.yaml"));
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        expect::check(&folder.join("schema.json"), &json(&loaded.schema), &mut failures);
        let again: Schema = serde_json::from_str(&json(&loaded.schema)).expect("it can be read back");
        assert_eq!(again, loaded.schema, "{}", folder.display());
    }
    expect::finish(&failures);
}

#[test]
fn the_project_s_own_spec_has_what_its_document_asks_for() {
    let Loaded { schema, warnings, files } = read(Path::new("../schema.yaml"));
    assert!(warnings.is_empty(), "{warnings}");
    assert_eq!(files, [Path::new("../schema.yaml")]);
    let names: Vec<&str> = schema.models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(
        names,
        ["User", "Role", "Provider", "Model", "Usage", "Prompt", "Agent", "Thread", "Message", "Resource", "Vector"]
    );
    assert_eq!(schema.seeds.len(), 6);
    for (model, columns) in [
        ("User", &["email"][..]),
        ("User", &["role_id"]),
        ("Role", &["order"]),
        ("Model", &["internal_name"]),
        ("Model", &["provider_id"]),
        ("Usage", &["user_id"]),
        ("Usage", &["model_id"]),
        ("Usage", &["created_at"]),
        ("Usage", &["user_id", "created_at"]),
        ("Prompt", &["name"]),
        ("Prompt", &["name", "version"]),
        ("Agent", &["user_id"]),
        ("Agent", &["model_id"]),
        ("Agent", &["prompt_id"]),
        ("Thread", &["agent_id"]),
        ("Thread", &["user_id", "created_at"]),
        ("Message", &["user_id"]),
        ("Message", &["thread_id"]),
        ("Message", &["thread_id", "created_at"]),
        ("Resource", &["user_id"]),
        ("Resource", &["agent_id"]),
        ("Resource", &["thread_id"]),
        ("Vector", &["user_id"]),
        ("Vector", &["thread_id"]),
        ("Vector", &["agent_id"]),
        ("Vector", &["resource_id", "order"]),
    ] {
        let (_, model) = schema.find_model(model).expect("the model");
        let columns_of = |index: &seedbed_schema::Index| -> Vec<String> {
            index.fields().unwrap_or_default().iter().map(|id| model.field(*id).column.clone()).collect()
        };
        assert!(model.indexes.iter().any(|index| columns_of(index) == columns), "{} {columns:?}", model.name);
    }
    for (from, name, to, inverse) in [
        ("User", "role", "Role", "users"),
        ("Model", "provider", "Provider", "models"),
        ("Usage", "user", "User", "usages"),
        ("Usage", "model", "Model", "usages"),
        ("Agent", "prompt", "Prompt", "agents"),
        ("Agent", "user", "User", "agents"),
        ("Agent", "model", "Model", "agents"),
        ("Thread", "user", "User", "threads"),
        ("Thread", "agent", "Agent", "threads"),
        ("Message", "user", "User", "messages"),
        ("Message", "thread", "Thread", "messages"),
        ("Resource", "user", "User", "resources"),
        ("Resource", "agent", "Agent", "resources"),
        ("Resource", "thread", "Thread", "resources"),
        ("Resource", "message", "Message", "resources"),
        ("Vector", "user", "User", "vectors"),
        ("Vector", "thread", "Thread", "vectors"),
        ("Vector", "agent", "Agent", "vectors"),
        ("Vector", "resource", "Resource", "vectors"),
    ] {
        let found = schema.associations.iter().any(|association| {
            schema.model(association.model).name == from
                && association.name == name
                && schema.model(association.target).name == to
                && association.inverse.as_ref().is_some_and(|found| found.name == inverse)
        });
        assert!(found, "{from}.{name} -> {to}.{inverse}");
    }
}

/// Two spellings of one thing.
#[track_caller]
fn same(left: &str, right: &str) {
    let lower = |text: &str| {
        let spec = format!(
            "seedbed: 1\ndefaults: {{ key: bigint = auto }}\nenums:\n  Kind: [a, b]\nmodels:\n  User:\n  Post:\n{text}\n"
        );
        load_text(Path::new("schema.yaml"), spec).unwrap_or_else(|errors| panic!("{errors}")).schema
    };
    assert_eq!(json(&lower(left)), json(&lower(right)));
}

#[test]
fn short_and_long_forms_mean_the_same() {
    same(
        "    fields:\n      a: string(20)? = 'x y' unique\n      b: timestamp = now on_update\n      c: json = []\n      k: Kind = a index",
        "    fields:\n      a: { type: \"string(20)?\", default: x y, unique: true }\n      b: { type: timestamp, default: now, on_update: true }\n      c: { type: json, default: [] }\n      k: { type: Kind, default: a, index: true }",
    );
    same(
        "    belongs_to:\n      author: User? key=by on_delete=cascade on_update=restrict inverse=written unique name=fk",
        "    belongs_to:\n      author:\n        model: User?\n        key: by\n        on_delete: cascade\n        on_update: restrict\n        inverse: written\n        unique: true\n        name: fk",
    );
    same(
        "    fields:\n      a: int\n    indexes:\n      - a\n      - [a, id desc]",
        "    fields:\n      a: int\n    indexes:\n      - { fields: a, keep: true }\n      - { fields: [a asc, id desc], unique: false }",
    );
    same(
        "    key: [x, y]\n    fields:\n      x: int\n      y: int",
        "    key:\n      - x\n      - y\n    fields: { x: int, y: int }",
    );
}

#[test]
fn nothing_changes_its_type_behind_the_users_back() {
    let spec = "seedbed: 1\nmodels:\n  Note:\n    key: bigint = auto\n    fields:\n      a: string = no\n      b: string = 007\n      c: string = 1.0\n      d: string = 2024-01-01\n      e: string = \"null\"\n      f: string = now\n      g: { type: string, default: yes }\n      h: { type: string, default: 1e3 }\n      i: { type: string, default: \"~\" }\n";
    let schema = load_text(Path::new("schema.yaml"), spec.into()).unwrap_or_else(|errors| panic!("{errors}")).schema;
    let defaults: Vec<String> = schema.models[0].fields[1..]
        .iter()
        .map(|field| match &field.default {
            Some(seedbed_schema::Default::Literal(seedbed_schema::Literal::Text(text))) => text.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(defaults, ["no", "007", "1.0", "2024-01-01", "null", "now", "yes", "1e3", "~"]);
}
