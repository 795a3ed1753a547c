//! Constants of the spec: a text checked against a type and brought into canonical form.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use seedbed_schema::{Enum, Literal, Type};

use crate::diagnostics::{known, nearest};

/// Why a text is not a constant of a type.
pub(crate) struct Misfit {
    /// What is wrong, to follow "the default …" or "`x` …".
    pub(crate) problem: String,
    /// What to do.
    pub(crate) help: Option<String>,
    /// The text that was probably meant.
    pub(crate) suggestion: Option<String>,
    /// Whether it is an enum that has no such value.
    pub(crate) unknown_value: bool,
}

impl Misfit {
    fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), help: None, suggestion: None, unknown_value: false }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reads a constant of a type. `quoted` texts are texts: they are no numbers and no truth values.
pub(crate) fn parse(ty: Type, text: &str, quoted: bool, enums: &[Enum]) -> Result<Literal, Misfit> {
    let bare = matches!(
        ty,
        Type::Bool | Type::SmallInt | Type::Int | Type::BigInt | Type::Real | Type::Float | Type::Decimal { .. }
    );
    if bare && quoted {
        return Err(Misfit::new(format!("is a text, and the field is `{ty}`")).help("leave out the quotes"));
    }
    match ty {
        Type::Bool => boolean(text),
        Type::SmallInt => integer(text, i16::MIN.into(), i16::MAX.into(), ty),
        Type::Int => integer(text, i32::MIN.into(), i32::MAX.into(), ty),
        Type::BigInt => integer(text, i64::MIN, i64::MAX, ty),
        Type::Real => float(text, f64::from(f32::MAX), ty),
        Type::Float => float(text, f64::MAX, ty),
        Type::Decimal { precision, scale } => decimal(text, precision, scale),
        Type::Text { limit } => limited(text, limit),
        Type::Uuid => uuid(text),
        Type::Cuid => cuid(text),
        Type::Date => date(text),
        Type::Time => time(text),
        Type::Timestamp => timestamp(text),
        Type::Json => json(text, quoted),
        Type::Bytes => {
            Err(Misfit::new("is given, but `bytes` have no written form").help("leave it out, or use `default_sql:`"))
        }
        Type::Enum(id) => enum_value(text, &enums[id.0]),
    }
}

fn boolean(text: &str) -> Result<Literal, Misfit> {
    match text {
        "true" => Ok(Literal::Bool(true)),
        "false" => Ok(Literal::Bool(false)),
        _ => Err(Misfit::new("is neither `true` nor `false`")),
    }
}

/// The digits of a whole number without a sign; a zero in front would mean something else to another reader.
fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn integer(text: &str, low: i64, high: i64, ty: Type) -> Result<Literal, Misfit> {
    if !digits(text.strip_prefix('-').unwrap_or(text)) {
        let misfit = Misfit::new("is not a whole number");
        let zeros = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if zeros { misfit.help("a number has no zeros in front; `string` keeps them") } else { misfit });
    }
    match text.parse::<i64>() {
        Ok(value) if (low..=high).contains(&value) => Ok(Literal::Int(value)),
        _ => Err(Misfit::new(format!("is outside `{ty}`")).help(format!("`{ty}` holds {low} to {high}"))),
    }
}

fn float(text: &str, most: f64, ty: Type) -> Result<Literal, Misfit> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(value) if plain && value.is_finite() && value.abs() <= most => Ok(Literal::Float(value)),
        Ok(_) if plain => Err(Misfit::new(format!("is outside `{ty}`"))),
        _ => Err(Misfit::new("is not a number")),
    }
}

fn decimal(text: &str, precision: u8, scale: u8) -> Result<Literal, Misfit> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    if !digits(whole) || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Misfit::new("is not a decimal number").help("write it as `12.50`, without an exponent"));
    }
    let fraction = fraction.trim_end_matches('0');
    let whole_digits = if whole == "0" { 0 } else { whole.len() };
    if fraction.len() > usize::from(scale) {
        let problem =
            format!("has {} digits after the point, and `decimal({precision},{scale})` keeps {scale}", fraction.len());
        return Err(Misfit::new(problem));
    }
    if whole_digits > usize::from(precision - scale) {
        let problem = format!(
            "has {whole_digits} digits before the point, and `decimal({precision},{scale})` keeps {}",
            precision - scale
        );
        return Err(Misfit::new(problem));
    }
    let zero = whole == "0" && fraction.is_empty();
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(Literal::Decimal(format!("{}{whole}{point}{fraction}", if zero { "" } else { sign })))
}

