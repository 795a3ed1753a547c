//! Writes of rows by key: create, insert many, upsert, update, delete; and finding by key.
//!
//! These are plain functions that return a [`Reply`]: what they are given is brought into one form at once, and behind it
//! is the same code for every form.

use std::future::ready;

use seedbed_schema::Dialect;

use crate::column::Column;
use crate::keys::columns_of;
use crate::model::Key;
use crate::new_row::{Given, now};
use crate::patch::{New, Patch};
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::{Discard, Statement, Text, Work};
use crate::tuples::for_each_tuple;
use crate::{Error, Model, Result, Value, literal, meta};

/// Rows whose values take more bytes are never written on the calling thread.
const LARGE_ROW: usize = 8 * 1024;

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

/// The row of a unique key: its place in [`meta::Model::unique`], and the values of its fields.
///
/// # Errors
/// The database refuses the query, or cannot be reached.
pub fn find_by<'a, M: Model>(on: impl On<'a>, unique: usize, values: Vec<Value>) -> Reply<'a, Option<M>> {
    Box::pin(lookup(on.session(), Text::Static(M::statements().find_by(unique)), values))
}

async fn find_in<M: Model>(session: Session<'_>, key: M::Key) -> Result<Option<M>> {
    lookup(session, Text::Static(M::statements().find()), key.into_values(M::META)).await
}

async fn get_in<M: Model>(session: Session<'_>, key: M::Key) -> Result<M> {
    find_in(session, key).await?.ok_or(Error::NotFound { model: M::META.name })
}

async fn lookup<M: Model>(session: Session<'_>, text: Text, values: Vec<Value>) -> Result<Option<M>> {
    let statement = Statement { text, values, work: Work::Lookup };
    Ok(session.fetch(statement, M::read).await?.pop())
}

/// Creates a row and returns it as the database has it.
///
/// # Errors
/// A value does not fit its field, or a constraint refuses the row.
pub fn create<'a, M: Model>(on: impl On<'a>, new: impl New<M>) -> Reply<'a, M> {
    let (session, given) = (on.session(), new.into_given());
    Box::pin(async move {
        let (places, values) = present(given.into_new(now())?);
        let text = insert_text::<M>(&places);
        let work = if is_large(&values) { Work::Write } else { Work::Touch };
        returned(session, Statement { text, values, work }).await
    })
}

/// Creates rows, all or none, with one statement on PostgreSQL and one transaction on SQLite. Returns how many.
///
/// # Errors
/// A value does not fit its field, or a constraint refuses a row.
pub fn insert_many<'a, M: Model, N: New<M>>(on: impl On<'a>, news: impl IntoIterator<Item = N>) -> Reply<'a, u64> {
    let session = on.session();
    let given: Vec<Given<M>> = news.into_iter().map(New::into_given).collect();
    Box::pin(async move {
        let now = now();
        let rows = given.into_iter().map(|given| given.into_new(now)).collect::<Result<Vec<_>>>()?;
        let mut groups = by_places(rows);
        if groups.len() > 1 {
            return session.together(async |session| insert_groups::<M>(session, groups).await).await;
        }
        match groups.pop() {
            Some((places, rows)) => insert_rows::<M>(session, &places, rows).await,
            None => Ok(0),
        }
    })
}

/// Creates a row, or changes the one with the same unique key to what is given. Returns it as the database has it.
///
/// # Errors
/// [`Error::NoUniqueKey`] when the target is none; a value does not fit its field; a constraint refuses the row.
pub fn upsert<'a, M: Model>(on: impl On<'a>, target: impl Target<M>, new: impl New<M>) -> Reply<'a, M> {
    let (session, target, given) = (on.session(), target.places(), new.into_given());
    Box::pin(async move { returned(session, upsert_statement(&target, given)?).await })
}

fn upsert_statement<M: Model>(target: &[usize], given: Given<M>) -> Result<Statement> {
    check_unique::<M>(target)?;
    let overwritten = overwritten(&given, target);
    let (places, values) = present(given.into_new(now())?);
    let mut sql = Sql::new(Dialect::Postgres);
    M::statements().insert_into(&mut sql, &places);
    sql.push(" ON CONFLICT (");
    sql.columns(target.iter().map(|&at| &M::META.fields[at]));
    sql.push(") DO UPDATE SET ");
    sql.separated(", ", overwritten, |sql, at| {
        let column = M::META.fields[at].column;
        sql.identifier(column);
        sql.push(" = excluded.");
        sql.identifier(column);
    });
    sql.push(" RETURNING ");
    sql.push(M::statements().columns());
    Ok(Statement { text: sql.into_text().into(), values, work: Work::Write })
}

/// Changes the row of a primary key and returns it as the database has it. An empty patch reads it.
///
/// # Errors
/// [`Error::NotFound`] when the row is gone; a value does not fit its field; a constraint refuses the change.
pub fn update<'a, M: Model>(on: impl On<'a>, key: M::Key, patch: impl Patch<M>) -> Reply<'a, M> {
    let (session, given) = (on.session(), patch.into_given());
    Box::pin(async move {
        let changes = given.into_changes(now())?;
        if changes.is_empty() {
            return get_in(session, key).await;
        }
        returned(session, update_statement::<M>(session.dialect(), key, changes)).await
    })
}

