//! Defaults of fields: keywords, constants, SQL per dialect.

use seedbed_schema::{Default, Dialect, JsonTypeId, Literal, Type};

use super::{Drafts, literal};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{DefaultSpec, DialectTexts, FieldSpec};

/// The default of a field, unless something about it is wrong.
pub(super) fn lower(
    field: &FieldSpec,
    ty: Type,
    json: Option<JsonTypeId>,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> Option<Default> {
    match (&field.default, &field.default_sql) {
        (Some(default), None) => {
            constant(default, ty, drafts, report).filter(|lowered| fits(default, lowered, json, drafts, report))
        }
        (None, Some(sql)) => sql_default(sql, &drafts.settings.dialects, report),
        (Some(default), Some(sql)) => {
            report.push(
                Diagnostic::error(Code::DefaultMismatch, default.span, "a field has one default")
                    .secondary(sql.span, "the other is here")
                    .help("keep `default` or `default_sql`"),
            );
            None
        }
        (None, None) => None,
    }
}

fn constant(written: &DefaultSpec, ty: Type, drafts: &Drafts<'_>, report: &mut Report) -> Option<Default> {
    if !written.quoted
        && let Some(default) = keyword(&written.text, ty)
    {
        return Some(default);
    }
    if !written.quoted && matches!(written.text.as_str(), "null" | "~" | "NULL" | "Null") {
        let diagnostic = Diagnostic::error(Code::DefaultMismatch, written.span, "NULL is not written as a default");
        report.push(if ty.is_text() {
            diagnostic.help("leave it out: a nullable field is NULL unless said; quote it if the text `null` is meant")
        } else {
            diagnostic.help("leave it out: a nullable field is NULL unless said")
        });
        return None;
    }
    match literal::parse(ty, &written.text, written.quoted, &drafts.enums) {
        Ok(literal) => Some(Default::Literal(literal)),
        Err(misfit) => {
            let code = if misfit.unknown_value { Code::UnknownValue } else { Code::DefaultMismatch };
            let message = format!("the default `{}` {}", written.text, misfit.problem);
            let mut diagnostic = Diagnostic::error(code, written.span, message);
            diagnostic.help = keyword_help(written, ty).or_else(|| misfit.help.map(|help| help + keywords(ty)));
            diagnostic.suggestion = misfit.suggestion;
            report.push(diagnostic.label(format!("the field is `{}`", drafts.type_name(ty))));
            None
        }
    }
}

/// Whether a document can be read as the named type of its field; if not, that is reported.
fn fits(
    written: &DefaultSpec,
    lowered: &Default,
    json: Option<JsonTypeId>,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> bool {
    let (Some(id), Default::Literal(Literal::Json(document))) = (json, lowered) else { return true };
    let Some(problem) = drafts.json.misfit(id, document, &drafts.enums) else { return true };
    let message = format!("the default `{}` {problem}", written.text);
    report.push(
        Diagnostic::error(Code::DefaultMismatch, written.span, message)
            .label(format!("the field is `{}`", drafts.json.types[id.0].name))
            .secondary(drafts.json.spans[id.0], "the type is declared here")
            .help("give what the type requires, or give its members defaults"),
    );
    false
}

/// The default that a keyword is for a type; for a text, every word is a text.
fn keyword(word: &str, ty: Type) -> Option<Default> {
    match (word, ty) {
        ("now", Type::Timestamp | Type::Date | Type::Time) => Some(Default::Now),
        ("uuid4", Type::Uuid) => Some(Default::Uuid4),
        ("uuid7", Type::Uuid) => Some(Default::Uuid7),
        ("cuid", Type::Cuid) => Some(Default::Cuid),
        ("auto", ty) if ty.is_integer() => Some(Default::Auto),
        _ => None,
    }
}

/// The keywords that a default of a type can be, to follow what else it can be.
fn keywords(ty: Type) -> &'static str {
    match ty {
        Type::Timestamp | Type::Date | Type::Time => ", or `now`",
        Type::Uuid => ", or `uuid7` or `uuid4` for a new one each time",
        Type::Cuid => ", or `cuid` for a new one each time",
        _ => "",
    }
}

/// What to say about a keyword that does not go with the type.
fn keyword_help(written: &DefaultSpec, ty: Type) -> Option<String> {
    if written.quoted {
        return None;
    }
    let types = match written.text.as_str() {
        "now" => "`timestamp`, `date` and `time`",
        "uuid4" | "uuid7" => "`uuid`",
        "cuid" => "`cuid`",
        "auto" => "`bigint`",
        "yes" | "no" | "on" | "off" if ty == Type::Bool => return Some("write `true` or `false`".into()),
        _ => return None,
    };
    Some(format!("`{}` is a default of {types}", written.text))
}

fn sql_default(written: &DialectTexts, dialects: &[Dialect], report: &mut Report) -> Option<Default> {
    per_dialect(written, dialects, report);
    let text = |text: &Option<crate::document::Text>| text.as_ref().map(|text| text.text.clone());
    Some(Default::Sql { postgres: text(&written.postgres), sqlite: text(&written.sqlite) })
}

/// Reports the dialects for which an SQL text is missing.
pub(super) fn per_dialect(written: &DialectTexts, dialects: &[Dialect], report: &mut Report) {
    for dialect in dialects {
        let text = match dialect {
            Dialect::Postgres => &written.postgres,
            Dialect::Sqlite => &written.sqlite,
        };
        if text.is_none() {
            let message = format!("the SQL text for `{}` is missing", dialect.name());
            report.push(
                Diagnostic::error(Code::MissingDialect, written.span, message)
                    .help(format!("add `{}:`, or leave the dialect out of `dialects:`", dialect.name())),
            );
        }
    }
}