fn limited(text: &str, limit: Option<u32>) -> Result<Literal, Misfit> {
    if text.contains('\0') {
        return Err(Misfit::new("has a NUL character, which PostgreSQL does not keep"));
    }
    let length = text.chars().count();
    match limit {
        Some(limit) if length > limit as usize => {
            Err(Misfit::new(format!("has {length} characters, and `string({limit})` keeps {limit}")))
        }
        _ => Ok(Literal::Text(text.to_owned())),
    }
}

fn uuid(text: &str) -> Result<Literal, Misfit> {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if lengths == [8, 4, 4, 4, 12] && hex {
        return Ok(Literal::Uuid(text.to_ascii_lowercase()));
    }
    Err(Misfit::new("is not a UUID").help("write it as `67e55044-10b1-426f-9247-bb680e5fe0c8`"))
}

fn cuid(text: &str) -> Result<Literal, Misfit> {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if plain && (2..=25).contains(&text.len()) {
        return Ok(Literal::Text(text.to_owned()));
    }
    Err(Misfit::new("is not a cuid").help("it has 2 to 25 lower-case letters and digits"))
}

fn date(text: &str) -> Result<Literal, Misfit> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| date.format("%Y-%m-%d").to_string() == text && text.len() == 10 && !text.starts_with("0000"))
        .map(|_| Literal::Date(text.to_owned()))
        .ok_or_else(|| Misfit::new("is not a date").help("write it as `2026-01-31`"))
}

fn time(text: &str) -> Result<Literal, Misfit> {
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    time.filter(|time| time.nanosecond() % 1_000 == 0 && time.nanosecond() < 1_000_000_000)
        .map(|time| Literal::Time(time.format("%H:%M:%S%.6f").to_string()))
        .ok_or_else(|| {
            Misfit::new("is not a time of day").help("write it as `10:20:30`, with at most six digits after the second")
        })
}

fn timestamp(text: &str) -> Result<Literal, Misfit> {
    let help = "write it as `2026-01-31T10:20:30Z`";
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| Misfit::new("is not a point in time").help(help))?;
    let utc = instant.with_timezone(&Utc);
    let form = utc.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    if utc.nanosecond() % 1_000 != 0
        || utc.nanosecond() >= 1_000_000_000
        || form.len() != 27
        || form.starts_with("0000")
    {
        return Err(Misfit::new("is finer than a microsecond, or outside the years 0001 to 9999").help(help));
    }
    Ok(Literal::Timestamp(form))
}

fn json(text: &str, quoted: bool) -> Result<Literal, Misfit> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Null) => Err(Misfit::new("is JSON's null").help("`json?` without a default is NULL")),
        Ok(value) => Ok(Literal::Json(value)),
        Err(error) => {
            let misfit = Misfit::new(format!("is not JSON: {error}"));
            Err(if quoted {
                misfit
            } else {
                misfit.help("write `[]`, `{}`, or JSON in single quotes in the long form: `default: '{\"a\": 1}'`")
            })
        }
    }
}

fn enum_value(text: &str, known_enum: &Enum) -> Result<Literal, Misfit> {
    if known_enum.values.iter().any(|value| value.text == text) {
        return Ok(Literal::Enum(text.to_owned()));
    }
    let names: Vec<&str> = known_enum.values.iter().map(|value| value.text.as_str()).collect();
    let near = nearest(text, names.iter().copied());
    let help = near.map(|name| format!("did you mean `{name}`?")).or_else(|| known(&names));
    let problem = format!("is not a value of `{}`", known_enum.name);
    Err(Misfit { problem, help, suggestion: near.map(str::to_owned), unknown_value: true })
}
