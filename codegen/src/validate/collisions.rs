//! No two models have one table, and no two fields of a model one column, as the more forgetful of the databases sees it.

use std::collections::HashMap;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::Drafts;
use crate::source::Span;

/// Reports tables and columns that differ in nothing, or only in the case of letters, which SQLite does not keep apart.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    let mut tables: HashMap<String, (&str, Span)> = HashMap::new();
    for draft in &drafts.models {
        let span = draft.spec.table.as_ref().map_or(draft.name.span, |table| table.span);
        if let Some((model, first)) = tables.insert(draft.model.table.to_lowercase(), (&draft.name.text, span)) {
            let message = format!("`{model}` and `{}` would share the table `{}`", draft.name.text, draft.model.table);
            report.push(
                Diagnostic::error(Code::Collision, span, message)
                    .secondary(first, "the table is taken here")
                    .help("give one of them another: `table: NAME`"),
            );
        }
        let mut columns: HashMap<String, (&str, Span)> = HashMap::new();
        for (field, origin) in draft.model.fields.iter().zip(&draft.origins) {
            if let Some((name, first)) = columns.insert(field.column.to_lowercase(), (&field.name, origin.span)) {
                let message =
                    format!("the fields `{name}` and `{}` would share the column `{}`", field.name, field.column);
                report.push(
                    Diagnostic::error(Code::Collision, origin.span, message)
                        .secondary(first, "the column is taken here")
                        .help("give one of them another: `column: NAME`"),
                );
            }
        }
    }
}
