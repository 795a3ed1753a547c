//! Diagnostics for editors and CI. The names of the members are stable.

use serde::Serialize;

use super::{Diagnostics, Severity};
use crate::source::{Sources, Span};

/// What `--format json` prints.
#[derive(Serialize)]
struct Output<'a> {
    diagnostics: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    secondary: Vec<Secondary<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

#[derive(Serialize)]
struct Secondary<'a> {
    #[serde(flatten)]
    place: Place,
    label: &'a str,
}

/// Lines and columns count from 1, columns in characters; the end is the first place behind.
#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// All diagnostics as one JSON document.
pub(super) fn to_json(diagnostics: &Diagnostics) -> serde_json::Value {
    let sources = diagnostics.sources();
    let items = diagnostics.iter().map(|item| Item {
        code: item.code.name(),
        severity: match item.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &item.message,
        place: place(sources, item.span),
        label: item.label.as_deref(),
        secondary: item
            .secondary
            .iter()
            .map(|(span, label)| Secondary { place: place(sources, *span), label })
            .collect(),
        help: item.help.as_deref(),
        suggestion: item.suggestion.as_deref(),
    });
    serde_json::to_value(Output { diagnostics: items.collect() }).expect("texts and numbers are JSON")
}

fn place(sources: &Sources, span: Span) -> Place {
    let file = sources.file(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    Place {
        file: file.path.display().to_string(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
