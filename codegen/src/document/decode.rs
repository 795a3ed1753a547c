//! Reading values from nodes: texts, names, flags, lists and maps of further values.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::json_schema::inline_schema;
use crate::diagnostics::{Code, Diagnostic, Report, nearest};
use crate::source::Span;
use crate::yaml::{Map, Node, Scalar};

/// A value of the spec that reads itself from a node. What is wrong is reported; then there is no value.
pub(crate) trait Decode: Sized {
    /// Reads the value.
    fn decode(node: &Node, report: &mut Report) -> Option<Self>;
}

/// The members of a map while they are read.
pub(crate) struct Members<'a> {
    map: Option<&'a Map>,
    head: Span,
    what: String,
}

impl<'a> Members<'a> {
    /// The members of a node that has to be a map; nothing at all is an empty map.
    pub(crate) fn of(node: &'a Node, what: &'static str, report: &mut Report) -> Option<Self> {
        let what = short(what);
        match node {
            Node::Map(map) => Some(Self { map: Some(map), head: map.head(), what }),
            Node::Scalar(scalar) if scalar.is_empty() => Some(Self { map: None, head: scalar.span, what }),
            other => {
                report.push(wrong_kind(other, &format!("a map is expected here ({what})")));
                None
            }
        }
    }

    /// Reads the member of that name, if it is there and right.
    pub(crate) fn read<T: Decode>(&self, key: &str, report: &mut Report) -> Option<T> {
        T::decode(self.map?.get(key)?, report)
    }

    /// Reports a member that has to be there.
    pub(crate) fn require(&self, key: &str, report: &mut Report) {
        if self.map.is_none_or(|map| map.get(key).is_none()) {
            let message = format!("`{key}` is missing");
            report.push(Diagnostic::error(Code::MissingKey, self.head, message).label(format!("in {}", self.what)));
        }
    }

    /// Reports every member that is none of the known ones.
    pub(crate) fn refuse_others(&self, known: &[&str], later: &[&str], report: &mut Report) {
        for (key, _) in self.map.map_or(&[][..], |map| &map.entries) {
            let name = key.text.as_str();
            if name == "<<" {
                let message = "merge keys (`<<`) are not part of the language of a spec";
                report.push(
                    Diagnostic::error(Code::Anchor, key.span, message)
                        .help("fields that models share stand under `mixins:`"),
                );
            } else if later.contains(&name) {
                report.push(not_yet(key.span, &format!("`{name}`")));
            } else if !known.contains(&name) {
                let diagnostic = Diagnostic::error(Code::UnknownKey, key.span, format!("unknown key `{name}`"))
                    .label(format!("in {}", self.what));
                let diagnostic = match known_elsewhere(name) {
                    Some(help) if nearest(name, known.iter().copied()).is_none() => diagnostic.help(help),
                    _ => diagnostic.nearest(name, known.iter().copied()),
                };
                report.push(diagnostic);
            }
        }
    }
}

/// What a construct is, from its description: `A model: one table.` is `a model`.
fn short(what: &str) -> String {
    let what = what.trim().trim_end_matches('.');
    let what = what.split([':', ',']).next().unwrap_or(what);
    what.chars().take(1).flat_map(char::to_lowercase).chain(what.chars().skip(1)).collect()
}

/// What people write who come from other tools, and what it is called here.
fn known_elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "columns" | "attributes" | "properties" => "fields stand under `fields:`",
        "associations" | "relations" | "references" => "associations stand under `belongs_to:`",
        "comment" | "description" => "that is `doc:`",
        "required" | "null" | "nullable" | "allowNull" | "allow_null" => {
            "a `?` behind the type makes a field nullable; without it the field is NOT NULL"
        }
        "primary_key" | "primaryKey" | "primary" => "the primary key stands under `key:`, or a field is flagged `pk`",
        "tableName" | "table_name" => "that is `table:`",
        "defaultValue" | "default_value" => "that is `default:`",
        _ => return None,
    })
}

/// A construct of the language that is not built yet.
pub(crate) fn not_yet(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(Code::NotYet, span, format!("{what} is not supported yet"))
        .help("leave it out for now; it is refused so that nothing is silently missing")
}

/// A node of the wrong kind.
pub(crate) fn wrong_kind(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::error(Code::WrongKind, node.head(), expected.to_owned()).label(format!("found {}", node.kind()))
}

/// A text, of any form.
pub(crate) type Text = Scalar;

