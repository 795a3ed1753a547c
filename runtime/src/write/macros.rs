//! The functions that every model has, as generated code writes them.

/// Writes what can be done with rows of a model, inside its `impl`: `methods!(NewUser, UserPatch);`.
#[macro_export]
macro_rules! methods {
    ($new:ty, $patch:ty) => {
        /// A query over all rows, to be narrowed down.
        pub fn query() -> $crate::Query<Self> {
            $crate::Query::new()
        }

        /// Creates a row and returns it.
        pub fn create<'a>(on: impl $crate::On<'a>, new: $new) -> $crate::Reply<'a, Self> {
            $crate::write::create(on, new)
        }

        /// Rows for tests: complete but for what a test is about.
        #[cfg(feature = "testing")]
        pub fn factory() -> $crate::testing::Factory<Self> {
            $crate::testing::Factory::new()
        }

        /// Creates rows, all or none; returns how many.
        pub fn insert_many<'a>(
            on: impl $crate::On<'a>,
            rows: impl ::std::iter::IntoIterator<Item = $new>,
        ) -> $crate::Reply<'a, u64> {
            $crate::write::insert_many(on, rows)
        }

        /// Creates a row, or changes the one with the same unique key `target` to what is given.
        pub fn upsert<'a>(
            on: impl $crate::On<'a>,
            target: impl $crate::write::Columns<Self>,
            new: $new,
        ) -> $crate::Reply<'a, Self> {
            $crate::write::upsert(on, target, new)
        }

        /// As `upsert`, but of a row that is there only the columns `overwritten` are changed.
        pub fn upsert_only<'a>(
            on: impl $crate::On<'a>,
            target: impl $crate::write::Columns<Self>,
            overwritten: impl $crate::write::Columns<Self>,
            new: $new,
        ) -> $crate::Reply<'a, Self> {
            $crate::write::upsert_only(on, target, overwritten, new)
        }

        /// As `upsert` for any number of rows, all or none; returns how many there are with these keys.
        pub fn upsert_many<'a>(
            on: impl $crate::On<'a>,
            target: impl $crate::write::Columns<Self>,
            rows: impl ::std::iter::IntoIterator<Item = $new>,
        ) -> $crate::Reply<'a, u64> {
            $crate::write::upsert_many(on, target, rows)
        }

        /// The row with the same unique key `target`, or a new one; and whether it is new.
        pub fn find_or_create<'a>(
            on: impl $crate::On<'a>,
            target: impl $crate::write::Columns<Self>,
            new: $new,
        ) -> $crate::Reply<'a, (Self, bool)> {
            $crate::write::find_or_create(on, target, new)
        }

        /// Changes this row and returns it as it is now.
        pub fn update<'a>(self, on: impl $crate::On<'a>, patch: $patch) -> $crate::Reply<'a, Self> {
            $crate::write::update(on, self, patch)
        }

        /// Changes the row with that key and returns it as it is now; `Error::NotFound` if there is none.
        pub fn update_by_key<'a>(
            on: impl $crate::On<'a>,
            key: impl ::std::convert::Into<<Self as $crate::Model>::Key>,
            patch: $patch,
        ) -> $crate::Reply<'a, Self> {
            $crate::write::update_by_key(on, key.into(), patch)
        }

        /// Changes rows by their keys, each by a patch of its own, all or none; returns how many there were.
        pub fn update_many<'a>(
            on: impl $crate::On<'a>,
            patches: impl ::std::iter::IntoIterator<Item = (<Self as $crate::Model>::Key, $patch)>,
        ) -> $crate::Reply<'a, u64> {
            $crate::write::update_many(on, patches)
        }

        /// Deletes this row.
        pub fn delete<'a>(self, on: impl $crate::On<'a>) -> $crate::Reply<'a, ()> {
            $crate::write::delete(on, self)
        }

        /// Deletes the row with that key; `Error::NotFound` if there is none.
        pub fn delete_by_key<'a>(
            on: impl $crate::On<'a>,
            key: impl ::std::convert::Into<<Self as $crate::Model>::Key>,
        ) -> $crate::Reply<'a, ()> {
            $crate::write::delete_by_key::<Self>(on, key.into())
        }
    };
}

/// Writes what every patch of a model has, inside its `impl`: `patch!(User);`.
#[macro_export]
macro_rules! patch {
    ($model:ty) => {
        /// Keeps every field.
        pub fn new() -> Self {
            Self($crate::Given::new())
        }

        /// Adds to a field what it has when the change is made, whoever changes it meanwhile; NULL stays NULL.
        #[must_use]
        pub fn increment<T: $crate::Summable>(
            self,
            column: $crate::Column<$model, T>,
            by: impl $crate::IntoField<T::Inner>,
        ) -> Self {
            Self(self.0.add(column, by))
        }
    };
}
