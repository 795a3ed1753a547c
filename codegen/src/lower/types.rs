//! Types: looked up by name, their parameters checked.

use std::collections::{HashMap, HashSet};

use seedbed_schema::{Dialect, EnumId, JsonTypeId, Type};

use super::Drafts;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{TypeSpec, not_yet};

/// Every type of the language by name; enums come on top.
const NAMES: [&str; 17] = [
    "bool",
    "smallint",
    "int",
    "bigint",
    "real",
    "float",
    "decimal",
    "string",
    "text",
    "uuid",
    "cuid",
    "date",
    "time",
    "timestamp",
    "json",
    "bytes",
    "vector",
];

/// The longest limit of a text: what PostgreSQL accepts.
const MAX_LIMIT: u32 = 10_485_760;

/// The names that stand for types beside those of the language.
pub(super) struct TypeNames<'a> {
    /// The enums.
    pub(super) enums: &'a HashMap<String, EnumId>,
    /// The named types of JSON.
    pub(super) json: &'a HashMap<String, JsonTypeId>,
    /// The models, which are no types, but are taken for such.
    pub(super) models: HashSet<&'a str>,
}

impl<'a> TypeNames<'a> {
    fn of(drafts: &'a Drafts<'_>) -> Self {
        Self { enums: &drafts.enum_ids, json: &drafts.json.ids, models: drafts.model_ids.keys().copied().collect() }
    }
}

/// The type of that name, if it takes no parameters.
pub(super) fn plain(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "smallint" => Type::SmallInt,
        "int" => Type::Int,
        "bigint" => Type::BigInt,
        "real" => Type::Real,
        "float" => Type::Float,
        "uuid" => Type::Uuid,
        "cuid" => Type::Cuid,
        "date" => Type::Date,
        "time" => Type::Time,
        "timestamp" => Type::Timestamp,
        "json" => Type::Json,
        "bytes" => Type::Bytes,
        "text" | "string" => Type::TEXT,
        _ => return None,
    })
}

/// The type that is meant, unless something about it is wrong. A named type of JSON is JSON.
pub(super) fn lower(written: &TypeSpec, drafts: &Drafts<'_>, report: &mut Report) -> Option<Type> {
    if written.list {
        report.push(list(written, drafts));
        return None;
    }
    let ty = match written.name.as_str() {
        "string" => return string(written, report),
        "decimal" => return decimal(written, &drafts.settings.dialects, report),
        name if drafts.json.ids.contains_key(name) => Type::Json,
        name => match plain(name).or_else(|| drafts.enum_ids.get(name).map(|id| Type::Enum(*id))) {
            Some(ty) => ty,
            None => {
                unknown(written, &TypeNames::of(drafts), report);
                return None;
            }
        },
    };
    if written.parameters.is_some() {
        let diagnostic =
            Diagnostic::error(Code::TypeParameters, written.span, format!("`{}` takes no parameters", written.name));
        report.push(match written.name.as_str() {
            "text" => diagnostic.help("a text with a limit is `string(n)`"),
            "float" | "real" => diagnostic.help("an exact number with so many digits is `decimal(p,s)`"),
            _ => diagnostic.help(format!("write `{}`", written.name)),
        });
        return None;
    }
    Some(ty)
}

/// A list of a type of JSON is a type of JSON itself; arrays of other types are not built yet.
fn list(written: &TypeSpec, drafts: &Drafts<'_>) -> Diagnostic {
    let name = &written.name;
    if drafts.json.ids.contains_key(name) {
        let message = format!("a list of `{name}` has no name yet");
        return Diagnostic::error(Code::UnknownType, written.span, message)
            .help(format!("give it one under `types:`, such as `{name}List: {name}[]`, and use that"));
    }
    not_yet(written.span, &format!("an array type (`{name}[]`)"))
}

