//! The expression language as SQL, so that both databases find the same rows true, false or unknown.

use super::literal::typed_literal;
use super::number::{Number, align, arithmetic, widen};
use super::pattern::{glob_pattern, like_pattern};
use super::quote::{quote, quote_text};
use super::term::{Level, Term};
use crate::expr::{BinaryOp, ExprKind, Function};
use crate::{Dialect, Expr, FieldId, Model, Type};

/// The expression over a model's columns as SQL text.
///
/// The same on both dialects: text is compared by its code points, `like` minds the case, `lower` and `upper` change
/// ASCII letters alone, `length` counts characters, integers divide towards zero, decimals are exact and their quotients
/// are cut after the larger scale of the two, a division by zero is NULL.
pub fn expression(expr: &Expr, model: &Model, dialect: Dialect) -> String {
    Writer { model, dialect }.term(expr).sql
}

struct Writer<'a> {
    model: &'a Model,
    dialect: Dialect,
}

impl Writer<'_> {
    fn term(&self, expr: &Expr) -> Term {
        match &expr.kind {
            ExprKind::Field(id) => self.field(*id),
            ExprKind::Literal(value) => typed_literal(value, expr.ty, self.dialect),
            ExprKind::Null => Term::atom("NULL"),
            ExprKind::Not(operand) => Term::new(Level::Not, format!("NOT {}", self.term(operand).at(Level::Atom))),
            ExprKind::Negate(operand) => self.negate(operand),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::IsNull { operand, negated } => self.is_null(operand, *negated),
            ExprKind::In { operand, list, negated } => self.is_in(operand, list, *negated),
            ExprKind::Between { operand, low, high, negated } => self.between([operand, low, high], *negated),
            ExprKind::Like { operand, pattern, negated } => self.like(operand, pattern, *negated),
            ExprKind::Call { function, arguments } => self.call(*function, arguments),
        }
    }

    /// A text column with a collation of its own is brought back to the order of code points.
    fn field(&self, id: FieldId) -> Term {
        let field = self.model.field(id);
        let column = quote(&field.column);
        let number = match field.ty {
            Type::SmallInt | Type::Int => Some(Number::NARROW),
            Type::BigInt => Some(Number::Integer { wide: true }),
            Type::Real => Some(Number::Single),
            Type::Float => Some(Number::Double),
            Type::Decimal { scale, .. } => Some(Number::Decimal { scale: u32::from(scale) }),
            _ => None,
        };
        match (self.dialect, field.collate.as_deref()) {
            (Dialect::Postgres, Some(collation)) if collation != "C" => {
                Term::new(Level::Collation, format!("{column} COLLATE \"C\""))
            }
            _ => Term::atom(column).with_number(number),
        }
    }

    fn negate(&self, operand: &Expr) -> Term {
        let operand = self.computable(operand);
        let negative = Term::new(Level::Negation, format!("-{}", operand.at(Level::Atom))).with_number(operand.number);
        Term { digits: operand.digits.map(|digits| -digits), ..negative }
    }

    /// The smallest number of a narrow type has no opposite in it, so PostgreSQL computes in a wider one.
    fn computable(&self, operand: &Expr) -> Term {
        let term = self.term(operand);
        match term.number {
            Some(Number::NARROW) if self.dialect == Dialect::Postgres && term.digits.is_none() => {
                widen(term, Number::NARROW)
            }
            _ => term,
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Term {
        let (left, right) = (self.term(left), self.term(right));
        match op {
            BinaryOp::Or => logical("OR", Level::Or, &left, &right),
            BinaryOp::And => logical("AND", Level::And, &left, &right),
            BinaryOp::Eq => self.comparison("=", left, right),
            BinaryOp::Ne => self.comparison("<>", left, right),
            BinaryOp::Lt => self.comparison("<", left, right),
            BinaryOp::Le => self.comparison("<=", left, right),
            BinaryOp::Gt => self.comparison(">", left, right),
            BinaryOp::Ge => self.comparison(">=", left, right),
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => arithmetic(op, left, right, self.dialect),
        }
    }

    fn comparison(&self, symbol: &str, left: Term, right: Term) -> Term {
        let operands = self.operands(vec![left, right]);
        Term::new(Level::Comparison, operands.join(&format!(" {symbol} ")))
    }

    fn is_null(&self, operand: &Expr, negated: bool) -> Term {
        let operand = match operand.kind {
            ExprKind::Field(id) => quote(&self.model.field(id).column),
            _ => self.term(operand).operand(),
        };
        Term::new(Level::Comparison, format!("{operand} IS {}NULL", not(negated)))
    }

    fn is_in(&self, operand: &Expr, list: &[Expr], negated: bool) -> Term {
        let terms = std::iter::once(operand).chain(list).map(|expr| self.term(expr)).collect();
        let operands = self.operands(terms);
        let (operand, list) = operands.split_first().expect("the operand comes first");
        Term::new(Level::Comparison, format!("{operand} {}IN ({})", not(negated), list.join(", ")))
    }

    fn between(&self, parts: [&Expr; 3], negated: bool) -> Term {
        let operands = self.operands(parts.map(|part| self.term(part)).into());
        let not = not(negated);
        Term::new(Level::Comparison, format!("{} {not}BETWEEN {} AND {}", operands[0], operands[1], operands[2]))
    }

    fn like(&self, operand: &Expr, pattern: &str, negated: bool) -> Term {
        let (operator, pattern) = match self.dialect {
            Dialect::Postgres => ("LIKE", like_pattern(pattern)),
            Dialect::Sqlite => ("GLOB", glob_pattern(pattern)),
        };
        let operand = self.term(operand).operand();
        Term::new(Level::Comparison, format!("{operand} {}{operator} {}", not(negated), quote_text(&pattern)))
    }

    fn call(&self, function: Function, arguments: &[Expr]) -> Term {
        let (name, number, arguments) = match function {
            Function::Lower => ("lower", None, self.terms(arguments)),
            Function::Upper => ("upper", None, self.terms(arguments)),
            Function::Length => ("length", Some(Number::NARROW), self.terms(arguments)),
            Function::Coalesce => {
                let (arguments, number) = align(self.terms(arguments), self.dialect);
                ("coalesce", number, arguments)
            }
            Function::Abs => {
                let arguments: Vec<_> = arguments.iter().map(|argument| self.computable(argument)).collect();
                ("abs", arguments.first().and_then(|argument| argument.number), arguments)
            }
        };
        let arguments: Vec<_> = arguments.into_iter().map(|argument| argument.sql).collect();
        Term::atom(format!("{name}({})", arguments.join(", "))).with_number(number)
    }

    fn terms(&self, exprs: &[Expr]) -> Vec<Term> {
        exprs.iter().map(|expr| self.term(expr)).collect()
    }

    /// The operands of one comparison, made comparable.
    fn operands(&self, terms: Vec<Term>) -> Vec<String> {
        align(terms, self.dialect).0.iter().map(Term::operand).collect()
    }
}

/// `AND` inside `OR` would need no parentheses, but readers like them.
pub(super) fn logical(word: &str, level: Level, left: &Term, right: &Term) -> Term {
    let operand = |term: &Term| if term.level == level { term.sql.clone() } else { term.at(Level::Not) };
    Term::new(level, format!("{} {word} {}", operand(left), operand(right)))
}

pub(super) fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}
