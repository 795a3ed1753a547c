//! A former name is not in use any more: otherwise nobody could tell a rename from a new thing.

use seedbed_schema::Field;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::Name;
use crate::lower::{Draft, Drafts, snake};

/// Reports former names that something else still has.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    for draft in &drafts.models {
        if let Some(former) = &draft.spec.renamed_from
            && let Some(other) = drafts.model_ids.get(former.text.as_str())
        {
            let message = format!("`{}` was renamed from `{}`, which is still a model", draft.name.text, former.text);
            let diagnostic = Diagnostic::error(Code::RenamedFrom, former.span, message);
            report.push(
                diagnostic
                    .secondary(drafts.model(*other).name.span, "declared here")
                    .help("remove `renamed_from`, or the other model"),
            );
        }
        fields(draft, report);
        dropped(draft, report);
    }
}

fn fields(draft: &Draft<'_>, report: &mut Report) {
    let renamed = |field: &Field| field.renamed_from.as_deref().map(snake);
    for (field, origin) in draft.model.fields.iter().zip(&draft.origins) {
        let Some(former) = renamed(field) else { continue };
        let written = origin.written.and_then(|field| field.more.renamed_from.as_ref());
        let span = written.map_or(origin.span, |name| name.span);
        if let Some(other) = draft.fields.get(&former) {
            let message = format!("`{}` was renamed from `{former}`, which is still a field", field.name);
            report.push(
                Diagnostic::error(Code::RenamedFrom, span, message)
                    .secondary(draft.origins[other.0].span, "declared here")
                    .help("remove `renamed_from`, or the other field"),
            );
        }
    }
}

fn dropped(draft: &Draft<'_>, report: &mut Report) {
    let names: &[Name] = draft.spec.dropped.as_ref().map_or(&[], |dropped| &dropped.items);
    for name in names {
        if let Some(id) = draft.fields.get(&snake(&name.text)) {
            report.push(
                Diagnostic::error(
                    Code::RenamedFrom,
                    name.span,
                    format!("`{}` is listed as dropped and is still a field", name.text),
                )
                .secondary(draft.origins[id.0].span, "declared here")
                .help("remove one of the two"),
            );
        }
    }
}
