//! Changes of rows that are known by their key.

use std::collections::HashSet;

use seedbed_schema::Dialect;

use super::find::{find_in, get_in};
use super::is_large;
use crate::hooks::Hooked;
use crate::keys::Keys;
use crate::model::Key;
use crate::new_row::{Change, Given, now};
use crate::patch::Patch;
use crate::select::Parts;
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::{Discard, Statement, Text, Work};
use crate::{Error, Model, Result, Value, literal, meta};

/// Changes a row and returns it as the database has it. An empty patch reads it.
///
/// # Errors
/// [`Error::NotFound`] when the row is gone, [`Error::Stale`] when it counts its changes and was changed since it was
/// read; a value does not fit its field; a constraint refuses the change.
pub fn update<'a, M: Model>(on: impl On<'a>, row: M, patch: impl Patch<M>) -> Reply<'a, M> {
    let (session, given) = (on.session(), patch.into_given());
    Box::pin(async move {
        match Hooked::of(session) {
            Some(hooked) => the_one(hooked.update(vec![(row, given)]).await?),
            None => update_row(session, Known::of(&row), given).await,
        }
    })
}

/// As [`update`], of the row of a primary key, however often it was changed.
///
/// # Errors
/// [`Error::NotFound`] when there is none; a value does not fit its field; a constraint refuses the change.
pub fn update_by_key<'a, M: Model>(on: impl On<'a>, key: M::Key, patch: impl Patch<M>) -> Reply<'a, M> {
    let (session, given) = (on.session(), patch.into_given());
    Box::pin(async move {
        match Hooked::of(session) {
            Some(hooked) => the_one(hooked.update_all(Parts::of_key(M::META, key), given).await?),
            None => update_row(session, Known::by(key), given).await,
        }
    })
}

/// Deletes a row.
///
/// # Errors
/// [`Error::NotFound`] when the row is gone, [`Error::Stale`] when it counts its changes and was changed since it was
/// read; the row is still referred to.
pub fn delete<'a, M: Model>(on: impl On<'a>, row: M) -> Reply<'a, ()> {
    let session = on.session();
    Box::pin(async move {
        match Hooked::of(session) {
            Some(hooked) => hooked.delete(row).await,
            None => delete_row(session, Known::of(&row)).await,
        }
    })
}

/// Deletes the row of a primary key, however often it was changed.
///
/// # Errors
/// [`Error::NotFound`] when there is none; the row is still referred to.
pub fn delete_by_key<'a, M: Model>(on: impl On<'a>, key: M::Key) -> Reply<'a, ()> {
    let session = on.session();
    Box::pin(async move {
        match Hooked::<M>::of(session) {
            Some(hooked) => the_one(hooked.delete_all(Parts::of_key(M::META, key)).await?).map(drop),
            None => delete_row(session, Known::<M>::by(key)).await,
        }
    })
}

/// A row that is to be changed or deleted: its key, and how often it had been changed when it was read, where that counts.
pub(crate) struct Known<M: Model> {
    key: M::Key,
    version: Option<(&'static meta::Field, Value)>,
}

impl<M: Model> Known<M> {
    /// A row as it was read.
    pub(crate) fn of(row: &M) -> Self {
        let counted = M::META.fields.iter().find(|field| field.version).zip(row.version());
        Self { key: row.key(), version: counted }
    }

    /// Whatever row has the key.
    fn by(key: M::Key) -> Self {
        Self { key, version: None }
    }

    /// ` AND version = $n`, and the value: what the `WHERE` of the key lacks.
    fn and_version(&self, sql: &mut Sql) {
        if let Some((field, version)) = &self.version {
            sql.push(" AND ");
            sql.qualified(M::META.table, field.column);
            sql.push(" = ");
            sql.value(version.clone());
        }
    }

