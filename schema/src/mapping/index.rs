//! Indexes in one database.

use super::{columns, condition, expression};
use crate::table::{self, IndexKey, IndexPart};
use crate::{Dialect, Index, IndexMember, Model, shorten};

/// The index, or the two that do its work.
///
/// Where an index cannot carry further columns, they become the last parts of its key; that would change what a unique
/// key means, so there a second index carries them. An index over some rows, with SQL by hand that is not for this
/// dialect, is left out: over all rows it would mean something else.
pub(super) fn indexes(model: &Model, index: &Index, dialect: Dialect) -> Vec<table::Index> {
    let predicate = match &index.predicate {
        None => None,
        Some(predicate) => match condition(predicate, model, dialect) {
            None => return Vec::new(),
            predicate => predicate,
        },
    };
    let mapped = table::Index {
        name: index.name.clone(),
        unique: index.unique,
        keys: index.members.iter().map(|member| key(model, member, dialect)).collect(),
        include: columns(model, &index.include),
        predicate,
    };
    if dialect.has_covering_indexes() || mapped.include.is_empty() { vec![mapped] } else { without_include(mapped) }
}

fn key(model: &Model, member: &IndexMember, dialect: Dialect) -> IndexKey {
    let part = match &member.key {
        crate::IndexKey::Field(id) => IndexPart::Column(model.field(*id).column.clone()),
        crate::IndexKey::Expression(expr) => IndexPart::Expression(expression(expr, model, dialect)),
    };
    IndexKey { part, descending: member.descending }
}

fn without_include(mut index: table::Index) -> Vec<table::Index> {
    let include = std::mem::take(&mut index.include);
    let further = include.into_iter().map(|column| IndexKey { part: IndexPart::Column(column), descending: false });
    if !index.unique {
        index.keys.extend(further);
        return vec![index];
    }
    let covering = table::Index {
        name: shorten(&format!("{}_covering", index.name)),
        unique: false,
        keys: index.keys.iter().cloned().chain(further).collect(),
        ..index.clone()
    };
    vec![index, covering]
}