fn update_statement<M: Model>(dialect: Dialect, key: M::Key, changes: Vec<(usize, Value)>) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.push("UPDATE ");
    sql.identifier(M::META.table);
    set_clause::<M>(&mut sql, changes);
    sql.push(" WHERE ");
    sql.separated(" AND ", M::META.key.iter().zip(key.into_values(M::META)), |sql, (&at, value)| {
        sql.identifier(M::META.fields[at].column);
        sql.push(" = ");
        sql.value(value);
    });
    sql.push(" RETURNING ");
    sql.push(M::statements().columns());
    let mut statement = sql.into_statement(Work::Touch);
    if is_large(&statement.values) {
        statement.work = Work::Write;
    }
    statement
}

/// Deletes the row of a primary key.
///
/// # Errors
/// [`Error::NotFound`] when the row is gone; the row is still referred to.
pub fn delete<'a, M: Model>(on: impl On<'a>, key: M::Key) -> Reply<'a, ()> {
    let session = on.session();
    Box::pin(async move {
        let work = if M::META.delete_cascades() { Work::Write } else { Work::Touch };
        let text = Text::Static(M::statements().delete());
        let deleted = session.execute(Statement { text, values: key.into_values(M::META), work }).await?;
        if deleted == 0 { Err(Error::NotFound { model: M::META.name }) } else { Ok(()) }
    })
}

/// The unique key that an upsert goes by: a column, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "an upsert goes by columns of its own model, and `{Self}` is none of `{M}`",
    label = "expected a column of `{M}`, or several in a tuple"
)]
pub trait Target<M> {
    /// The places of its fields.
    #[doc(hidden)]
    fn places(self) -> Vec<usize>;
}

impl<M, T> Target<M> for Column<M, T> {
    fn places(self) -> Vec<usize> {
        vec![self.field().at]
    }
}

macro_rules! targets {
    ($($name:ident $at:tt),*) => {
        impl<M, $($name),*> Target<M> for ($(Column<M, $name>,)*) {
            fn places(self) -> Vec<usize> {
                vec![$(self.$at.field().at),*]
            }
        }
    };
}

for_each_tuple!(targets);

/// ` SET a = $1, b = $2`
pub(crate) fn set_clause<M: Model>(sql: &mut Sql, changes: Vec<(usize, Value)>) {
    sql.push(" SET ");
    sql.separated(", ", changes, |sql, (at, value)| {
        sql.identifier(M::META.fields[at].column);
        sql.push(" = ");
        sql.value(value);
    });
}

async fn returned<M: Model>(session: Session<'_>, statement: Statement) -> Result<M> {
    session.fetch(statement, M::read).await?.pop().ok_or(Error::NotFound { model: M::META.name })
}

/// The fields that are bound, and their values; the others are the database's to fill.
fn present(values: Vec<Option<Value>>) -> (Vec<usize>, Vec<Value>) {
    values.into_iter().enumerate().filter_map(|(at, value)| Some((at, value?))).unzip()
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
        written += insert_rows::<M>(session, &places, rows).await?;
    }
    Ok(written)
}

async fn insert_rows<M: Model>(session: Session<'_>, places: &[usize], rows: Vec<Vec<Value>>) -> Result<u64> {
    let mut sql = Sql::new(session.dialect());
    if session.dialect() == Dialect::Sqlite || places.is_empty() {
        M::statements().insert_into(&mut sql, places);
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
    session.execute(sql.into_statement(Work::Write)).await
}

fn check_unique<M: Model>(target: &[usize]) -> Result<()> {
    let names = |places: &[usize]| places.iter().map(|&at| M::META.fields[at].name).collect::<Vec<_>>();
    let same = |unique: &meta::Unique| {
        !unique.partial && unique.fields.len() == target.len() && unique.fields.iter().all(|at| target.contains(at))
    };
    if M::META.unique.iter().any(same) {
        return Ok(());
    }
    let keys = M::META.unique.iter().filter(|unique| !unique.partial);
    let keys = keys.map(|unique| format!("({})", names(unique.fields).join(", ")));
    Err(Error::NoUniqueKey { model: M::META.name, fields: names(target), keys: keys.collect::<Vec<_>>().join(", ") })
}

/// The fields that a conflicting row gets: those that are given, and those that every update sets; without any, the
/// target itself, so that the row is returned.
fn overwritten<M: Model>(given: &Given<M>, target: &[usize]) -> Vec<usize> {
    let is_given: Vec<usize> = given.places().collect();
    let fields = M::META.fields.iter().filter(|field| is_given.contains(&field.at) || field.on_update);
    let fields: Vec<usize> = fields.map(|field| field.at).filter(|at| !target.contains(at)).collect();
    if fields.is_empty() { target.to_vec() } else { fields }
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
