//! A type as it is written: `decimal(12,6)?`.

use super::decode::not_yet;
use super::line::Line;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::yaml::Scalar;

/// A type as it is written, its name not yet looked up.
#[derive(Debug, Clone)]
pub(crate) struct TypeSpec {
    /// The name (`decimal`).
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// What stands in brackets, if brackets are there.
    pub(crate) parameters: Option<Vec<String>>,
    /// Whether `[]` follows: a list.
    pub(crate) list: bool,
    /// Whether `?` follows.
    pub(crate) nullable: bool,
    /// All of it.
    pub(crate) span: Span,
}

impl TypeSpec {
    /// The type in a range of a text.
    pub(crate) fn parse(scalar: &Scalar, start: usize, end: usize, report: &mut Report) -> Option<Self> {
        let text = &scalar.text[start..end];
        let span = report.place(scalar, start, end);
        let (body, nullable) = match text.strip_suffix('?') {
            Some(body) => (body.trim_end(), true),
            None => (text, false),
        };
        let (body, list) = match body.strip_suffix("[]") {
            Some(element) => (element.trim_end(), true),
            None => (body, false),
        };
        let (name, parameters) = match body.split_once('(') {
            None => (body, None),
            Some((name, rest)) => {
                let Some(inner) = rest.strip_suffix(')').filter(|inner| !inner.contains(['(', ')'])) else {
                    report.push(
                        Diagnostic::error(Code::TypeParameters, span, format!("the brackets of `{body}` do not close"))
                            .help("write it as `decimal(12,6)` or `string(320)`"),
                    );
                    return None;
                };
                (name, Some(inner.split(',').map(|part| part.trim().to_owned()).collect()))
            }
        };
        let name_span = report.place(scalar, start, start + name.len());
        let name = name.trim_end().to_owned();
        if name.is_empty() || name.contains(char::is_whitespace) {
            let message = format!("`{text}` is not a type");
            let help = match name.contains('=') {
                true => "in the long form the default has a key of its own: `default:`",
                false => "a type is one word: `string(320)?`",
            };
            report.push(Diagnostic::error(Code::FieldLine, span, message).help(help));
            return None;
        }
        if name == "vector" {
            report.push(not_yet(span, "the type `vector`"));
            return None;
        }
        Some(Self { name, name_span, parameters, list, nullable, span })
    }

    /// The type that a whole text is.
    pub(crate) fn whole(scalar: &Scalar, report: &mut Report) -> Option<Self> {
        let line = Line::new(scalar);
        let (start, end) = line.trimmed();
        Self::parse(scalar, start, end, report)
    }
}
