//! What generated types of JSON are made with.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::Json;

/// The members of an object that its type does not name, by name.
pub type Members = BTreeMap<String, Json>;

/// A constant of the spec. The generator saw that it fits.
///
/// # Panics
/// It does not fit: a bug of the generator, or of a `Deserialize` that somebody else wrote.
pub fn constant<T: DeserializeOwned>(text: &str) -> T {
    match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => panic!("the default `{text}` does not fit `{}`: {error}", std::any::type_name::<T>()),
    }
}

/// The object in which every member has its default.
pub fn empty<T: DeserializeOwned>() -> T {
    constant("{}")
}
