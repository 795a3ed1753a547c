//! The expression language of checks, predicates and index expressions.
//!
//! A text is split into words, read into a tree, and typed against the fields of one model; every part keeps its place
//! in the file. What comes out is [`seedbed_schema::Expr`], which is rendered per dialect elsewhere.

mod ast;
mod check;
mod lex;
mod parse;
mod scope;
mod types;

use std::ops::Range;

use seedbed_schema::Expr;

pub(crate) use scope::Scope;

use crate::diagnostics::Report;
use crate::yaml::Scalar;

/// Reads a text as a condition: an expression that is true or false and speaks of the model.
pub(crate) fn condition(text: &Scalar, scope: &Scope<'_, '_>, report: &mut Report) -> Option<Expr> {
    let tree = parse::parse(text, 0..text.text.len(), report)?;
    check::condition(&tree, text, scope, report)
}

/// Reads part of a text as a value of any type that is not a constant.
pub(crate) fn value(text: &Scalar, range: Range<usize>, scope: &Scope<'_, '_>, report: &mut Report) -> Option<Expr> {
    let tree = parse::parse(text, range, report)?;
    check::value(&tree, text, scope, report)
}
