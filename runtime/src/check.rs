//! Refuses values that their field does not take, before anything is sent, and names the field.
//!
//! Databases would refuse most of them too, but not the same ones, and PostgreSQL does not say which column it was.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use seedbed_schema::Type;

use crate::{Error, Result, Value, meta};

/// Checks a value against the field it is for, and gives zero its one sign.
///
/// # Errors
/// [`Error::NotNull`], [`Error::TooLong`], [`Error::OutOfRange`] or [`Error::Value`], naming the field.
pub(crate) fn checked(model: &meta::Model, field: &meta::Field, value: Value) -> Result<Value> {
    let place = Place { model: model.name, field: field.name };
    match &value {
        Value::Null(_) if !field.nullable => {
            return Err(Error::NotNull { model: place.model, field: place.field });
        }
        Value::Text(text) => place.text(field.ty, text)?,
        Value::Json(json) => place.json(json, 0)?,
        Value::Unfit(reason) => return Err(place.value(reason)),
        Value::Decimal(number, _) => place.decimal(field.ty, *number)?,
        Value::F32(number) => place.finite(f64::from(*number))?,
        Value::F64(number) => place.finite(*number)?,
        Value::Timestamp(instant) => place.date(instant.date_naive())?,
        Value::Date(date) => place.date(*date)?,
        _ => {}
    }
    Ok(match value {
        // SQLite keeps no negative zero, so nobody does.
        Value::F32(number) => Value::F32(number + 0.0),
        Value::F64(number) => Value::F64(number + 0.0),
        other => other,
    })
}

/// How many arrays and objects may stand inside each other: what `serde_json` reads.
const DEEPEST: usize = 127;

struct Place {
    model: &'static str,
    field: &'static str,
}

impl Place {
    fn text(&self, ty: Type, text: &str) -> Result<()> {
        if text.contains('\0') {
            return Err(self.value("text with a NUL character"));
        }
        let limit = match ty {
            Type::Text { limit: Some(limit) } => limit,
            _ => return Ok(()),
        };
        let length = text.chars().count();
        if length > limit as usize {
            return Err(Error::TooLong { model: self.model, field: self.field, limit, length });
        }
        Ok(())
    }

    /// PostgreSQL's `jsonb` has no NUL inside its texts, and what is nested too deep could not be read again.
    fn json(&self, json: &serde_json::Value, depth: usize) -> Result<()> {
        if depth == DEEPEST && (json.is_array() || json.is_object()) {
            return Err(self.value("JSON of more than 127 levels"));
        }
        let has_nul = match json {
            serde_json::Value::String(text) => text.contains('\0'),
            serde_json::Value::Array(items) => return items.iter().try_for_each(|item| self.json(item, depth + 1)),
            serde_json::Value::Object(members) => {
                members.values().try_for_each(|member| self.json(member, depth + 1))?;
                members.keys().any(|key| key.contains('\0'))
            }
            _ => false,
        };
        if has_nul { Err(self.value("JSON with a NUL character")) } else { Ok(()) }
    }

    fn decimal(&self, ty: Type, number: Decimal) -> Result<()> {
        let Type::Decimal { precision, scale } = ty else { return Ok(()) };
        let number = number.normalize();
        if number.scale() > u32::from(scale) {
            return Err(self.range(format!("`{ty}` keeps {scale} digits after the point, not {}", number.scale())));
        }
        let whole = u32::from(precision - scale);
        let limit = 10_i128.checked_pow(whole).unwrap_or(i128::MAX);
        if number.trunc().mantissa().abs() >= limit {
            return Err(self.range(format!("`{ty}` keeps {whole} digits before the point")));
        }
        Ok(())
    }

    fn finite(&self, number: f64) -> Result<()> {
        if number.is_finite() { Ok(()) } else { Err(self.value("a number that is not finite")) }
    }

    fn date(&self, date: NaiveDate) -> Result<()> {
        if (1..=9999).contains(&date.year()) {
            return Ok(());
        }
        Err(self.range(format!("years go from 1 to 9999, not {}", date.year())))
    }

    fn range(&self, reason: String) -> Error {
        Error::OutOfRange { model: self.model, field: self.field, reason }
    }

    fn value(&self, reason: &str) -> Error {
        Error::Value { model: self.model, field: self.field, reason: reason.to_owned() }
    }
}
