//! Seeds stand in dependency order: what a row refers to is loaded before it.

use std::collections::HashMap;

use seedbed_schema::{ModelId, Seed};

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::Drafts;
use crate::source::Span;

/// Reports seeds whose rows need rows of a later seed.
pub(super) fn validate(drafts: &Drafts<'_>, seeds: &[(Seed, Span)], report: &mut Report) {
    let mut first: HashMap<ModelId, (usize, Span)> = HashMap::new();
    for (at, (seed, span)) in seeds.iter().enumerate() {
        first.entry(seed.model).or_insert((at, *span));
    }
    for (at, (seed, span)) in seeds.iter().enumerate() {
        let draft = drafts.model(seed.model);
        for edge in &draft.belongs_to {
            let (association, _) = &drafts.associations[*edge];
            let required = association.fields.iter().all(|id| !draft.model.field(*id).nullable);
            let Some((later, place)) = first.get(&association.target).filter(|(later, _)| *later > at && required)
            else {
                continue;
            };
            let _ = later;
            let target = &drafts.model(association.target).name.text;
            let message = format!("the rows of `{}` need rows of `{target}`, which are loaded later", draft.name.text);
            report.push(
                Diagnostic::error(Code::SeedOrder, *span, message)
                    .secondary(*place, format!("`{target}` is loaded here"))
                    .help(format!("move the seed of `{target}` before this one")),
            );
        }
    }
}
