//! Writes with hooks around them, row by row, in one transaction.

use std::sync::Arc;

use super::{Hooks, Within, Written};
use crate::new_row::Given;
use crate::select::{Lock, Parts};
use crate::session::Session;
use crate::write::Known;
use crate::{Error, Model, Result, write};

/// The hooks of a model, and the transaction that they belong to.
pub(crate) struct Hooked<'a, M: Model> {
    hooks: Arc<dyn Hooks<M>>,
    session: Session<'a>,
}

impl<'a, M: Model> Hooked<'a, M> {
    /// The hooks that a handle has for a model, if it has any.
    pub(crate) fn of(session: Session<'a>) -> Option<Self> {
        Some(Self { hooks: session.hooks().of::<M>()?, session })
    }

    /// That an upsert is not done: it creates or changes, and which of the two is known only afterwards.
    pub(crate) fn refuse_upsert(session: Session<'a>) -> Result<()> {
        match Self::of(session) {
            None => Ok(()),
            Some(_) => {
                let why = "its hooks tell creating from changing: find the row, then do either";
                Err(Error::Query(format!("an upsert of `{}` is refused, because {why}", M::META.name)))
            }
        }
    }

    /// Creates rows.
    pub(crate) async fn create(self, news: Vec<Given<M>>) -> Result<Vec<M>> {
        let Self { hooks, session } = self;
        session
            .together(async |session| {
                let inside = Hooked { hooks, session };
                let mut rows = Vec::with_capacity(news.len());
                for new in news {
                    rows.push(inside.create_one(new).await?);
                }
                Ok(rows)
            })
            .await
    }

    /// The row that a lookup finds, or a new one.
    pub(crate) async fn find_or_create(
        self,
        found: impl AsyncFnOnce(Session<'_>) -> Result<Option<M>>,
        new: Given<M>,
    ) -> Result<(M, bool)> {
        let Self { hooks, session } = self;
        session
            .together(async |session| match found(session).await? {
                Some(row) => Ok((row, false)),
                None => Ok((Hooked { hooks, session }.create_one(new).await?, true)),
            })
            .await
    }

    /// Changes rows, each by its own patch.
    pub(crate) async fn update(self, changes: Vec<(M, Given<M>)>) -> Result<Vec<M>> {
        let Self { hooks, session } = self;
        session
            .together(async |session| {
                let inside = Hooked { hooks, session };
                let mut rows = Vec::with_capacity(changes.len());
                for (row, patch) in changes {
                    rows.push(inside.update_one(row, patch).await?);
                }
                Ok(rows)
            })
            .await
    }

    /// Changes the rows of some keys that are there.
    pub(crate) async fn update_keys(self, changes: Vec<(M::Key, Given<M>)>) -> Result<u64> {
        let Self { hooks, session } = self;
        session
            .together(async |session| {
                let inside = Hooked { hooks, session };
                let mut changed = 0;
                for (key, patch) in changes {
                    for row in inside.locked(Parts::of_key(M::META, key)).await? {
                        inside.update_one(row, patch.clone()).await?;
                        changed += 1;
                    }
                }
                Ok(changed)
            })
            .await
    }

    /// Changes the rows of a query.
    pub(crate) async fn update_all(self, parts: Parts, patch: Given<M>) -> Result<Vec<M>> {
        let Self { hooks, session } = self;
        session
            .together(async |session| {
                let inside = Hooked { hooks, session };
                let mut rows = Vec::new();
                for row in inside.locked(parts).await? {
                    rows.push(inside.update_one(row, patch.clone()).await?);
                }
                Ok(rows)
            })
            .await
    }

    /// Deletes a row.
    pub(crate) async fn delete(self, row: M) -> Result<()> {
        let Self { hooks, session } = self;
        session.together(async |session| Hooked { hooks, session }.delete_one(row).await.map(drop)).await
    }

    /// Deletes the rows of a query.
    pub(crate) async fn delete_all(self, parts: Parts) -> Result<Vec<M>> {
        let Self { hooks, session } = self;
        session
            .together(async |session| {
                let inside = Hooked { hooks, session };
                let mut rows = Vec::new();
                for row in inside.locked(parts).await? {
                    rows.push(inside.delete_one(row).await?);
                }
                Ok(rows)
            })
            .await
    }

    /// The rows of a query, which nobody else changes until the transaction ends.
    async fn locked(&self, mut parts: Parts) -> Result<Vec<M>> {
        parts.lock.get_or_insert(Lock::Wait);
        parts.fetch(self.session).await
    }

    async fn create_one(&self, mut new: Given<M>) -> Result<M> {
        self.hooks.before_create(Within(self.session), &mut new).await?;
        let row = write::create_row(self.session, new).await?;
        self.hooks.after_create(Within(self.session), &row).await?;
        self.written(Written::Created(row.clone()));
        Ok(row)
    }

    async fn update_one(&self, row: M, mut patch: Given<M>) -> Result<M> {
        self.hooks.before_update(Within(self.session), &row, &mut patch).await?;
        let row = write::update_row(self.session, Known::of(&row), patch).await?;
        self.hooks.after_update(Within(self.session), &row).await?;
        self.written(Written::Updated(row.clone()));
        Ok(row)
    }

    async fn delete_one(&self, row: M) -> Result<M> {
        self.hooks.before_delete(Within(self.session), &row).await?;
        write::delete_row(self.session, Known::of(&row)).await?;
        self.hooks.after_delete(Within(self.session), &row).await?;
        self.written(Written::Deleted(row.clone()));
        Ok(row)
    }

    /// Has the commit's hooks wait for it.
    fn written(&self, written: Written<M>) {
        let (before, after) = (Arc::clone(&self.hooks), Arc::clone(&self.hooks));
        let written = Arc::new(written);
        let then = Arc::clone(&written);
        self.session.around_commit(
            Box::new(move |session| Box::pin(async move { before.before_commit(Within(session), &written).await })),
            Box::new(move || {
                Box::pin(async move {
                    if let Err(error) = after.after_commit(&then).await {
                        tracing::error!(target: "seedbed", model = M::META.name, "a hook after a commit failed: {error}");
                    }
                })
            }),
        );
    }
}
