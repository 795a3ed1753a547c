//! What a service does around writes of a model: it changes or refuses them, and follows them up.
//!
//! The spec names a model's hooks; generated code makes a trait of them, which a service implements and registers with the
//! builder of its handle. Everything here is for models that have hooks; the others do not come by.

mod macros;
mod registry;
mod run;

pub use registry::Registered;
pub(crate) use registry::Registry;
pub(crate) use run::Hooked;

use crate::db::Anyone;
use crate::new_row::Given;
use crate::session::{On, Reply, Session, sealed};
use crate::{Model, Result};

/// Where a hook runs its own statements: the transaction of the write that it belongs to.
#[derive(Clone, Copy)]
pub struct Within<'a>(pub(crate) Session<'a>);

impl sealed::Sealed for Within<'_> {}

impl<'a> On<'a> for Within<'a> {
    type Service = Anyone;

    fn session(self) -> Session<'a> {
        self.0
    }
}

/// A write of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Written<M> {
    /// A new row.
    Created(M),
    /// A row that was changed, as it is now.
    Updated(M),
    /// A row that is no more, as it was.
    Deleted(M),
}

/// The hooks of a model, each without an effect unless it is implemented. Generated code implements it for the trait that
/// a service sees, which has only the hooks that the spec names.
#[allow(unused_variables, reason = "the names are part of the documentation")]
pub trait Hooks<M: Model>: Send + Sync + 'static {
    /// Before a row is created.
    fn before_create<'a>(&'a self, on: Within<'a>, new: &'a mut Given<M>) -> Reply<'a, ()> {
        nothing()
    }

    /// After a row was created.
    fn after_create<'a>(&'a self, on: Within<'a>, row: &'a M) -> Reply<'a, ()> {
        nothing()
    }

    /// Before a row is changed.
    fn before_update<'a>(&'a self, on: Within<'a>, row: &'a M, patch: &'a mut Given<M>) -> Reply<'a, ()> {
        nothing()
    }

    /// After a row was changed.
    fn after_update<'a>(&'a self, on: Within<'a>, row: &'a M) -> Reply<'a, ()> {
        nothing()
    }

    /// Before a row is deleted.
    fn before_delete<'a>(&'a self, on: Within<'a>, row: &'a M) -> Reply<'a, ()> {
        nothing()
    }

    /// After a row was deleted.
    fn after_delete<'a>(&'a self, on: Within<'a>, row: &'a M) -> Reply<'a, ()> {
        nothing()
    }

    /// Before the transaction of a write is committed.
    fn before_commit<'a>(&'a self, on: Within<'a>, written: &'a Written<M>) -> Reply<'a, ()> {
        nothing()
    }

    /// After the transaction of a write was committed. There is nothing left to refuse; an error is logged.
    fn after_commit<'a>(&'a self, written: &'a Written<M>) -> Reply<'a, ()> {
        nothing()
    }
}

fn nothing<'a>() -> Reply<'a, ()> {
    Box::pin(std::future::ready(Result::Ok(())))
}
