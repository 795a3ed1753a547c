//! Services: which models each owns and reads.

use std::collections::HashMap;

use seedbed_schema::{ModelId, Read, Service, rust_identifier};

use super::names::{identifier, snake};
use super::{Drafts, indexes};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{Name, ReadSpec, ServiceSpec, Spec};
use crate::source::Span;

/// The services in the order of the spec. A model has one owner at most.
pub(super) fn lower(spec: &Spec, drafts: &Drafts<'_>, report: &mut Report) -> Vec<Service> {
    let mut services = Vec::new();
    let mut owners: HashMap<ModelId, (&str, Span)> = HashMap::new();
    let mut names: HashMap<String, Span> = HashMap::new();
    for (name, written) in spec.services.iter().flat_map(|services| &services.items) {
        if !identifier(name, "a service", report) {
            continue;
        }
        if let Some(first) = names.insert(snake(&name.text), name.span) {
            let message = format!("the service `{}` is declared twice", name.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, name.span, message).secondary(first, "first declared here"),
            );
        }
        let mut listed: HashMap<ModelId, Span> = HashMap::new();
        let owns = owns(name, written, drafts, &mut listed, &mut owners, report);
        let reads = written.reads.iter().flat_map(|reads| &reads.items);
        let reads = reads.filter_map(|read| self::read(read, drafts, &mut listed, report)).collect();
        services.push(Service {
            rust: rust_identifier(&snake(&name.text)),
            name: name.text.clone(),
            doc: written.doc.as_ref().map(|doc| doc.text.clone()),
            owns,
            reads,
        });
    }
    services
}

fn owns<'a>(
    service: &'a Name,
    written: &ServiceSpec,
    drafts: &Drafts<'_>,
    listed: &mut HashMap<ModelId, Span>,
    owners: &mut HashMap<ModelId, (&'a str, Span)>,
    report: &mut Report,
) -> Vec<ModelId> {
    let mut owned = Vec::new();
    for name in written.owns.iter().flat_map(|owns| &owns.items) {
        let Some(id) = model(name, drafts, report) else { continue };
        if !once(id, name, listed, report) {
            continue;
        }
        if let Some((owner, first)) = owners.insert(id, (&service.text, name.span)) {
            let message = format!("`{}` is owned by `{owner}` and by `{}`", name.text, service.text);
            report.push(
                Diagnostic::error(Code::OwnedTwice, name.span, message)
                    .secondary(first, format!("owned by `{owner}` here"))
                    .help("one service writes a model; the others read it"),
            );
        }
        owned.push(id);
    }
    owned
}

fn read(
    written: &ReadSpec,
    drafts: &Drafts<'_>,
    listed: &mut HashMap<ModelId, Span>,
    report: &mut Report,
) -> Option<Read> {
    let id = model(&written.model, drafts, report)?;
    if !once(id, &written.model, listed, report) {
        return None;
    }
    let Some(names) = &written.fields else { return Some(Read { model: id, fields: None }) };
    if names.items.is_empty() {
        report.push(
            Diagnostic::error(
                Code::WrongValue,
                names.span,
                format!("no field of `{}` is left to read", written.model.text),
            )
            .help("name the fields, or write the model alone for the whole row"),
        );
    }
    let mut fields = Vec::new();
    for name in &names.items {
        for field in indexes::fields(name, drafts.model(id), report).into_iter().flatten() {
            if fields.contains(&field) {
                let message = format!("the field `{}` stands here twice", name.text);
                report.push(Diagnostic::error(Code::ListedTwice, name.span, message).help("name it once"));
            } else {
                fields.push(field);
            }
        }
    }
    Some(Read { model: id, fields: Some(fields) })
}

fn once(id: ModelId, name: &Name, listed: &mut HashMap<ModelId, Span>, report: &mut Report) -> bool {
    let Some(first) = listed.insert(id, name.span) else { return true };
    report.push(
        Diagnostic::error(Code::ListedTwice, name.span, format!("the service names `{}` twice", name.text))
            .secondary(first, "first here")
            .help("a service that owns a model reads it too"),
    );
    false
}

/// The model of that name; an unknown one is reported.
pub(super) fn model(name: &Name, drafts: &Drafts<'_>, report: &mut Report) -> Option<ModelId> {
    let found = drafts.model_ids.get(name.text.as_str()).copied();
    if found.is_none() && !report.is_full() {
        let names = drafts.models.iter().map(|draft| draft.name.text.as_str());
        report.push(
            Diagnostic::error(Code::UnknownModel, name.span, format!("unknown model `{}`", name.text))
                .nearest(&name.text, names),
        );
    }
    found
}
