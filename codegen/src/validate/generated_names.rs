//! The types that are generated for one model or enum do not bear the names of another's.

use std::collections::HashMap;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::Name;
use crate::lower::{Drafts, snake};

/// Reports models and enums whose generated types or files would have one name.
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
    for (at, enumeration) in drafts.enums.iter().enumerate() {
        if let Some((first, what)) = types.get(&enumeration.name) {
            let message = format!("the enum `{}` has the name of the {what} of `{}`", enumeration.name, first.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, drafts.enum_spans[at], message)
                    .secondary(first.span, "the model is declared here")
                    .help("rename one of them"),
            );
        }
    }
}
