//! Numbers in expressions: what kind each is, and how two kinds meet so that both databases compute the same.
//!
//! SQLite keeps decimals as integers scaled by a power of ten, so scales are made equal before decimals are added or
//! compared. PostgreSQL computes in the width of the operands and fails where SQLite would go on, so integers are
//! widened to 64 bits and `real` to 64-bit floating point before arithmetic, and a division by zero is NULL on both.
//! Beyond 64 bits the two differ: PostgreSQL refuses integers and computes decimals exactly, SQLite goes on in floating
//! point.

use super::literal::signed;
use super::term::{Level, Term};
use crate::Dialect;
use crate::expr::BinaryOp;

/// The kind of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// A whole number; `wide` if PostgreSQL computes with it in 64 bits.
    Integer { wide: bool },
    /// An exact decimal with so many digits after the point.
    Decimal { scale: u32 },
    /// 32-bit floating point.
    Single,
    /// 64-bit floating point.
    Double,
}

impl Number {
    /// A whole number of at most 32 bits to PostgreSQL.
    pub(super) const NARROW: Self = Self::Integer { wide: false };

    /// Digits after the point.
    pub(super) fn scale(self) -> u32 {
        match self {
            Self::Decimal { scale } => scale,
            Self::Integer { .. } | Self::Single | Self::Double => 0,
        }
    }

    /// The kind that holds both.
    fn common(self, other: Self) -> Self {
        match (self, other) {
            (Self::Integer { wide: a }, Self::Integer { wide: b }) => Self::Integer { wide: a || b },
            (Self::Single, Self::Single) => Self::Single,
            (Self::Single | Self::Double, _) | (_, Self::Single | Self::Double) => Self::Double,
            _ => Self::Decimal { scale: self.scale().max(other.scale()) },
        }
    }
}

/// Makes numbers comparable with each other; what is no number stays as it is. Also says what kind they became.
pub(super) fn align(terms: Vec<Term>, dialect: Dialect) -> (Vec<Term>, Option<Number>) {
    let common = terms.iter().filter_map(|term| term.number).reduce(Number::common);
    match common {
        Some(common) if !dialect.has_native_types() => {
            (terms.into_iter().map(|term| convert(term, common)).collect(), Some(common))
        }
        _ => (terms, common),
    }
}

/// `left op right` for one of the four operators of arithmetic.
pub(super) fn arithmetic(op: BinaryOp, left: Term, right: Term, dialect: Dialect) -> Term {
    let kinds = left.number.zip(right.number);
    let Some(common) = kinds.map(|(left, right)| left.common(right)) else {
        // One side is NULL, and so is the result.
        return infix(op, &left, &right, dialect).with_number(left.number.or(right.number));
    };
    match (common, op) {
        (Number::Decimal { .. }, BinaryOp::Mul) => {
            let scale = scale_of(&left) + scale_of(&right);
            infix(op, &left, &right, dialect).with_number(Number::Decimal { scale })
        }
        (Number::Decimal { scale }, BinaryOp::Div) => {
            divide_decimals(left, right, scale, dialect).with_number(Number::Decimal { scale })
        }
        _ => {
            let (left, right) = match dialect {
                Dialect::Postgres => (widen(left, common), right),
                Dialect::Sqlite => (convert(left, common), convert(right, common)),
            };
            infix(op, &left, &right, dialect).with_number(widened(common))
        }
    }
}

/// The left operand in the widest type of a kind; PostgreSQL then brings the right one to it, and computes in it.
pub(super) fn widen(term: Term, kind: Number) -> Term {
    let cast = match (term.number, kind) {
        (Some(Number::Integer { wide: false }), Number::Integer { .. }) => "bigint",
        (Some(Number::Double), _) => return term,
        (Some(_), Number::Single | Number::Double) => "double precision",
        _ => return term,
    };
    Term::atom(format!("{}::{cast}", term.at(Level::Atom))).with_number(widened(kind))
}

/// The value of a decimal text as an integer, and how many of its digits stand after the point.
pub(super) fn decimal_digits(text: &str) -> (i128, u32) {
    let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = text.replace('.', "").parse().expect("a decimal literal is in plain notation and fits into 38 digits");
    (digits, scale as u32)
}

/// The digits of a decimal with `from` digits after the point as they are with `to`, if that loses none.
pub(super) fn with_scale(digits: i128, from: u32, to: u32) -> Option<i128> {
    digits.checked_mul(10_i128.checked_pow(to.checked_sub(from)?)?)
}

