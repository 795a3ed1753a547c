//! Associations: which fields hold the key of which model, and what a delete does.

use std::collections::HashMap;

use seedbed_schema::{Action, Association, FieldId, ModelId, rust_identifier, shorten};

use super::fields::default_action;
use super::keys::{KeyPart, Keys};
use super::names::{database_name, identifier, snake};
use super::{Draft, Drafts};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{AssociationSpec, Name};
use crate::source::Span;
use crate::validate::reserved;

/// Lowers every `belongs_to`; the ways back follow when all indexes are known.
pub(super) fn lower<'a>(drafts: &mut Drafts<'a>, keys: &Keys<'_>, report: &mut Report) {
    let mut associations = Vec::new();
    for (at, draft) in drafts.models.iter().enumerate() {
        let mut seen: HashMap<String, Span> = HashMap::new();
        for (name, written) in draft.spec.belongs_to.iter().flat_map(|all| &all.items) {
            if report.is_full() || !identifier(name, "an association", report) {
                continue;
            }
            reserved::association_name(name, report);
            if !unique_name(draft, name, &mut seen, report) {
                continue;
            }
            if let Some(association) = association(ModelId(at), draft, name, written, drafts, keys, report) {
                associations.push((association, written));
            }
        }
    }
    for (at, (association, _)) in associations.iter().enumerate() {
        drafts.models[association.model.0].belongs_to.push(at);
    }
    drafts.associations = associations;
}

/// Whether an association has a name of its own among the model's fields and associations; if not, that is reported.
fn unique_name(draft: &Draft<'_>, name: &Name, seen: &mut HashMap<String, Span>, report: &mut Report) -> bool {
    let snake = snake(&name.text);
    let field = draft.fields.get(&snake).map(|id| draft.origins[id.0].span).filter(|span| *span != name.span);
    let association = seen.insert(snake.clone(), name.span);
    let (first, what) = match (association, field) {
        (Some(first), _) => (first, "two associations"),
        (None, Some(first)) => (first, "a field and an association"),
        (None, None) => return true,
    };
    let message = format!("the model `{}` has {what} `{snake}`", draft.name.text);
    report.push(Diagnostic::error(Code::DuplicateName, name.span, message).secondary(first, "first declared here"));
    false
}

fn association(
    model: ModelId,
    draft: &Draft<'_>,
    name: &Name,
    written: &AssociationSpec,
    drafts: &Drafts<'_>,
    keys: &Keys<'_>,
    report: &mut Report,
) -> Option<Association> {
    let target_name = written.model.as_ref()?;
    let Some(target) = drafts.model_ids.get(target_name.text.as_str()).copied() else {
        let names = drafts.models.iter().map(|known| known.name.text.as_str());
        report.push(
            Diagnostic::error(Code::UnknownModel, target_name.span, format!("unknown model `{}`", target_name.text))
                .nearest(&target_name.text, names),
        );
        return None;
    };
    let name_snake = snake(&name.text);
    let fields = draft.keys.get(&name_snake)?.clone();
    if let Some(shape) = &keys.shapes[target.0] {
        check_key_types(draft, name, &fields, target, shape, drafts, report);
        check_nullable(draft, name, written, &fields, report);
    }
    let nullable = fields.iter().any(|id| draft.model.field(*id).nullable);
    let on_delete = action(
        written.options.on_delete.map(|on| (on.value, on.span)),
        default_action(nullable),
        draft,
        &fields,
        report,
    );
    let on_update =
        action(written.options.on_update.map(|on| (on.value, on.span)), Action::NoAction, draft, &fields, report);
    let columns: Vec<&str> = fields.iter().map(|id| draft.model.field(*id).column.as_str()).collect();
    let derived = || shorten(&format!("{}_{}_fkey", draft.model.table, columns.join("_")));
    let foreign_key = written.options.name.as_ref().and_then(|name| database_name(&name.text, name.span, report));
    Some(Association {
        model,
        rust: rust_identifier(&name_snake),
        name: name_snake,
        target,
        fields,
        target_fields: drafts.model(target).model.key.clone(),
        on_delete,
        on_update,
        inverse: None,
        foreign_key: foreign_key.unwrap_or_else(derived),
        doc: written.options.doc.as_ref().map(|doc| doc.text.clone()),
    })
}

/// A key that is declared as a field has to have the type that the association gives it otherwise.
fn check_key_types(
    draft: &Draft<'_>,
    name: &Name,
    fields: &[FieldId],
    target: ModelId,
    shape: &[KeyPart],
    drafts: &Drafts<'_>,
    report: &mut Report,
) {
    for (id, part) in fields.iter().zip(shape) {
        let (field, origin) = draft.field(*id);
        if origin.broken {
            continue;
        }
        if field.ty != part.ty {
            let message = format!(
                "the field `{}` is `{}`, and the key it holds is `{}`",
                field.name,
                drafts.type_name(field.ty),
                drafts.type_name(part.ty)
            );
            report.push(
                Diagnostic::error(Code::KeyMismatch, origin.span, message)
                    .secondary(
                        name.span,
                        format!("the key of this association to `{}`", drafts.model(target).name.text),
                    )
                    .help("give it the same type, or leave the field out: the association brings it along"),
            );
        }
    }
}

/// A key that is declared as a field has to be nullable where its association is. A row does without when any of the
/// fields is NULL.
fn check_nullable(draft: &Draft<'_>, name: &Name, written: &AssociationSpec, fields: &[FieldId], report: &mut Report) {
    let nullable = fields.iter().any(|id| draft.model.field(*id).nullable);
    let Some((_, origin)) = fields.first().map(|id| draft.field(*id)) else { return };
    if nullable != written.nullable {
        let (association, key) = if nullable { ("is not", "is") } else { ("is", "is not") };
        let message = format!("the association `{}` {association} nullable, and its key {key}", name.text);
        report.push(
            Diagnostic::error(Code::KeyMismatch, origin.span, message)
                .secondary(written.span, "the association")
                .help("write `?` in both places, or in none"),
        );
    }
}

fn action(
    said: Option<(Action, Span)>,
    default: Action,
    draft: &Draft<'_>,
    fields: &[FieldId],
    report: &mut Report,
) -> Action {
    let Some((action, span)) = said else { return default };
    let fields = fields.iter().map(|id| draft.model.field(*id));
    let (missing, problem, help): (Vec<&str>, _, _) = match action {
        Action::SetNull => (
            fields.filter(|field| !field.nullable).map(|field| field.name.as_str()).collect(),
            "`set_null` needs a key that may be NULL",
            "write `?` behind the model, or choose `restrict` or `cascade`",
        ),
        Action::SetDefault => (
            fields.filter(|field| field.default.is_none()).map(|field| field.name.as_str()).collect(),
            "`set_default` needs a key that has a default",
            "declare the key under `fields:` with a default, or choose another action",
        ),
        _ => return action,
    };
    if !missing.is_empty() {
        let label = format!("not so: `{}`", missing.join("`, `"));
        report.push(Diagnostic::error(Code::ActionMismatch, span, problem).label(label).help(help));
    }
    action
}
