//! Selecting columns and expressions instead of whole rows, and reading rows by them.

use crate::Row;
use crate::column::Column;
use crate::driver::Failure;
use crate::expr::{Average, Expr, Summable};
use crate::expression::{Function, Node};
use crate::scalar::FieldType;
use crate::sql::Sql;
use crate::tuples::for_each_tuple;

/// What [`crate::Query::select`] takes: a column, an expression, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a query of `{M}` selects",
    label = "expected a column or an expression of `{M}`, or several in a tuple"
)]
pub trait Selection<M>: Reader {
    /// The expressions, in the order in which they are read.
    #[doc(hidden)]
    fn nodes(&self, nodes: &mut Vec<Selected>);
}

/// What reads a row: a column or an expression, or several in a tuple. [`crate::Raw::fetch_columns`] takes those of any
/// models, [`crate::Query::select`] those of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read the columns of a row",
    label = "expected a column or an expression of a model, or several in a tuple"
)]
pub trait Reader: Send + Sync + 'static {
    /// What a row becomes.
    type Row: Send + 'static;

    /// How many columns it takes.
    #[doc(hidden)]
    fn width(&self) -> usize {
        1
    }

    /// Reads the next columns of a row.
    ///
    /// # Errors
    /// A column holds what its type cannot.
    #[doc(hidden)]
    fn read(&self, row: &mut Row<'_>) -> Result<Self::Row, Failure>;
}

/// An expression that is selected.
#[derive(Debug, Clone)]
pub struct Selected(pub(crate) Node);

impl Selected {
    /// Writes it.
    pub(crate) fn render(&self, sql: &mut Sql) {
        self.0.render(sql);
    }
}

impl<M: 'static, T: FieldType> Selection<M> for Column<M, T> {
    fn nodes(&self, nodes: &mut Vec<Selected>) {
        nodes.push(Selected(Node::Field(self.field())));
    }
}

impl<M: 'static, T: FieldType> Reader for Column<M, T> {
    type Row = T;

    fn read(&self, row: &mut Row<'_>) -> Result<T, Failure> {
        T::read(row, self.field())
    }
}

impl<M: 'static, T: FieldType> Selection<M> for Expr<M, T> {
    fn nodes(&self, nodes: &mut Vec<Selected>) {
        nodes.push(Selected(self.node.clone()));
    }
}

impl<M: 'static, T: FieldType> Reader for Expr<M, T> {
    type Row = T;

    fn read(&self, row: &mut Row<'_>) -> Result<T, Failure> {
        T::read(row, self.field)
    }
}

impl<M: 'static, T: Summable> Selection<M> for Average<M, T> {
    fn nodes(&self, nodes: &mut Vec<Selected>) {
        for function in [Function::Sum, Function::Count] {
            nodes.push(Selected(Node::Call(function, Box::new(self.0.node.clone()))));
        }
    }
}

/// Its columns are the sum and the number of values.
impl<M: 'static, T: Summable> Reader for Average<M, T> {
    type Row = Option<T::Mean>;

    fn width(&self) -> usize {
        2
    }

    fn read(&self, row: &mut Row<'_>) -> Result<Self::Row, Failure> {
        let sum = <Option<T::Sum> as FieldType>::read(row, self.0.field)?;
        let count = row.i64()?.unwrap_or(0);
        Ok(sum.map(|sum| T::mean(sum, count)))
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        impl<M, $($name: Selection<M>),*> Selection<M> for ($($name,)*) {
            fn nodes(&self, nodes: &mut Vec<Selected>) {
                $(self.$at.nodes(nodes);)*
            }
        }

        impl<$($name: Reader),*> Reader for ($($name,)*) {
            type Row = ($($name::Row,)*);

            fn width(&self) -> usize {
                0 $(+ self.$at.width())*
            }

            fn read(&self, row: &mut Row<'_>) -> Result<Self::Row, Failure> {
                Ok(($(self.$at.read(row)?,)*))
            }
        }
    };
}

tuples!(K0 0);
for_each_tuple!(tuples);
