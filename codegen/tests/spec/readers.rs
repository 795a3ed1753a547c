//! A second reader of YAML sees the same keys and texts in every spec that is right, and the JSON Schema agrees with us.

use std::fs;
use std::path::{Path, PathBuf};

use seedbed_codegen::source::Sources;
use seedbed_codegen::yaml::{self, Node};
use serde_json::json;
use serde_yaml::Value;

use crate::expect;

/// Every spec that is right: the fixtures, and the one of the project.
fn specs() -> Vec<PathBuf> {
    let mut specs: Vec<PathBuf> = fs::read_dir("tests/fixtures")
        .expect("the fixtures exist")
        .flat_map(|entry| expect_yaml(&entry.expect("it can be listed").path()))
        .collect();
    specs.push("../schema.yaml".into());
    specs.sort();
    assert!(specs.len() > 10);
    specs
}

fn expect_yaml(folder: &Path) -> Vec<PathBuf> {
    expect::files(folder.to_str().expect("a plain name"), "yaml")
}

#[test]
fn serde_yaml_sees_the_same_keys_and_texts() {
    for path in specs() {
        let text = fs::read_to_string(&path).expect("it can be read");
        let (ours, sources) = yaml::read_text(&path, text.clone()).expect("it is right");
        let theirs: Value = serde_yaml::from_str(&text).expect("it is YAML to another reader as well");
        compare(&ours, &theirs, &sources, &path.display().to_string());
    }
}

/// Texts are compared as such; what the other reader took for a number, a truth value or null is compared with what it
/// makes of our text.
fn compare(ours: &Node, theirs: &Value, sources: &Sources, place: &str) {
    match (ours, theirs) {
        (Node::Map(map), Value::Mapping(other)) => {
            assert_eq!(map.entries.len(), other.len(), "{place}");
            for ((key, value), (other_key, other_value)) in map.entries.iter().zip(other) {
                let place = format!("{place}.{}", key.text);
                compare(&Node::Scalar(key.clone()), other_key, sources, &place);
                compare(value, other_value, sources, &place);
            }
        }
        (Node::List(list), Value::Sequence(other)) => {
            assert_eq!(list.items.len(), other.len(), "{place}");
            for (at, (item, other)) in list.items.iter().zip(other).enumerate() {
                compare(item, other, sources, &format!("{place}[{at}]"));
            }
        }
        (Node::Scalar(scalar), Value::String(other)) => assert_eq!(scalar.text, *other, "{place}"),
        (Node::Scalar(scalar), other) => {
            assert_eq!(scalar.style, yaml::Style::Plain, "{place}");
            let again: Value = serde_yaml::from_str(&scalar.text).expect("a plain text");
            assert_eq!(again, *other, "{place}");
            assert_eq!(sources.slice(scalar.span), scalar.text, "{place}");
        }
        (ours, theirs) => panic!("{place}: we see {ours:?}, and the other reader {theirs:?}"),
    }
}

fn editor() -> jsonschema::Validator {
    jsonschema::validator_for(&seedbed_codegen::json_schema()).expect("it is a JSON Schema")
}

/// A spec as an editor sees it.
fn as_json(text: &str) -> serde_json::Value {
    let value: Value = serde_yaml::from_str(text).expect("it is YAML");
    serde_json::to_value(value).expect("keys are texts")
}

#[test]
fn the_json_schema_accepts_what_is_right() {
    let editor = editor();
    for path in specs() {
        if !path.ends_with("schema.yaml") {
            continue;
        }
        let spec = as_json(&fs::read_to_string(&path).expect("it can be read"));
        let errors: Vec<String> =
            editor.iter_errors(&spec).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[test]
fn the_json_schema_refuses_unknown_keys_everywhere() {
    let editor = editor();
    let spec = json!({ "seedbed": 1, "models": { "User": { "fields": { "a": { "type": "int" } } } } });
    assert!(editor.is_valid(&spec));
    for place in ["", "/models/User", "/models/User/fields/a"] {
        let mut wrong = spec.clone();
        wrong.pointer_mut(place).expect("the place is there")["colour"] = json!("red");
        assert!(!editor.is_valid(&wrong), "an unknown key at `{place}`");
    }
    for (place, value) in [
        ("/models/User/belongs_to", json!({ "role": { "model": "Role", "on_delete": "never" } })),
        ("/models/User/indexes", json!([{ "fields": ["a"], "uniqe": true }])),
        ("/dialects", json!(["mysql"])),
        ("/seeds", json!([{ "model": "User" }])),
        ("/services", json!({ "web": { "own": [] } })),
    ] {
        let mut wrong = spec.clone();
        let (parent, key) = place.rsplit_once('/').expect("a place has a parent");
        wrong.pointer_mut(parent).expect("the parent is there")[key] = value;
        assert!(!editor.is_valid(&wrong), "{place}");
    }
}

#[test]
fn the_json_schema_describes_every_key() {
    let schema = seedbed_codegen::json_schema();
    let model = &schema["definitions"]["Model"]["properties"];
    for key in ["doc", "fields", "belongs_to", "indexes", "checks"] {
        assert!(model[key]["description"].as_str().is_some_and(|text| text.len() > 10), "{key}: {}", model[key]);
    }
    assert!(schema["properties"]["models"].is_object());
}
