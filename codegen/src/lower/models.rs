//! Models: their names in Rust and in the database.

use std::collections::HashMap;

use seedbed_schema::{Hook, Model, ModelId, rust_identifier, shorten};

use super::enums::{Enums, type_name};
use super::json_types::JsonTypes;
use super::names::{former_name, identifier, override_name, snake, spelled};
use super::settings::Settings;
use super::{Draft, Drafts};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{ModelSpec, Name, Spec};
use crate::source::Span;

/// The models with nothing in them yet. A name that stands twice is reported, and the first one counts.
pub(super) fn declare<'a>(
    spec: &'a Spec,
    settings: Settings<'a>,
    enums: Enums,
    json: JsonTypes,
    report: &mut Report,
) -> Drafts<'a> {
    let mut drafts = Drafts {
        settings,
        enums: enums.enums,
        enum_spans: enums.spans,
        enum_ids: enums.ids,
        json,
        models: Vec::new(),
        model_ids: HashMap::new(),
        associations: Vec::new(),
    };
    for (name, written) in spec.models.iter().flat_map(|models| &models.items) {
        if let Some(first) = drafts.model_ids.get(name.text.as_str()) {
            let message = format!("the model `{}` is declared twice", name.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, name.span, message)
                    .secondary(drafts.model(*first).name.span, "first declared here"),
            );
            continue;
        }
        if identifier(name, "a model", report) {
            type_name(name, report);
        }
        drafts.model_ids.insert(&name.text, ModelId(drafts.models.len()));
        let draft = draft(name, written, &drafts.settings, report);
        drafts.models.push(draft);
    }
    if spec.models.is_none() {
        let span = spec.span;
        report.push(
            Diagnostic::error(Code::MissingKey, span, "`models` is missing").help("a spec has at least one model"),
        );
    }
    drafts
}

fn draft<'a>(name: &'a Name, spec: &'a ModelSpec, settings: &Settings<'_>, report: &mut Report) -> Draft<'a> {
    let table =
        override_name(spec.table.as_ref(), report).unwrap_or_else(|| shorten(&spelled(&name.text, settings.tables)));
    let model = Model {
        name: name.text.clone(),
        module: rust_identifier(&snake(&name.text)),
        key_name: shorten(&format!("{table}_pkey")),
        table,
        doc: spec.doc.as_ref().map(|doc| doc.text.clone()),
        renamed_from: former_name(spec.renamed_from.as_ref()),
        fields: Vec::new(),
        key: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        dropped: spec.dropped.iter().flat_map(|dropped| &dropped.items).map(|name| snake(&name.text)).collect(),
        hooks: hooks(spec, report),
    };
    Draft {
        name,
        spec,
        model,
        origins: Vec::new(),
        fields: HashMap::new(),
        keys: HashMap::new(),
        belongs_to: Vec::new(),
        index_origins: Vec::new(),
        check_origins: Vec::new(),
        missing: Vec::new(),
    }
}

/// The hooks in the order of the moments, each once.
fn hooks(spec: &ModelSpec, report: &mut Report) -> Vec<Hook> {
    let mut first: HashMap<Hook, Span> = HashMap::new();
    for hook in spec.hooks.iter().flat_map(|hooks| &hooks.items) {
        if let Some(first) = first.insert(hook.value, hook.span) {
            report.push(
                Diagnostic::error(Code::DuplicateName, hook.span, "this hook is named twice")
                    .secondary(first, "first named here")
                    .help("leave one of them out"),
            );
        }
    }
    Hook::ALL.iter().map(|(_, hook)| *hook).filter(|hook| first.contains_key(hook)).collect()
}
