//! The one statement that loads an association for any number of rows.

use std::collections::HashSet;

use super::{Loads, Plan};
use crate::association::{Link, meta_of};
use crate::keys::Keys;
use crate::model::LookupKey;
use crate::session::Session;
use crate::statement::{Statement, Work};
use crate::{Model, Result};

/// The rows that an association leads to from some keys, each with its key and what was included in it.
pub(super) async fn rows<K: Link, L: Loads<K::Target>>(
    session: Session<'_>,
    keys: &[Option<LookupKey<K::Key>>],
    plan: &Plan,
) -> Result<Vec<(LookupKey<K::Key>, L::Row)>> {
    let mut known = HashSet::with_capacity(keys.len());
    let distinct = keys.iter().flatten().filter(|&key| known.insert(key));
    let distinct: Vec<K::Key> = distinct.map(|key| key.0.clone()).collect();
    if distinct.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<K::Target> = session.fetch(statement::<K>(session, distinct, plan), K::Target::read).await?;
    let keys = keys_of(&rows, K::target_key);
    let rows = L::load(session, rows, &plan.plans).await?;
    Ok(keys.into_iter().zip(rows).filter_map(|(key, row)| Some((key?, row))).collect())
}

/// The keys that rows have, to look others up by.
pub(super) fn keys_of<R, K>(rows: &[R], key: impl Fn(&R) -> Option<K>) -> Vec<Option<LookupKey<K>>> {
    rows.iter().map(|row| key(row).map(LookupKey)).collect()
}

fn statement<K: Link>(session: Session<'_>, keys: Vec<K::Key>, plan: &Plan) -> Statement {
    let (association, target) = (meta_of::<K>(), K::Target::META);
    let typed_by = if association.is_own() { target } else { K::Owner::META };
    let (most, count) = (plan.parts.most_rows(association.is_to_many()), keys.len() as u64);
    let fields = association.target_fields.iter().filter_map(|name| target.field(name)).collect();
    let keys = Keys::new(fields, keys.into_iter().map(|key| crate::Key::into_values(key, typed_by)).collect());
    let mut statement = plan.parts.select_for(target, K::Target::statements().columns(), keys, session.dialect());
    statement.work = Work::of_rows(most.map(|rows| rows.saturating_mul(count)));
    statement
}
