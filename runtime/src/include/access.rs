//! Reading what was included: the compiler finds it in the type, or says that it is not there.

use super::{Loads, Many, Maybe, MaybeOne, One};
use crate::association::Link;
use crate::tuples::for_each_tuple;

/// The place of an association among several.
#[derive(Debug, Clone, Copy)]
pub enum At<const N: usize> {}

/// The place of the only association.
#[derive(Debug, Clone, Copy)]
pub enum Alone {}

/// What a query included has the association `K`, and a reader of it gets `T`.
///
/// `T` is a parameter rather than an associated type, because the compiler then tells what is missing by the message below.
#[diagnostic::on_unimplemented(
    message = "`{K}` was not included in the query that loaded this row",
    label = "add `.include({K}())` to the query",
    note = "without it, `load_…` and `query_…` ask the database now"
)]
pub trait Includes<'a, K, Place, T> {
    /// The row or rows.
    fn included(&'a self) -> T;
}

/// This is what a query included of the association `K`, and a reader of it gets `T`.
#[diagnostic::on_unimplemented(
    message = "`{K}` was not included in the query that loaded this row",
    label = "add `.include({K}())` to the query",
    note = "without it, `load_…` and `query_…` ask the database now"
)]
pub trait Holds<'a, K, T> {
    /// The row or rows.
    fn held(&'a self) -> T;
}

impl<'a, K: Link, L: Loads<K::Target>> Holds<'a, K, &'a [L::Row]> for Many<K, L> {
    fn held(&'a self) -> &'a [L::Row] {
        &self.0
    }
}

impl<'a, K: Link, L: Loads<K::Target>> Holds<'a, K, &'a L::Row> for One<K, L> {
    fn held(&'a self) -> &'a L::Row {
        &self.0
    }
}

impl<'a, K: Link, L: Loads<K::Target>> Holds<'a, K, Option<&'a L::Row>> for MaybeOne<K, L> {
    fn held(&'a self) -> Option<&'a L::Row> {
        self.0.as_deref()
    }
}

impl<'a, K, H: Holds<'a, K, T>, T> Holds<'a, K, Option<T>> for Maybe<H> {
    fn held(&'a self) -> Option<T> {
        self.0.as_ref().map(H::held)
    }
}

impl<'a, K, A: Holds<'a, K, T>, T> Includes<'a, K, Alone, T> for A {
    fn included(&'a self) -> T {
        self.held()
    }
}

/// A tuple of associations, and the place of one of them.
macro_rules! places {
    ($($before:ident)* [$this:ident $at:tt] $($after:ident)*) => {
        impl<'a, Wanted, T, $($before,)* $this: Holds<'a, Wanted, T>, $($after),*> Includes<'a, Wanted, At<$at>, T>
            for ($($before,)* $this, $($after),*)
        {
            fn included(&'a self) -> T {
                self.$at.held()
            }
        }
    };
}

/// Every place of a tuple, from the first.
macro_rules! tuple {
    (@ [$($before:ident)*]) => {};
    (@ [$($before:ident)*] $this:ident $at:tt $($after:ident $after_at:tt)*) => {
        places!($($before)* [$this $at] $($after)*);
        tuple!(@ [$($before)* $this] $($after $after_at)*);
    };
    ($($name:ident $at:tt),*) => {
        tuple!(@ [] $($name $at)*);
    };
}

for_each_tuple!(tuple);
