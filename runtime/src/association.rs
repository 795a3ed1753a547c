//! Associations as values: `thread::messages()`, to be included, to filter by, to order by.

use std::marker::PhantomData;

use crate::expr::Expr;
use crate::filter::{Filter, Node};
use crate::include::{Including, Loads, Plan, Push};
use crate::model::Key;
use crate::order::{IntoOrder, Order};
use crate::related::{Join, Quantifier};
use crate::scalar::FieldType;
use crate::select::Parts;
use crate::{Model, Of, meta};

/// What generated code says about an association, on a type that is named like it.
pub trait Link: Sized + 'static {
    /// The model that has the association.
    type Owner: Model;
    /// The model that it leads to.
    type Target: Model;
    /// What both sides have in common.
    type Key: Key;
    /// What a row keeps of it once it was included, with `L` included in turn.
    type Held<L: Loads<Self::Target>>: crate::include::Held<Link = Self>;
    /// The name, as an identifier.
    const NAME: &'static str;

    /// The key in a row that has the association; `None` where it is NULL.
    fn owner_key(row: &Self::Owner) -> Option<Self::Key>;

    /// The key in a row that it leads to; `None` where it is NULL.
    fn target_key(row: &Self::Target) -> Option<Self::Key>;
}

/// The name of an association as the spec has it.
pub(crate) fn name<K: Link>() -> &'static str {
    K::NAME.strip_prefix("r#").unwrap_or(K::NAME)
}

/// What is known about an association.
///
/// # Panics
/// Its model knows of none with this name: a bug of the generator.
pub(crate) fn meta_of<K: Link>() -> &'static meta::Association {
    let known = K::Owner::META.associations.iter().find(|association| association.name == name::<K>());
    known.unwrap_or_else(|| panic!("`{}` has no association `{}`", K::Owner::META.name, name::<K>()))
}

/// An association that leads to any number of rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` leads to one row at most",
    label = "this is for many rows; a condition on one is put by `.is(…)`"
)]
pub trait ToMany {}

/// An association that leads to one row, or to none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` leads to many rows",
    label = "say how many of them are meant: `.any(…)`, `.none(…)` or `.every(…)`"
)]
pub trait ToOne {
    /// What a column of the row is, seen from the row that has the association: its own type, or an `Option` where there
    /// may be none.
    type Value<T: FieldType>: FieldType<Inner = T::Inner>;
}

/// An association that may lead to nothing, so that a filter may leave out what it leads to.
#[diagnostic::on_unimplemented(
    message = "the row that `{Self}` leads to is always there",
    label = "filter the rows that refer to it instead: `.filter(….is(…))`"
)]
pub trait MayBeAbsent {}

/// An association of model `M`, named by the type `K`, with `L` included in what it leads to.
#[must_use = "an association does nothing until a query has it"]
pub struct Association<M, K, L = ()> {
    parts: Parts,
    plans: Vec<Plan>,
    of: Of<(M, K, L)>,
}

impl<M, K, L> Clone for Association<M, K, L> {
    fn clone(&self) -> Self {
        Self::of(self.parts.clone(), self.plans.clone())
    }
}

impl<M, K: Link, L> std::fmt::Debug for Association<M, K, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Association({}.{})", K::Owner::META.name, name::<K>())
    }
}

impl<M: Model, K: Link<Owner = M>> Association<M, K> {
    /// The association, with every row that it leads to.
    #[allow(clippy::new_without_default, reason = "generated code makes it, under the name of the association")]
    pub fn new() -> Self {
        Self::of(Parts::default(), Vec::new())
    }

    /// The rows for which one at least of the rows that it leads to satisfies the condition.
    pub fn any(self, filter: Filter<K::Target>) -> Filter<M>
    where
        K: ToMany,
    {
        self.related(Quantifier::Any, Some(filter.node))
    }

    /// The rows for which none of the rows that it leads to satisfies the condition.
    pub fn none(self, filter: Filter<K::Target>) -> Filter<M>
    where
        K: ToMany,
    {
        self.related(Quantifier::None, Some(filter.node))
    }

    /// The rows for which all of the rows that it leads to satisfy the condition; also those where there are none. A row
    /// for which the condition is neither true nor false, because a field is NULL, does not satisfy it.
    pub fn every(self, filter: Filter<K::Target>) -> Filter<M>
    where
        K: ToMany,
    {
        self.related(Quantifier::Every, Some(filter.node))
    }

    /// The rows for which it leads to a row that satisfies the condition.
    pub fn is(self, filter: Filter<K::Target>) -> Filter<M>
    where
        K: ToOne,
    {
        self.related(Quantifier::Any, Some(filter.node))
    }

    /// The rows for which it leads to a row at all.
    pub fn exists(self) -> Filter<M> {
        self.related(Quantifier::Any, None)
    }

    /// A column, or an expression, of the row that it leads to: to be selected, filtered, grouped and ordered by. It is an
    /// `Option` where the association may lead to none.
    pub fn column<T: FieldType>(self, column: impl Into<Expr<K::Target, T>>) -> Expr<M, K::Value<T>>
    where
        K: ToOne,
    {
        let Expr { node, field, .. } = column.into();
        Expr::new(node.through(self.join()), field)
    }

    /// An order by a column of the row that it leads to. A row for which it leads to none has NULL there.
    pub fn by(self, order: Order<K::Target>) -> Order<M>
    where
        K: ToOne,
    {
        order.through(self.join())
    }

    fn join(self) -> Join {
        Join::of::<K>(self.parts.filter)
    }

    fn related(self, quantifier: Quantifier, filter: Option<Node>) -> Filter<M> {
        Filter::new(Node::Related(Box::new(self.join().related(quantifier, filter))))
    }
}

impl<M, K, L> Association<M, K, L> {
    fn of(parts: Parts, plans: Vec<Plan>) -> Self {
        Self { parts, plans, of: PhantomData }
    }

    /// How to load it.
    pub(crate) fn into_plan(self, wanted: bool) -> Plan {
        Plan { parts: self.parts, plans: self.plans, wanted }
    }
}

impl<M: Model, K: Link<Owner = M>, L: Loads<K::Target>> Association<M, K, L> {
    /// Also loads an association of the rows that this one leads to.
    pub fn include<K2, L2>(
        mut self,
        association: Association<K::Target, K2, L2>,
    ) -> Association<M, K, Including<L, K2::Held<L2>>>
    where
        K2: Link<Owner = K::Target>,
        L2: Loads<K2::Target>,
        L: Push<K2::Held<L2>>,
    {
        self.plans.push(association.into_plan(true));
        Association::of(self.parts, self.plans)
    }

    /// Only those of the rows that satisfy the condition, and those given before.
    pub fn filter(mut self, filter: Filter<K::Target>) -> Self
    where
        K: MayBeAbsent,
    {
        self.parts.add_filter(filter.node);
        self
    }

    /// The order of the rows that belong together; a second call adds less significant steps.
    pub fn order_by(mut self, order: impl IntoOrder<K::Target>) -> Self
    where
        K: ToMany,
    {
        self.parts.add_order(order);
        self
    }

    /// At most so many rows for each row that has the association.
    pub fn limit(mut self, rows: u64) -> Self
    where
        K: ToMany,
    {
        self.parts.limit = Some(rows);
        self
    }

    /// Without the first so many rows of each row that has the association.
    pub fn offset(mut self, rows: u64) -> Self
    where
        K: ToMany,
    {
        self.parts.offset = Some(rows);
        self
    }
}
