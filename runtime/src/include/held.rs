//! What a row keeps of an association that was included.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Loads, Plan, fetch};
use crate::association::{Link, name};
use crate::driver::{Failure, FailureKind};
use crate::model::LookupKey;
use crate::session::{Reply, Session};
use crate::{Error, Model, Result};

/// What a row keeps of an association.
pub trait Held: Sized + Send + Sync + 'static {
    /// The association.
    type Link: Link;

    /// Loads it for each of some rows, in their order.
    #[doc(hidden)]
    fn load<'a>(session: Session<'a>, rows: &[<Self::Link as Link>::Owner], plan: &'a Plan) -> Reply<'a, Vec<Self>>;
}

/// The rows that an association leads to, with `L` included in them.
pub struct Many<K: Link, L: Loads<K::Target> = ()>(pub(super) Vec<L::Row>);

/// The one row that an association leads to, with `L` included in it. Rows that refer to the same one share it.
pub struct One<K: Link, L: Loads<K::Target> = ()>(pub(super) Arc<L::Row>);

/// The row that an association leads to, if there is one, with `L` included in it.
pub struct MaybeOne<K: Link, L: Loads<K::Target> = ()>(pub(super) Option<Arc<L::Row>>);

/// What was included if a condition held when the query ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Maybe<H>(pub(super) Option<H>);

impl<K: Link, L: Loads<K::Target>> Held for Many<K, L> {
    type Link = K;

    fn load<'a>(session: Session<'a>, rows: &[K::Owner], plan: &'a Plan) -> Reply<'a, Vec<Self>> {
        let keys = fetch::keys_of(rows, K::owner_key);
        Box::pin(async move {
            let mut groups: HashMap<LookupKey<K::Key>, Vec<L::Row>> = HashMap::with_capacity(keys.len());
            for (key, row) in fetch::rows::<K, L>(session, &keys, plan).await? {
                groups.entry(key).or_default().push(row);
            }
            let mut take = |key: Option<LookupKey<K::Key>>| groups.remove(&key?);
            Ok(keys.into_iter().map(|key| Self(take(key).unwrap_or_default())).collect())
        })
    }
}

impl<K: Link, L: Loads<K::Target>> Held for One<K, L> {
    type Link = K;

    fn load<'a>(session: Session<'a>, rows: &[K::Owner], plan: &'a Plan) -> Reply<'a, Vec<Self>> {
        let keys = fetch::keys_of(rows, K::owner_key);
        Box::pin(async move {
            let shared = shared::<K, L>(session, &keys, plan).await?;
            keys.iter().map(|key| shared.of(key.as_ref()).map(Self).ok_or_else(gone::<K>)).collect()
        })
    }
}

impl<K: Link, L: Loads<K::Target>> Held for MaybeOne<K, L> {
    type Link = K;

    fn load<'a>(session: Session<'a>, rows: &[K::Owner], plan: &'a Plan) -> Reply<'a, Vec<Self>> {
        let keys = fetch::keys_of(rows, K::owner_key);
        Box::pin(async move {
            let shared = shared::<K, L>(session, &keys, plan).await?;
            Ok(keys.iter().map(|key| Self(shared.of(key.as_ref()))).collect())
        })
    }
}

impl<H: Held> Held for Maybe<H> {
    type Link = H::Link;

    fn load<'a>(session: Session<'a>, rows: &[<H::Link as Link>::Owner], plan: &'a Plan) -> Reply<'a, Vec<Self>> {
        if !plan.wanted {
            let nothing = rows.iter().map(|_| Self(None)).collect();
            return Box::pin(std::future::ready(Ok(nothing)));
        }
        let loading = H::load(session, rows, plan);
        Box::pin(async move { Ok(loading.await?.into_iter().map(|held| Self(Some(held))).collect()) })
    }
}

/// Rows by their keys, to be shared by all that refer to them.
struct Shared<Key, Row>(HashMap<LookupKey<Key>, Arc<Row>>);

impl<Key: crate::Key, Row> Shared<Key, Row> {
    fn of(&self, key: Option<&LookupKey<Key>>) -> Option<Arc<Row>> {
        self.0.get(key?).cloned()
    }
}

async fn shared<K: Link, L: Loads<K::Target>>(
    session: Session<'_>,
    keys: &[Option<LookupKey<K::Key>>],
    plan: &Plan,
) -> Result<Shared<K::Key, L::Row>> {
    let rows = fetch::rows::<K, L>(session, keys, plan).await?;
    Ok(Shared(rows.into_iter().map(|(key, row)| (key, Arc::new(row))).collect()))
}

/// A foreign key promises that the row is there; it was deleted after the row that refers to it had been read.
fn gone<K: Link>() -> Error {
    let message = format!("what `{}.{}` refers to was deleted meanwhile", K::Owner::META.name, name::<K>());
    Error::Retryable(Failure::new(FailureKind::Retryable, message))
}

/// What the derives would ask of `L` is asked of its rows.
macro_rules! held_traits {
    ($($name:ident),*) => {$(
        impl<K: Link, L: Loads<K::Target>> std::fmt::Debug for $name<K, L>
        where
            L::Row: std::fmt::Debug,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<K: Link, L: Loads<K::Target>> Clone for $name<K, L>
        where
            L::Row: Clone,
        {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<K: Link, L: Loads<K::Target>> PartialEq for $name<K, L>
        where
            L::Row: PartialEq,
        {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
    )*};
}

held_traits!(Many, One, MaybeOne);
