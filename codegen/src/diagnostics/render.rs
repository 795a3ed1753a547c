//! Diagnostics as text: message, place, the line with what is wrong underlined, help.

use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, MAX_COLLECTED, Severity};
use crate::source::{Source, Sources, Span};

/// Lines longer than this are named but not shown.
const MAX_LINE: usize = 2_000;

/// All diagnostics and how many there were.
pub(super) fn render(diagnostics: &Diagnostics, coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for item in diagnostics.iter() {
        let report = [group(diagnostics.sources(), item)];
        let _ = writeln!(out, "{}\n", renderer.render(&report).trim_end());
    }
    out.push_str(&summary(diagnostics));
    out
}

fn group<'a>(sources: &'a Sources, item: &'a Diagnostic) -> Group<'a> {
    let level = match item.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&item.message).id(item.code.name()));
    group = place(group, sources, item.span, item.label.as_deref(), AnnotationKind::Primary, item, true);
    for (span, label) in item.secondary.iter().filter(|(span, _)| span.file != item.span.file) {
        group = place(group, sources, *span, Some(label), AnnotationKind::Context, item, false);
    }
    match &item.help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

/// Adds one place: its file, line and column, and the line itself unless it is too long to be looked at.
fn place<'a>(
    group: Group<'a>,
    sources: &'a Sources,
    span: Span,
    label: Option<&'a str>,
    kind: AnnotationKind,
    item: &'a Diagnostic,
    with_others: bool,
) -> Group<'a> {
    let others: Vec<&(Span, String)> = match with_others {
        true => item.secondary.iter().filter(|(other, _)| other.file == span.file).collect(),
        false => Vec::new(),
    };
    let source = sources.file(span.file);
    let start = others.iter().map(|(other, _)| other.start).min().map_or(span.start, |other| other.min(span.start));
    let end = others.iter().map(|(other, _)| other.end).max().map_or(span.end, |other| other.max(span.end));
    let (from, to) = lines_around(source, start, end);
    let text = &source.text[from..to];
    if text.is_empty() || text.lines().any(|line| line.len() > MAX_LINE) {
        return group.element(origin(source, span));
    }
    let annotation = |kind: AnnotationKind, span: Span, label: Option<&'a str>| -> Annotation<'a> {
        let range = span.start as usize - from..(span.end as usize - from).min(text.len());
        match label {
            Some(label) => kind.span(range).label(label),
            None => kind.span(range),
        }
    };
    let snippet = Snippet::source(text)
        .path(source.path.display().to_string())
        .line_start(source.position(from as u32).line)
        .annotation(annotation(kind, span, label))
        .annotations(others.into_iter().map(|(span, label)| annotation(AnnotationKind::Context, *span, Some(label))));
    group.element(snippet)
}

fn origin(source: &Source, span: Span) -> Origin<'_> {
    let position = source.position(span.start);
    Origin::path(source.path.display().to_string()).line(position.line).char_column(position.column)
}

/// The bytes of the whole lines that a range touches.
fn lines_around(source: &Source, start: u32, end: u32) -> (usize, usize) {
    let text = &source.text;
    let (start, end) = (start as usize, (end.max(start)) as usize);
    let from = text[..start.min(text.len())].rfind('\n').map_or(0, |newline| newline + 1);
    let to = text[end.min(text.len())..].find('\n').map_or(text.len(), |newline| end + newline);
    (from, to)
}

fn summary(diagnostics: &Diagnostics) -> String {
    let errors = diagnostics.iter().filter(|item| item.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let count = |n: usize, what: &str| match n {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{n} {what}s")),
    };
    let counts: Vec<String> = [count(errors, "error"), count(warnings, "warning")].into_iter().flatten().collect();
    let Some(first) = diagnostics.iter().next() else { return String::new() };
    let more = if diagnostics.len() >= MAX_COLLECTED { ", and there may be more" } else { "" };
    format!("{}{more}; `explain {}` says more\n", counts.join(", "), first.code.name())
}
