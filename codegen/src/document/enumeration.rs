//! Enums: closed sets of texts.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, ListOf, Name, Text};
use super::macros::construct;
use crate::diagnostics::Report;
use crate::yaml::Node;

/// An enum, whichever form it was written in.
#[derive(Debug, Clone)]
pub(crate) struct EnumSpec {
    /// What it is.
    pub(crate) doc: Option<Text>,
    /// The values.
    pub(crate) values: Vec<EnumValueSpec>,
}

construct! {
    /// An enum in long form.
    pub(crate) struct EnumMapSpec {
        /// The values.
        "values" (required) => values: ListOf<EnumValueSpec>,
        /// What it is, in a sentence.
        "doc" => doc: Text,
    }
    later ["native", "dialect", "renamed_from"]
}

construct! {
    /// A value of an enum in long form.
    pub(crate) struct EnumValueMapSpec {
        /// The text that is stored.
        "value" (required) => value: Name,
        /// What it means, in a sentence.
        "doc" => doc: Text,
        /// The name of the Rust variant, where it does not follow from the text.
        "variant" => variant: Name,
        /// The text this value was stored as before.
        "renamed_from" => renamed_from: Name,
    }
    later []
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub(crate) struct EnumValueSpec {
    /// The text that is stored.
    pub(crate) value: Name,
    /// What it means.
    pub(crate) doc: Option<Text>,
    /// The name of the Rust variant, if it has one of its own.
    pub(crate) variant: Option<Name>,
    /// The former text.
    pub(crate) renamed_from: Option<Name>,
}

impl Decode for EnumSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        if let Node::Map(_) = node {
            let map = EnumMapSpec::decode(node, report)?;
            return Some(Self { doc: map.doc, values: map.values?.items });
        }
        let ListOf { items, .. } = ListOf::decode(node, report)?;
        Some(Self { doc: None, values: items })
    }
}

impl Decode for EnumValueSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        if let Node::Map(_) = node {
            let map = EnumValueMapSpec::decode(node, report)?;
            return Some(Self {
                value: map.value?,
                doc: map.doc,
                variant: map.variant,
                renamed_from: map.renamed_from,
            });
        }
        let value = Name::decode(node, report)?;
        Some(Self { value, doc: None, variant: None, renamed_from: None })
    }
}

impl JsonSchema for EnumSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Enum".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            generator.subschema_for::<ListOf<EnumValueSpec>>(),
            generator.subschema_for::<EnumMapSpec>(),
        ]})
    }
}

impl JsonSchema for EnumValueSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EnumValue".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [generator.subschema_for::<Text>(), generator.subschema_for::<EnumValueMapSpec>()] })
    }
}
