//! What the rows of raw SQL become.

use super::plain::Plain;
use crate::Row;
use crate::driver::{Failure, FailureKind};
use crate::tuples::for_each_tuple;

/// What a row of raw SQL becomes, or a part of it: a plain value, a whole model, an `Option` of either, or a tuple of such
/// parts, which take their columns from the left. A struct implements it by hand.
#[diagnostic::on_unimplemented(
    message = "a row of raw SQL cannot be read as `{Self}`",
    label = "expected a value such as `i64`, a model, an `Option` of one, or a tuple of these",
    note = "a single column is read as itself or as a tuple of one, `(i64,)`",
    note = "a decimal is read by `.fetch_columns((COLUMN, …))`, or in a struct by `row.read(COLUMN)`: its column says how \
            many digits it keeps"
)]
pub trait FromRow: Sized + Send + 'static {
    /// How many columns it takes.
    fn width() -> usize;

    /// Reads it from the next columns of a row.
    ///
    /// # Errors
    /// A column is of another type, holds what the type cannot, or is NULL where there is no `Option`.
    fn from_row(row: &mut Row<'_>) -> Result<Self, Failure>;
}

#[diagnostic::do_not_recommend]
impl<T: Plain> FromRow for T {
    fn width() -> usize {
        1
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self, Failure> {
        let value = T::read_plain(row)?;
        value.ok_or_else(|| row.refused(FailureKind::Decode, "is NULL where an `Option` was not asked for"))
    }
}

/// `None` where every column is NULL, as on the right side of a left join.
#[diagnostic::do_not_recommend]
impl<T: FromRow> FromRow for Option<T> {
    fn width() -> usize {
        T::width()
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self, Failure> {
        if row.skip_null(T::width()) { Ok(None) } else { T::from_row(row).map(Some) }
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        impl<$($name: FromRow),*> FromRow for ($($name,)*) {
            fn width() -> usize {
                0 $(+ $name::width())*
            }

            fn from_row(row: &mut Row<'_>) -> Result<Self, Failure> {
                Ok(($($name::from_row(row)?,)*))
            }
        }
    };
}

tuples!(K0 0);
for_each_tuple!(tuples);
