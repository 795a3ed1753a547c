//! The types that are generated for one model, enum or type of JSON do not bear the names of another's.

use std::collections::HashMap;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::Name;
use crate::lower::{Drafts, snake};
use crate::source::Span;

/// Reports models, enums and types of JSON whose generated types or files would have one name.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    let mut modules: HashMap<String, &Name> = HashMap::new();
    let mut types: HashMap<String, (&Name, &str)> = HashMap::new();
    for draft in &drafts.models {
        let name = &draft.name.text;
        if let Some(first) = modules.insert(snake(name), draft.name) {
            let message = format!("the models `{}` and `{name}` are both the module `{}`", first.text, snake(name));
            report.push(
                Diagnostic::error(Code::DuplicateName, draft.name.span, message)
                    .secondary(first.span, "first declared here")
                    .help("rename one of them; `table:` keeps the table's name"),
            );
            continue;
        }
        for (generated, what) in
            [(name.clone(), "row"), (format!("New{name}"), "new row"), (format!("{name}Patch"), "patch")]
        {
            if let Some((first, of)) = types.insert(generated.clone(), (draft.name, what)) {
                let message = format!("`{generated}` would be the {of} of `{}` and the {what} of `{name}`", first.text);
                report.push(
                    Diagnostic::error(Code::DuplicateName, draft.name.span, message)
                        .secondary(first.span, "declared here")
                        .help("rename one of the models; `table:` keeps the table's name"),
                );
            }
        }
    }
    let enums = drafts.enums.iter().zip(&drafts.enum_spans).map(|(item, span)| ("enum", &item.name, *span));
    let json = drafts.json.types.iter().zip(&drafts.json.spans).map(|(item, span)| ("type", &item.name, *span));
    let mut declared: HashMap<&str, Span> = HashMap::new();
    for (what, name, span) in enums.chain(json) {
        if let Some((first, of)) = types.get(name) {
            let message = format!("the {what} `{name}` has the name of the {of} of `{}`", first.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, span, message)
                    .secondary(first.span, "the model is declared here")
                    .help("rename one of them"),
            );
        }
        if let Some(first) = declared.insert(name, span) {
            let message = format!("`{name}` is an enum and a type of JSON");
            report.push(
                Diagnostic::error(Code::DuplicateName, span, message)
                    .secondary(first, "the enum is declared here")
                    .help("rename one of them"),
            );
        }
    }
}
