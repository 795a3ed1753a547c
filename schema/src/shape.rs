//! The types of JSON that a spec names: shapes, lists, and Rust types from elsewhere. A field that has one is a JSON column
//! like any other; what differs is the Rust type, and which documents fit.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Enum, Type};

/// The place of a type in [`crate::Schema::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JsonTypeId(pub usize);

/// A named type of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonType {
    /// The name in the spec and in Rust (`Preferences`).
    pub name: String,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// What it is.
    pub kind: JsonKind,
}

/// What a [`JsonType`] is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonKind {
    /// An object with these members, and any others.
    Shape(Vec<Member>),
    /// A list.
    List(Element),
    /// A Rust type that somebody else wrote.
    Rust {
        /// Its path (`preferences::Theme`).
        path: String,
        /// The package it comes from, unless it is part of Rust.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        package: Option<String>,
    },
}

/// A member of a shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The name in the document, as the spec writes it (`maxTokens`).
    pub name: String,
    /// The Rust identifier (`max_tokens`).
    pub rust: String,
    /// The type, of the items where it is a list.
    #[serde(rename = "type")]
    pub element: Element,
    /// Whether it is a list.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub list: bool,
    /// Whether it may be missing or null.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub nullable: bool,
    /// What it is where a document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What the spec says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

impl Member {
    /// Whether a document must have it.
    pub fn required(&self) -> bool {
        self.default.is_none() && !self.nullable
    }
}

/// What stands in a member or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// A value of a type that fields have too.
    Plain(Type),
    /// An exact number of any digits: a text in documents that we write, so that nobody rounds it.
    Decimal,
    /// A type of JSON with a name of its own.
    Named(JsonTypeId),
}

/// Whether a text is the written form of a value of a type (a UUID, a date); other crates know how to read these.
pub type ReadsText<'a> = &'a dyn Fn(Type, &str) -> bool;

/// Finds what keeps a document from being read as a type.
pub struct Fit<'a> {
    types: &'a [JsonType],
    enums: &'a [Enum],
    reads: ReadsText<'a>,
}

impl<'a> Fit<'a> {
    /// The rules of a schema's types.
    pub fn new(types: &'a [JsonType], enums: &'a [Enum], reads: ReadsText<'a>) -> Self {
        Self { types, enums, reads }
    }

    /// Checks a document. About a Rust type from elsewhere nothing is known, so everything fits it.
    ///
    /// # Errors
    /// Where it does not fit and what is expected there, to follow the document (`has no member `theme``).
    pub fn document(&self, id: JsonTypeId, document: &Value) -> Result<(), String> {
        match &self.types[id.0].kind {
            JsonKind::Rust { .. } => Ok(()),
            JsonKind::List(element) => self.list(*element, document),
            JsonKind::Shape(members) => {
                let Value::Object(found) = document else {
                    return Err(format!("is {}, and `{}` is an object", kind(document), self.types[id.0].name));
                };
                members.iter().try_for_each(|member| self.member(member, found.get(&member.name)))
            }
        }
    }

    /// Checks the value of a member, or that there is none.
    ///
    /// # Errors
    /// As [`Fit::document`].
    pub fn member(&self, member: &Member, found: Option<&Value>) -> Result<(), String> {
        let checked = match found {
            None if member.required() => return Err(format!("has no member `{}`", member.name)),
            None => Ok(()),
            Some(Value::Null) if member.nullable => Ok(()),
            Some(value) if member.list => self.list(member.element, value),
            Some(value) => self.element(member.element, value),
        };
        checked.map_err(|problem| format!("has a member `{}` that {problem}", member.name))
    }

    fn list(&self, element: Element, value: &Value) -> Result<(), String> {
        let Value::Array(items) = value else { return Err(format!("is {}, not a list", kind(value))) };
        let item = |item| self.element(element, item).map_err(|problem| format!("has an item that {problem}"));
        items.iter().try_for_each(item)
    }

    fn element(&self, element: Element, value: &Value) -> Result<(), String> {
        match element {
            Element::Named(id) => self.document(id, value),
            Element::Decimal if is_decimal(value) => Ok(()),
            Element::Decimal => Err("is no `decimal`".to_owned()),
            Element::Plain(ty) if self.is_plain(ty, value) => Ok(()),
            Element::Plain(Type::Enum(id)) => Err(format!("is no value of `{}`", self.enums[id.0].name)),
            Element::Plain(ty) => Err(format!("is no `{ty}`")),
        }
    }

    fn is_plain(&self, ty: Type, value: &Value) -> bool {
        let within = |low: i64, high: i64| value.as_i64().is_some_and(|number| (low..=high).contains(&number));
        match ty {
            Type::Json => true,
            Type::Bool => value.is_boolean(),
            Type::SmallInt => within(i16::MIN.into(), i16::MAX.into()),
            Type::Int => within(i32::MIN.into(), i32::MAX.into()),
            Type::BigInt => within(i64::MIN, i64::MAX),
            Type::Real => value.as_f64().is_some_and(|number| number.abs() <= f32::MAX.into()),
            Type::Float => value.is_number(),
            Type::Enum(id) => {
                let values = &self.enums[id.0].values;
                value.as_str().is_some_and(|text| values.iter().any(|value| value.text == text))
            }
            other => value.as_str().is_some_and(|text| (self.reads)(other, text)),
        }
    }
}

/// The most digits of an exact number.
const MAX_DIGITS: usize = 28;

fn is_decimal(value: &Value) -> bool {
    let Value::String(text) = value else { return value.is_number() };
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(fraction) && whole.len() + fraction.len() <= MAX_DIGITS
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
