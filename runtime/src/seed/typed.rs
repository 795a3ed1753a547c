//! From the text of a cell to a value of its column's type. The type decides, never the look of the text: `007` and
//! `[a]` stay text in a text column.
//!
//! An empty cell is the empty text in a text column; elsewhere it is NULL where that is allowed, and else an error.

use seedbed_schema::{Fit, Schema, Type, nearest};

use super::header::Lookup;
use super::problem::shown;
use crate::{Value, ValueType, check, literal, meta};

/// What a cell holds once files and variables are read.
#[derive(Debug)]
pub(super) enum Given {
    /// `null`.
    Null,
    /// `env:NAME`, and the variable is not set.
    Unset(String),
    /// Text, and where it comes from if it did not stand in the cell.
    Text { text: String, from: Option<String> },
    /// The content of a file, and the cell that names it.
    Content { bytes: Vec<u8>, from: String },
}

impl Given {
    /// The bytes of its text.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Unset(_) => 0,
            Self::Text { text, .. } => text.len(),
            Self::Content { bytes, .. } => bytes.len(),
        }
    }
}

/// The value of a field, of a model of the schema.
///
/// # Errors
/// What was found and what was expected; without the text where it may be a secret.
pub(super) fn field_value(
    schema: &Schema,
    model: &meta::Model,
    field: &meta::Field,
    given: Given,
) -> Result<Value, String> {
    let (text, from) = match given {
        Given::Null => return null(model, field, || null_help(field.ty).to_owned()),
        Given::Unset(name) => return null(model, field, || format!("the environment variable `{name}` is not set")),
        Given::Content { bytes, .. } if field.ty == Type::Bytes => return Ok(Value::Bytes(bytes)),
        Given::Content { bytes, from } => (file_text(field.ty, bytes, &from)?, Some(from)),
        Given::Text { text, from } => (text, from),
    };
    if text.is_empty() && !keeps_empty(field.ty) {
        return null(model, field, || format!("the cell is empty; expected {}", expected(schema, field)));
    }
    let found = || if field.sensitive { the_value(&from, None) } else { the_value(&from, Some(&text)) };
    let value = literal::parse(field, &text)
        .map_err(|_| format!("found {}, expected {}{}", found(), expected(schema, field), json_reason(field, &text)))?;
    if let Some(message) = unknown_enum_value(schema, field.ty, &text) {
        return Err(format!("found {}, expected {message}", found()));
    }
    if let Some(problem) = misfit(schema, model, field, &value) {
        return Err(format!("found a document that {problem}"));
    }
    check::checked(model, field, value).map_err(|error| error.to_string())
}

/// Why a document cannot be read as the named type of its field, if it cannot.
fn misfit(schema: &Schema, model: &meta::Model, field: &meta::Field, value: &Value) -> Option<String> {
    let Value::Json(document) = value else { return None };
    let (_, model) = schema.find_model(model.name)?;
    let id = model.find_field(field.name)?.1.json?;
    let reads = |ty, text: &str| literal::parse(&meta::Field::new("", ty), text).is_ok();
    Fit::new(&schema.types, &schema.enums, &reads).document(id, document).err()
}

/// The values that the candidates of a lookup would have, NULL where the text is none of theirs.
///
/// # Errors
/// What was found and what was expected.
pub(super) fn lookup_values(
    schema: &Schema,
    model: &meta::Model,
    lookup: &Lookup,
    given: Given,
) -> Result<Vec<Value>, String> {
    let may_be_null = lookup.pairs.iter().all(|(field, _)| field.nullable);
    let (text, from) = match given {
        Given::Text { text, from } if !text.is_empty() => (text, from),
        Given::Content { bytes, from } => (file_text(Type::Bool, bytes, &from)?, Some(from)),
        Given::Unset(name) if !may_be_null => return Err(format!("the environment variable `{name}` is not set")),
        _ if may_be_null => return Ok(lookup.nulls()),
        _ => return Err(format!("`{}.{}` must not be null", model.name, lookup.association.name)),
    };
    let values: Vec<Value> = lookup
        .candidates
        .iter()
        .map(|field| {
            let value = literal::parse(field, &text).ok();
            let value = value.filter(|_| unknown_enum_value(schema, field.ty, &text).is_none());
            let value = value.and_then(|value| check::checked(lookup.target, field, value).ok());
            value.unwrap_or(Value::Null(literal::value_type(field.ty)))
        })
        .collect();
    if values.iter().all(Value::is_null) {
        return Err(format!("found {}, expected {}", the_value(&from, Some(&text)), lookup.wanted(schema)));
    }
    Ok(values)
}

