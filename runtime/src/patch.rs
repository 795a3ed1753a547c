//! What generated types promise about themselves when they are handed to a write.

use crate::Model;
use crate::new_row::Given;

/// A patch of model `M`: for each field keep it, set it, or set it to NULL.
pub trait Patch<M: Model> {
    /// What is given.
    #[doc(hidden)]
    fn into_given(self) -> Given<M>;
}

/// A new row of model `M` that has every field it must.
#[diagnostic::on_unimplemented(
    message = "this is not a complete new `{M}`",
    label = "a required field is missing, or this is not a `New{M}`",
    note = "the type lists what is missing, as `required::FIELD`: call the setter of that field"
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
