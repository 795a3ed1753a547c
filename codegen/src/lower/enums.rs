//! Enums: values, their Rust variants, and no two alike.

use std::collections::HashMap;

use seedbed_schema::{Enum, EnumId, EnumValue};

use super::names::{former_name, identifier, pascal};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{EnumSpec, Name, Spec};
use crate::source::Span;
use crate::validate::reserved;

/// The enums, their places by name, and where each is declared.
pub(super) struct Enums {
    pub(super) enums: Vec<Enum>,
    pub(super) ids: HashMap<String, EnumId>,
    pub(super) spans: Vec<Span>,
}

pub(super) fn lower(spec: &Spec, report: &mut Report) -> Enums {
    let mut enums = Vec::new();
    let mut ids: HashMap<String, EnumId> = HashMap::new();
    let mut spans: Vec<Span> = Vec::new();
    for (name, written) in spec.enums.iter().flat_map(|enums| &enums.items) {
        if let Some(first) = ids.get(&name.text) {
            let message = format!("the enum `{}` is declared twice", name.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, name.span, message)
                    .secondary(spans[first.0], "first declared here"),
            );
            continue;
        }
        if identifier(name, "an enum", report) {
            type_name(name, report);
        }
        ids.insert(name.text.clone(), EnumId(enums.len()));
        spans.push(name.span);
        enums.push(enumeration(name, written, report));
    }
    Enums { enums, ids, spans }
}

/// Types are written in upper camel case, and some names mean something else in Rust.
pub(super) fn type_name(name: &Name, report: &mut Report) {
    let expected = pascal(&name.text);
    if !name.text.starts_with(|c: char| c.is_ascii_uppercase()) || name.text.contains('_') {
        report.push(
            Diagnostic::error(
                Code::BadName,
                name.span,
                format!("`{}` is not written like the name of a type", name.text),
            )
            .help(format!("did you mean `{expected}`?"))
            .suggest(expected),
        );
    } else {
        reserved::type_name(name, report);
    }
}

/// The most values of an enum.
const MAX_VALUES: usize = 1_000;

fn enumeration(name: &Name, written: &EnumSpec, report: &mut Report) -> Enum {
    if written.values.is_empty() {
        let message = format!("the enum `{}` has no values", name.text);
        report.push(Diagnostic::error(Code::EmptyEnum, name.span, message).help("write them as `[active, suspended]`"));
    }
    if written.values.len() > MAX_VALUES {
        let message = format!("the enum `{}` has {} values", name.text, written.values.len());
        report.push(
            Diagnostic::error(Code::TooMany, name.span, message)
                .label(format!("at most {MAX_VALUES}"))
                .help("a set that large is data: make it a model"),
        );
    }
    let mut texts: HashMap<&str, Span> = HashMap::new();
    let mut variants: HashMap<String, (&str, Span)> = HashMap::new();
    let mut values = Vec::new();
    for value in written.values.iter().take(MAX_VALUES) {
        let (text, span) = (value.value.text.as_str(), value.value.span);
        if let Some(first) = texts.insert(text, span) {
            let message = format!("the value `{text}` stands in `{}` twice", name.text);
            report.push(Diagnostic::error(Code::DuplicateValue, span, message).secondary(first, "first declared here"));
            continue;
        }
        let variant = match &value.variant {
            Some(variant) => identifier(variant, "a variant", report).then(|| pascal(&variant.text)),
            None => variant(&value.value, report),
        };
        let Some(variant) = variant else { continue };
        if let Some((other, first)) = variants.insert(variant.clone(), (text, span)) {
            let message = format!("the values `{other}` and `{text}` are both `{variant}` in Rust");
            report.push(
                Diagnostic::error(Code::DuplicateValue, span, message)
                    .secondary(first, "first here")
                    .help("give one another name: `{ value: …, variant: … }`"),
            );
        }
        values.push(EnumValue {
            text: text.to_owned(),
            variant,
            doc: value.doc.as_ref().map(|doc| doc.text.clone()),
            renamed_from: former_name(value.renamed_from.as_ref()),
        });
    }
    Enum { name: name.text.clone(), doc: written.doc.as_ref().map(|doc| doc.text.clone()), values }
}

/// The variant that follows from a value's text, if one does.
fn variant(value: &Name, report: &mut Report) -> Option<String> {
    let variant = pascal(&value.text);
    let fits = variant.starts_with(|c: char| c.is_ascii_alphabetic()) && variant.is_ascii() && variant != "Self";
    if !fits || value.text.contains('\0') {
        report.push(
            Diagnostic::error(
                Code::BadName,
                value.span,
                format!("`{}` does not make the name of a Rust variant", value.text),
            )
            .help("name it: `{ value: …, variant: … }`"),
        );
        return None;
    }
    Some(variant)
}
