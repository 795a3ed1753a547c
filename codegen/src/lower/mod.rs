//! From the spec as written to the schema: every name resolved, every default filled in.
//!
//! The steps run in a fixed order and each reports what it finds wrong; what was reported is left out or replaced by
//! something harmless, so that one mistake does not cause a second message further on.

mod associations;
mod checks;
mod default;
mod draft;
mod enums;
mod fields;
mod indexes;
mod inverses;
mod json_types;
mod keys;
pub(crate) mod literal;
mod models;
pub(crate) mod names;
mod seeds;
mod services;
mod settings;
mod types;

use std::path::Path;

pub(crate) use draft::{Draft, Drafts, Found, Origin};
pub(crate) use names::snake;
use seedbed_schema::Schema;

use crate::diagnostics::Report;
use crate::document::Spec;
use crate::validate;

/// The schema that a spec means, unless there is a mistake in it. `folder` is where the spec stands.
pub(crate) fn lower(spec: &Spec, folder: &Path, report: &mut Report) -> Option<Schema> {
    let settings = settings::lower(spec, report);
    let enums = enums::lower(spec, report);
    let json = json_types::lower(spec, &enums, report);
    let mut drafts = models::declare(spec, settings, enums, json, report);
    let keys = keys::resolve(&drafts, report);
    fields::lower(&mut drafts, &keys, report);
    associations::lower(&mut drafts, &keys, report);
    indexes::lower(&mut drafts, report);
    checks::lower(&mut drafts, report);
    inverses::lower(&mut drafts, report);
    let seeds = seeds::lower(spec, &drafts, folder, report);
    let services = services::lower(spec, &drafts, report);
    validate::validate(&drafts, &seeds, report);
    if report.has_errors() {
        return None;
    }
    Some(Schema {
        package: drafts.settings.package,
        dialects: drafts.settings.dialects,
        connect: drafts.settings.connect,
        enums: drafts.enums,
        types: drafts.json.types,
        models: drafts.models.into_iter().map(|draft| draft.model).collect(),
        associations: drafts.associations.into_iter().map(|(association, _)| association).collect(),
        seeds: seeds.into_iter().map(|(seed, _)| seed).collect(),
        services,
    })
}
