//! What generated code writes about the associations of a model.

/// Writes what a model knows about its associations: `for Model;`, then `name: Held = kind(Target, key);`, one per
/// association. `kind` is `belongs_to`, `may_belong_to`, `has_one` or `has_many`; `key` names the fields that hold the key,
/// on whichever side that is.
///
/// For each, there is a function of its name that a query includes, filters or orders by; a type of its name that stands
/// for it in messages; what a row keeps of it, to be named in signatures; and its reader on `With`.
#[macro_export]
macro_rules! associations {
    (for $model:ident; $($name:ident: $held:ident = $kind:ident($target:ty, $($key:ident),+ $(,)?);)*) => {
        #[doc = concat!("A `", stringify!($model), "` with what a query included, `L`.")]
        #[derive(Debug, Clone, PartialEq)]
        pub struct With<L> {
            row: $model,
            loaded: L,
        }

        impl<L> ::std::ops::Deref for With<L> {
            type Target = $model;

            fn deref(&self) -> &$model {
                &self.row
            }
        }

        impl<L> ::std::convert::From<With<L>> for $model {
            fn from(with: With<L>) -> Self {
                with.row
            }
        }

        impl<L: $crate::Entries> $crate::serde::Serialize for With<L> {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::serialize_tree(&self.row, &self.loaded, serializer)
            }
        }

        impl $crate::Tree for $model {
            type With<L: ::std::marker::Send + ::std::marker::Sync + 'static> = With<L>;

            fn with<L: ::std::marker::Send + ::std::marker::Sync + 'static>(self, loaded: L) -> With<L> {
                With { row: self, loaded }
            }
        }

        impl $crate::FromRow for $model {
            fn width() -> usize {
                <Self as $crate::Model>::META.fields.len()
            }

            fn from_row(row: &mut $crate::Row<'_>) -> ::std::result::Result<Self, $crate::Failure> {
                <Self as $crate::Model>::read(row)
            }
        }

        $(
            $crate::associations!(@ $model, $name: $held = $kind($target, $($key),+));
        )*
    };
    (@ $model:ident, $name:ident: $held:ident = $kind:ident($target:ty, $($key:ident),+)) => {
        #[doc = concat!("Stands for the association [`", stringify!($name), "`](fn@", stringify!($name), ") in types.")]
        #[allow(non_camel_case_types, reason = "messages name the association as it is written")]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        #[doc = concat!("The association `", stringify!($name), "` of a `", stringify!($model), "`: for `include`, for filters and orders.")]
        pub fn $name() -> $crate::Association<$model, $name> {
            $crate::Association::new()
        }

        $crate::associations!(@held $kind $model $name $held $target);

        impl $crate::Link for $name {
            type Owner = $model;
            type Target = $target;
            const NAME: &'static str = stringify!($name);
            $crate::associations!(@link $kind $target, $($key),+);
        }

        impl<L> With<L> {
            #[doc = concat!("The included `", stringify!($name), "`.")]
            pub fn $name<'a, Place, T>(&'a self) -> T
            where
                L: $crate::Includes<'a, $name, Place, T>,
            {
                $crate::Includes::included(&self.loaded)
            }
        }

        impl $model {
            #[doc(hidden)]
            pub fn $name<'a, Place, T>(&'a self) -> T
            where
                (): $crate::Includes<'a, $name, Place, T>,
            {
                $crate::Includes::included(&())
            }
        }
    };
    (@held has_many $model:ident $name:ident $held:ident $target:ty) => {
        $crate::associations!(@alias Many $model $name $held);
        impl $crate::ToMany for $name {}
        impl $crate::MayBeAbsent for $name {}
    };
    (@held belongs_to $model:ident $name:ident $held:ident $target:ty) => {
        $crate::associations!(@alias One $model $name $held);
        impl $crate::ToOne for $name {
            type Value<T: $crate::FieldType> = T;
        }
    };
    (@held $kind:ident $model:ident $name:ident $held:ident $target:ty) => {
        $crate::associations!(@alias MaybeOne $model $name $held);
        impl $crate::ToOne for $name {
            type Value<T: $crate::FieldType> = ::std::option::Option<T::Inner>;
        }
        impl $crate::MayBeAbsent for $name {}
    };
    (@alias $kept:ident $model:ident $name:ident $held:ident) => {
        #[doc = concat!("The included `", stringify!($name), "` of a `", stringify!($model), "`, with `L` included in it.")]
        pub type $held<L = ()> = $crate::$kept<$name, L>;
    };
    (@link has_many $target:ty, $($key:ident),+) => {
        type Held<L: $crate::Loads<$target>> = $crate::Many<Self, L>;
        $crate::associations!(@theirs $($key),+);
    };
    (@link has_one $target:ty, $($key:ident),+) => {
        type Held<L: $crate::Loads<$target>> = $crate::MaybeOne<Self, L>;
        $crate::associations!(@theirs $($key),+);
    };
    (@link belongs_to $target:ty, $($key:ident),+) => {
        type Held<L: $crate::Loads<$target>> = $crate::One<Self, L>;
        $crate::associations!(@ours $($key),+);
    };
    (@link may_belong_to $target:ty, $($key:ident),+) => {
        type Held<L: $crate::Loads<$target>> = $crate::MaybeOne<Self, L>;
        $crate::associations!(@ours $($key),+);
    };
    (@theirs $($key:ident),+) => {
        type Key = <Self::Owner as $crate::Model>::Key;

        fn owner_key(row: &Self::Owner) -> ::std::option::Option<Self::Key> {
            ::std::option::Option::Some($crate::Model::key(row))
        }

        fn target_key(row: &Self::Target) -> ::std::option::Option<Self::Key> {
            $crate::associations!(@key row $($key),+)
        }
    };
    (@ours $($key:ident),+) => {
        type Key = <Self::Target as $crate::Model>::Key;

        fn owner_key(row: &Self::Owner) -> ::std::option::Option<Self::Key> {
            $crate::associations!(@key row $($key),+)
        }

        fn target_key(row: &Self::Target) -> ::std::option::Option<Self::Key> {
            ::std::option::Option::Some($crate::Model::key(row))
        }
    };
    (@key $row:ident $key:ident) => {
        $crate::FieldType::known(&$row.$key).cloned()
    };
    (@key $row:ident $($key:ident),+) => {
        ::std::option::Option::Some(($($crate::FieldType::known(&$row.$key).cloned()?),+))
    };
}