/// The floating-point number nearest to a decimal.
pub(super) fn nearest_float(digits: i128, scale: u32) -> f64 {
    format!("{digits}e-{scale}").parse().expect("digits with an exponent are a number")
}

/// A floating-point constant, the shortest text that reads back as the same value.
pub(super) fn float_text(value: f64) -> String {
    format!("{value:?}")
}

fn widened(number: Number) -> Number {
    match number {
        Number::Integer { .. } => Number::Integer { wide: true },
        Number::Single => Number::Double,
        Number::Decimal { .. } | Number::Double => number,
    }
}

/// On SQLite, the term as a number of another kind that holds its own.
fn convert(term: Term, to: Number) -> Term {
    match (term.number, to) {
        (Some(from @ (Number::Integer { .. } | Number::Decimal { .. })), Number::Decimal { scale }) => {
            rescale(term, from.scale(), scale)
        }
        (Some(from @ (Number::Integer { .. } | Number::Decimal { .. })), Number::Single | Number::Double) => {
            to_float(&term, from.scale())
        }
        _ => term,
    }
}

fn rescale(term: Term, from: u32, to: u32) -> Term {
    let number = Number::Decimal { scale: to };
    if from == to {
        return term.with_number(number);
    }
    if let Some(digits) = term.digits.and_then(|digits| with_scale(digits, from, to)) {
        return Term { digits: Some(digits), ..signed(digits.to_string()).with_number(number) };
    }
    Term::new(Level::Product, format!("{} * {}", term.at(Level::Product), power_of_ten(to - from))).with_number(number)
}

/// The quotient of two integers of up to 53 bits is the nearest floating-point number to the decimal, as it is when
/// PostgreSQL casts a `numeric`.
fn to_float(term: &Term, scale: u32) -> Term {
    let converted = match (term.digits, scale) {
        (Some(digits), _) => signed(float_text(nearest_float(digits, scale))),
        (None, 0) => Term::atom(format!("CAST({} AS REAL)", term.sql)),
        (None, _) => Term::new(Level::Product, format!("{} / {}.0", term.at(Level::Product), power_of_ten(scale))),
    };
    converted.with_number(Number::Double)
}

/// The quotient cut, not rounded, after `scale` digits: what integer division gives on SQLite, and `div` on PostgreSQL.
/// PostgreSQL's own quotient of decimals is rounded after a number of digits that depends on the values.
fn divide_decimals(left: Term, right: Term, scale: u32, dialect: Dialect) -> Term {
    if dialect.has_native_types() {
        let (left, right) = (times_power_of_ten(&left, scale).sql, non_zero(&right).sql);
        let quotient = Term::atom(format!("div({left}, {right})"));
        return if scale == 0 {
            quotient
        } else {
            Term::new(Level::Product, format!("{} * 0.{}1", quotient.sql, "0".repeat(scale as usize - 1)))
        };
    }
    let shift = scale + scale_of(&right) - scale_of(&left);
    infix(BinaryOp::Div, &times_power_of_ten(&left, shift), &right, dialect)
}

fn times_power_of_ten(term: &Term, power: u32) -> Term {
    if power == 0 {
        return term.clone();
    }
    Term::new(Level::Product, format!("{} * {}", term.at(Level::Product), power_of_ten(power)))
}

fn infix(op: BinaryOp, left: &Term, right: &Term, dialect: Dialect) -> Term {
    let (symbol, level, tighter) = match op {
        BinaryOp::Add => ("+", Level::Sum, Level::Product),
        BinaryOp::Sub => ("-", Level::Sum, Level::Product),
        BinaryOp::Div => ("/", Level::Product, Level::Collation),
        _ => ("*", Level::Product, Level::Collation),
    };
    let right = match (op, dialect) {
        (BinaryOp::Div, Dialect::Postgres) => &non_zero(right),
        _ => right,
    };
    Term::new(level, format!("{} {symbol} {}", left.at(level), right.at(tighter)))
}

/// A divisor that is NULL instead of zero, as SQLite treats it.
fn non_zero(term: &Term) -> Term {
    match term.digits {
        Some(digits) if digits != 0 => term.clone(),
        _ => Term::atom(format!("nullif({}, 0)", term.sql)),
    }
}

fn scale_of(term: &Term) -> u32 {
    term.number.map_or(0, Number::scale)
}

fn power_of_ten(power: u32) -> String {
    format!("1{}", "0".repeat(power as usize))
}
