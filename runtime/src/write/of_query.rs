//! Changes of every row that a query is about.

use super::change::set_clause;
use crate::column::Column;
use crate::expr::Summable;
use crate::hooks::Hooked;
use crate::new_row::{Change, Given, now};
use crate::patch::Patch;
use crate::query::{Guarded, Query};
use crate::scalar::IntoField;
use crate::select::Parts;
use crate::session::{On, Reply, Session};
use crate::sql::Sql;
use crate::statement::Work;
use crate::{Model, meta};

impl<M: Model, F> Query<M, F> {
    /// Changes every row of the query; says how many there were.
    ///
    /// # Errors
    /// A value does not fit its field, or the database refuses the change.
    pub fn update<'a>(self, on: impl On<'a>, patch: impl Patch<M>) -> Reply<'a, u64>
    where
        F: Guarded,
    {
        change(on.session(), self.parts, patch.into_given())
    }

    /// As [`Query::update`], and returns the rows as they are now, in no order.
    ///
    /// # Errors
    /// Those of [`Query::update`].
    pub fn update_returning<'a>(self, on: impl On<'a>, patch: impl Patch<M>) -> Reply<'a, Vec<M>>
    where
        F: Guarded,
    {
        let (session, given, parts) = (on.session(), patch.into_given(), self.parts);
        Box::pin(async move {
            if let Some(hooked) = Hooked::of(session) {
                return hooked.update_all(parts, given).await;
            }
            let changes = given.into_changes(now())?;
            if changes.is_empty() {
                return parts.fetch(session).await;
            }
            let mut sql = update(session, &parts, M::META, changes);
            returning::<M>(&mut sql);
            session.fetch(sql.into_statement(Work::Write), M::read).await
        })
    }

    /// Adds to a column of every row of the query what it has when it is changed, so that nobody's change is lost; NULL
    /// stays NULL. Says how many rows there were.
    ///
    /// # Errors
    /// The sum does not fit the field, or the database refuses the change.
    pub fn increment<'a, T: Summable>(
        self,
        on: impl On<'a>,
        column: Column<M, T>,
        by: impl IntoField<T::Inner>,
    ) -> Reply<'a, u64>
    where
        F: Guarded,
    {
        change(on.session(), self.parts, Given::new().add(column, by))
    }

    /// Deletes every row of the query; says how many there were.
    ///
    /// # Errors
    /// A row is still referred to, or the database refuses the deletion.
    pub fn delete<'a>(self, on: impl On<'a>) -> Reply<'a, u64>
    where
        F: Guarded,
    {
        let (session, parts) = (on.session(), self.parts);
        Box::pin(async move {
            if let Some(hooked) = Hooked::<M>::of(session) {
                return Ok(hooked.delete_all(parts).await?.len() as u64);
            }
            session.execute(delete(session, &parts, M::META).into_statement(Work::Write)).await
        })
    }

    /// As [`Query::delete`], and returns the rows as they were, in no order.
    ///
    /// # Errors
    /// Those of [`Query::delete`].
    pub fn delete_returning<'a>(self, on: impl On<'a>) -> Reply<'a, Vec<M>>
    where
        F: Guarded,
    {
        let (session, parts) = (on.session(), self.parts);
        Box::pin(async move {
            if let Some(hooked) = Hooked::of(session) {
                return hooked.delete_all(parts).await;
            }
            let mut sql = delete(session, &parts, M::META);
            returning::<M>(&mut sql);
            session.fetch(sql.into_statement(Work::Write), M::read).await
        })
    }
}

fn change<M: Model>(session: Session<'_>, parts: Parts, given: Given<M>) -> Reply<'_, u64> {
    Box::pin(async move {
        if let Some(hooked) = Hooked::of(session) {
            return Ok(hooked.update_all(parts, given).await?.len() as u64);
        }
        let changes = given.into_changes(now())?;
        if changes.is_empty() {
            return Ok(0);
        }
        session.execute(update(session, &parts, M::META, changes).into_statement(Work::Write)).await
    })
}

fn update(session: Session<'_>, parts: &Parts, model: &meta::Model, changes: Vec<(usize, Change)>) -> Sql {
    let mut sql = Sql::new(session.dialect());
    sql.push("UPDATE ");
    sql.main_table(model.table);
    set_clause(&mut sql, model, changes);
    parts.rows_clause(&mut sql, model);
    sql
}

fn delete(session: Session<'_>, parts: &Parts, model: &meta::Model) -> Sql {
    let mut sql = Sql::new(session.dialect());
    sql.push("DELETE FROM ");
    sql.main_table(model.table);
    parts.rows_clause(&mut sql, model);
    sql
}

fn returning<M: Model>(sql: &mut Sql) {
    sql.push(" RETURNING ");
    sql.push(M::statements().columns());
}
