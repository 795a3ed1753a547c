//! The expression language as the spec writes it, with the names of columns: one form whatever the dialect, for
//! reports and for comparison.

use super::expression::logical;
use super::quote::quote_text;
use super::term::{Level, Term};
use crate::expr::{BinaryOp, ExprKind, Function};
use crate::{Expr, Literal, Model};

/// The expression in the spec's language, in its one canonical form.
pub fn notation(expr: &Expr, model: &Model) -> String {
    term(expr, model).sql
}

fn term(expr: &Expr, model: &Model) -> Term {
    let operand = |expr: &Expr| term(expr, model).operand();
    let comparison = |text: String| Term::new(Level::Comparison, text);
    match &expr.kind {
        ExprKind::Field(id) => Term::atom(model.field(*id).column.clone()),
        ExprKind::Literal(value) => literal(value),
        ExprKind::Null => Term::atom("null"),
        ExprKind::Not(inner) => Term::new(Level::Not, format!("not {}", term(inner, model).at(Level::Atom))),
        ExprKind::Negate(inner) => Term::new(Level::Negation, format!("-{}", term(inner, model).at(Level::Atom))),
        ExprKind::Binary { op, left, right } => binary(*op, &term(left, model), &term(right, model)),
        ExprKind::IsNull { operand: inner, negated } => {
            comparison(format!("{} is {}null", operand(inner), not(*negated)))
        }
        ExprKind::In { operand: inner, list, negated } => {
            let list: Vec<_> = list.iter().map(operand).collect();
            comparison(format!("{} {}in ({})", operand(inner), not(*negated), list.join(", ")))
        }
        ExprKind::Between { operand: inner, low, high, negated } => {
            let not = not(*negated);
            comparison(format!("{} {not}between {} and {}", operand(inner), operand(low), operand(high)))
        }
        ExprKind::Like { operand: inner, pattern, negated } => {
            comparison(format!("{} {}like {}", operand(inner), not(*negated), quote_text(pattern)))
        }
        ExprKind::Call { function, arguments } => {
            let arguments: Vec<_> = arguments.iter().map(|argument| notation(argument, model)).collect();
            Term::atom(format!("{}({})", function_name(*function), arguments.join(", ")))
        }
    }
}

fn binary(op: BinaryOp, left: &Term, right: &Term) -> Term {
    let (word, level, tighter) = match op {
        BinaryOp::Or => return logical("or", Level::Or, left, right),
        BinaryOp::And => return logical("and", Level::And, left, right),
        BinaryOp::Eq => ("=", Level::Comparison, Level::Sum),
        BinaryOp::Ne => ("<>", Level::Comparison, Level::Sum),
        BinaryOp::Lt => ("<", Level::Comparison, Level::Sum),
        BinaryOp::Le => ("<=", Level::Comparison, Level::Sum),
        BinaryOp::Gt => (">", Level::Comparison, Level::Sum),
        BinaryOp::Ge => (">=", Level::Comparison, Level::Sum),
        BinaryOp::Add => ("+", Level::Sum, Level::Product),
        BinaryOp::Sub => ("-", Level::Sum, Level::Product),
        BinaryOp::Mul => ("*", Level::Product, Level::Negation),
        BinaryOp::Div => ("/", Level::Product, Level::Negation),
    };
    let first = if level == Level::Comparison { tighter } else { level };
    Term::new(level, format!("{} {word} {}", left.at(first), right.at(tighter)))
}

fn literal(value: &Literal) -> Term {
    match value {
        Literal::Bool(value) => Term::atom(value.to_string()),
        Literal::Int(value) => super::literal::signed(value.to_string()),
        Literal::Float(value) => super::literal::signed(super::number::float_text(*value)),
        Literal::Decimal(text) => super::literal::signed(text.clone()),
        Literal::Json(value) => Term::atom(quote_text(&value.to_string())),
        Literal::Text(text)
        | Literal::Uuid(text)
        | Literal::Date(text)
        | Literal::Time(text)
        | Literal::Timestamp(text)
        | Literal::Enum(text) => Term::atom(quote_text(text)),
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::Lower => "lower",
        Function::Upper => "upper",
        Function::Length => "length",
        Function::Coalesce => "coalesce",
        Function::Abs => "abs",
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}
