//! New rows that may be there already, by a unique key: changed, or found.

use std::collections::HashMap;

use seedbed_schema::Dialect;

use super::columns::Columns;
use super::find::lookup;
use super::insert::insert_rows;
use super::{present, returned};
use crate::hooks::Hooked;
use crate::new_row::{Given, now};
use crate::patch::New;
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::{Statement, Text, Work};
use crate::{Error, Model, Result, Value, literal, meta};

/// Creates a row, or changes the one with the same unique key to what is given. Returns it as the database has it.
///
/// # Errors
/// [`Error::NoUniqueKey`] when the target is none; a value does not fit its field; a constraint refuses the row.
pub fn upsert<'a, M: Model>(on: impl On<'a>, target: impl Columns<M>, new: impl New<M>) -> Reply<'a, M> {
    let (session, target, given) = (on.session(), target.places(), new.into_given());
    Box::pin(async move {
        Hooked::<M>::refuse_upsert(session)?;
        let conflict = Conflict::given(target, &given)?;
        returned(session, one(&conflict, given)?).await
    })
}

/// As [`upsert`], but of a row that is there only some columns are changed.
///
/// # Errors
/// Those of [`upsert`].
pub fn upsert_only<'a, M: Model>(
    on: impl On<'a>,
    target: impl Columns<M>,
    overwritten: impl Columns<M>,
    new: impl New<M>,
) -> Reply<'a, M> {
    let (session, target, overwritten, given) = (on.session(), target.places(), overwritten.places(), new.into_given());
    Box::pin(async move {
        Hooked::<M>::refuse_upsert(session)?;
        let conflict = Conflict::new::<M>(target, |field| overwritten.contains(&field.at) || field.on_update)?;
        returned(session, one(&conflict, given)?).await
    })
}

/// As [`upsert`] for any number of rows, all or none. Of several rows with the same key the last one counts. Returns how
/// many rows there are with these keys.
///
/// # Errors
/// Those of [`upsert`].
pub fn upsert_many<'a, M: Model, N: New<M>>(
    on: impl On<'a>,
    target: impl Columns<M>,
    news: impl IntoIterator<Item = N>,
) -> Reply<'a, u64> {
    let (session, target) = (on.session(), target.places());
    let given: Vec<Given<M>> = news.into_iter().map(New::into_given).collect();
    Box::pin(async move {
        Hooked::<M>::refuse_upsert(session)?;
        let mut groups = groups(&target, given)?;
        if groups.len() > 1 {
            return session.together(async |session| write_all::<M>(session, groups).await).await;
        }
        match groups.pop() {
            Some(group) => group.write::<M>(session).await,
            None => Ok(0),
        }
    })
}

/// The row with the same unique key, or a new one; and whether it is new.
///
/// # Errors
/// Those of [`upsert`].
pub fn find_or_create<'a, M: Model>(
    on: impl On<'a>,
    target: impl Columns<M>,
    new: impl New<M>,
) -> Reply<'a, (M, bool)> {
    let (session, target, given) = (on.session(), target.places(), new.into_given());
    Box::pin(async move {
        let unique = unique_at::<M>(&target)?;
        if let Some(hooked) = Hooked::of(session) {
            let (places, values) = present(given.clone().into_new(now())?);
            let key = key_of(&M::META.unique[unique], &places, &values);
            return hooked.find_or_create(async |session| find_one(session, unique, key).await, given).await;
        }
        let (places, values) = present(given.into_new(now())?);
        let key = key_of(&M::META.unique[unique], &places, &values);
        let insert = insert_or_nothing::<M>(&places, values, &target);
        // A row that is deleted between the two statements is created after all.
        for _ in 0..ATTEMPTS {
            if let Some(created) = session.fetch(insert.clone(), M::read).await?.pop() {
                return Ok((created, true));
            }
            if let Some(found) = find_one(session, unique, key.clone()).await? {
                return Ok((found, false));
            }
        }
        Err(Error::NotFound { model: M::META.name })
    })
}

async fn find_one<M: Model>(session: Session<'_>, unique: usize, key: Option<Vec<Value>>) -> Result<Option<M>> {
    let Some(key) = key else { return Ok(None) };
    lookup(session, Text::Static(M::statements().find_by(unique)), key).await
}

/// The values of a unique key among those that are bound, if all of them are.
fn key_of(unique: &meta::Unique, places: &[usize], values: &[Value]) -> Option<Vec<Value>> {
    unique.fields.iter().map(|at| value_of(places, values, *at)).collect()
}

/// How often a row is looked for that others create and delete all the time.
const ATTEMPTS: usize = 3;

/// What happens to a row that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    target: Vec<usize>,
    overwritten: Vec<usize>,
}

impl Conflict {
    /// It gets the fields that are given, and those that every update sets.
    fn given<M: Model>(target: Vec<usize>, given: &Given<M>) -> Result<Self> {
        let is_given: Vec<usize> = given.places().collect();
        Self::new::<M>(target, |field| is_given.contains(&field.at) || field.on_update)
    }