fn string(written: &TypeSpec, report: &mut Report) -> Option<Type> {
    let Some(parameters) = &written.parameters else { return Some(Type::Text { limit: None }) };
    let limit = match parameters.as_slice() {
        [limit] => limit.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)),
        _ => None,
    };
    if limit.is_none() {
        report.push(
            Diagnostic::error(
                Code::TypeParameters,
                written.span,
                "`string` takes one parameter, the most characters it may have",
            )
            .help(format!("write `string(320)`, with a number from 1 to {MAX_LIMIT}, or `string` for no limit")),
        );
    }
    limit.map(|limit| Type::Text { limit: Some(limit) })
}

fn decimal(written: &TypeSpec, dialects: &[Dialect], report: &mut Report) -> Option<Type> {
    let numbers: Option<Vec<u8>> =
        written.parameters.as_ref().and_then(|parameters| parameters.iter().map(|text| text.parse().ok()).collect());
    let (precision, scale) = match numbers.as_deref() {
        Some([precision, scale]) if *precision > 0 && scale <= precision => (*precision, *scale),
        _ => {
            report.push(
                Diagnostic::error(
                    Code::TypeParameters,
                    written.span,
                    "`decimal` takes two parameters: digits in all, and digits after the point",
                )
                .help("write `decimal(12,6)`; the second is not larger than the first"),
            );
            return None;
        }
    };
    let narrowest = dialects.iter().min_by_key(|dialect| dialect.max_decimal_precision())?;
    if precision > narrowest.max_decimal_precision() {
        let most = narrowest.max_decimal_precision();
        report.push(
            Diagnostic::error(
                Code::DecimalTooWide,
                written.span,
                format!("a decimal of {precision} digits is not exact on `{}`", narrowest.name()),
            )
            .label(format!("at most {most} digits"))
            .help(format!(
                "write `decimal({most},{})`, or leave `{}` out of `dialects:`",
                scale.min(most),
                narrowest.name()
            )),
        );
        return None;
    }
    Some(Type::Decimal { precision, scale })
}

/// Reports a type that is none.
pub(super) fn unknown(written: &TypeSpec, names: &TypeNames<'_>, report: &mut Report) {
    if report.is_full() {
        return;
    }
    let diagnostic =
        Diagnostic::error(Code::UnknownType, written.name_span, format!("unknown type `{}`", written.name));
    if let Some(name) = known_elsewhere(&written.name.to_ascii_lowercase()) {
        report.push(diagnostic.help(format!("did you mean `{name}`?")).suggest(name));
    } else if names.models.contains(written.name.as_str()) {
        report.push(diagnostic.help(format!("`{}` is a model: associations stand under `belongs_to:`", written.name)));
    } else {
        let mut declared: Vec<&str> = names.enums.keys().chain(names.json.keys()).map(String::as_str).collect();
        declared.sort_unstable();
        let diagnostic = diagnostic.nearest(&written.name, NAMES.into_iter().chain(declared));
        report.push(match diagnostic.suggestion {
            Some(_) => diagnostic,
            None => diagnostic
                .help(format!("types are {}, and the names of enums and of types of JSON", NAMES[..16].join(", "))),
        });
    }
}

/// What other tools call our types.
fn known_elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "integer" | "int4" | "i32" | "mediumint" | "number" => "int",
        "int8" | "i64" | "long" | "bigserial" | "serial" => "bigint",
        "int2" | "i16" | "tinyint" => "smallint",
        "boolean" => "bool",
        "varchar" | "char" | "character" | "nvarchar" | "str" => "string",
        "clob" | "longtext" | "mediumtext" => "text",
        "double" | "float8" | "f64" => "float",
        "float4" | "f32" | "single" => "real",
        "numeric" | "money" => "decimal",
        "datetime" | "timestamptz" | "instant" => "timestamp",
        "jsonb" | "object" => "json",
        "blob" | "bytea" | "binary" | "buffer" => "bytes",
        "guid" => "uuid",
        _ => return None,
    })
}
