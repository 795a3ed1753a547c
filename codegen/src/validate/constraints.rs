//! Constraints and indexes have names of their own: indexes in the whole database, where tables count too; others in
//! their table.

use std::collections::{HashMap, HashSet};

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::{Draft, Drafts};
use crate::source::Span;

/// Reports names that two of them have.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    let mut names = Names { taken: HashMap::new(), report };
    // Two models that share a table are reported as such, and not for each name that follows from it.
    let mut tables: HashSet<String> = HashSet::new();
    let models: Vec<&Draft<'_>> =
        drafts.models.iter().filter(|draft| tables.insert(draft.model.table.to_lowercase())).collect();
    for draft in &models {
        names.claim(&draft.model.table, draft.name.span, format!("the table of `{}`", draft.name.text));
    }
    for draft in &models {
        names.claim(&draft.model.key_name, draft.name.span, format!("the primary key of `{}`", draft.name.text));
        for (index, (span, _)) in draft.model.indexes.iter().zip(&draft.index_origins) {
            names.claim(&index.name, *span, format!("an index of `{}`", draft.name.text));
        }
    }
    for draft in &drafts.models {
        in_table(draft, drafts, report);
    }
}

/// Foreign keys and checks, and on PostgreSQL the primary key too, share one space of names in each table.
fn in_table(draft: &Draft<'_>, drafts: &Drafts<'_>, report: &mut Report) {
    let mut names = Names { taken: HashMap::new(), report };
    names.claim(&draft.model.key_name, draft.name.span, "the primary key".into());
    for at in &draft.belongs_to {
        let (association, written) = &drafts.associations[*at];
        names.claim(&association.foreign_key, written.span, format!("the foreign key of `{}`", association.name));
    }
    for (check, span) in draft.model.checks.iter().zip(&draft.check_origins) {
        names.claim(&check.name, *span, "a check".into());
    }
}

struct Names<'r> {
    taken: HashMap<String, (String, Span)>,
    report: &'r mut Report,
}

impl Names<'_> {
    fn claim(&mut self, name: &str, span: Span, what: String) {
        let first = self.taken.insert(name.to_lowercase(), (what.clone(), span));
        let Some((other, first)) = first.filter(|(_, first)| *first != span) else { return };
        self.report.push(
            Diagnostic::error(Code::ConstraintCollision, span, format!("{other} and {what} are both called `{name}`"))
                .secondary(first, "the name is taken here")
                .help("leave one of them out, or give it another name: `name: NAME` in the long form"),
        );
    }
}
