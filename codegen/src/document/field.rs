//! Fields, in short form (`TYPE[?] [= DEFAULT] [flag …]`) and in long form, and the primary key of a model.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Flag, ListOf, Name, Text, wrong_kind};
use super::json_schema::inline_schema;
use super::line::{Line, Piece, unquote};
use super::macros::construct;
use super::{ConditionSpec, DialectTexts, TypeSpec};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::yaml::{Node, Scalar, Style};

/// A field, whichever form it was written in.
#[derive(Debug, Clone)]
pub(crate) struct FieldSpec {
    /// The line, or the first key of the long form.
    pub(crate) span: Span,
    /// The type; without one, what was wrong has been reported.
    pub(crate) ty: Option<TypeSpec>,
    /// What a new row has that does not say.
    pub(crate) default: Option<DefaultSpec>,
    /// The same as SQL text per dialect.
    pub(crate) default_sql: Option<DialectTexts>,
    /// The flags.
    pub(crate) flags: Flags,
    /// What the long form says beyond.
    pub(crate) more: More,
}

/// The flags of a field: where each was written, if it was.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flags {
    /// The field is the primary key.
    pub(crate) pk: Option<Span>,
    /// No two rows have the same value.
    pub(crate) unique: Option<Span>,
    /// The field has an index of its own.
    pub(crate) index: Option<Span>,
    /// The value is a secret.
    pub(crate) sensitive: Option<Span>,
    /// Each update sets the field to its default again.
    pub(crate) on_update: Option<Span>,
    /// The field counts the changes of its row.
    pub(crate) version: Option<Span>,
}

/// What only the long form can say.
#[derive(Debug, Clone, Default)]
pub(crate) struct More {
    /// What the field is.
    pub(crate) doc: Option<Text>,
    /// A condition that every row satisfies.
    pub(crate) check: Option<ConditionSpec>,
    /// The column.
    pub(crate) column: Option<Text>,
    /// The collation on PostgreSQL.
    pub(crate) collate: Option<Text>,
    /// The former name.
    pub(crate) renamed_from: Option<Name>,
}

/// A default as it is written.
#[derive(Debug, Clone)]
pub(crate) struct DefaultSpec {
    /// The text: a word, what stood between quotes, or a piece of JSON.
    pub(crate) text: String,
    /// Whether it stood in quotes, so that it is a text and never a keyword.
    pub(crate) quoted: bool,
    /// Where.
    pub(crate) span: Span,
}

construct! {
    /// A field in long form.
    pub(crate) struct FieldMapSpec {
        /// The type, with `?` behind it where NULL is allowed.
        "type" (required) => ty: Text,
        /// The value of a new row that does not say.
        "default" => default: DefaultSpec,
        /// The same as an SQL expression per dialect.
        "default_sql" => default_sql: DialectTexts,
        /// The field is the primary key.
        "pk" => pk: Flag,
        /// No two rows have the same value.
        "unique" => unique: Flag,
        /// The field has an index of its own.
        "index" => index: Flag,
        /// The value is a secret: never printed, logged or serialised by accident.
        "sensitive" => sensitive: Flag,
        /// Each update sets the field to its default again.
        "on_update" => on_update: Flag,
        /// The field counts the changes of its row; to change a row that was changed since it was read is an error.
        "version" => version: Flag,
        /// What the field is, in a sentence.
        "doc" => doc: Text,
        /// A condition that every row satisfies.
        "check" => check: ConditionSpec,
        /// The column, where it is not named by the rule.
        "column" => column: Text,
        /// The collation of a text on PostgreSQL, instead of `C`.
        "collate" => collate: Text,
        /// The name of the field before it was renamed.
        "renamed_from" => renamed_from: Name,
    }
    later ["default_file", "generated", "dialect", "native"]
}

impl Decode for FieldSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Self::line(scalar, report),
            Node::Map(_) => FieldMapSpec::decode(node, report).map(|map| Self::long(map, report)),
            other => {
                report
                    .push(wrong_kind(other, "a field is expected here: a line such as `string(320) unique`, or a map"));
                None
            }
        }
    }
}

impl JsonSchema for FieldSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "TYPE[?] [= DEFAULT] [flag …]", "pattern": "^\\s*[A-Za-z]" },
            generator.subschema_for::<FieldMapSpec>(),
        ]})
    }
}

impl FieldSpec {
    fn long(map: FieldMapSpec, report: &mut Report) -> Self {
        let on = |flag: Option<Flag>| flag.filter(|flag| flag.on).map(|flag| flag.span);
        Self {
            span: map.span,
            ty: map.ty.and_then(|ty| TypeSpec::whole(&ty, report)),
            default: map.default,
            default_sql: map.default_sql,
            flags: Flags {
                pk: on(map.pk),
                unique: on(map.unique),
                index: on(map.index),
                sensitive: on(map.sensitive),
                on_update: on(map.on_update),
                version: on(map.version),
            },
            more: More {
                doc: map.doc,
                check: map.check,
                column: map.column,
                collate: map.collate,
                renamed_from: map.renamed_from,
            },
        }
    }

    /// Reads the short form.
    pub(crate) fn line(scalar: &Scalar, report: &mut Report) -> Option<Self> {
        let mut line = Line::new(scalar);
        let Some(head) = line.head() else {
            report.push(
                Diagnostic::error(Code::FieldLine, scalar.span, "a type is expected here")
                    .help("a field line is `TYPE[?] [= DEFAULT] [flag …]`, such as `string(320) unique`"),
            );
            return None;
        };
        let mut field = Self {
            span: scalar.span,
            ty: TypeSpec::parse(scalar, head.start, head.end, report),
            default: None,
            default_sql: None,
            flags: Flags::default(),
            more: More::default(),
        };
        if line.take('=') {
            field.default = line_default(scalar, &mut line, report);
        }
        while let Some(word) = line.word() {
            field.flags.set(word, scalar, report);
            if word.text.starts_with('=') {
                break;
            }
        }
        Some(field)
    }
}

