//! Rows by their keys.

use std::future::ready;

use crate::model::Key;
use crate::session::{On, Reply, Session};
use crate::statement::{Statement, Text, Work};
use crate::{Error, Model, Result, Value};

/// The row of a primary key.
///
/// # Errors
/// The database refuses the query, or cannot be reached.
pub fn find<'a, M: Model>(on: impl On<'a>, key: M::Key) -> Reply<'a, Option<M>> {
    Box::pin(find_in(on.session(), key))
}

/// The row of a primary key, if there is a key.
///
/// # Errors
/// The database refuses the query, or cannot be reached.
pub fn find_some<'a, M: Model>(on: impl On<'a>, key: Option<M::Key>) -> Reply<'a, Option<M>> {
    match key {
        Some(key) => find(on, key),
        None => Box::pin(ready(Ok(None))),
    }
}

/// The row of a primary key.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn get<'a, M: Model>(on: impl On<'a>, key: M::Key) -> Reply<'a, M> {
    Box::pin(get_in(on.session(), key))
}

/// The row of a unique key: its place in [`crate::meta::Model::unique`], and the values of its fields.
///
/// # Errors
/// The database refuses the query, or cannot be reached.
pub fn find_by<'a, M: Model>(on: impl On<'a>, unique: usize, values: Vec<Value>) -> Reply<'a, Option<M>> {
    Box::pin(lookup(on.session(), Text::Static(M::statements().find_by(unique)), values))
}

pub(super) async fn find_in<M: Model>(session: Session<'_>, key: M::Key) -> Result<Option<M>> {
    lookup(session, Text::Static(M::statements().find()), key.into_values(M::META)).await
}

pub(super) async fn get_in<M: Model>(session: Session<'_>, key: M::Key) -> Result<M> {
    find_in(session, key).await?.ok_or(Error::NotFound { model: M::META.name })
}

pub(super) async fn lookup<M: Model>(session: Session<'_>, text: Text, values: Vec<Value>) -> Result<Option<M>> {
    let statement = Statement { text, values, work: Work::Lookup };
    Ok(session.fetch(statement, M::read).await?.pop())
}
