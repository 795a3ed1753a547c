//! Lists of columns of one model: the key that an upsert goes by, and what it overwrites.

use crate::column::Column;
use crate::tuples::for_each_tuple;

/// Columns of a model: one, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "an upsert goes by columns of its own model, and `{Self}` is none of `{M}`",
    label = "expected a column of `{M}`, or several in a tuple"
)]
pub trait Columns<M> {
    /// The places of their fields.
    #[doc(hidden)]
    fn places(self) -> Vec<usize>;
}

impl<M, T> Columns<M> for Column<M, T> {
    fn places(self) -> Vec<usize> {
        vec![self.field().at]
    }
}

macro_rules! columns {
    ($($name:ident $at:tt),*) => {
        impl<M, $($name),*> Columns<M> for ($(Column<M, $name>,)*) {
            fn places(self) -> Vec<usize> {
                vec![$(self.$at.field().at),*]
            }
        }
    };
}

for_each_tuple!(columns of keys);
