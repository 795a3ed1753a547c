//! Services: who may write and read what.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, ListOf, Name, Text, wrong_kind};
use super::macros::construct;
use crate::diagnostics::Report;
use crate::yaml::Node;

construct! {
    /// A service.
    pub(crate) struct ServiceSpec {
        /// What it does, in a sentence.
        "doc" => doc: Text,
        /// The models that it, and no other service, writes.
        "owns" => owns: ListOf<Name>,
        /// The models that it reads, or `{ MODEL: [field, …] }` for some fields only.
        "reads" => reads: ListOf<ReadSpec>,
    }
    later ["writes"]
}

/// A model that a service reads.
#[derive(Debug, Clone)]
pub(crate) struct ReadSpec {
    /// The model.
    pub(crate) model: Name,
    /// The fields, if not the whole row.
    pub(crate) fields: Option<ListOf<Name>>,
}

impl Decode for ReadSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(_) => Name::decode(node, report).map(|model| Self { model, fields: None }),
            Node::Map(map) if map.entries.len() == 1 => {
                let (model, fields) = &map.entries[0];
                let model = Name::of(model, report)?;
                Some(Self { model, fields: Some(ListOf::decode(fields, report)?) })
            }
            other => {
                report.push(wrong_kind(other, "a model is expected here, or `{ MODEL: [field, …] }`"));
                None
            }
        }
    }
}

impl JsonSchema for ReadSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Read".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            generator.subschema_for::<Name>(),
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": generator.subschema_for::<ListOf<Name>>(),
            },
        ]})
    }
}
