//! Typed columns: what filters, orders, rows and patches are written with.

use std::marker::PhantomData;

use crate::filter::{Filter, Match, Node, Operator};
use crate::order::Order;
use crate::scalar::{FieldType, IntoField, Nullable, Scalar, Textual};
use crate::{Value, expression, fit, meta};

/// A column of model `M` whose field has type `T`.
pub struct Column<M, T> {
    field: &'static meta::Field,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> Column<M, T> {
    /// The column of the field of that name; written by generated code, and found when it is compiled.
    ///
    /// # Panics
    /// There is no such field.
    pub const fn named(fields: &'static [meta::Field], name: &str) -> Self {
        let mut at = 0;
        while at < fields.len() {
            if is_same(fields[at].name, name) {
                return Self { field: &fields[at], of: PhantomData };
            }
            at += 1;
        }
        panic!("no field of the model has this name");
    }

    /// The place of the field in its model.
    pub const fn at(self) -> usize {
        self.field.at
    }

    /// What is known about the field.
    pub const fn field(self) -> &'static meta::Field {
        self.field
    }

    /// Smallest first; NULL comes last, on every database.
    pub fn asc(self) -> Order<M> {
        Order::new(expression::Node::Field(self.field), false)
    }

    /// Largest first; NULL comes first, on every database.
    pub fn desc(self) -> Order<M> {
        Order::new(expression::Node::Field(self.field), true)
    }
}

impl<M, T: FieldType> Column<M, T> {
    /// Equal. A row whose field is NULL never is.
    pub fn eq(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Eq, value)
    }

    /// Not equal. A row whose field is NULL is left out.
    pub fn ne(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Ne, value)
    }

    /// Less than.
    pub fn lt(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Lt, value)
    }

    /// Less than or equal.
    pub fn le(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Le, value)
    }

    /// Greater than.
    pub fn gt(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Gt, value)
    }

    /// Greater than or equal.
    pub fn ge(self, value: impl IntoField<T::Inner>) -> Filter<M> {
        self.compare(Operator::Ge, value)
    }

    /// From `low` to `high`, both included.
    pub fn between(self, low: impl IntoField<T::Inner>, high: impl IntoField<T::Inner>) -> Filter<M> {
        self.ge(low).and(self.le(high))
    }

    /// One of several values; of none, no row is.
    pub fn is_in<V: IntoField<T::Inner>>(self, values: impl IntoIterator<Item = V>) -> Filter<M> {
        Filter::new(fit::one_of(self.field, T::Inner::VALUE_TYPE, self.values(values)))
    }

    /// None of several values. A row whose field is NULL is left out, unless there are no values.
    pub fn not_in<V: IntoField<T::Inner>>(self, values: impl IntoIterator<Item = V>) -> Filter<M> {
        self.is_in(values).not()
    }

    /// The value as it is bound; written by generated code.
    #[doc(hidden)]
    pub fn value(self, value: impl IntoField<T::Inner>) -> Value {
        Scalar::into_value(value.into_field(), self.field)
    }

    fn compare(self, operator: Operator, value: impl IntoField<T::Inner>) -> Filter<M> {
        Filter::new(fit::compare(self.field, operator, self.value(value)))
    }

    fn values<V: IntoField<T::Inner>>(self, values: impl IntoIterator<Item = V>) -> Vec<Value> {
        values.into_iter().map(|value| self.value(value)).collect()
    }
}

/// The bounds stand on the methods, so that the compiler says what is missing instead of that there is no method.
impl<M, T> Column<M, T> {
    /// Not given.
    pub fn is_null(self) -> Filter<M>
    where
        T: Nullable,
    {
        Filter::new(Node::IsNull(self.field))
    }

    /// Given.
    pub fn is_not_null(self) -> Filter<M>
    where
        T: Nullable,
    {
        self.is_null().not()
    }

    /// Has the text somewhere inside; case counts.
    pub fn contains(self, text: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.matches(Match::Contains, text)
    }

    /// Begins with the text; case counts.
    pub fn starts_with(self, text: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.matches(Match::StartsWith, text)
    }

    /// Ends with the text; case counts.
    pub fn ends_with(self, text: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.matches(Match::EndsWith, text)
    }

    /// Matches a pattern: `%` is any text, `_` any character, `\` takes the next one as it is; case counts.
    pub fn like(self, pattern: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.matches(Match::Like, pattern)
    }

    fn matches(self, kind: Match, text: impl Into<String>) -> Filter<M> {
        Filter::new(Node::Matches { field: self.field, kind, text: text.into() })
    }
}

/// Whether two texts are equal, in a constant.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
