//! What a row must have and nobody said: values, and the rows that it must refer to.

use std::pin::Pin;

use super::sample;
use crate::meta::{Association, Field, FieldDefault, Model};
use crate::new_row::{new_values, now};
use crate::session::Session;
use crate::sql::Sql;
use crate::statement::Work;
use crate::{Error, Result, Value};

/// The values of a row, one place per field, with those that it must have.
pub(super) async fn complete(
    session: Session<'_>,
    model: &'static Model,
    mut values: Vec<Option<Value>>,
) -> Result<Vec<Option<Value>>> {
    for association in model.associations.iter().filter(|association| association.is_own()) {
        if needs_parent(model, association, &values) {
            let key = parent(session, association, &values).await?;
            for (&at, value) in association.fields.iter().zip(key) {
                values[at] = Some(value);
            }
        }
    }
    for field in model.fields.iter().filter(|field| is_required(field)) {
        if values[field.at].is_none() {
            values[field.at] = Some(sample::value(session.schema(), model, field)?);
        }
    }
    Ok(values)
}

/// Whether a row refers to one that is not there yet: a part of the key is missing, and no part may be.
fn needs_parent(model: &Model, association: &Association, values: &[Option<Value>]) -> bool {
    let missing = |&at: &usize| values[at].is_none();
    association.fields.iter().any(missing)
        && association.fields.iter().all(|at| !missing(at) || is_required(&model.fields[*at]))
}

fn is_required(field: &Field) -> bool {
    !field.nullable && matches!(field.default, FieldDefault::None)
}

/// Creates the row that an association leads to, with what is known of its key, and gives the key.
fn parent<'a>(
    session: Session<'a>,
    association: &'static Association,
    values: &[Option<Value>],
) -> Pin<Box<dyn Future<Output = Result<Vec<Value>>> + Send + 'a>> {
    let known: Vec<Option<Value>> = association.fields.iter().map(|&at| values[at].clone()).collect();
    Box::pin(async move {
        let gone = || Error::Query(format!("the schema has no model `{}`", association.target));
        let model = session.schema().model(association.target).ok_or_else(gone)?;
        let key: Vec<&'static Field> = association.target_fields.iter().filter_map(|name| model.field(name)).collect();
        let mut values = vec![None; model.fields.len()];
        for (field, value) in key.iter().zip(known) {
            values[field.at] = value;
        }
        let values = complete(session, model, values).await?;
        insert(session, model, new_values(model, values, now())?, key).await
    })
}

/// Inserts a row of a model that is known by its description alone, and reads some of its fields.
async fn insert(
    session: Session<'_>,
    model: &'static Model,
    values: Vec<Option<Value>>,
    returned: Vec<&'static Field>,
) -> Result<Vec<Value>> {
    let (fields, values): (Vec<_>, Vec<_>) =
        model.fields.iter().zip(values).filter_map(|(field, value)| Some((field, value?))).unzip();
    let mut sql = Sql::new(session.dialect());
    sql.push("INSERT INTO ");
    sql.identifier(model.table);
    if fields.is_empty() {
        sql.push(" DEFAULT VALUES");
    } else {
        sql.push(" ");
        sql.parenthesised(|sql| sql.columns(fields));
        sql.push(" VALUES ");
        sql.parenthesised(|sql| sql.separated(", ", values, Sql::value));
    }
    sql.push(" RETURNING ");
    sql.columns(returned.iter().copied());
    let statement = sql.into_statement(Work::Write);
    let read = move |row: &mut crate::Row<'_>| returned.iter().map(|field| row.value(field)).collect();
    session.fetch_with(statement, read).await?.pop().ok_or(Error::NotFound { model: model.name })
}