impl Decode for Text {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(scalar) if scalar.is_empty() => {
                report.push(wrong_kind(node, "a value is expected here"));
                None
            }
            Node::Scalar(scalar) => Some(scalar.clone()),
            other => {
                report.push(wrong_kind(other, "a text is expected here"));
                None
            }
        }
    }
}

/// A text, or a number or truth value as other readers of YAML take it.
impl JsonSchema for Text {
    inline_schema!("Text");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// A name. What YAML takes for null has to be quoted to be one.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// The name as written.
    pub(crate) text: String,
    /// Where.
    pub(crate) span: Span,
}

impl Name {
    /// The name that a text is, unless YAML takes it for null.
    pub(crate) fn of(scalar: &Scalar, report: &mut Report) -> Option<Self> {
        if scalar.is_null() {
            let found =
                if scalar.text.is_empty() { "nothing stands".into() } else { format!("`{}` stands", scalar.text) };
            let diagnostic =
                Diagnostic::error(Code::NullName, scalar.span, format!("{found} where a name is expected"));
            report.push(match scalar.text.is_empty() {
                true => diagnostic.help("write the name"),
                false => diagnostic.help(format!("quote it if that is the name: `\"{}\"`", scalar.text)),
            });
            return None;
        }
        Some(Self { text: scalar.text.clone(), span: scalar.span })
    }
}

impl Decode for Name {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Self::of(scalar, report),
            other => {
                report.push(wrong_kind(other, "a name is expected here"));
                None
            }
        }
    }
}

impl JsonSchema for Name {
    inline_schema!("Name");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// `true` or `false`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag {
    /// Which.
    pub(crate) on: bool,
    /// Where.
    pub(crate) span: Span,
}

impl Decode for Flag {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let span = node.span();
        match node {
            Node::Scalar(scalar) if scalar.text == "true" => Some(Self { on: true, span }),
            Node::Scalar(scalar) if scalar.text == "false" => Some(Self { on: false, span }),
            other => {
                report.push(
                    Diagnostic::error(Code::WrongValue, other.head(), "`true` or `false` is expected here")
                        .label(format!("found {}", shown(other))),
                );
                None
            }
        }
    }
}

impl JsonSchema for Flag {
    inline_schema!("Flag");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

fn shown(node: &Node) -> String {
    match node {
        Node::Scalar(scalar) if !scalar.is_empty() => format!("`{}`", scalar.text),
        other => other.kind().to_owned(),
    }
}

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct ListOf<T> {
    /// The items that could be read.
    pub(crate) items: Vec<T>,
    /// A piece of it that is fit to be underlined.
    pub(crate) span: Span,
}

impl<T: Decode> Decode for ListOf<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::List(list) => Some(Self {
                items: list.items.iter().filter_map(|item| T::decode(item, report)).collect(),
                span: node.head(),
            }),
            other => {
                report.push(wrong_kind(other, "a list is expected here"));
                None
            }
        }
    }
}

impl<T: JsonSchema> JsonSchema for ListOf<T> {
    inline_schema!("List");

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>() })
    }
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub(crate) struct Many<T> {
    /// The values that could be read.
    pub(crate) items: Vec<T>,
    /// A piece of them that is fit to be underlined.
    pub(crate) span: Span,
}

impl<T: Decode> Decode for Many<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::List(_) => ListOf::decode(node, report).map(|ListOf { items, span }| Self { items, span }),
            one => Some(Self { items: vec![T::decode(one, report)?], span: one.head() }),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    inline_schema!("Many");

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// Values by name, in order.
#[derive(Debug, Clone)]
pub(crate) struct Named<T> {
    /// The values that could be read, each with its name.
    pub(crate) items: Vec<(Name, T)>,
    /// A piece of them that is fit to be underlined.
    pub(crate) span: Span,
}

impl<T: Decode> Decode for Named<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let entries = match node {
            Node::Map(map) => map.entries.as_slice(),
            Node::Scalar(scalar) if scalar.is_empty() => &[],
            other => {
                report.push(wrong_kind(other, "a map of names is expected here"));
                return None;
            }
        };
        let items = entries.iter().filter_map(|(key, value)| {
            let name = Name::of(key, report);
            let value = T::decode(value, report);
            name.zip(value)
        });
        Some(Self { items: items.collect(), span: node.head() })
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    inline_schema!("Named");

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["object", "null"], "additionalProperties": generator.subschema_for::<T>() })
    }
}
