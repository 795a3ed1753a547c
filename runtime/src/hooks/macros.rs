//! The trait of hooks that a service sees.

/// Writes the hooks of a model, which its spec names: `for Model; before_update; after_update;`. They are a trait `Hooks`
/// with an empty default for each, and a function `hooks` that makes an implementation fit for [`crate::Builder::hooks`].
#[macro_export]
macro_rules! hooks {
    (for $model:ident; $($hook:ident;)+) => {
        #[doc = concat!("What a service does around writes of `", stringify!($model), "`. An error refuses the write, and undoes it.")]
        pub trait Hooks: ::std::marker::Send + ::std::marker::Sync + 'static {
            $( $crate::hooks!(@declare $model $hook); )+
        }

        #[doc = concat!("Hooks of `", stringify!($model), "`, for the builder of a handle.")]
        pub fn hooks(hooks: impl Hooks) -> $crate::Registered {
            struct Adapter<H>(H);

            impl<H: Hooks> $crate::Hooks<$model> for Adapter<H> {
                $( $crate::hooks!(@adapt $model $hook); )+
            }

            $crate::Registered::new(Adapter(hooks))
        }
    };
    (@declare $model:ident before_create) => {
        /// Before a row is created: `new` may be changed.
        fn before_create(
            &self,
            _on: $crate::Within<'_>,
            _new: &mut $crate::Given<$model>,
        ) -> impl ::std::future::Future<Output = $crate::Result<()>> + ::std::marker::Send {
            ::std::future::ready($crate::Result::Ok(()))
        }
    };
    (@declare $model:ident before_update) => {
        /// Before a row is changed: `row` is how it was, and `patch` may be changed.
        fn before_update(
            &self,
            _on: $crate::Within<'_>,
            _row: &$model,
            _patch: &mut $crate::Given<$model>,
        ) -> impl ::std::future::Future<Output = $crate::Result<()>> + ::std::marker::Send {
            ::std::future::ready($crate::Result::Ok(()))
        }
    };
    (@declare $model:ident before_commit) => {
        /// Before the transaction of a write is committed.
        fn before_commit(
            &self,
            _on: $crate::Within<'_>,
            _written: &$crate::Written<$model>,
        ) -> impl ::std::future::Future<Output = $crate::Result<()>> + ::std::marker::Send {
            ::std::future::ready($crate::Result::Ok(()))
        }
    };
    (@declare $model:ident after_commit) => {
        /// After the transaction of a write was committed. There is nothing left to refuse; an error is logged.
        fn after_commit(
            &self,
            _written: &$crate::Written<$model>,
        ) -> impl ::std::future::Future<Output = $crate::Result<()>> + ::std::marker::Send {
            ::std::future::ready($crate::Result::Ok(()))
        }
    };
    (@declare $model:ident $of_row:ident) => {
        #[doc = concat!("`", stringify!($of_row), "`: `row` is how it was before it is deleted, else how it is now.")]
        fn $of_row(
            &self,
            _on: $crate::Within<'_>,
            _row: &$model,
        ) -> impl ::std::future::Future<Output = $crate::Result<()>> + ::std::marker::Send {
            ::std::future::ready($crate::Result::Ok(()))
        }
    };
    (@adapt $model:ident before_create) => {
        fn before_create<'a>(
            &'a self,
            on: $crate::Within<'a>,
            new: &'a mut $crate::Given<$model>,
        ) -> $crate::Reply<'a, ()> {
            ::std::boxed::Box::pin(self.0.before_create(on, new))
        }
    };
    (@adapt $model:ident before_update) => {
        fn before_update<'a>(
            &'a self,
            on: $crate::Within<'a>,
            row: &'a $model,
            patch: &'a mut $crate::Given<$model>,
        ) -> $crate::Reply<'a, ()> {
            ::std::boxed::Box::pin(self.0.before_update(on, row, patch))
        }
    };
    (@adapt $model:ident before_commit) => {
        fn before_commit<'a>(
            &'a self,
            on: $crate::Within<'a>,
            written: &'a $crate::Written<$model>,
        ) -> $crate::Reply<'a, ()> {
            ::std::boxed::Box::pin(self.0.before_commit(on, written))
        }
    };
    (@adapt $model:ident after_commit) => {
        fn after_commit<'a>(&'a self, written: &'a $crate::Written<$model>) -> $crate::Reply<'a, ()> {
            ::std::boxed::Box::pin(self.0.after_commit(written))
        }
    };
    (@adapt $model:ident $of_row:ident) => {
        fn $of_row<'a>(&'a self, on: $crate::Within<'a>, row: &'a $model) -> $crate::Reply<'a, ()> {
            ::std::boxed::Box::pin(self.0.$of_row(on, row))
        }
    };
}
