//! Associations, in short form (`MODEL[?] [option=value …]`) and in long form.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use seedbed_schema::Action;

use super::decode::{Decode, Flag, Many, Name, Text, wrong_kind};
use super::line::{Line, Piece};
use super::macros::construct;
use super::words::Choice;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::yaml::{Node, Scalar};

/// A `belongs_to`, whichever form it was written in.
#[derive(Debug, Clone)]
pub(crate) struct AssociationSpec {
    /// The line, or the first key of the long form.
    pub(crate) span: Span,
    /// The model it leads to; without one, what was wrong has been reported.
    pub(crate) model: Option<Name>,
    /// Whether a row may do without.
    pub(crate) nullable: bool,
    /// The options.
    pub(crate) options: Options,
}

/// What an association says beyond its model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// The fields that hold the key.
    pub(crate) key: Option<Many<Name>>,
    /// The column of the key.
    pub(crate) column: Option<Text>,
    /// What happens to the row when its target is deleted.
    pub(crate) on_delete: Option<Choice<Action>>,
    /// What happens to the row when its target's key changes.
    pub(crate) on_update: Option<Choice<Action>>,
    /// The name of the way back, or `none`.
    pub(crate) inverse: Option<Name>,
    /// Whether no two rows have the same target.
    pub(crate) unique: Option<Flag>,
    /// Whether the key has an index of its own.
    pub(crate) index: Option<Flag>,
    /// The name of the foreign key's constraint.
    pub(crate) name: Option<Name>,
    /// What the association means.
    pub(crate) doc: Option<Text>,
    /// The former name of the key's field.
    pub(crate) renamed_from: Option<Name>,
}

construct! {
    /// An association in long form.
    pub(crate) struct AssociationMapSpec {
        /// The model it leads to, with `?` behind it where a row may do without.
        "model" (required) => model: Text,
        /// The fields that hold the key.
        "key" => key: Many<Name>,
        /// The column of the key, where it is not named by the rule.
        "column" => column: Text,
        /// What happens to the row when its target is deleted; `restrict`, or `set_null` when nullable, unless said.
        "on_delete" => on_delete: Choice<Action>,
        /// What happens to the row when its target's key changes; `no_action` unless said.
        "on_update" => on_update: Choice<Action>,
        /// The name of the way back on the other model, or `none`.
        "inverse" => inverse: Name,
        /// No two rows have the same target: the way back leads to one row.
        "unique" => unique: Flag,
        /// Whether the key has an index of its own; it has unless said.
        "index" => index: Flag,
        /// The name of the foreign key's constraint.
        "name" => name: Name,
        /// What the association means, in a sentence.
        "doc" => doc: Text,
        /// The name of the key's field before it was renamed.
        "renamed_from" => renamed_from: Name,
    }
    later ["through", "polymorphic", "deferrable"]
}

impl Decode for AssociationSpec {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Self::line(scalar, report),
            Node::Map(_) => AssociationMapSpec::decode(node, report).map(|map| Self::long(map, report)),
            other => {
                report.push(wrong_kind(
                    other,
                    "an association is expected here: a line such as `User? on_delete=cascade`, or a map",
                ));
                None
            }
        }
    }
}

impl JsonSchema for AssociationSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Association".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "MODEL[?] [option=value …]", "pattern": "^\\s*[A-Za-z]" },
            generator.subschema_for::<AssociationMapSpec>(),
        ]})
    }
}

impl AssociationSpec {
    fn long(map: AssociationMapSpec, report: &mut Report) -> Self {
        let target = map.model.as_ref().and_then(|text| {
            let (start, end) = Line::new(text).trimmed();
            target(text, start, end, report)
        });
        Self {
            span: map.span,
            nullable: target.as_ref().is_some_and(|(_, nullable)| *nullable),
            model: target.map(|(model, _)| model),
            options: Options {
                key: map.key,
                column: map.column,
                on_delete: map.on_delete,
                on_update: map.on_update,
                inverse: map.inverse,
                unique: map.unique,
                index: map.index,
                name: map.name,
                doc: map.doc,
                renamed_from: map.renamed_from,
            },
        }
    }

    fn line(scalar: &Scalar, report: &mut Report) -> Option<Self> {
        let mut line = Line::new(scalar);
        // The model reaches to the first white space: `User key=x`, never `User=…`.
        let Some(head) = line.word() else {
            report.push(wrong_kind(&Node::Scalar(scalar.clone()), "a model is expected here, such as `User?`"));
            return None;
        };
        let target = target(scalar, head.start, head.end, report);
        let mut words: Vec<Piece<'_>> = std::iter::from_fn(|| line.word()).collect();
        let nullable = target.as_ref().is_some_and(|(_, nullable)| *nullable) | lonely_mark(&mut words, scalar, report);
        let mut options = Options::default();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            let span = report.place(scalar, word.start, word.end);
            let name = word.text.split_once('=').map_or(word.text, |(name, _)| name);
            if let Some((_, first)) = seen.iter().find(|(earlier, _)| *earlier == name) {
                report.push(
                    Diagnostic::error(Code::UnknownOption, span, format!("the option `{name}` stands here twice"))
                        .secondary(*first, "first here"),
                );
                continue;
            }
            seen.push((name, span));
            options.set(word, scalar, report);
            // `key = x` was reported at `key`; its other words say nothing new.
            if word.text == name && words.next_if(|next| next.text == "=").is_some() {
                words.next();
            }
        }
        Some(Self { span: scalar.span, nullable, model: target.map(|(model, _)| model), options })
    }
}

