//! A piece of SQL text that knows how tightly it binds, so that parentheses stand where they are needed and nowhere else.

use super::number::Number;

/// An expression as text.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// The text.
    pub(super) sql: String,
    /// How tightly its outermost operator binds.
    pub(super) level: Level,
    /// What kind of number it is, if it is one.
    pub(super) number: Option<Number>,
    /// Its value where it is an exact constant: the digits as an integer, the point left out.
    pub(super) digits: Option<i128>,
}

/// How tightly an operator binds, from the loosest. PostgreSQL and SQLite agree on this order as far as it goes; they do
/// not agree within [`Level::Comparison`], so one comparison inside another is always in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `NOT`
    Not,
    /// `=`, `<`, `IS NULL`, `IN`, `BETWEEN`, `LIKE`
    Comparison,
    /// `+`, `-`
    Sum,
    /// `*`, `/`
    Product,
    /// `COLLATE`
    Collation,
    /// A minus sign before one operand.
    Negation,
    /// A name, a constant, a call.
    Atom,
}

impl Term {
    /// Text that needs no parentheses anywhere.
    pub(super) fn atom(sql: impl Into<String>) -> Self {
        Self::new(Level::Atom, sql)
    }

    /// Text whose outermost operator is of that level.
    pub(super) fn new(level: Level, sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), level, number: None, digits: None }
    }

    /// The same as a number.
    pub(super) fn with_number(self, number: impl Into<Option<Number>>) -> Self {
        Self { number: number.into(), ..self }
    }

    /// The text for a place where only operators of at least that level may stand bare.
    pub(super) fn at(&self, level: Level) -> String {
        if self.level >= level { self.sql.clone() } else { format!("({})", self.sql) }
    }

    /// The text as an operand of a comparison.
    pub(super) fn operand(&self) -> String {
        self.at(Level::Sum)
    }
}
