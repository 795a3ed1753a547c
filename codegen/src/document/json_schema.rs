//! The JSON Schema by which editors complete and check a spec.

use schemars::generate::SchemaSettings;
use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::Spec;

/// The JSON Schema of `schema.yaml`, generated from the types that read it.
pub fn json_schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Spec>();
    schema.insert("title".into(), "A Seedbed spec".into());
    schema.to_value()
}

/// The schema of a construct that is written as a map.
pub(super) fn object(what: &str, members: Vec<(&str, &str, Schema)>, required: &[&str]) -> Schema {
    let mut properties = Map::new();
    for (key, doc, schema) in members {
        properties.insert(key.to_owned(), described(schema, doc.trim()));
    }
    // A map without a required member may be left empty (`Tag:`), which YAML reads as null.
    let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    let mut schema = json_schema!({
        "description": what.trim(),
        "type": kind,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema
}

/// A member's schema with what it means; beside a `$ref` nothing else counts in this draft, so that one is wrapped.
fn described(schema: Schema, doc: &str) -> Value {
    let schema = schema.to_value();
    match schema {
        Value::Object(mut members) if !members.contains_key("$ref") => {
            members.insert("description".into(), doc.into());
            Value::Object(members)
        }
        other => json!({ "description": doc, "allOf": [other] }),
    }
}

/// Says that a type's schema stands where it is used instead of under a name.
macro_rules! inline_schema {
    ($name:literal) => {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            $name.into()
        }

        fn inline_schema() -> bool {
            true
        }
    };
}

pub(crate) use inline_schema;
