//! A model counts its changes in one field.

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::Drafts;

/// Reports models that count their changes twice.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    for draft in &drafts.models {
        let mut versions = draft.model.fields.iter().zip(&draft.origins).filter(|(field, _)| field.version);
        let Some((first, origin)) = versions.next() else { continue };
        for (second, place) in versions {
            let message =
                format!("`{}` counts the changes already, and `{}` would do so, too", first.name, second.name);
            report.push(
                Diagnostic::error(Code::FlagMismatch, place.span, message)
                    .secondary(origin.span, "counted here")
                    .help("leave one of the two flags `version` out"),
            );
        }
    }
}
