//! Warns of an index that repeats another: what it serves, the other serves as well.

use seedbed_schema::{Index, IndexKey, IndexMember, IndexOrigin};

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::{Draft, Drafts};
use crate::source::Span;

/// Warns of every index that is the same as another, or its beginning.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    for draft in &drafts.models {
        for (at, index) in draft.model.indexes.iter().enumerate() {
            let (span, keep) = draft.index_origins[at];
            if index.origin == IndexOrigin::ForeignKey || keep {
                continue;
            }
            if let Some((other, first)) = repeated(draft, at, index) {
                report.push(
                    Diagnostic::warning(
                        Code::RepeatedIndex,
                        span,
                        format!("the index `{}` repeats {other}", index.name),
                    )
                    .secondary(first, "which begins with the same fields")
                    .help("leave it out, or say that it is wanted: `{ fields: …, keep: true }`"),
                );
            }
        }
    }
}

/// What an index repeats: the primary key, or another index.
fn repeated(draft: &Draft<'_>, at: usize, index: &Index) -> Option<(String, Span)> {
    let key: Vec<IndexMember> =
        draft.model.key.iter().map(|id| IndexMember { key: IndexKey::Field(*id), descending: false }).collect();
    if serves(index, &key, true, None, &[]) && !key.is_empty() {
        let span = draft.spec.key.as_ref().map_or(draft.name.span, |key| key.span());
        return Some(("the primary key".into(), span));
    }
    draft.model.indexes.iter().enumerate().find_map(|(other_at, other)| {
        let same = index.members == other.members && index.unique == other.unique;
        // Of two that are the same, the later one is to go; under one name they could not both be there anyway.
        let later = !same || (other_at < at && index.name != other.name);
        let found = other_at != at
            && later
            && serves(index, &other.members, other.unique, other.predicate.as_ref(), &other.include);
        found.then(|| (format!("`{}`", other.name), draft.index_origins[other_at].0))
    })
}

/// Whether another index does all that this one does.
fn serves(
    index: &Index,
    members: &[IndexMember],
    unique: bool,
    predicate: Option<&seedbed_schema::Condition>,
    include: &[seedbed_schema::FieldId],
) -> bool {
    let begins = members.starts_with(&index.members);
    let unique_enough = !index.unique || (unique && members.len() == index.members.len());
    let included = index.include.iter().all(|id| include.contains(id));
    begins && unique_enough && included && index.predicate.as_ref() == predicate
}