impl Lookup {
    /// What a cell may be: ``the `id` or `name` of a `Provider` ``.
    pub(super) fn wanted(&self, schema: &Schema) -> String {
        let names: Vec<String> = self.candidates.iter().map(|field| format!("`{}`", field.name)).collect();
        let of = format!("the {} of a `{}`", names.join(" or "), self.target.name);
        match self.candidates.as_slice() {
            [field] => format!("{of}, {}", expected(schema, field)),
            _ => of,
        }
    }
}

fn null(model: &meta::Model, field: &meta::Field, why: impl FnOnce() -> String) -> Result<Value, String> {
    if field.nullable {
        return Ok(Value::Null(literal::value_type(field.ty)));
    }
    Err(format!("`{}.{}` must not be null: {}", model.name, field.name, why()))
}

fn null_help(ty: Type) -> &'static str {
    match ty {
        Type::Json => "write `\\null` for the null of JSON",
        _ if keeps_empty(ty) => "write `\\null` for the text",
        _ => "`null` is no value",
    }
}

/// Whether an empty text is a value of the type.
fn keeps_empty(ty: Type) -> bool {
    matches!(ty, Type::Text { .. } | Type::Bytes)
}

/// What is said of a value instead of showing what may be a secret: variables and files are not for messages.
fn the_value(from: &Option<String>, text: Option<&str>) -> String {
    match (from, text) {
        (Some(from), _) => format!("the value of `{from}`"),
        (None, Some(text)) => shown(text),
        (None, None) => "a value that is not shown, since the field is sensitive".to_owned(),
    }
}

/// The text of a file: as it is for text, without the line end that editors add for everything else.
fn file_text(ty: Type, bytes: Vec<u8>, from: &str) -> Result<String, String> {
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("the file of `{from}` is not UTF-8 at byte {}", error.utf8_error().valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(if keeps_empty(ty) { text } else { text.trim_end_matches(['\n', '\r']).to_owned() })
}

/// What the field takes.
fn expected(schema: &Schema, field: &meta::Field) -> String {
    match field.ty {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::SmallInt => "a whole number from -32768 to 32767".to_owned(),
        Type::Int => "a whole number from -2147483648 to 2147483647".to_owned(),
        Type::BigInt => "a whole number of 64 bits".to_owned(),
        Type::Real | Type::Float => "a number".to_owned(),
        Type::Decimal { .. } => format!("a number, `{}`", field.ty),
        Type::Text { .. } => "text".to_owned(),
        Type::Cuid => "a cuid".to_owned(),
        Type::Uuid => "a UUID".to_owned(),
        Type::Date => "a date such as `2026-01-31`".to_owned(),
        Type::Time => "a time such as `10:20:30`".to_owned(),
        Type::Timestamp => "an instant such as `2026-01-31T10:20:30Z`".to_owned(),
        Type::Json => "JSON".to_owned(),
        Type::Bytes => "bytes in hexadecimal".to_owned(),
        Type::Enum(id) => format!("one of `{}`", values(schema, id).join("`, `")),
    }
}

/// Where JSON is not JSON; the text of the reason holds no values.
fn json_reason(field: &meta::Field, text: &str) -> String {
    if literal::value_type(field.ty) != ValueType::Json || field.sensitive {
        return String::new();
    }
    serde_json::from_str::<serde_json::Value>(text).err().map_or(String::new(), |error| format!(" ({error})"))
}

/// What is expected of an enum, if the text is none of its values.
fn unknown_enum_value(schema: &Schema, ty: Type, text: &str) -> Option<String> {
    let Type::Enum(id) = ty else { return None };
    let values = values(schema, id);
    if values.contains(&text) {
        return None;
    }
    let expected = format!("one of `{}`", values.join("`, `"));
    Some(match nearest(text, values) {
        Some(near) => format!("{expected}; did you mean `{near}`?"),
        None => expected,
    })
}

fn values(schema: &Schema, id: seedbed_schema::EnumId) -> Vec<&str> {
    schema.enumeration(id).values.iter().map(|value| value.text.as_str()).collect()
}
