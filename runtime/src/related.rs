//! What an association says in SQL about the rows that it leads to, from inside a query for the rows that have it.

use crate::association::{Link, meta_of};
use crate::filter::Node;
use crate::sql::Sql;
use crate::{Model, meta};

/// How a row of the model that has an association leads to rows of another.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    target: &'static meta::Model,
    /// The columns that are equal: of the model that has the association, and of the other.
    columns: Vec<(&'static str, &'static str)>,
    /// What the rows that it leads to satisfy.
    filter: Option<Box<Node>>,
}

impl PartialEq for Join {
    fn eq(&self, other: &Self) -> bool {
        self.target.table == other.target.table && self.columns == other.columns && self.filter == other.filter
    }
}

/// Which of the rows that an association leads to a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    None,
    Every,
}

/// A condition on the rows that an association leads to; without one, that there is a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Related {
    join: Join,
    quantifier: Quantifier,
    filter: Option<Node>,
}

impl Join {
    /// The join of an association, to those of its rows that satisfy a filter.
    pub(crate) fn of<K: Link>(filter: Option<Node>) -> Self {
        let (owner, target) = (K::Owner::META, K::Target::META);
        let association = meta_of::<K>();
        let ours = association.fields.iter().map(|&at| owner.fields[at].column);
        let theirs = association.target_fields.iter().filter_map(|name| Some(target.field(name)?.column));
        Self { target, columns: ours.zip(theirs).collect(), filter: filter.map(Box::new) }
    }

    /// A condition on the rows that it leads to.
    pub(crate) fn related(self, quantifier: Quantifier, filter: Option<Node>) -> Related {
        Related { join: self, quantifier, filter }
    }

    /// `(SELECT … FROM target WHERE target.key = outer.key …)`: `what` stands behind `SELECT`, and `more` at the end.
    pub(crate) fn subquery(&self, sql: &mut Sql, what: impl FnOnce(&mut Sql), more: impl FnOnce(&mut Sql)) {
        let outer = sql.table().to_owned();
        sql.push("(SELECT ");
        sql.within_alias(|sql, alias| {
            what(sql);
            sql.push(" FROM ");
            self.table(sql, alias);
            sql.push(" WHERE ");
            self.condition(sql, &outer);
            more(sql);
        });
        sql.push(")");
    }

    /// The table that it leads to, under an alias.
    pub(crate) fn table(&self, sql: &mut Sql, alias: &str) {
        sql.identifier(self.target.table);
        sql.push(" AS ");
        sql.identifier(alias);
    }

    /// That a row of the current table is one that a row of the outer table leads to.
    pub(crate) fn condition(&self, sql: &mut Sql, outer: &str) {
        let inner = sql.table().to_owned();
        sql.separated(" AND ", &self.columns, |sql, (ours, theirs)| {
            sql.qualified(&inner, theirs);
            sql.push(" = ");
            sql.qualified(outer, ours);
        });
        if let Some(filter) = &self.filter {
            sql.push(" AND ");
            sql.parenthesised(|sql| filter.render(sql));
        }
    }
}

impl Related {
    /// Writes the condition.
    pub(crate) fn render(&self, sql: &mut Sql) {
        sql.push(if self.quantifier == Quantifier::Any { "EXISTS " } else { "NOT EXISTS " });
        let filter = |sql: &mut Sql| {
            let Some(filter) = &self.filter else { return };
            sql.push(" AND ");
            sql.parenthesised(|sql| filter.render(sql));
            if self.quantifier == Quantifier::Every {
                sql.push(" IS NOT TRUE");
            }
        };
        self.join.subquery(sql, |sql| sql.push("1"), filter);
    }
}
