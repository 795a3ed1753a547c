//! The spec as Rust types: one type per construct, every value with its place.
//!
//! The types read themselves from nodes ([`Decode`]) and describe themselves to editors ([`json_schema`]); both follow
//! from one list of keys per construct, so they cannot disagree. Names are not resolved here: that is lowering's work.

mod association;
mod condition;
mod decode;
mod enumeration;
mod field;
mod flow;
mod index;
mod json_schema;
mod json_type;
mod line;
mod macros;
mod read;
mod seed;
mod service;
mod spec;
mod ty;
mod words;

pub(crate) use association::AssociationSpec;
pub(crate) use condition::{CheckSpec, ConditionSpec, DialectTexts};
pub(crate) use decode::{Decode, ListOf, Many, Name, Named, Text, not_yet};
pub(crate) use enumeration::EnumSpec;
pub(crate) use field::{DefaultSpec, FieldSpec, KeySpec};
pub(crate) use index::IndexSpec;
pub use json_schema::json_schema;
pub(crate) use json_type::{JsonKindSpec, JsonTypeSpec, MemberSpec};
pub(crate) use line::{Line, unquote};
pub(crate) use read::read;
pub(crate) use seed::{CellSpec, SeedSpec};
pub(crate) use service::{ReadSpec, ServiceSpec};
pub(crate) use spec::{ModelSpec, Spec};
pub(crate) use ty::TypeSpec;
pub(crate) use words::{Case, Choice, Tls};
