//! Statements in raw SQL that stand in the program once and are run many times.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::{Bind, FromRow, Raw, Rows};
use crate::scalar::IntoField;
use crate::session::{On, Reply};
use crate::{Of, Value};

/// A statement in raw SQL with its placeholders, the types of its values `V` and what its rows become, `R`; for a `static` or
/// a `const`. Like every statement it is prepared once per connection, by its text.
pub struct Prepared<V, R = ()> {
    text: &'static str,
    of: Of<(V, R)>,
}

impl<V, R> std::fmt::Debug for Prepared<V, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Prepared").field(&self.text).finish()
    }
}

impl<V: Parameters, R> Prepared<V, R> {
    /// The statement. Its placeholders are `$1`, `$2`, … in the order of first use, one per value.
    ///
    /// # Panics
    /// They are others, or in another order; in a `static` or a `const`, when it is compiled.
    pub const fn new(text: &'static str) -> Self {
        assert!(placeholders(text) == V::COUNT, "the statement does not have one placeholder per value");
        Self { text, of: PhantomData }
    }

    /// Runs the statement, for its rows.
    pub fn run<'a>(&self, on: impl On<'a>, values: impl Arguments<V>) -> Rows<'a, R>
    where
        R: FromRow,
    {
        self.given(on, values).fetch_as()
    }

    /// Runs the statement; says how many rows it wrote.
    ///
    /// # Errors
    /// The database refuses the statement.
    pub fn execute<'a>(&self, on: impl On<'a>, values: impl Arguments<V>) -> Reply<'a, u64> {
        self.given(on, values).execute()
    }

    fn given<'a>(&self, on: impl On<'a>, values: impl Arguments<V>) -> Raw<'a> {
        Raw { session: on.session(), text: Cow::Borrowed(self.text), values: values.into_values(), refused: None }
    }
}

/// The types of the values of a statement: a tuple.
pub trait Parameters {
    /// How many there are.
    #[doc(hidden)]
    const COUNT: usize;
}

/// Values that can be given where values of the types `V` are wanted, in a tuple.
#[diagnostic::on_unimplemented(
    message = "a statement with values of the types `{V}` cannot be run with `{Self}`",
    label = "expected a tuple of these, or of what converts into them"
)]
pub trait Arguments<V> {
    /// The values to bind.
    #[doc(hidden)]
    fn into_values(self) -> Vec<Value>;
}

macro_rules! tuples {
    ($($ty:ident $given:ident $at:tt),*) => {
        impl<$($ty: Bind),*> Parameters for ($($ty,)*) {
            const COUNT: usize = <[usize]>::len(&[$($at),*]);
        }

        #[diagnostic::do_not_recommend]
        impl<$($ty: Bind, $given: IntoField<$ty>),*> Arguments<($($ty,)*)> for ($($given,)*) {
            fn into_values(self) -> Vec<Value> {
                vec![$(self.$at.into_field().into_value()),*]
            }
        }
    };
}

tuples!();
tuples!(A A1 0);
tuples!(A A1 0, B B1 1);
tuples!(A A1 0, B B1 1, C C1 2);
tuples!(A A1 0, B B1 1, C C1 2, D D1 3);
tuples!(A A1 0, B B1 1, C C1 2, D D1 3, E E1 4);
tuples!(A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5);
tuples!(A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5, G G1 6);
tuples!(A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5, G G1 6, H H1 7);

/// How many placeholders a text has.
///
/// # Panics
/// One does not come after those with smaller numbers: SQLite counts them in the order in which they come.
const fn placeholders(text: &str) -> usize {
    let (bytes, mut at, mut count) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        at += 1;
        if bytes[at - 1] != b'$' {
            continue;
        }
        let mut number = 0;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            number = number * 10 + (bytes[at] - b'0') as usize;
            at += 1;
        }
        assert!(number <= count + 1, "placeholders are not in the order of first use");
        if number > count {
            count = number;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Prepared, placeholders};

    #[test]
    fn placeholders_are_counted() {
        for (text, count) in [("", 0), ("$1", 1), ("a $1 b $2, $1 $", 2), ("$1$2$3$4$5$6$7$8$9$10", 10), ("$x$ $$", 0)]
        {
            assert_eq!(placeholders(text), count, "{text}");
        }
    }

    #[test]
    #[should_panic(expected = "order of first use")]
    fn placeholders_come_in_order() {
        placeholders("$2, $1");
    }

    #[test]
    #[should_panic(expected = "one placeholder per value")]
    fn every_value_has_a_placeholder() {
        Prepared::<(String, i64)>::new("UPDATE roles SET name = $1");
    }
}
