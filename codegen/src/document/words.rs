//! Values that are one of a few words.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use seedbed_schema::{Action, Dialect, Hook, SyncMode};

use super::decode::{Decode, wrong_kind};
use super::json_schema::inline_schema;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::yaml::Node;

/// A type whose values are a few words of the language.
pub(crate) trait Words: Copy + 'static {
    /// What it is, for messages.
    const WHAT: &'static str;
    /// Every word and what it means.
    const WORDS: &'static [(&'static str, Self)];
}

/// One of the words of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<T> {
    /// What the word means.
    pub(crate) value: T,
    /// Where it stands.
    pub(crate) span: Span,
}

impl<T: Words> Choice<T> {
    /// The choice that a word is.
    pub(crate) fn of(word: &str, span: Span, report: &mut Report) -> Option<Self> {
        let found = T::WORDS.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            report.push(
                Diagnostic::error(Code::WrongValue, span, format!("unknown {} `{word}`", T::WHAT))
                    .nearest(word, T::WORDS.iter().map(|(word, _)| *word)),
            );
        }
        found.map(|(_, value)| Self { value: *value, span })
    }
}

impl<T: Words> Decode for Choice<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Self::of(&scalar.text, scalar.span, report),
            other => {
                report.push(wrong_kind(other, &format!("one word is expected here ({})", T::WHAT)));
                None
            }
        }
    }
}

impl<T: Words> JsonSchema for Choice<T> {
    inline_schema!("Choice");

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = T::WORDS.iter().map(|(word, _)| *word).collect();
        json_schema!({ "enum": words })
    }
}

impl Words for Dialect {
    const WHAT: &'static str = "dialect";
    const WORDS: &'static [(&'static str, Self)] = &[("postgres", Self::Postgres), ("sqlite", Self::Sqlite)];
}

impl Words for Action {
    const WHAT: &'static str = "action";
    const WORDS: &'static [(&'static str, Self)] = &Self::ALL;
}

impl Words for Hook {
    const WHAT: &'static str = "hook";
    const WORDS: &'static [(&'static str, Self)] = &Self::ALL;
}

/// `off` stands without quotes, and other readers of YAML take it for a truth value; ours keeps the text.
impl Words for SyncMode {
    const WHAT: &'static str = "mode of sync";
    const WORDS: &'static [(&'static str, Self)] = &[("create", Self::Create), ("off", Self::Off)];
}

/// Whether a connection has to be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Always.
    Required,
    /// Where the environment says so.
    Optional,
}

impl Words for Tls {
    const WHAT: &'static str = "demand for TLS";
    const WORDS: &'static [(&'static str, Self)] = &[("required", Self::Required), ("optional", Self::Optional)];
}

/// How a name of the spec is spelled in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// `chat_thread`
    Snake,
    /// `chatThread`
    Camel,
    /// `ChatThread`
    Pascal,
    /// `chat_threads`
    SnakePlural,
    /// `chatThreads`
    CamelPlural,
    /// `ChatThreads`
    PascalPlural,
}

impl Words for Case {
    const WHAT: &'static str = "naming rule";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("snake", Self::Snake),
        ("camel", Self::Camel),
        ("pascal", Self::Pascal),
        ("snake_plural", Self::SnakePlural),
        ("camel_plural", Self::CamelPlural),
        ("pascal_plural", Self::PascalPlural),
    ];
}
