//! Typed expressions: what `select` takes beside columns, and what groups are ordered and filtered by.

use std::marker::PhantomData;

use crate::column::Column;
use crate::expression::{Bucket, Function, Node};
use crate::filter::{Filter, Operator};
use crate::order::Order;
use crate::scalar::{FieldType, IntoField, Scalar, Textual};
use crate::{Decimal, NaiveDate, NaiveTime, Of, Timestamp, filter, meta};

/// An expression over the rows of `M` whose value is a `T`.
pub struct Expr<M, T> {
    pub(crate) node: Node,
    /// The field it is made of: it says how many digits a decimal keeps.
    pub(crate) field: &'static meta::Field,
    of: Of<(M, T)>,
}

impl<M, T> Clone for Expr<M, T> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone(), self.field)
    }
}

impl<M, T> std::fmt::Debug for Expr<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}

/// The mean of an expression. It is divided in the program, so that it is the same on every database; it selects, and
/// does not order or filter groups.
pub struct Average<M, T>(pub(crate) Expr<M, T>);

/// A number, and what its sum is.
#[diagnostic::on_unimplemented(
    message = "only numbers are added up, and `{Self}` is none",
    label = "expected a number, or an `Option` of one"
)]
pub trait Summable: FieldType {
    /// Wide enough for the sum of any number of values: `i64` for the narrow integers, [`Decimal`] for `i64`.
    type Sum: Scalar;
    /// What the mean is: exact where the values are.
    type Mean: Scalar;

    /// The mean of so many values with that sum.
    fn mean(sum: Self::Sum, count: i64) -> Self::Mean;
}

/// A value that is smaller or larger than others.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no smallest and no largest",
    label = "expected a number, a text, a date or a time"
)]
pub trait Ordered: FieldType {}

macro_rules! summable {
    ($($ty:ty => $sum:ty, $mean:ty: |$total:ident, $count:ident| $divide:expr;)*) => {$(
        impl Summable for $ty {
            type Sum = $sum;
            type Mean = $mean;

            fn mean($total: $sum, $count: i64) -> $mean {
                $divide
            }
        }

        impl Summable for Option<$ty> {
            type Sum = $sum;
            type Mean = $mean;

            fn mean(sum: $sum, count: i64) -> $mean {
                <$ty>::mean(sum, count)
            }
        }
    )*};
}

summable! {
    i16 => i64, Decimal: |sum, count| Decimal::from(sum) / Decimal::from(count);
    i32 => i64, Decimal: |sum, count| Decimal::from(sum) / Decimal::from(count);
    i64 => Decimal, Decimal: |sum, count| sum / Decimal::from(count);
    f32 => f64, f64: |sum, count| sum / count as f64;
    f64 => f64, f64: |sum, count| sum / count as f64;
    Decimal => Decimal, Decimal: |sum, count| sum / Decimal::from(count);
}

macro_rules! ordered {
    ($($ty:ty),*) => {$(
        impl Ordered for $ty {}
        impl Ordered for Option<$ty> {}
    )*};
}

ordered!(i16, i32, i64, f32, f64, Decimal, String, NaiveDate, NaiveTime, Timestamp);

impl<M, T> Expr<M, T> {
    pub(crate) fn new(node: Node, field: &'static meta::Field) -> Self {
        Self { node, field, of: PhantomData }
    }

    /// Smallest first; NULL comes last, on every database.
    pub fn asc(self) -> Order<M> {
        Order::new(self.node, false)
    }

    /// Largest first; NULL comes first, on every database.
    pub fn desc(self) -> Order<M> {
        Order::new(self.node, true)
    }

    fn call<U>(self, function: Function) -> Expr<M, U> {
        Expr::new(Node::Call(function, Box::new(self.node)), self.field)
    }
}

/// Comparisons of an expression with a value.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident => $operator:ident;)*) => {
        impl<M, T: FieldType> Expr<M, T> {
            $(
                $(#[$doc])*
                pub fn $name(self, value: impl IntoField<T::Inner>) -> Filter<M> {
                    self.compare(Operator::$operator, value)
                }
            )*

            fn compare(self, operator: Operator, value: impl IntoField<T::Inner>) -> Filter<M> {
                let value = Scalar::into_value(value.into_field(), self.field);
                Filter::new(filter::Node::Computed { left: self.node, operator, value })
            }
        }
    };
}

