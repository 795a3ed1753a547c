//! What generated types promise about themselves when they are handed to a write.

use std::marker::PhantomData;

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
pub trait New<M: Model> {
    /// What is given.
    #[doc(hidden)]
    fn into_given(self) -> Given<M>;
}

/// A required field of a new row that has not been set; `F` is named like it.
#[derive(Debug, Clone, Copy)]
pub struct Missing<F>(PhantomData<F>);

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

/// Writes what a new row knows about its required fields: a module `required` with a type for each, and their setters,
/// each in an `impl` of its own that changes the parameter of its field from `Missing<required::Field>` to `Set`:
/// `for NewModel;`, then `name: (Field, Type) = COLUMN;`, one per field.
#[macro_export]
macro_rules! required_setters {
    (for $new:ident; $($name:ident: ($state:ident, $ty:ty) = $column:ident;)*) => {
        #[doc = concat!("The required fields of `", stringify!($new), "`, as its parameters name them.")]
        pub mod required {
            $(
                #[doc = concat!("Stands for `", stringify!($name), "`.")]
                #[derive(Debug, Clone)]
                pub enum $state {}
            )*
        }

        $crate::required_setters!(@ $new [] $($name: ($state, $ty) = $column;)*);
    };
    (@ $new:ident [$($before:ident)*]) => {};
    (
        @ $new:ident [$($before:ident)*]
        $name:ident: ($state:ident, $ty:ty) = $column:ident;
        $($other:ident: ($after:ident, $other_ty:ty) = $other_column:ident;)*
    ) => {
        impl<$($before,)* $($after,)*> $new<$($before,)* $crate::Missing<required::$state>, $($after,)*> {
            #[doc = concat!("Sets `", stringify!($name), "`.")]
            #[must_use]
            pub fn $name(self, $name: impl $crate::IntoField<$ty>) -> $new<$($before,)* $crate::Set, $($after,)*> {
                $new(self.0.fill($column, $name))
            }
        }

        $crate::required_setters!(@ $new [$($before)* $state] $($other: ($after, $other_ty) = $other_column;)*);
    };
}