    /// Why the row was not there any more.
    async fn missing(self, session: Session<'_>) -> Error {
        let is_there = self.version.is_some() && find_in::<M>(session, self.key).await.is_ok_and(|row| row.is_some());
        if is_there { Error::Stale { model: M::META.name } } else { Error::NotFound { model: M::META.name } }
    }
}

/// Changes a row, without hooks.
pub(crate) async fn update_row<M: Model>(session: Session<'_>, known: Known<M>, given: Given<M>) -> Result<M> {
    let changes = given.into_changes(now())?;
    if changes.is_empty() {
        return get_in(session, known.key).await;
    }
    let statement = update_statement(session.dialect(), &known, changes);
    match session.fetch(statement, M::read).await?.pop() {
        Some(row) => Ok(row),
        None => Err(known.missing(session).await),
    }
}

/// Deletes a row, without hooks.
pub(crate) async fn delete_row<M: Model>(session: Session<'_>, known: Known<M>) -> Result<()> {
    let work = if M::META.delete_cascades() { Work::Write } else { Work::Touch };
    let values = known.key.clone().into_values(M::META);
    let statement = match known.version {
        None => Statement { text: Text::Static(M::statements().delete()), values, work },
        Some(_) => {
            let mut sql = Sql::new(session.dialect());
            sql.push(M::statements().delete());
            values.into_iter().for_each(|value| sql.bind(value));
            known.and_version(&mut sql);
            sql.into_statement(work)
        }
    };
    match session.execute(statement).await? {
        0 => Err(known.missing(session).await),
        _ => Ok(()),
    }
}

/// The row of a key, of which there is one at most.
fn the_one<M: Model>(mut rows: Vec<M>) -> Result<M> {
    rows.pop().ok_or(Error::NotFound { model: M::META.name })
}

/// Changes the rows of some primary keys, each by a patch of its own, all or none. A key without a row is passed over.
/// Returns how many rows were changed.
///
/// # Errors
/// A value does not fit its field; a constraint refuses a change.
pub fn update_many<'a, M: Model, P: Patch<M>>(
    on: impl On<'a>,
    patches: impl IntoIterator<Item = (M::Key, P)>,
) -> Reply<'a, u64> {
    let session = on.session();
    let given: Vec<(M::Key, Given<M>)> = patches.into_iter().map(|(key, patch)| (key, patch.into_given())).collect();
    Box::pin(async move {
        if let Some(hooked) = Hooked::of(session) {
            return hooked.update_keys(given).await;
        }
        let mut groups = groups(given)?;
        if groups.len() > 1 {
            return session.together(async |session| write_all::<M>(session, groups).await).await;
        }
        match groups.pop() {
            Some(group) => group.write(session, M::META).await,
            None => Ok(0),
        }
    })
}

fn update_statement<M: Model>(dialect: Dialect, known: &Known<M>, changes: Vec<(usize, Change)>) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.push("UPDATE ");
    sql.main_table(M::META.table);
    set_clause(&mut sql, M::META, changes);
    sql.push(" WHERE ");
    let first = sql.bound();
    for value in known.key.clone().into_values(M::META) {
        sql.bind(value);
    }
    equal(&mut sql, M::META, |sql, at| sql.placeholder(first + 1 + at));
    known.and_version(&mut sql);
    sql.push(" RETURNING ");
    sql.push(M::statements().columns());
    let mut statement = sql.into_statement(Work::Touch);
    if is_large(&statement.values) {
        statement.work = Work::Write;
    }
    statement
}

/// ` SET a = $1, b = table.b + $2`
pub(super) fn set_clause(sql: &mut Sql, model: &meta::Model, changes: Vec<(usize, Change)>) {
    let fields: Vec<_> = changes.iter().map(|(at, change)| (*at, matches!(change, Change::Add(_)))).collect();
    let first = sql.bound();
    for (_, change) in changes {
        sql.bind(change.into_value());
    }
    set(sql, model, &fields, |sql, at| sql.placeholder(first + 1 + at));
}

/// Rows whose patches change the same fields in the same way; no key is in it twice.
struct Group {
    /// The places of the fields, and whether each is added to rather than set.
    fields: Vec<(usize, bool)>,
    /// The values of each row's key, as texts.
    known: HashSet<Vec<Option<String>>>,
    /// The values of each row's key, and behind them those of the fields.
    rows: Vec<Vec<Value>>,
}

