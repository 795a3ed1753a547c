//! New rows: one, or any number.

use seedbed_schema::Dialect;

use super::upsert::Conflict;
use super::{is_large, present, returned};
use crate::hooks::Hooked;
use crate::keys::columns_of;
use crate::new_row::{Given, now};
use crate::patch::New;
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::{Discard, Statement, Text, Work};
use crate::{Error, Model, Result, Value, literal};

/// Creates a row and returns it as the database has it.
///
/// # Errors
/// A value does not fit its field, or a constraint refuses the row.
pub fn create<'a, M: Model>(on: impl On<'a>, new: impl New<M>) -> Reply<'a, M> {
    let (session, given) = (on.session(), new.into_given());
    Box::pin(async move {
        match Hooked::of(session) {
            Some(hooked) => hooked.create(vec![given]).await?.pop().ok_or(Error::NotFound { model: M::META.name }),
            None => create_row(session, given).await,
        }
    })
}

/// Creates a row, without hooks.
pub(crate) async fn create_row<M: Model>(session: Session<'_>, given: Given<M>) -> Result<M> {
    let (places, values) = present(given.into_new(now())?);
    let text = insert_text::<M>(&places);
    let work = if is_large(&values) { Work::Write } else { Work::Touch };
    returned(session, Statement { text, values, work }).await
}

/// Creates rows, all or none, with one statement on PostgreSQL and one transaction on SQLite. Returns how many.
///
/// # Errors
/// A value does not fit its field, or a constraint refuses a row.
pub fn insert_many<'a, M: Model, N: New<M>>(on: impl On<'a>, news: impl IntoIterator<Item = N>) -> Reply<'a, u64> {
    let session = on.session();
    let given: Vec<Given<M>> = news.into_iter().map(New::into_given).collect();
    Box::pin(async move {
        if let Some(hooked) = Hooked::of(session) {
            return Ok(hooked.create(given).await?.len() as u64);
        }
        let now = now();
        let rows = given.into_iter().map(|given| given.into_new(now)).collect::<Result<Vec<_>>>()?;
        let mut groups = by_places(rows);
        if groups.len() > 1 {
            return session.together(async |session| insert_groups::<M>(session, groups).await).await;
        }
        match groups.pop() {
            Some((places, rows)) => insert_rows::<M>(session, &places, rows, None).await,
            None => Ok(0),
        }
    })
}

fn insert_text<M: Model>(places: &[usize]) -> Text {
    let statements = M::statements();
    if statements.usual_fields().eq(places.iter().copied()) {
        Text::Static(statements.insert())
    } else {
        statements.insert_of(places).into()
    }
}

/// The places of some fields, and rows that bind exactly these.
type Group = (Vec<usize>, Vec<Vec<Value>>);

/// Rows grouped by the fields they bind, in the order in which they came.
fn by_places(rows: Vec<Vec<Option<Value>>>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (places, values) in rows.into_iter().map(present) {
        match groups.last_mut() {
            Some((group, rows)) if *group == places => rows.push(values),
            _ => groups.push((places, vec![values])),
        }
    }
    groups
}

async fn insert_groups<M: Model>(session: Session<'_>, groups: Vec<Group>) -> Result<u64> {
    let mut written = 0;
    for (places, rows) in groups {
        written += insert_rows::<M>(session, &places, rows, None).await?;
    }
    Ok(written)
}

/// Inserts rows that bind the same fields; says how many were written.
pub(super) async fn insert_rows<M: Model>(
    session: Session<'_>,
    places: &[usize],
    rows: Vec<Vec<Value>>,
    conflict: Option<&Conflict>,
) -> Result<u64> {
    let resolve = |sql: &mut Sql| conflict.into_iter().for_each(|conflict| conflict.render(sql, M::META));
    let mut sql = Sql::new(session.dialect());
    if session.dialect() == Dialect::Sqlite || places.is_empty() {
        M::statements().insert_into(&mut sql, places);
        resolve(&mut sql);
        return Ok(session.run_batch(sql.into_text().into(), rows, Box::new(Discard)).await?.affected);
    }
    let fields = || places.iter().map(|&at| &M::META.fields[at]);
    sql.push("INSERT INTO ");
    sql.identifier(M::META.table);
    sql.push(" (");
    sql.columns(fields());
    sql.push(") SELECT * FROM unnest(");
    sql.separated(", ", fields().zip(columns_of(places.len(), rows)), |sql, (field, values)| {
        sql.value(Value::Array(literal::value_type(field.ty), values));
    });
    sql.push(")");
    resolve(&mut sql);
    session.execute(sql.into_statement(Work::Write)).await
}
