//! A value for a field that a test says nothing about.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use seedbed_schema::{Element, JsonKind, JsonTypeId, Member, Schema, Type};
use uuid::Uuid;

use crate::meta::{self, Field, Model};
use crate::start::lowered;
use crate::{Error, Json, Result, Value};

/// A value that fits the field; another one each time where the type has room for that and a key may need it.
pub(super) fn value(schema: &'static meta::Schema, model: &'static Model, field: &'static Field) -> Result<Value> {
    let next = next();
    let number = if is_unique(model, field) { next } else { 1 };
    Ok(match field.ty {
        Type::Bool => Value::Bool(false),
        Type::SmallInt => Value::I16((number % 32_768) as i16),
        Type::Int => Value::I32(number.cast_signed()),
        Type::BigInt => Value::I64(number.into()),
        Type::Real => Value::F32(number as f32),
        Type::Float => Value::F64(number.into()),
        Type::Decimal { precision, scale } => Value::Decimal(decimal(number, precision, scale), scale),
        Type::Text { limit } => Value::Text(text(field.name, next, limit)),
        Type::Cuid => Value::Text(crate::cuid::cuid()),
        Type::Uuid => Value::Uuid(Uuid::now_v7()),
        Type::Date => Value::Date(first_day() + TimeDelta::days(number.into())),
        Type::Time => Value::Time(NaiveTime::MIN + TimeDelta::seconds(number.into())),
        Type::Timestamp => Value::Timestamp(first_moment() + TimeDelta::seconds(number.into())),
        Type::Json => Value::Json(json(schema, model, field)?),
        Type::Bytes => Value::Bytes(number.to_be_bytes().into()),
        Type::Enum(id) => Value::Text(schema.enums[id.0].values.first().copied().unwrap_or_default().to_owned()),
    })
}

/// Counts up, through all factories of the process.
fn next() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed) & (i32::MAX as u32)
}

fn is_unique(model: &Model, field: &Field) -> bool {
    model.unique.iter().any(|key| key.fields.contains(&field.at))
}

/// The number, or the last of its digits that the type keeps; without a place before the point, as many behind it.
fn decimal(number: u32, precision: u8, scale: u8) -> Decimal {
    let kept = 10_i128.checked_pow(precision.into()).unwrap_or(i128::MAX);
    let unit = if precision > scale { 10_i128.checked_pow(scale.into()).unwrap_or(1) } else { 1 };
    let scaled = i128::from(number).saturating_mul(unit) % kept;
    Decimal::try_from_i128_with_scale(scaled, scale.into()).unwrap_or_default()
}

/// The field's name and a number; an address where the name says so; of a short text, the end of the number.
fn text(name: &str, number: u32, limit: Option<u32>) -> String {
    let long = match name.rsplit('_').next() {
        Some("email") => format!("{name}{number}@example.com"),
        _ => format!("{name} {number}"),
    };
    let limit = limit.map_or(usize::MAX, |limit| limit as usize);
    if long.len() <= limit {
        return long;
    }
    let digits = base_36(number);
    format!("{digits:0>width$}", width = limit.min(4))[digits.len().saturating_sub(limit)..].to_owned()
}

fn base_36(mut number: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit(number % 36, 36));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn first_day() -> NaiveDate {
    first_moment().date_naive()
}

fn first_moment() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_454)
}

/// An empty object, or a document of the field's type.
fn json(schema: &'static meta::Schema, model: &'static Model, field: &'static Field) -> Result<Json> {
    let lowered = lowered(schema)?;
    let found = lowered.find_model(model.name).and_then(|(_, model)| model.find_field(field.name));
    let Some(id) = found.and_then(|(_, field)| field.json) else { return Ok(Json::Object(Default::default())) };
    document(&lowered, id).ok_or_else(|| Error::Value {
        model: model.name,
        field: field.name,
        reason: "nobody but the test knows a document of a Rust type from elsewhere; say one with `with`".to_owned(),
    })
}

/// The smallest document of a type; none of a Rust type from elsewhere.
fn document(schema: &Schema, id: JsonTypeId) -> Option<Json> {
    match &schema.json_type(id).kind {
        JsonKind::List(_) => Some(Json::Array(Vec::new())),
        JsonKind::Rust { .. } => None,
        JsonKind::Shape(members) => {
            let required = members.iter().filter(|member| member.required());
            required.map(|member| Some((member.name.clone(), self::member(schema, member)?))).collect()
        }
    }
}

fn member(schema: &Schema, member: &Member) -> Option<Json> {
    Some(match member.element {
        _ if member.list => Json::Array(Vec::new()),
        Element::Named(id) => document(schema, id)?,
        Element::Decimal => "1".into(),
        Element::Plain(Type::Bool) => false.into(),
        Element::Plain(Type::SmallInt | Type::Int | Type::BigInt) => 1.into(),
        Element::Plain(Type::Real | Type::Float) => 1.0.into(),
        Element::Plain(Type::Uuid) => Uuid::now_v7().to_string().into(),
        Element::Plain(Type::Date) => first_day().to_string().into(),
        Element::Plain(Type::Time) => "10:20:30".into(),
        Element::Plain(Type::Timestamp) => first_moment().to_rfc3339().into(),
        Element::Plain(Type::Enum(id)) => schema.enumeration(id).values.first()?.text.clone().into(),
        Element::Plain(Type::Json) => Json::Object(Default::default()),
        Element::Plain(_) => member.name.clone().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::{decimal, text};

    #[test]
    fn texts_count_up_within_their_limit() {
        assert_eq!(text("name", 7, None), "name 7");
        assert_eq!(text("work_email", 7, Some(320)), "work_email7@example.com");
        assert_eq!(
            [text("code", 7, Some(2)), text("code", 1300, Some(2)), text("code", 36, Some(1))],
            ["07", "04", "0"]
        );
        assert_eq!(text("pin", 12, Some(4)), "000c");
    }

    #[test]
    fn decimals_keep_what_fits() {
        let texts = [decimal(7, 12, 6), decimal(123, 4, 2), decimal(7, 3, 3)].map(|number| number.to_string());
        assert_eq!(texts, ["7.000000", "23.00", "0.007"]);
    }
}
