//! An expression as it is written, before names and types are known.

use std::ops::Range;

use seedbed_schema::expr::BinaryOp;

/// A part of an expression with its bytes in the text.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// The forms of an expression.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A field, or a value of an enum.
    Name(String),
    /// A number as written.
    Number(String),
    /// A text in single quotes, quotes resolved.
    Text(String),
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `not a`
    Not(Box<Tree>),
    /// `-a`
    Negate(Box<Tree>),
    /// `a op b`
    Binary { op: BinaryOp, left: Box<Tree>, right: Box<Tree> },
    /// `a is [not] null`
    IsNull { operand: Box<Tree>, negated: bool },
    /// `a [not] in (x, y)`
    In { operand: Box<Tree>, list: Vec<Tree>, negated: bool },
    /// `a [not] between x and y`
    Between { operand: Box<Tree>, low: Box<Tree>, high: Box<Tree>, negated: bool },
    /// `a [not] like 'x'`
    Like { operand: Box<Tree>, pattern: Box<Tree>, negated: bool },
    /// `f(a, b)`
    Call { function: String, name: Range<usize>, arguments: Vec<Tree> },
}
