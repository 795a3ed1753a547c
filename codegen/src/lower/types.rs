//! Types: looked up by name, their parameters checked.

use seedbed_schema::{Dialect, Type};

use super::Drafts;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::TypeSpec;

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

/// The type that is meant, unless something about it is wrong.
pub(super) fn lower(written: &TypeSpec, drafts: &Drafts<'_>, report: &mut Report) -> Option<Type> {
    let ty = match written.name.as_str() {
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
        "text" => Type::Text { limit: None },
        "string" => return string(written, report),
        "decimal" => return decimal(written, &drafts.settings.dialects, report),
        name => match drafts.enum_ids.get(name) {
            Some(id) => Type::Enum(*id),
            None => return unknown(written, drafts, report),
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

fn unknown(written: &TypeSpec, drafts: &Drafts<'_>, report: &mut Report) -> Option<Type> {
    if report.is_full() {
        return None;
    }
    let diagnostic =
        Diagnostic::error(Code::UnknownType, written.name_span, format!("unknown type `{}`", written.name));
    if let Some(name) = known_elsewhere(&written.name.to_ascii_lowercase()) {
        report.push(diagnostic.help(format!("did you mean `{name}`?")).suggest(name));
    } else if drafts.model_ids.contains_key(written.name.as_str()) {
        report.push(diagnostic.help(format!("`{}` is a model: associations stand under `belongs_to:`", written.name)));
    } else {
        let enums = drafts.enums.iter().map(|known| known.name.as_str());
        let diagnostic = diagnostic.nearest(&written.name, NAMES.into_iter().chain(enums));
        report.push(match diagnostic.suggestion {
            Some(_) => diagnostic,
            None => diagnostic.help(format!("types are {}, and the names of enums", NAMES[..16].join(", "))),
        });
    }
    None
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