fn groups<M: Model>(given: Vec<(M::Key, Given<M>)>) -> Result<Vec<Group>> {
    let now = now();
    let mut groups: Vec<Group> = Vec::new();
    for (key, given) in given {
        let changes = given.into_changes(now)?;
        if changes.is_empty() {
            continue;
        }
        let fields: Vec<_> = changes.iter().map(|(at, change)| (*at, matches!(change, Change::Add(_)))).collect();
        let mut row = key.into_values(M::META);
        let key: Vec<Option<String>> = row.iter().map(literal::text).collect();
        row.extend(changes.into_iter().map(|(_, change)| change.into_value()));
        if !groups.last().is_some_and(|group| group.fields == fields && !group.known.contains(&key)) {
            groups.push(Group { fields, known: HashSet::new(), rows: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.known.insert(key);
            group.rows.push(row);
        }
    }
    Ok(groups)
}

async fn write_all<M: Model>(session: Session<'_>, groups: Vec<Group>) -> Result<u64> {
    let mut written = 0;
    for group in groups {
        written += group.write(session, M::META).await?;
    }
    Ok(written)
}

impl Group {
    async fn write(mut self, session: Session<'_>, model: &'static meta::Model) -> Result<u64> {
        match session.dialect() {
            Dialect::Postgres => session.execute(self.joined(model)).await,
            Dialect::Sqlite => {
                let text = self.by_key(model);
                // Placeholders are numbered in the order of use: the values, then the key.
                self.rows.iter_mut().for_each(|row| row.rotate_left(model.key.len()));
                Ok(session.run_batch(text.into(), self.rows, Box::new(Discard)).await?.affected)
            }
        }
    }

    /// One statement over the rows as arrays.
    fn joined(self, model: &'static meta::Model) -> Statement {
        let key = model.key.iter().map(|&at| &model.fields[at]);
        let changed = self.fields.iter().map(|&(at, _)| &model.fields[at]);
        let table = Keys::new(key.chain(changed).collect(), self.rows);
        let mut sql = Sql::new(Dialect::Postgres);
        sql.push("UPDATE ");
        sql.main_table(model.table);
        let first = model.key.len();
        set(&mut sql, model, &self.fields, |sql, at| Keys::render_column(sql, first + at));
        sql.push(" FROM ");
        table.render_table(&mut sql);
        sql.push(" WHERE ");
        equal(&mut sql, model, Keys::render_column);
        sql.into_statement(Work::Write)
    }

    /// The text for one row.
    fn by_key(&self, model: &meta::Model) -> String {
        let mut sql = Sql::new(Dialect::Sqlite);
        sql.push("UPDATE ");
        sql.main_table(model.table);
        set(&mut sql, model, &self.fields, |sql, at| sql.placeholder(1 + at));
        sql.push(" WHERE ");
        let first = self.fields.len() + 1;
        equal(&mut sql, model, |sql, at| sql.placeholder(first + at));
        sql.into_text()
    }
}

/// ` SET a = …, b = table.b + …`: the closure writes the value of the field at a place of the list.
fn set(sql: &mut Sql, model: &meta::Model, fields: &[(usize, bool)], value: impl Fn(&mut Sql, usize)) {
    sql.push(" SET ");
    sql.separated(", ", fields.iter().enumerate(), |sql, (at, &(field, is_added))| {
        let column = model.fields[field].column;
        sql.identifier(column);
        sql.push(" = ");
        if is_added {
            sql.qualified(model.table, column);
            sql.push(" + ");
        }
        value(sql, at);
    });
}

/// `table.id = …`: the closure writes the value of the key's field at a place.
fn equal(sql: &mut Sql, model: &meta::Model, value: impl Fn(&mut Sql, usize)) {
    sql.separated(" AND ", model.key.iter().enumerate(), |sql, (at, &field)| {
        sql.qualified(model.table, model.fields[field].column);
        sql.push(" = ");
        value(sql, at);
    });
}