/// Every flag of a field line.
const FLAGS: [&str; 6] = ["pk", "unique", "index", "sensitive", "version", "on_update"];

impl Flags {
    /// The flags that were written, with their places.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let flags = [
            ("pk", self.pk),
            ("unique", self.unique),
            ("index", self.index),
            ("sensitive", self.sensitive),
            ("version", self.version),
            ("on_update", self.on_update),
        ];
        flags.into_iter().filter_map(|(name, span)| Some((name, span?)))
    }

    fn set(&mut self, word: Piece<'_>, scalar: &Scalar, report: &mut Report) {
        let span = report.place(scalar, word.start, word.end);
        let slot = match word.text {
            "pk" => &mut self.pk,
            "unique" => &mut self.unique,
            "index" => &mut self.index,
            "sensitive" => &mut self.sensitive,
            "on_update" => &mut self.on_update,
            "version" => &mut self.version,
            other => return report.push(unknown_flag(other, span)),
        };
        if let Some(first) = slot.replace(span) {
            report.push(
                Diagnostic::error(Code::UnknownFlag, span, format!("the flag `{}` stands here twice", word.text))
                    .secondary(first, "first here"),
            );
        }
    }
}

fn unknown_flag(word: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::UnknownFlag, span, format!("unknown flag `{word}`"));
    match word {
        "=" => Diagnostic::error(Code::FieldLine, span, "the default stands before the flags")
            .help("a field line is `TYPE[?] [= DEFAULT] [flag …]`"),
        "?" => diagnostic.help("write `?` directly behind the type: `string?`"),
        "null" | "nullable" | "optional" => diagnostic.help("a `?` behind the type makes a field nullable: `string?`"),
        "not" | "required" | "notnull" => diagnostic.help("a field without `?` behind its type is NOT NULL anyway"),
        "primary" | "primary_key" | "key" => diagnostic.help("did you mean `pk`?").suggest("pk"),
        "auto" | "autoincrement" => diagnostic.help("that is a default: `bigint = auto`"),
        "now" | "default" => diagnostic.help("a default follows `=`: `timestamp = now`"),
        _ => {
            let flags = FLAGS.into_iter();
            match diagnostic.nearest(word, flags) {
                found @ Diagnostic { suggestion: Some(_), .. } => found,
                listed => listed.help(
                    "flags are `pk`, `unique`, `index`, `sensitive`, `version` and `on_update`; a default of several words stands in quotes",
                ),
            }
        }
    }
}

/// Reads what follows `=`.
fn line_default(scalar: &Scalar, line: &mut Line<'_>, report: &mut Report) -> Option<DefaultSpec> {
    let Some(word) = line.word() else {
        let at = line.at().min(scalar.text.trim_end().len());
        let span = report.place(scalar, at.saturating_sub(1), at);
        report.push(
            Diagnostic::error(Code::EmptyDefault, span, "nothing stands behind `=`")
                .help("did ` #` begin a comment? then write the default in long form, in quotes: `default: \"#…\"`"),
        );
        return None;
    };
    let span = report.place(scalar, word.start, word.end);
    if !word.text.starts_with(['"', '\'']) {
        return Some(DefaultSpec { text: word.text.to_owned(), quoted: false, span });
    }
    let text = unquote(word.text);
    if text.is_none() {
        report.push(
            Diagnostic::error(Code::FieldLine, span, format!("the quoted default `{}` cannot be read", word.text))
                .help("close the quote; in double quotes `\\\"`, `\\\\`, `\\n` and `\\t` can be written"),
        );
    }
    text.map(|text| DefaultSpec { text, quoted: true, span })
}

impl Decode for DefaultSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let span = node.span();
        match node {
            Node::Scalar(scalar) if scalar.is_empty() => {
                report.push(
                    Diagnostic::error(Code::EmptyDefault, span, "nothing stands behind `default:`")
                        .help("did ` #` begin a comment? then write the default in quotes"),
                );
                None
            }
            Node::Scalar(scalar) => {
                Some(Self { text: scalar.text.clone(), quoted: scalar.style != Style::Plain, span })
            }
            Node::List(_) | Node::Map(_) if !node.is_flow() => {
                report.push(wrong_kind(node, "a default is one value; JSON stands in one piece: `default: [1, 2]`"));
                None
            }
            flow => Some(Self { text: report.sources.slice(flow.span()).to_owned(), quoted: false, span }),
        }
    }
}

impl JsonSchema for DefaultSpec {
    inline_schema!("Default");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean", "array", "object"] })
    }
}

/// The primary key of a model.
#[derive(Debug, Clone)]
pub(crate) enum KeySpec {
    /// A field `id` of this form.
    Field(Box<FieldSpec>),
    /// Fields and associations of the model.
    Members(ListOf<Name>),
}

impl KeySpec {
    /// A piece of it that is fit to be underlined.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Field(field) => field.span,
            Self::Members(members) => members.span,
        }
    }
}

impl Decode for KeySpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::List(_) => ListOf::decode(node, report).map(Self::Members),
            _ => FieldSpec::decode(node, report).map(|field| Self::Field(Box::new(field))),
        }
    }
}

impl JsonSchema for KeySpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<FieldSpec>(), generator.subschema_for::<ListOf<Name>>()] })
    }
}
