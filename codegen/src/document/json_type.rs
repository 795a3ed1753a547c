//! Named types of JSON: a shape with its members, a list in one line, or a Rust type from elsewhere.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Name, Named, Text, wrong_kind};
use super::macros::construct;
use super::{DefaultSpec, FieldSpec, TypeSpec};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::yaml::Node;

construct! {
    /// A type of JSON in long form.
    pub(crate) struct JsonTypeMapSpec {
        /// What it is, in a sentence.
        "doc" => doc: Text,
        /// The members of an object, each in one line: `TYPE[?] [= DEFAULT]`; those that are not named are kept.
        "fields" => fields: Named<MemberSpec>,
        /// A list of this type, such as `string[]`.
        "list" => list: Text,
        /// The path of a Rust type that somebody else wrote, such as `preferences::Theme`.
        "rust" => rust: Text,
        /// The package that the Rust type comes from, where it is not the first word of its path.
        "crate" => package: Name,
    }
    later []
}

construct! {
    /// A member of a shape in long form.
    pub(crate) struct MemberMapSpec {
        /// The type, with `?` behind it where the member may be missing or null.
        "type" (required) => ty: Text,
        /// What the member is where a document does not say.
        "default" => default: DefaultSpec,
        /// What the member is, in a sentence.
        "doc" => doc: Text,
    }
    later []
}

/// A type of JSON, whichever form it was written in.
#[derive(Debug, Clone)]
pub(crate) struct JsonTypeSpec {
    /// What it is.
    pub(crate) doc: Option<Text>,
    /// What was written; several are one too many.
    pub(crate) kinds: Vec<JsonKindSpec>,
    /// The package of a Rust type.
    pub(crate) package: Option<Name>,
}

/// What a type of JSON can be.
#[derive(Debug, Clone)]
pub(crate) enum JsonKindSpec {
    /// An object with members.
    Shape(Named<MemberSpec>),
    /// A list of a type; without one, what was wrong has been reported.
    List(Option<TypeSpec>),
    /// The path of a Rust type.
    Rust(Text),
}

/// A member, whichever form it was written in.
#[derive(Debug, Clone)]
pub(crate) struct MemberSpec {
    /// The type; without one, what was wrong has been reported.
    pub(crate) ty: Option<TypeSpec>,
    /// What it is where a document does not say.
    pub(crate) default: Option<DefaultSpec>,
    /// What it is.
    pub(crate) doc: Option<Text>,
}

impl Decode for JsonTypeSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(line) if !line.is_empty() => {
                let list = JsonKindSpec::List(TypeSpec::whole(line, report));
                Some(Self { doc: None, kinds: vec![list], package: None })
            }
            Node::List(_) => {
                report.push(wrong_kind(node, "a list of a type is written `string[]`, an object under `fields:`"));
                None
            }
            _ => JsonTypeMapSpec::decode(node, report).map(|map| Self::long(map, report)),
        }
    }
}

impl JsonTypeSpec {
    fn long(map: JsonTypeMapSpec, report: &mut Report) -> Self {
        let shape = map.fields.map(JsonKindSpec::Shape);
        let list = map.list.map(|list| JsonKindSpec::List(TypeSpec::whole(&list, report)));
        let rust = map.rust.map(JsonKindSpec::Rust);
        Self { doc: map.doc, kinds: [shape, list, rust].into_iter().flatten().collect(), package: map.package }
    }
}

impl Decode for MemberSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let Node::Scalar(line) = node else {
            let map = MemberMapSpec::decode(node, report)?;
            let ty = map.ty.and_then(|ty| TypeSpec::whole(&ty, report));
            return Some(Self { ty, default: map.default, doc: map.doc });
        };
        let field = FieldSpec::line(line, report)?;
        for (flag, span) in field.flags.all() {
            report.push(
                Diagnostic::error(Code::FlagMismatch, span, format!("a member of a shape cannot be `{flag}`"))
                    .help("that is for fields of models, which have columns; leave it out"),
            );
        }
        Some(Self { ty: field.ty, default: field.default, doc: None })
    }
}

impl JsonSchema for JsonTypeSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "JsonType".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "A list: TYPE[]", "pattern": "\\[\\]\\s*$" },
            generator.subschema_for::<JsonTypeMapSpec>(),
        ]})
    }
}

impl JsonSchema for MemberSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Member".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "TYPE[?] [= DEFAULT]", "pattern": "^\\s*[A-Za-z]" },
            generator.subschema_for::<MemberMapSpec>(),
        ]})
    }
}
