//! Writes of rows: create, insert many, upsert, update, delete; and finding by key.
//!
//! These are plain functions that return a [`crate::Reply`]: what they are given is brought into one form at once, and
//! behind it is the same code for every form.

mod change;
mod columns;
mod find;
mod insert;
mod macros;
mod of_query;
mod upsert;

pub(crate) use change::{Known, delete_row, update_row};
pub use change::{delete, delete_by_key, update, update_by_key, update_many};
pub use columns::Columns;
pub use find::{find, find_by, find_some, get};
pub(crate) use insert::create_row;
pub use insert::{create, insert_many};
pub use upsert::{find_or_create, upsert, upsert_many, upsert_only};

use crate::session::Session;
use crate::statement::Statement;
use crate::{Error, Model, Result, Value};

/// Rows whose values take more bytes are never written on the calling thread.
const LARGE_ROW: usize = 8 * 1024;

async fn returned<M: Model>(session: Session<'_>, statement: Statement) -> Result<M> {
    session.fetch(statement, M::read).await?.pop().ok_or(Error::NotFound { model: M::META.name })
}

/// The fields that are bound, and their values; the others are the database's to fill.
fn present(values: Vec<Option<Value>>) -> (Vec<usize>, Vec<Value>) {
    values.into_iter().enumerate().filter_map(|(at, value)| Some((at, value?))).unzip()
}

/// Whether the values are too large to be written on the calling thread.
fn is_large(values: &[Value]) -> bool {
    let bytes: usize = values.iter().map(size).sum();
    bytes > LARGE_ROW
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Json(json) => json_size(json),
        _ => 16,
    }
}

fn json_size(json: &serde_json::Value) -> usize {
    match json {
        serde_json::Value::String(text) => text.len() + 2,
        serde_json::Value::Array(items) => items.iter().map(|item| json_size(item) + 1).sum(),
        serde_json::Value::Object(members) => members.iter().map(|(key, value)| key.len() + 4 + json_size(value)).sum(),
        _ => 8,
    }
}
