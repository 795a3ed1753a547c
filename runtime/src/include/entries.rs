//! A row with what was included as nested JSON: the members of the row, then each association under its name.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Loads, Many, Maybe, MaybeOne, One};
use crate::association::{Link, name};
use crate::tuples::for_each_tuple;

/// What was included, as the members of an object.
pub trait Entries {
    /// Writes a member for each association.
    ///
    /// # Errors
    /// Those of the serialiser.
    fn entries<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error>;
}

/// Serialises a row with what was included in it, as one object.
///
/// # Errors
/// Those of the serialiser.
pub fn serialize_tree<M: Serialize, L: Entries, S: Serializer>(
    row: &M,
    loaded: &L,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    #[serde(bound = "M: Serialize, L: Entries")]
    struct Tree<'a, M, L> {
        #[serde(flatten)]
        row: &'a M,
        #[serde(flatten)]
        loaded: Members<'a, L>,
    }
    Tree { row, loaded: Members(loaded) }.serialize(serializer)
}

/// Members alone.
struct Members<'a, L>(&'a L);

impl<L: Entries> Serialize for Members<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        self.0.entries(&mut members)?;
        members.end()
    }
}

/// What is kept of one association is a member by its name.
macro_rules! member {
    ($($name:ident => |$held:ident| $rows:expr;)*) => {$(
        impl<K: Link, L: Loads<K::Target>> Entries for $name<K, L>
        where
            L::Row: Serialize,
        {
            fn entries<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
                let $held = &self.0;
                members.serialize_entry(name::<K>(), $rows)
            }
        }
    )*};
}

member! {
    Many => |rows| rows;
    One => |row| &**row;
    MaybeOne => |row| &row.as_deref();
}

impl<H: Entries> Entries for Maybe<H> {
    fn entries<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        self.0.as_ref().map_or(Ok(()), |held| held.entries(members))
    }
}

macro_rules! tuple {
    ($($name:ident $at:tt),*) => {
        impl<$($name: Entries),*> Entries for ($($name),*) {
            fn entries<Members: SerializeMap>(&self, members: &mut Members) -> Result<(), Members::Error> {
                $(self.$at.entries(members)?;)*
                Ok(())
            }
        }
    };
}

for_each_tuple!(tuple);
