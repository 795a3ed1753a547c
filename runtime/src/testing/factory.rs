//! Rows that are complete but for what a test is about.

use super::parents::complete;
use crate::column::Column;
use crate::new_row::Given;
use crate::scalar::{FieldType, IntoField};
use crate::session::{On, Reply, Session};
use crate::{Model, Result, write};

/// Makes rows of a model: what a test does not say gets a value that fits, the rows it must refer to are made with it.
///
/// Texts are the field's name and a number that counts up, and so are numbers under a unique key; other numbers are 1,
/// enums their first value. Fields with a default have it, and nullable ones are NULL. What a check demands has to be said.
pub struct Factory<M> {
    given: Given<M>,
}

impl<M: Model> Factory<M> {
    /// Nothing is said yet; the function `factory` of generated models.
    #[allow(clippy::new_without_default, reason = "a factory is made by the model it is for")]
    pub fn new() -> Self {
        Self { given: Given::new() }
    }

    /// Says what a field is.
    #[must_use]
    pub fn with<T: FieldType>(self, column: Column<M, T>, value: impl IntoField<T>) -> Self {
        Self { given: self.given.set(column, value) }
    }

    /// Creates a row, and the rows that it must refer to and whose keys were not said.
    ///
    /// # Errors
    /// The database refuses one of them, and none is created then.
    pub fn create<'a>(self, on: impl On<'a>) -> Reply<'a, M> {
        let session = on.session();
        Box::pin(async move { session.together(async |session| create(session, self.given).await).await })
    }

    /// Creates so many rows, each with parents of its own, all or none.
    ///
    /// # Errors
    /// As [`Factory::create`].
    pub fn create_many<'a>(self, on: impl On<'a>, count: usize) -> Reply<'a, Vec<M>> {
        let session = on.session();
        Box::pin(async move {
            let all = async |session: Session<'_>| {
                let mut rows = Vec::with_capacity(count);
                for _ in 0..count {
                    rows.push(create(session, self.given.clone()).await?);
                }
                Ok(rows)
            };
            session.together(all).await
        })
    }
}

async fn create<M: Model>(session: Session<'_>, given: Given<M>) -> Result<M> {
    let values = complete(session, M::META, given.into_values()).await?;
    write::create_row(session, Given::of_values(values)).await
}

impl<M> Clone for Factory<M> {
    fn clone(&self) -> Self {
        Self { given: self.given.clone() }
    }
}

impl<M: Model> std::fmt::Debug for Factory<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Factory").field(&self.given).finish()
    }
}
