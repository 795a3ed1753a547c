//! Conditions on the rows of a model, and how they are written in SQL.

use std::marker::PhantomData;

use seedbed_schema::Dialect;
use seedbed_schema::ddl::{glob_pattern, like_pattern};

use crate::keyset::Keyset;
use crate::related::Related;
use crate::sql::Sql;
use crate::{Value, ValueType, expression, meta};

/// A condition on the rows of model `M`.
#[derive(Debug, Clone)]
#[must_use = "a filter does nothing until a query has it"]
pub struct Filter<M> {
    pub(crate) node: Node,
    of: PhantomData<fn() -> M>,
}

/// A condition without its model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Compare { field: &'static meta::Field, operator: Operator, value: Value },
    Computed { left: expression::Node, operator: Operator, value: Value },
    In { field: &'static meta::Field, ty: ValueType, values: Vec<Value> },
    IsNull(&'static meta::Field),
    Matches { field: &'static meta::Field, kind: Match, text: String },
    Related(Box<Related>),
    After(Box<Keyset>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A way to match text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Match {
    Contains,
    StartsWith,
    EndsWith,
    Like,
}

impl<M> Filter<M> {
    pub(crate) fn new(node: Node) -> Self {
        Self { node, of: PhantomData }
    }

    /// Both conditions.
    pub fn and(self, other: Self) -> Self {
        Self::new(self.node.and(other.node))
    }

    /// Either condition, or both.
    pub fn or(self, other: Self) -> Self {
        Self::new(match self.node {
            Node::Or(mut nodes) => {
                nodes.push(other.node);
                Node::Or(nodes)
            }
            node => Node::Or(vec![node, other.node]),
        })
    }

    /// The rows for which the condition is false. As in SQL, a row for which it is neither true nor false, because a
    /// field is NULL, is in neither set.
    #[allow(clippy::should_implement_trait, reason = "reads in a chain like `and` and `or`; `!` works too")]
    pub fn not(self) -> Self {
        Self::new(Node::Not(Box::new(self.node)))
    }
}

impl<M> std::ops::Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Filter::not(self)
    }
}

impl Node {
    /// Both conditions, flat.
    pub(crate) fn and(self, other: Node) -> Node {
        match self {
            Node::And(mut nodes) => {
                nodes.push(other);
                Node::And(nodes)
            }
            node => Node::And(vec![node, other]),
        }
    }

    /// Writes the condition; parentheses stand wherever one could be misread.
    pub(crate) fn render(&self, sql: &mut Sql) {
        match self {
            Node::Compare { field, operator, value } => {
                sql.column(field.column);
                sql.push(operator.text());
                sql.value(value.clone());
            }
            Node::Computed { left, operator, value } => {
                left.render(sql);
                sql.push(operator.text());
                sql.value(value.clone());
            }
            Node::In { field, ty, values } => render_in(sql, field, *ty, values.clone()),
            Node::IsNull(field) => {
                sql.column(field.column);
                sql.push(" IS NULL");
            }
            Node::Matches { field, kind, text } => render_match(sql, field, *kind, text),
            Node::Related(related) => related.render(sql),
            Node::After(keyset) => keyset.render(sql),
            Node::And(nodes) => render_all(sql, nodes, " AND "),
            Node::Or(nodes) => render_all(sql, nodes, " OR "),
            Node::Not(node) => {
                sql.push("NOT ");
                sql.parenthesised(|sql| node.render(sql));
            }
        }
    }
}

impl Operator {
    fn text(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Ne => " <> ",
            Self::Lt => " < ",
            Self::Le => " <= ",
            Self::Gt => " > ",
            Self::Ge => " >= ",
        }
    }
}

fn render_all(sql: &mut Sql, nodes: &[Node], between: &str) {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            sql.push(between);
        }
        match node {
            Node::And(_) | Node::Or(_) => sql.parenthesised(|sql| node.render(sql)),
            _ => node.render(sql),
        }
    }
}

/// One array whatever the number of values, so that the text, and with it the prepared statement, stays the same.
pub(crate) fn render_in(sql: &mut Sql, field: &meta::Field, ty: ValueType, values: Vec<Value>) {
    sql.column(field.column);
    let array = Value::Array(ty, values);
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(" = ANY(");
            sql.value(array);
            sql.push(")");
        }
        Dialect::Sqlite => {
            // JSON has no bytes; the driver lists them in hexadecimal.
            let value = if ty == ValueType::Bytes { "unhex(value)" } else { "value" };
            sql.push(&format!(" IN (SELECT {value} FROM json_each("));
            sql.value(array);
            sql.push("))");
        }
    }
}

/// `LIKE` on PostgreSQL. SQLite's `LIKE` ignores the case of ASCII letters; its `GLOB` and `instr` do not.
fn render_match(sql: &mut Sql, field: &meta::Field, kind: Match, text: &str) {
    if let (Dialect::Sqlite, Match::Contains) = (sql.dialect(), kind) {
        sql.push("instr(");
        sql.column(field.column);
        sql.push(", ");
        sql.value(Value::Text(text.to_owned()));
        return sql.push(") > 0");
    }
    sql.column(field.column);
    let pattern = match kind {
        Match::Contains => format!("%{}%", escape_like(text)),
        Match::StartsWith => format!("{}%", escape_like(text)),
        Match::EndsWith => format!("%{}", escape_like(text)),
        Match::Like => like_pattern(text),
    };
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(" LIKE ");
            sql.value(Value::Text(pattern));
        }
        Dialect::Sqlite => {
            sql.push(" GLOB ");
            sql.value(Value::Text(glob_pattern(&pattern)));
        }
    }
}

/// The text as a `LIKE` pattern that matches nothing else.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape_like, glob_pattern, like_pattern};

    #[test]
    fn a_like_pattern_becomes_the_same_glob() {
        for (like, expected) in
            [("a%b_c", "a*b?c"), (r"100\%", "100%"), ("[x]*?", "[[]x][*][?]"), (r"\_\\", r"_\"), (r"end\", r"end\")]
        {
            assert_eq!(glob_pattern(&like_pattern(like)), expected, "{like}");
        }
    }

    #[test]
    fn escaped_text_is_literal_in_both() {
        assert_eq!(escape_like(r"50%_\"), r"50\%\_\\");
        assert_eq!(glob_pattern(&escape_like("a*%")), "a[*]%");
    }
}