comparisons! {
    /// Equal. NULL never is.
    eq => Eq;
    /// Not equal. NULL never is.
    ne => Ne;
    /// Less than.
    lt => Lt;
    /// Less than or equal.
    le => Le;
    /// Greater than.
    gt => Gt;
    /// Greater than or equal.
    ge => Ge;
}

/// What can be computed from a column, and from what was computed already.
macro_rules! functions {
    ($name:ident) => {
        impl<M, T: FieldType> $name<M, T> {
            /// How many rows of a group have a value that is not NULL.
            pub fn count(self) -> Expr<M, i64> {
                self.expr().call(Function::Count)
            }

            /// How many different values a group has, NULL aside.
            pub fn count_distinct(self) -> Expr<M, i64> {
                self.expr().call(Function::CountDistinct)
            }

            /// The smallest value; NULL if there is none.
            pub fn min(self) -> Expr<M, Option<T::Inner>>
            where
                T: Ordered,
            {
                self.expr().call(Function::Min)
            }

            /// The largest value; NULL if there is none.
            pub fn max(self) -> Expr<M, Option<T::Inner>>
            where
                T: Ordered,
            {
                self.expr().call(Function::Max)
            }
        }

        /// The bounds stand on the methods, so that the compiler says what is missing instead of that there is no method.
        impl<M, T> $name<M, T> {
            /// The exact sum of integers and decimals, and the sum of floats; NULL if there is no value.
            pub fn sum(self) -> Expr<M, Option<T::Sum>>
            where
                T: Summable,
            {
                self.expr().call(Function::Sum)
            }

            /// The mean. That of integers and decimals is the exact sum divided by the number of values, rounded to the 28
            /// digits of a [`Decimal`]; NULL if there is no value.
            pub fn avg(self) -> Average<M, T>
            where
                T: Summable,
            {
                Average(self.expr())
            }

            /// The standard deviation of a sample, in floating point; NULL if there are fewer than two values.
            pub fn stddev(self) -> Expr<M, Option<f64>>
            where
                T: Summable,
            {
                self.expr().call(Function::Stddev)
            }

            /// The value below which this part of the values lies (`0.9` is the 90th percentile), interpolated between the
            /// two nearest, in floating point; NULL if there is no value.
            ///
            /// # Panics
            /// `part` is not from 0 to 1.
            pub fn percentile(self, part: f64) -> Expr<M, Option<f64>>
            where
                T: Summable,
            {
                assert!((0.0..=1.0).contains(&part), "a percentile is asked for by a number from 0 to 1, not {part}");
                self.expr().call(Function::Percentile(part))
            }

            /// The number without its sign.
            pub fn abs(self) -> Expr<M, T>
            where
                T: Summable,
            {
                self.expr().call(Function::Abs)
            }

            /// The text with ASCII letters in lower case.
            pub fn lower(self) -> Expr<M, T>
            where
                T: Textual,
            {
                self.expr().call(Function::Lower)
            }

            /// The text with ASCII letters in upper case.
            pub fn upper(self) -> Expr<M, T>
            where
                T: Textual,
            {
                self.expr().call(Function::Upper)
            }
        }
    };
}

functions!(Column);
functions!(Expr);

impl<M, T> Column<M, T> {
    /// The column as an expression.
    pub fn expr(self) -> Expr<M, T> {
        Expr::new(Node::Field(self.field()), self.field())
    }
}

impl<M, T> From<Column<M, T>> for Expr<M, T> {
    fn from(column: Column<M, T>) -> Self {
        column.expr()
    }
}

impl<M, T> Expr<M, T> {
    fn expr(self) -> Self {
        self
    }
}

impl<M, T: FieldType<Inner = Timestamp>> Column<M, T> {
    /// When the minute, hour, day, … of the instant began, in UTC.
    pub fn bucket(self, bucket: Bucket) -> Expr<M, T> {
        self.expr().call(Function::Bucket(bucket))
    }
}

/// How many rows there are in a group, or at all.
pub fn count<M: crate::Model>() -> Expr<M, i64> {
    Expr::new(Node::CountRows, &M::META.fields[0])
}
