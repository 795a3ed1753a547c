//! Conditions: an expression of our language, or SQL text per dialect; and the checks of a model.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Name, Text, wrong_kind};
use super::macros::construct;
use crate::diagnostics::Report;
use crate::yaml::Node;

construct! {
    /// SQL text per dialect.
    pub(crate) struct DialectTexts {
        /// For PostgreSQL.
        "postgres" => postgres: Text,
        /// For SQLite.
        "sqlite" => sqlite: Text,
    }
    later []
}

/// A condition as it is written.
#[derive(Debug, Clone)]
pub(crate) enum ConditionSpec {
    /// In the expression language.
    Expression(Text),
    /// As SQL text per dialect.
    Sql(DialectTexts),
}

impl Decode for ConditionSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(_) => Text::decode(node, report).map(Self::Expression),
            Node::Map(_) => DialectTexts::decode(node, report).map(Self::Sql),
            other => {
                report.push(wrong_kind(other, "a condition is expected here, or a map with one per dialect"));
                None
            }
        }
    }
}

impl JsonSchema for ConditionSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [generator.subschema_for::<Text>(), generator.subschema_for::<DialectTexts>()] })
    }
}

construct! {
    /// A check with a name of its own.
    pub(crate) struct NamedCheckSpec {
        /// The condition.
        "check" (required) => check: ConditionSpec,
        /// The name of the constraint.
        "name" => name: Name,
    }
    later []
}

/// A check of a model.
#[derive(Debug, Clone)]
pub(crate) struct CheckSpec {
    /// The condition.
    pub(crate) condition: ConditionSpec,
    /// The name of the constraint, if it has one of its own.
    pub(crate) name: Option<Name>,
}

impl Decode for CheckSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let per_dialect = |map: &crate::yaml::Map| map.get("postgres").is_some() || map.get("sqlite").is_some();
        match node {
            Node::Map(map) if !per_dialect(map) => {
                let NamedCheckSpec { check, name, .. } = NamedCheckSpec::decode(node, report)?;
                Some(Self { condition: check?, name })
            }
            _ => ConditionSpec::decode(node, report).map(|condition| Self { condition, name: None }),
        }
    }
}

impl JsonSchema for CheckSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Check".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<ConditionSpec>(), generator.subschema_for::<NamedCheckSpec>()] })
    }
}
