//! Checks: conditions that every row satisfies, written under a field or under the model.

use seedbed_schema::{Check, Condition, FieldId, shorten};

use super::names::database_name;
use super::{Draft, Drafts, default};
use crate::diagnostics::Report;
use crate::document::ConditionSpec;
use crate::expression::{self, Scope};

/// Gives every model its checks: those of fields first, in column order.
pub(super) fn lower(drafts: &mut Drafts<'_>, report: &mut Report) {
    for at in 0..drafts.models.len() {
        let (checks, origins) = of_model(&drafts.models[at], drafts, report);
        drafts.models[at].model.checks = checks;
        drafts.models[at].check_origins = origins;
    }
}

fn of_model(draft: &Draft<'_>, drafts: &Drafts<'_>, report: &mut Report) -> (Vec<Check>, Vec<crate::source::Span>) {
    let table = &draft.model.table;
    let mut checks = Vec::new();
    for (at, origin) in draft.origins.iter().enumerate() {
        let Some(written) = origin.written.and_then(|field| field.more.check.as_ref()) else { continue };
        if let Some(condition) = condition(written, draft, drafts, report) {
            let name = shorten(&format!("{table}_{}_check", draft.model.fields[at].column));
            checks.push((Check { name, field: Some(FieldId(at)), condition }, origin.span));
        }
    }
    for (at, written) in draft.spec.checks.iter().flat_map(|checks| &checks.items).enumerate() {
        let said = written.name.as_ref().and_then(|name| database_name(&name.text, name.span, report));
        if report.is_full() {
            break;
        }
        if let Some(condition) = condition(&written.condition, draft, drafts, report) {
            let name = said.unwrap_or_else(|| shorten(&format!("{table}_{}_check", at + 1)));
            checks.push((Check { name, field: None, condition }, place(&written.condition)));
        }
    }
    checks.into_iter().unzip()
}

fn place(written: &ConditionSpec) -> crate::source::Span {
    match written {
        ConditionSpec::Expression(text) => text.span,
        ConditionSpec::Sql(texts) => texts.span,
    }
}

/// A condition over a model's fields.
pub(super) fn condition(
    written: &ConditionSpec,
    draft: &Draft<'_>,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> Option<Condition> {
    match written {
        ConditionSpec::Expression(text) => {
            expression::condition(text, &Scope::new(draft, drafts), report).map(Condition::Expr)
        }
        ConditionSpec::Sql(texts) => {
            default::per_dialect(texts, &drafts.settings.dialects, report);
            Some(Condition::Sql {
                postgres: texts.postgres.as_ref().map(|text| text.text.clone()),
                sqlite: texts.sqlite.as_ref().map(|text| text.text.clone()),
            })
        }
    }
}
