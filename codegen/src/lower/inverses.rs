//! The ways back: what each association is called on the model it leads to.

use std::collections::{BTreeSet, HashMap};

use seedbed_schema::{Association, FieldId, Inverse, InverseKind, rust_identifier};

use super::names::{identifier, snake, snake_plural};
use super::{Draft, Drafts};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{AssociationSpec, Name};
use crate::source::Span;
use crate::validate::reserved;

/// Names every way back, and reports names that are taken.
pub(super) fn lower(drafts: &mut Drafts<'_>, report: &mut Report) {
    let mut inverses: Vec<Option<Inverse>> = Vec::new();
    let mut taken: HashMap<(usize, String), Span> = HashMap::new();
    for (association, written) in &drafts.associations {
        let inverse = inverse(association, written, drafts, report);
        if let Some(inverse) = &inverse {
            let span = written.options.inverse.as_ref().map_or(written.span, |name| name.span);
            let target = drafts.model(association.target);
            let first = taken.insert((association.target.0, inverse.name.clone()), span);
            if let Some((first, what)) =
                first.map(|span| (span, "another way back")).or_else(|| own(target, &inverse.name))
            {
                report.push(collision(association, inverse, span, first, what, drafts));
            }
        }
        inverses.push(inverse);
    }
    for ((association, _), inverse) in drafts.associations.iter_mut().zip(inverses) {
        association.inverse = inverse;
    }
}

fn inverse(
    association: &Association,
    written: &AssociationSpec,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> Option<Inverse> {
    let draft = drafts.model(association.model);
    let kind = if is_unique(draft, &association.fields) { InverseKind::HasOne } else { InverseKind::HasMany };
    let name = match &written.options.inverse {
        Some(name) if name.text == "none" => return None,
        Some(name) if !identifier(name, "an association", report) => return None,
        Some(name) => {
            reserved::association_name(name, report);
            snake(&name.text)
        }
        None => {
            let text = match kind {
                InverseKind::HasOne => snake(&draft.name.text),
                InverseKind::HasMany => snake_plural(&draft.name.text),
            };
            let name = Name { text, span: written.span };
            reserved::association_name(&name, report);
            name.text
        }
    };
    Some(Inverse { rust: rust_identifier(&name), name, kind })
}

/// Whether at most one row has the same values in these fields.
fn is_unique(draft: &Draft<'_>, fields: &[FieldId]) -> bool {
    let wanted: BTreeSet<FieldId> = fields.iter().copied().collect();
    let covers = |key: &[FieldId]| !key.is_empty() && key.iter().all(|id| wanted.contains(id));
    covers(&draft.model.key)
        || draft.model.indexes.iter().filter_map(|index| index.unique_fields()).any(|key| covers(&key))
}

/// The field or association of a model that has a name already.
fn own(target: &Draft<'_>, name: &str) -> Option<(Span, &'static str)> {
    if let Some(id) = target.fields.get(name) {
        return Some((target.origins[id.0].span, "a field"));
    }
    let associations = target.spec.belongs_to.iter().flat_map(|all| &all.items);
    associations.filter(|(known, _)| snake(&known.text) == name).map(|(known, _)| (known.span, "an association")).next()
}

fn collision(
    association: &Association,
    inverse: &Inverse,
    span: Span,
    first: Span,
    what: &str,
    drafts: &Drafts<'_>,
) -> Diagnostic {
    let (draft, target) = (drafts.model(association.model), drafts.model(association.target));
    let (from, to) = (&draft.name.text, &target.name.text);
    let proposal = match inverse.kind {
        InverseKind::HasOne => format!("{}_{}", association.name, snake(from)),
        InverseKind::HasMany => format!("{}_{}", association.name, snake_plural(from)),
    };
    let message = format!(
        "the way back of `{from}.{}` is called `{}`, and `{to}` has {what} of that name",
        association.name, inverse.name
    );
    Diagnostic::error(Code::InverseCollision, span, message)
        .secondary(first, format!("{what} `{}`", inverse.name))
        .help(format!("give it another name, such as `inverse={proposal}`, or `inverse=none`"))
}
