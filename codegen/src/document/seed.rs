//! Seeds: rows that every database has.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, ListOf, Many, Name, Named, Text, wrong_kind};
use super::json_schema::inline_schema;
use super::macros::construct;
use crate::diagnostics::Report;
use crate::source::Span;
use crate::yaml::{Node, Style};

construct! {
    /// Rows of one model.
    pub(crate) struct SeedSpec {
        /// The model.
        "model" (required) => model: Name,
        /// A CSV file with the rows, relative to the spec.
        "file" => file: Text,
        /// The rows themselves.
        "rows" => rows: ListOf<Named<CellSpec>>,
        /// The fields that tell one row from another: the primary key or a unique key.
        "key" (required) => key: Many<Name>,
        /// The environment variable without which the seed is left out.
        "when" => when: Name,
        /// The named set it belongs to: such rows are only loaded when the set is asked for.
        "set" => set: Name,
    }
    later []
}

/// A cell of a row, as it would stand in a CSV file.
#[derive(Debug, Clone)]
pub(crate) struct CellSpec {
    /// The text, with the rules of a CSV file.
    pub(crate) text: String,
    /// Where.
    pub(crate) span: Span,
}

impl Decode for CellSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let span = node.span();
        let text = match node {
            Node::Scalar(scalar) if scalar.is_null() => "null".to_owned(),
            // A quoted `null` is the text, which a CSV file writes with a backslash.
            Node::Scalar(scalar) if scalar.text == "null" && scalar.style != Style::Plain => "\\null".to_owned(),
            Node::Scalar(scalar) => scalar.text.clone(),
            flow if flow.is_flow() => report.sources.slice(span).to_owned(),
            block => {
                report.push(wrong_kind(block, "a cell is one value; JSON stands in one piece: `tools: [\"a\"]`"));
                return None;
            }
        };
        Some(Self { text, span })
    }
}

impl JsonSchema for CellSpec {
    inline_schema!("Cell");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}
