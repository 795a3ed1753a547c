//! The order of a query's rows.

use std::marker::PhantomData;

use crate::expression::Node;
use crate::related::Join;
use crate::sql::Sql;

/// One step of an order: a column, and which end comes first.
#[derive(Debug)]
pub struct Order<M> {
    pub(crate) step: Step,
    of: PhantomData<fn() -> M>,
}

/// An [`Order`] without its model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    expression: Node,
    descending: bool,
    nulls_first: bool,
}

impl<M> Order<M> {
    pub(crate) fn new(expression: Node, descending: bool) -> Self {
        Self { step: Step::new(expression, descending), of: PhantomData }
    }

    /// The same order for the rows of a model that has an association with this one.
    pub(crate) fn through<Owner>(mut self, join: Join) -> Order<Owner> {
        self.step.expression = self.step.expression.through(join);
        Order { step: self.step, of: PhantomData }
    }

    /// Puts NULL before everything else.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.step.nulls_first = true;
        self
    }

    /// Puts NULL after everything else.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.step.nulls_first = false;
        self
    }
}

impl Step {
    /// NULL is the largest value.
    pub(crate) fn new(expression: Node, descending: bool) -> Self {
        Self { expression, descending, nulls_first: descending }
    }

    /// The opposite order.
    pub(crate) fn reversed(self) -> Self {
        Self { descending: !self.descending, nulls_first: !self.nulls_first, ..self }
    }

    /// Whether the largest value comes first.
    pub(crate) fn is_descending(&self) -> bool {
        self.descending
    }

    /// Whether NULL comes first.
    pub(crate) fn is_nulls_first(&self) -> bool {
        self.nulls_first
    }

    /// Writes the step. The databases disagree on where NULL belongs, so what may be NULL always says it.
    pub(crate) fn render(&self, sql: &mut Sql) {
        self.expression.render(sql);
        if self.descending {
            sql.push(" DESC");
        }
        if self.expression.is_nullable() {
            sql.push(if self.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        }
    }

    /// What rows are ordered by.
    pub(crate) fn expression(&self) -> &Node {
        &self.expression
    }
}

/// What [`crate::Query::order_by`] takes: one step, or several in an array or a vector.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be ordered by `{Self}`",
    label = "expected the order of a column of `{M}`, such as `COLUMN.asc()`, or several in an array"
)]
pub trait IntoOrder<M> {
    /// The steps, most significant first.
    fn steps(self) -> Vec<Order<M>>;
}

impl<M> IntoOrder<M> for Order<M> {
    fn steps(self) -> Vec<Order<M>> {
        vec![self]
    }
}

impl<M, const N: usize> IntoOrder<M> for [Order<M>; N] {
    fn steps(self) -> Vec<Order<M>> {
        self.into()
    }
}

impl<M> IntoOrder<M> for Vec<Order<M>> {
    fn steps(self) -> Vec<Order<M>> {
        self
    }
}