    /// It gets some fields; without any, the target itself, so that the row is returned.
    fn new<M: Model>(target: Vec<usize>, is_overwritten: impl Fn(&meta::Field) -> bool) -> Result<Self> {
        unique_at::<M>(&target)?;
        let fields = M::META.fields.iter().filter(|field| is_overwritten(field)).map(|field| field.at);
        let fields: Vec<usize> = fields.filter(|at| !target.contains(at)).collect();
        let overwritten = if fields.is_empty() { target.clone() } else { fields };
        Ok(Self { target, overwritten })
    }

    /// ` ON CONFLICT (a) DO UPDATE SET b = excluded.b`
    pub(super) fn render(&self, sql: &mut Sql, model: &meta::Model) {
        on_conflict(sql, model, &self.target);
        sql.push(" DO UPDATE SET ");
        sql.separated(", ", &self.overwritten, |sql, &at| {
            let column = model.fields[at].column;
            sql.identifier(column);
            sql.push(" = excluded.");
            sql.identifier(column);
        });
        for field in model.fields.iter().filter(|field| field.version) {
            sql.push(", ");
            sql.identifier(field.column);
            sql.push(" = ");
            sql.qualified(model.table, field.column);
            sql.push(" + 1");
        }
    }
}

fn on_conflict(sql: &mut Sql, model: &meta::Model, target: &[usize]) {
    sql.push(" ON CONFLICT (");
    sql.columns(target.iter().map(|&at| &model.fields[at]));
    sql.push(")");
}

fn one<M: Model>(conflict: &Conflict, given: Given<M>) -> Result<Statement> {
    let (places, values) = present(given.into_new(now())?);
    let mut sql = Sql::new(Dialect::Postgres);
    M::statements().insert_into(&mut sql, &places);
    conflict.render(&mut sql, M::META);
    Ok(returning::<M>(sql, values))
}

fn insert_or_nothing<M: Model>(places: &[usize], values: Vec<Value>, target: &[usize]) -> Statement {
    let mut sql = Sql::new(Dialect::Postgres);
    M::statements().insert_into(&mut sql, places);
    on_conflict(&mut sql, M::META, target);
    sql.push(" DO NOTHING");
    returning::<M>(sql, values)
}

fn returning<M: Model>(mut sql: Sql, values: Vec<Value>) -> Statement {
    sql.push(" RETURNING ");
    sql.push(M::statements().columns());
    Statement { text: sql.into_text().into(), values, work: Work::Write }
}

/// Rows that bind the same fields and overwrite the same.
struct Group {
    conflict: Conflict,
    places: Vec<usize>,
    rows: Vec<Vec<Value>>,
}

impl Group {
    async fn write<M: Model>(self, session: Session<'_>) -> Result<u64> {
        let rows = last_of_each_key(&self.conflict.target, &self.places, self.rows);
        insert_rows::<M>(session, &self.places, rows, Some(&self.conflict)).await
    }
}

/// Rows in groups, in the order in which they came.
fn groups<M: Model>(target: &[usize], given: Vec<Given<M>>) -> Result<Vec<Group>> {
    let now = now();
    let mut groups: Vec<Group> = Vec::new();
    for given in given {
        let conflict = Conflict::given(target.to_vec(), &given)?;
        let (places, values) = present(given.into_new(now)?);
        match groups.last_mut() {
            Some(group) if group.conflict == conflict && group.places == places => group.rows.push(values),
            _ => groups.push(Group { conflict, places, rows: vec![values] }),
        }
    }
    Ok(groups)
}

async fn write_all<M: Model>(session: Session<'_>, groups: Vec<Group>) -> Result<u64> {
    let mut written = 0;
    for group in groups {
        written += group.write::<M>(session).await?;
    }
    Ok(written)
}

/// PostgreSQL refuses a statement that writes a row twice.
fn last_of_each_key(target: &[usize], places: &[usize], rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let key = |row: &Vec<Value>| -> Option<Vec<Option<String>>> {
        target.iter().map(|&at| value_of(places, row, at).map(|value| literal::text(&value))).collect()
    };
    let mut last: HashMap<Vec<Option<String>>, usize> = HashMap::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if let Some(key) = key(row) {
            last.insert(key, at);
        }
    }
    let is_last = |at: usize, row: &Vec<Value>| key(row).is_none_or(|key| last.get(&key) == Some(&at));
    rows.into_iter().enumerate().filter(|(at, row)| is_last(*at, row)).map(|(_, row)| row).collect()
}

/// The value of a field among those that are bound.
fn value_of(places: &[usize], values: &[Value], at: usize) -> Option<Value> {
    places.iter().position(|place| *place == at).map(|position| values[position].clone())
}

/// The place among the unique keys of the one that has these fields.
fn unique_at<M: Model>(target: &[usize]) -> Result<usize> {
    let names = |places: &[usize]| places.iter().map(|&at| M::META.fields[at].name).collect::<Vec<_>>();
    let same = |unique: &meta::Unique| {
        !unique.partial && unique.fields.len() == target.len() && unique.fields.iter().all(|at| target.contains(at))
    };
    if let Some(at) = M::META.unique.iter().position(same) {
        return Ok(at);
    }
    let keys = M::META.unique.iter().filter(|unique| !unique.partial);
    let keys = keys.map(|unique| format!("({})", names(unique.fields).join(", ")));
    Err(Error::NoUniqueKey { model: M::META.name, fields: names(target), keys: keys.collect::<Vec<_>>().join(", ") })
}
