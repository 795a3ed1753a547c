//! The schema: what a `schema.yaml` means once every name is resolved and every default filled in.
//!
//! Two sides, and the mapping between them. The model side ([`Schema`], [`Model`], [`Field`], [`Association`]) is what
//! people write and what Rust code is generated from. The table side ([`table`]) is what one database holds, and serves
//! DDL, inspection and diff alike. This crate is pure: no I/O, no async, no Rust syntax.

mod association;
pub mod csv;
pub mod ddl;
mod dialect;
pub mod expr;
mod hook;
mod index;
mod literal;
pub mod mapping;
mod model;
mod name;
mod nearest;
mod schema;
mod seed;
mod service;
mod shape;
pub mod table;
mod ty;

pub use association::{Action, Association, AssociationId, Inverse, InverseKind};
pub use dialect::Dialect;
pub use expr::{Condition, Expr};
pub use hook::Hook;
pub use index::{Index, IndexKey, IndexMember, IndexOrigin, MAX_KEY_FIELDS};
pub use literal::{Default, Literal};
pub use model::{Check, Field, FieldId, Model, ModelId};
pub use name::{MAX_IDENTIFIER_BYTES, rust_identifier, shorten};
pub use nearest::{edits, nearest};
pub use schema::{Connect, Schema, SyncMode};
pub use seed::{Seed, SeedRows};
pub use service::{Read, Service};
pub use shape::{Element, Fit, JsonKind, JsonType, JsonTypeId, Member, ReadsText};
pub use ty::{Enum, EnumId, EnumValue, Type};

/// Leaves out of JSON what is false, as most flags are.
fn is_false(value: &bool) -> bool {
    !value
}
