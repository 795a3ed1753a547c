//! Indexes and unique keys: one member, a list of members, or the long form.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::ConditionSpec;
use super::decode::{Decode, Flag, Many, Name, Text};
use super::macros::construct;
use crate::diagnostics::Report;
use crate::source::Span;
use crate::yaml::Node;

/// An index, whichever form it was written in. A member is a field, an association or an expression, with `desc` behind
/// it where it is sorted from the largest down.
#[derive(Debug, Clone)]
pub(crate) struct IndexSpec {
    /// A piece of it that is fit to be underlined.
    pub(crate) span: Span,
    /// The members of its key, in order.
    pub(crate) members: Vec<Text>,
    /// Whether no two rows have the same key.
    pub(crate) unique: bool,
    /// The rows it covers, if not all.
    pub(crate) predicate: Option<ConditionSpec>,
    /// Further fields kept in the index.
    pub(crate) include: Vec<Name>,
    /// The name in the database, if it has one of its own.
    pub(crate) name: Option<Name>,
    /// Whether it stays without a warning although another begins with it.
    pub(crate) keep: bool,
    /// The former name.
    pub(crate) renamed_from: Option<Name>,
}

construct! {
    /// An index in long form.
    pub(crate) struct IndexMapSpec {
        /// The members of its key: fields, associations or expressions, in order, with `desc` where it applies.
        "fields" (required) => fields: Many<Text>,
        /// No two rows have the same key.
        "unique" => unique: Flag,
        /// The rows it covers, if not all.
        "where" => predicate: ConditionSpec,
        /// Further fields kept in the index, not part of its key.
        "include" => include: Many<Name>,
        /// The name in the database.
        "name" => name: Name,
        /// It is wanted although another index begins with it: no warning.
        "keep" => keep: Flag,
        /// The name of the index before it was renamed.
        "renamed_from" => renamed_from: Name,
    }
    later ["using", "ops", "with"]
}

impl Decode for IndexSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        if let Node::Map(_) = node {
            let map = IndexMapSpec::decode(node, report)?;
            return Some(Self {
                span: map.span,
                members: map.fields?.items,
                unique: map.unique.is_some_and(|flag| flag.on),
                predicate: map.predicate,
                include: map.include.map(|include| include.items).unwrap_or_default(),
                name: map.name,
                keep: map.keep.is_some_and(|flag| flag.on),
                renamed_from: map.renamed_from,
            });
        }
        let Many { items, span } = Many::decode(node, report)?;
        Some(Self {
            span,
            members: items,
            unique: false,
            predicate: None,
            include: Vec::new(),
            name: None,
            keep: false,
            renamed_from: None,
        })
    }
}

impl JsonSchema for IndexSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Index".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<Many<Text>>(), generator.subschema_for::<IndexMapSpec>()] })
    }
}