/// Reports a `?` that does not stand directly behind the model, and takes it out; it is clear what it means.
fn lonely_mark(words: &mut Vec<Piece<'_>>, scalar: &Scalar, report: &mut Report) -> bool {
    let Some(mark) = words.first().copied().filter(|word| word.text == "?") else { return false };
    words.remove(0);
    report.push(
        Diagnostic::error(Code::AssociationLine, report.place(scalar, mark.start, mark.end), "`?` is out of place")
            .help("write it directly behind the model: `User?`"),
    );
    true
}

/// The model in a range of a text, and whether `?` follows it.
fn target(scalar: &Scalar, start: usize, end: usize, report: &mut Report) -> Option<(Name, bool)> {
    let text = &scalar.text[start..end];
    let (name, nullable) = match text.strip_suffix('?') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let span = report.place(scalar, start, start + name.len());
    if name.is_empty() || name.contains(|c: char| !(c.is_alphanumeric() || c == '_')) {
        let diagnostic = Diagnostic::error(
            Code::AssociationLine,
            report.place(scalar, start, end),
            format!("`{text}` is not the name of a model"),
        );
        report.push(diagnostic.help("an association line is `MODEL[?] [option=value …]`"));
        return None;
    }
    if scalar.is_null() {
        return Name::of(scalar, report).map(|name| (name, false));
    }
    Some((Name { text: name.to_owned(), span }, nullable))
}

/// Every option of an association line.
const OPTIONS: [&str; 7] = ["key", "on_delete", "on_update", "inverse", "unique", "index", "name"];

impl Options {
    fn set(&mut self, word: Piece<'_>, scalar: &Scalar, report: &mut Report) {
        let whole = report.place(scalar, word.start, word.end);
        let (option, value) = match word.text.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (word.text, None),
        };
        let option_span = report.place(scalar, word.start, word.start + option.len());
        let start = word.start + option.len() + 1;
        match (option, value) {
            ("unique" | "index", None | Some("true" | "false")) => {
                let flag = Some(Flag { on: value != Some("false"), span: whole });
                *(if option == "unique" { &mut self.unique } else { &mut self.index }) = flag;
            }
            ("unique" | "index", Some(other)) => report.push(
                Diagnostic::error(Code::WrongValue, whole, format!("`{option}` is `true` or `false`"))
                    .label(format!("found `{other}`")),
            ),
            (_, None | Some("")) if OPTIONS.contains(&option) => report.push(
                Diagnostic::error(Code::AssociationLine, whole, format!("the option `{option}` has no value"))
                    .help(format!("write `{option}=VALUE`, without spaces around `=`")),
            ),
            (_, None) => report.push(unknown_option(option, option_span)),
            ("key", Some(value)) => self.key = Some(keys(value, start, scalar, report)),
            ("on_delete", Some(value)) => {
                self.on_delete = Choice::of(value, report.place(scalar, start, word.end), report)
            }
            ("on_update", Some(value)) => {
                self.on_update = Choice::of(value, report.place(scalar, start, word.end), report)
            }
            ("inverse", Some(value)) => self.inverse = Some(name(value, start, scalar, report)),
            ("name", Some(value)) => self.name = Some(name(value, start, scalar, report)),
            (_, Some(_)) => report.push(unknown_option(option, option_span)),
        }
    }
}

fn unknown_option(option: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::UnknownOption, span, format!("unknown option `{option}`"));
    match option {
        "foreign_key" | "foreignKey" | "column" => diagnostic.help("did you mean `key`?").suggest("key"),
        "as" | "has_many" => diagnostic.help("did you mean `inverse`?").suggest("inverse"),
        "doc" => diagnostic.help("a text takes the long form: `{ model: …, doc: … }` in block style"),
        _ => diagnostic.nearest(option, OPTIONS),
    }
}

fn name(value: &str, start: usize, scalar: &Scalar, report: &Report) -> Name {
    Name { text: value.to_owned(), span: report.place(scalar, start, start + value.len()) }
}

fn keys(value: &str, start: usize, scalar: &Scalar, report: &Report) -> Many<Name> {
    let mut at = start;
    let mut items = Vec::new();
    for part in value.split(',') {
        items.push(name(part, at, scalar, report));
        at += part.len() + 1;
    }
    Many { items, span: report.place(scalar, start, start + value.len()) }
}
