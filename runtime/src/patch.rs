//! What generated types promise about themselves when they are handed to a write.

use crate::Model;
use crate::new_row::Given;

/// A patch of model `M`: for each field keep it, set it, or set it to NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no patch of `{M}`",
    label = "expected the patch of this model, the type named like it with `Patch` behind"
)]
pub trait Patch<M: Model> {
    /// What is given.
    #[doc(hidden)]
    fn into_given(self) -> Given<M>;
}

/// A new row of model `M` that has every field it must.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no complete new row of `{M}`",
    label = "a required field is missing: where the type does not say `Set` it names one, by its setter"
)]
pub trait New<M: Model> {
    /// What is given.
    #[doc(hidden)]
    fn into_given(self) -> Given<M>;
}

/// A required field of a new row that has been set.
#[derive(Debug, Clone, Copy)]
pub enum Set {}

/// Writes the setters of a patch or a new row, inside its `impl`: `name: Type = COLUMN;`, one per field.
#[macro_export]
macro_rules! setters {
    ($($name:ident: $ty:ty = $column:ident;)*) => {$(
        #[doc = concat!("Sets `", stringify!($name), "`.")]
        #[must_use]
        pub fn $name(self, $name: impl $crate::IntoField<$ty>) -> Self {
            Self(self.0.set($column, $name))
        }
    )*};
}
