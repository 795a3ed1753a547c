//! Selecting columns and expressions instead of whole rows.

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
pub trait Selection<M>: Send + Sync + 'static {
    /// What each row becomes.
    type Row: Send + 'static;

    /// The expressions, in the order in which they are read.
    #[doc(hidden)]
    fn nodes(&self, nodes: &mut Vec<Selected>);

    /// Reads them.
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
    type Row = T;

    fn nodes(&self, nodes: &mut Vec<Selected>) {
        nodes.push(Selected(Node::Field(self.field())));
    }

    fn read(&self, row: &mut Row<'_>) -> Result<T, Failure> {
        row.read(*self)
    }
}

impl<M: 'static, T: FieldType> Selection<M> for Expr<M, T> {
    type Row = T;

    fn nodes(&self, nodes: &mut Vec<Selected>) {
        nodes.push(Selected(self.node.clone()));
    }

    fn read(&self, row: &mut Row<'_>) -> Result<T, Failure> {
        T::read(row, self.field)
    }
}

impl<M: 'static, T: Summable> Selection<M> for Average<M, T> {
    type Row = Option<T::Mean>;

    fn nodes(&self, nodes: &mut Vec<Selected>) {
        for function in [Function::Sum, Function::Count] {
            nodes.push(Selected(Node::Call(function, Box::new(self.0.node.clone()))));
        }
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
            type Row = ($($name::Row,)*);

            fn nodes(&self, nodes: &mut Vec<Selected>) {
                $(self.$at.nodes(nodes);)*
            }

            fn read(&self, row: &mut Row<'_>) -> Result<Self::Row, Failure> {
                Ok(($(self.$at.read(row)?,)*))
            }
        }
    };
}

tuples!(K0 0);
for_each_tuple!(tuples);
