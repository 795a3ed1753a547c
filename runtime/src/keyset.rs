//! The condition that a row comes after another in an order.

use crate::expression;
use crate::filter::Node;
use crate::order::Step;
use crate::sql::Sql;
use crate::{Value, meta};

/// An order, and the values of the row after which rows are wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Keyset {
    steps: Vec<Step>,
    values: Vec<Value>,
}

impl Keyset {
    /// The order with the primary key at its end, in the direction of what stands before it, so that no two rows are
    /// equal in it.
    pub(crate) fn complete(model: &'static meta::Model, mut steps: Vec<Step>) -> Vec<Step> {
        let descending = steps.last().is_some_and(Step::is_descending);
        let has = |steps: &[Step], at: usize| {
            steps.iter().any(|step| matches!(step.expression(), expression::Node::Field(field) if field.at == at))
        };
        for &at in model.key {
            if !has(&steps, at) {
                steps.push(Step::new(expression::Node::Field(&model.fields[at]), descending));
            }
        }
        steps
    }

    /// The rows after the one with these values, one for each step.
    pub(crate) fn new(steps: Vec<Step>, values: Vec<Value>) -> Self {
        Self { steps, values }
    }

    /// The condition as a filter.
    pub(crate) fn into_filter(self) -> Node {
        Node::After(Box::new(self))
    }

    /// Writes the condition. Rows that are compared as a whole (`(a, b) > ($1, $2)`) go by an index; where directions differ
    /// or NULL is possible, the first step alone does, and the rest says what holds among its equals.
    pub(crate) fn render(&self, sql: &mut Sql) {
        let descending = self.steps[0].is_descending();
        if self.steps.iter().all(|step| step.is_descending() == descending && !step.expression().is_nullable()) {
            return self.render_whole(sql, descending);
        }
        sql.parenthesised(|sql| {
            if !self.steps[0].expression().is_nullable() {
                self.steps[0].expression().render(sql);
                sql.push(if descending { " <= " } else { " >= " });
                sql.value(self.values[0].clone());
                sql.push(" AND ");
            }
            sql.parenthesised(|sql| {
                sql.separated(" OR ", 0..self.steps.len(), |sql, at| self.render_ahead_at(sql, at));
            });
        });
    }

    fn render_whole(&self, sql: &mut Sql, descending: bool) {
        sql.parenthesised(|sql| sql.separated(", ", &self.steps, |sql, step| step.expression().render(sql)));
        sql.push(if descending { " < " } else { " > " });
        sql.parenthesised(|sql| sql.separated(", ", &self.values, |sql, value| sql.value(value.clone())));
    }

    /// Equal in the steps before, and ahead in this one.
    fn render_ahead_at(&self, sql: &mut Sql, at: usize) {
        sql.parenthesised(|sql| {
            for before in 0..at {
                render_same(sql, &self.steps[before], &self.values[before]);
                sql.push(" AND ");
            }
            render_ahead(sql, &self.steps[at], &self.values[at]);
        });
    }
}

fn render_same(sql: &mut Sql, step: &Step, value: &Value) {
    step.expression().render(sql);
    if value.is_null() {
        return sql.push(" IS NULL");
    }
    sql.push(" = ");
    sql.value(value.clone());
}

fn render_ahead(sql: &mut Sql, step: &Step, value: &Value) {
    if value.is_null() {
        // Behind NULL there is everything else, or nothing.
        step.expression().render(sql);
        return sql.push(if step.is_nulls_first() { " IS NOT NULL" } else { " IS NULL AND 1 = 0" });
    }
    let nulls_follow = step.expression().is_nullable() && !step.is_nulls_first();
    let compare = |sql: &mut Sql| {
        step.expression().render(sql);
        sql.push(if step.is_descending() { " < " } else { " > " });
        sql.value(value.clone());
    };
    if !nulls_follow {
        return compare(sql);
    }
    sql.parenthesised(|sql| {
        compare(sql);
        sql.push(" OR ");
        step.expression().render(sql);
        sql.push(" IS NULL");
    });
}
