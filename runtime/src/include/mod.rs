//! Includes: rows together with what their associations lead to, one statement per association and level.
//!
//! What a query included is a type: nothing, one of [`Many`], [`One`], [`MaybeOne`] and [`Maybe`], or a tuple of them.
//! [`Loads`] loads it; [`Includes`] finds in it what was included, or says at compile time that it was not.

mod access;
mod entries;
mod fetch;
mod held;
mod macros;

pub use access::{Alone, At, Holds, Includes};
pub use entries::{Entries, serialize_tree};
pub use held::{Held, Many, Maybe, MaybeOne, One};

use crate::association::Link;
use crate::select::Parts;
use crate::session::{Reply, Session};
use crate::tuples::for_each_tuple;
use crate::{Model, Result};

/// How an association is loaded: which of its rows, and what is loaded for them in turn.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) parts: Parts,
    pub(crate) plans: Vec<Plan>,
    /// Whether it is loaded at all.
    pub(crate) wanted: bool,
}

/// What a query for rows of `M` included: nothing, one association, or a tuple of them.
pub trait Loads<M: Model>: Sized + Send + Sync + 'static {
    /// A row with what was included: `M` itself where that is nothing.
    type Row: Send + Sync + 'static;

    /// Loads what was included for some rows, which it takes along.
    #[doc(hidden)]
    fn load<'a>(session: Session<'a>, rows: Vec<M>, plans: &'a [Plan]) -> Reply<'a, Vec<Self::Row>>;
}

/// What is included once `X` is, too.
pub trait Push<X> {
    /// All of it.
    type Out;
}

/// What is included in `L` once an association that is kept as `H` is, too.
pub type Including<L, H> = <L as Push<H>>::Out;

impl<M: Model> Loads<M> for () {
    type Row = M;

    fn load<'a>(_: Session<'a>, rows: Vec<M>, _: &'a [Plan]) -> Reply<'a, Vec<M>> {
        Box::pin(std::future::ready(Ok(rows)))
    }
}

impl<X> Push<X> for () {
    type Out = X;
}

impl<M: Model, A: Held> Loads<M> for A
where
    A::Link: Link<Owner = M>,
{
    type Row = M::With<A>;

    fn load<'a>(session: Session<'a>, rows: Vec<M>, plans: &'a [Plan]) -> Reply<'a, Vec<Self::Row>> {
        Box::pin(async move {
            let held = load_one::<A>(session, &rows, plans, 0).await?;
            Ok(rows.into_iter().zip(held).map(|(row, held)| row.with(held)).collect())
        })
    }
}

impl<A: Held, X> Push<X> for A {
    type Out = (A, X);
}

/// Loads the association at a place of the plans, for each row.
fn load_one<'a, A: Held>(
    session: Session<'a>,
    rows: &[<A::Link as Link>::Owner],
    plans: &'a [Plan],
    at: usize,
) -> Reply<'a, Vec<A>> {
    match plans.get(at) {
        Some(plan) => A::load(session, rows, plan),
        None => unreachable!("a query has a plan for everything that its type includes"),
    }
}

/// A tuple of associations.
macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        impl<M: Model, $($name: Held),*> Loads<M> for ($($name),*)
        where
            $($name::Link: Link<Owner = M>),*
        {
            type Row = M::With<Self>;

            fn load<'a>(session: Session<'a>, rows: Vec<M>, plans: &'a [Plan]) -> Reply<'a, Vec<Self::Row>> {
                Box::pin(async move {
                    let mut held = ($(load_one::<$name>(session, &rows, plans, $at).await?.into_iter()),*);
                    let with = |row: M| Some(row.with(($(held.$at.next()?),*)));
                    Ok(rows.into_iter().filter_map(with).collect())
                })
            }
        }

        impl<$($name,)* X> Push<X> for ($($name),*) {
            type Out = ($($name,)* X);
        }
    };
}

for_each_tuple!(tuples);

/// Rows of a query, and what it included for them. Outside a transaction a read that met another's write is done again.
pub(crate) async fn fetch<M: Model, L: Loads<M>>(
    session: Session<'_>,
    parts: &Parts,
    plans: &[Plan],
) -> Result<Vec<L::Row>> {
    const ATTEMPTS: usize = 3;
    let mut attempt = 1;
    loop {
        let rows = parts.fetch(session).await?;
        match L::load(session, rows, plans).await {
            Err(error) if error.is_retryable() && attempt < ATTEMPTS && !session.is_transaction() => attempt += 1,
            result => return result,
        }
    }
}
