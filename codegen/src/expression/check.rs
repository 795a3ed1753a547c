//! From a tree to a typed expression: names are looked up, and constants take the type of what they meet.

use seedbed_schema::expr::{BinaryOp, ExprKind, Function};
use seedbed_schema::{Expr, Type};

use super::ast::{Kind, Tree};
use super::scope::{Meaning, Scope};
use super::types::{arithmetic, comparable, ordered};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::literal;
use crate::source::Span;
use crate::yaml::Scalar;

/// Types a tree as a condition that speaks of a field.
pub(super) fn condition(tree: &Tree, text: &Scalar, scope: &Scope<'_, '_>, report: &mut Report) -> Option<Expr> {
    let mut checker = Checker { text, scope, report };
    let expr = checker.boolean(tree)?;
    checker.speaks_of_a_field(tree, &expr)
}

/// Types a tree as a value that speaks of a field.
pub(super) fn value(tree: &Tree, text: &Scalar, scope: &Scope<'_, '_>, report: &mut Report) -> Option<Expr> {
    let mut checker = Checker { text, scope, report };
    let expr = checker.free(tree)?;
    checker.speaks_of_a_field(tree, &expr)
}

struct Checker<'c, 's, 'a> {
    text: &'c Scalar,
    scope: &'c Scope<'s, 'a>,
    report: &'c mut Report,
}

impl Checker<'_, '_, '_> {
    fn boolean(&mut self, tree: &Tree) -> Option<Expr> {
        let expr = self.free(tree)?;
        if expr.ty == Type::Bool {
            return Some(expr);
        }
        let found = self.scope.type_name(expr.ty);
        self.wrong(
            tree,
            format!("a condition is expected here, and this is `{found}`"),
            "compare it with something: `length(name) > 0`",
        )
    }

    /// Types a tree that stands by itself, so that a constant takes the type it looks like.
    fn free(&mut self, tree: &Tree) -> Option<Expr> {
        match &tree.kind {
            Kind::Number(digits) if digits.contains(['.', 'e', 'E']) => self.constant(tree, Type::Float),
            Kind::Number(_) => self.constant(tree, Type::BigInt),
            Kind::Text(_) => self.constant(tree, Type::Text { limit: None }),
            Kind::Bool(_) => self.constant(tree, Type::Bool),
            Kind::Null => {
                self.wrong(tree, "`null` is not a value to compare with".into(), "write `is null` or `is not null`")
            }
            Kind::Name(name) => self.field(tree, name),
            Kind::Not(operand) => {
                let operand = Box::new(self.boolean(operand)?);
                Some(boolean(ExprKind::Not(operand)))
            }
            Kind::Negate(operand) => self.negate(operand),
            Kind::Binary { op, left, right } => self.binary(tree, *op, left, right),
            Kind::IsNull { operand, negated } => {
                let operand = Box::new(self.free(operand)?);
                Some(boolean(ExprKind::IsNull { operand, negated: *negated }))
            }
            Kind::In { operand, list, negated } => self.within(tree, operand, list, *negated),
            Kind::Between { operand, low, high, negated } => self.between(tree, operand, [low, high], *negated),
            Kind::Like { operand, pattern, negated } => self.like(operand, pattern, *negated),
            Kind::Call { function, name, arguments } => self.call(tree, function, name.clone(), arguments),
        }
    }

    fn field(&mut self, tree: &Tree, name: &str) -> Option<Expr> {
        match self.scope.find(name) {
            Meaning::Field(id, ty) => Some(Expr { kind: ExprKind::Field(id), ty }),
            Meaning::Unclear => None,
            Meaning::Nothing => {
                let message = format!("`{}` has no field `{name}`", self.scope.model());
                let diagnostic = Diagnostic::error(Code::UnknownField, self.span(tree), message);
                self.report.push(diagnostic.nearest(name, self.scope.names()));
                None
            }
        }
    }

    fn negate(&mut self, operand: &Tree) -> Option<Expr> {
        let expr = self.free(operand)?;
        match arithmetic(BinaryOp::Sub, expr.ty, expr.ty) {
            Some(ty) => Some(Expr { kind: ExprKind::Negate(Box::new(expr)), ty }),
            None => self.no_number(operand, expr.ty),
        }
    }

    fn binary(&mut self, tree: &Tree, op: BinaryOp, left: &Tree, right: &Tree) -> Option<Expr> {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let (left, right) = (self.boolean(left), self.boolean(right));
                Some(boolean(ExprKind::Binary { op, left: Box::new(left?), right: Box::new(right?) }))
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => self.arithmetic(tree, op, left, right),
            _ => {
                let (left_expr, right_expr) = self.pair(left, right)?;
                let ordering = !matches!(op, BinaryOp::Eq | BinaryOp::Ne);
                self.meet(tree, &left_expr, &right_expr, ordering)?;
                Some(boolean(ExprKind::Binary { op, left: Box::new(left_expr), right: Box::new(right_expr) }))
            }
        }
    }

    fn arithmetic(&mut self, tree: &Tree, op: BinaryOp, left: &Tree, right: &Tree) -> Option<Expr> {
        // The factor of a decimal is a whole number, and does not take the decimal's type.
        let (left, right) = match op {
            BinaryOp::Mul | BinaryOp::Div if is_constant(left) || is_constant(right) => {
                (self.factor(left, right)?, self.factor(right, left)?)
            }
            _ => self.pair(left, right)?,
        };
        match arithmetic(op, left.ty, right.ty) {
            Some(ty) => Some(Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, ty }),
            None => {
                let (a, b) = (self.scope.type_name(left.ty), self.scope.type_name(right.ty));
                let decimals = matches!((left.ty, right.ty), (Type::Decimal { .. }, _) | (_, Type::Decimal { .. }));
                let help = if decimals {
                    "decimals of one scale are added and subtracted, and multiplied by whole numbers; else write it per dialect"
                } else {
                    "both sides are numbers of one kind"
                };
                self.wrong(tree, format!("`{a}` and `{b}` cannot be calculated with each other like this"), help)
            }
        }
    }

    /// One operand of a product, which as a constant takes the type of the other unless that is a decimal.
    fn factor(&mut self, tree: &Tree, other: &Tree) -> Option<Expr> {
        if !is_constant(tree) || is_constant(other) {
            return self.free(tree);
        }
        match self.free(other)?.ty {
            Type::Decimal { .. } => self.constant(tree, Type::BigInt),
            ty => self.constant(tree, ty),
        }
    }

    /// Two operands, of which a constant takes the type of the other.
    fn pair(&mut self, left: &Tree, right: &Tree) -> Option<(Expr, Expr)> {
        if self.takes_type(left) && !self.takes_type(right) {
            let right = self.free(right)?;
            return Some((self.towards(left, right.ty)?, right));
        }
        let left = self.free(left)?;
        let right = if self.takes_type(right) { self.towards(right, left.ty) } else { self.free(right) };
        Some((left, right?))
    }

    /// Whether a tree is a constant, or a name that can only be a value of an enum.
    fn takes_type(&self, tree: &Tree) -> bool {
        match &tree.kind {
            Kind::Name(name) => matches!(self.scope.find(name), Meaning::Nothing),
            _ => is_constant(tree),
        }
    }

    /// Types a constant like what it is compared with.
    fn towards(&mut self, tree: &Tree, ty: Type) -> Option<Expr> {
        let ty = if ty.is_text() { Type::Text { limit: None } } else { ty };
        match (&tree.kind, ty) {
            (Kind::Name(_), Type::Enum(_)) => self.constant(tree, ty),
            (Kind::Name(name), _) => self.field(tree, name),
            (Kind::Null, _) => self.free(tree),
            (Kind::Bool(_), Type::Bool) => self.constant(tree, ty),
            (Kind::Bool(_), _) => self.free(tree),
            _ => self.constant(tree, ty),
        }
    }

    /// Reads a constant as a value of a type.
    fn constant(&mut self, tree: &Tree, ty: Type) -> Option<Expr> {
        let (written, quoted) = match &tree.kind {
            Kind::Number(digits) => (digits.clone(), false),
            Kind::Text(text) => (text.clone(), true),
            Kind::Name(name) => (name.clone(), false),
            Kind::Bool(value) => (value.to_string(), false),
            _ => return self.free(tree),
        };
        let number = matches!(tree.kind, Kind::Number(_));
        let numeric = ty.is_integer() || matches!(ty, Type::Real | Type::Float | Type::Decimal { .. });
        if number != numeric || (matches!(ty, Type::Json | Type::Bytes)) {
            let name = self.scope.type_name(ty);
            let help = match ty {
                Type::Bool => "write `true` or `false`",
                Type::Json | Type::Bytes => "only `is null` and `is not null` can be asked of it",
                _ if numeric => "write a number, without quotes",
                _ => "write a text in single quotes",
            };
            if !(ty == Type::Bool && matches!(tree.kind, Kind::Bool(_))) {
                return self.wrong(tree, format!("`{}` is compared with `{name}`", self.written(tree)), help);
            }
        }
        match literal::parse(ty, &written, quoted, self.scope.enums()) {
            Ok(literal) => Some(Expr { kind: ExprKind::Literal(literal), ty }),
            Err(misfit) => {
                let code = if misfit.unknown_value { Code::UnknownValue } else { Code::ExpressionType };
                let mut diagnostic =
                    Diagnostic::error(code, self.span(tree), format!("`{written}` {}", misfit.problem));
                diagnostic.help = misfit.help;
                diagnostic.suggestion = misfit.suggestion;
                self.report.push(diagnostic);
                None
            }
        }
    }

    /// Reports two values that cannot be compared.
    fn meet(&mut self, tree: &Tree, left: &Expr, right: &Expr, ordering: bool) -> Option<()> {
        let Some(ty) = comparable(left.ty, right.ty) else {
            let (a, b) = (self.scope.type_name(left.ty), self.scope.type_name(right.ty));
            let help = match (left.ty, right.ty) {
                (Type::Decimal { .. }, _) | (_, Type::Decimal { .. }) => {
                    "a decimal is compared with decimals of the same scale; else write it per dialect"
                }
                (Type::Enum(_), _) | (_, Type::Enum(_)) => {
                    "a value that is also the name of a field stands in quotes: `'active'`"
                }
                (Type::Json | Type::Bytes, _) => "only `is null` and `is not null` can be asked of it",
                _ => "both sides are of one type",
            };
            return self.wrong(tree, format!("`{a}` and `{b}` cannot be compared"), help);
        };
        if ordering && !ordered(ty) {
            let name = self.scope.type_name(ty);
            return self.wrong(tree, format!("values of `{name}` have no order"), "compare it with `=` or `<>`");
        }
        Some(())
    }

    fn within(&mut self, tree: &Tree, operand: &Tree, list: &[Tree], negated: bool) -> Option<Expr> {
        let operand = self.free(operand)?;
        if list.is_empty() {
            return self.wrong(tree, "`in` has nothing to choose from".into(), "write at least one value: `in (1, 2)`");
        }
        let mut items = Vec::new();
        let mut complete = true;
        for item in list {
            let found = if self.takes_type(item) { self.towards(item, operand.ty) } else { self.free(item) };
            match found.filter(|found| self.meet(item, &operand, found, false).is_some()) {
                Some(found) => items.push(found),
                None => complete = false,
            }
        }
        complete.then(|| boolean(ExprKind::In { operand: Box::new(operand), list: items, negated }))
    }

    fn between(&mut self, tree: &Tree, operand: &Tree, ends: [&Tree; 2], negated: bool) -> Option<Expr> {
        let operand = self.free(operand)?;
        let [low, high] = ends.map(|end| {
            let found = if self.takes_type(end) { self.towards(end, operand.ty) } else { self.free(end) };
            found.filter(|found| self.meet(tree, &operand, found, true).is_some())
        });
        let (low, high) = (Box::new(low?), Box::new(high?));
        Some(boolean(ExprKind::Between { operand: Box::new(operand), low, high, negated }))
    }

    fn like(&mut self, operand: &Tree, pattern: &Tree, negated: bool) -> Option<Expr> {
        let Kind::Text(text) = &pattern.kind else {
            return self.wrong(pattern, "a pattern is a text in quotes".into(), "write it like `name like 'A%'`");
        };
        let escapes = text.chars().rev().take_while(|c| *c == '\\').count();
        if escapes % 2 == 1 {
            return self.wrong(
                pattern,
                "the pattern ends with `\\`, which takes the next character as it is".into(),
                "write `\\\\` for one `\\`",
            );
        }
        let expr = self.text(operand)?;
        Some(boolean(ExprKind::Like { operand: Box::new(expr), pattern: text.clone(), negated }))
    }

    fn text(&mut self, tree: &Tree) -> Option<Expr> {
        let expr = self.free(tree)?;
        if expr.ty.is_text() {
            return Some(expr);
        }
        let found = self.scope.type_name(expr.ty);
        self.wrong(
            tree,
            format!("a text is expected here, and this is `{found}`"),
            "texts are `string`, `text` and `cuid`",
        )
    }

    fn call(&mut self, tree: &Tree, name: &str, place: std::ops::Range<usize>, arguments: &[Tree]) -> Option<Expr> {
        let known = FUNCTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((_, function)) = known.copied() else {
            let span = self.report.place(self.text, place.start, place.end);
            let diagnostic = Diagnostic::error(Code::UnknownFunction, span, format!("unknown function `{name}`"));
            self.report.push(diagnostic.nearest(name, FUNCTIONS.iter().map(|(known, _)| *known)));
            return None;
        };
        let expr = |function, arguments, ty| Expr { kind: ExprKind::Call { function, arguments }, ty };
        match (function, arguments) {
            (Function::Lower | Function::Upper, [one]) => {
                let one = self.text(one)?;
                Some(expr(function, vec![one], Type::Text { limit: None }))
            }
            (Function::Length, [one]) => {
                let one = self.text(one)?;
                Some(expr(function, vec![one], Type::Int))
            }
            (Function::Abs, [one]) => {
                let number = self.free(one)?;
                match arithmetic(BinaryOp::Sub, number.ty, number.ty) {
                    Some(ty) => Some(expr(function, vec![number], ty)),
                    None => self.no_number(one, number.ty),
                }
            }
            (Function::Coalesce, [first, rest @ ..]) if !rest.is_empty() => {
                let first = self.free(first)?;
                let mut ty = first.ty;
                let mut all = vec![first];
                for item in rest {
                    let found = if self.takes_type(item) { self.towards(item, ty)? } else { self.free(item)? };
                    self.meet(item, &all[0], &found, false)?;
                    ty = comparable(ty, found.ty).unwrap_or(ty);
                    all.push(found);
                }
                Some(expr(function, all, ty))
            }
            (Function::Coalesce, _) => {
                self.wrong(tree, "`coalesce` takes two values or more".into(), "write `coalesce(a, b)`")
            }
            _ => {
                let count = arguments.len();
                self.wrong(tree, format!("`{name}` takes one value, and {count} are given"), "write `lower(email)`")
            }
        }
    }

    fn no_number(&mut self, tree: &Tree, ty: Type) -> Option<Expr> {
        let found = self.scope.type_name(ty);
        self.wrong(tree, format!("a number is expected here, and this is `{found}`"), "use a field that holds a number")
    }

    /// Reports an expression that is the same for every row.
    fn speaks_of_a_field(&mut self, tree: &Tree, expr: &Expr) -> Option<Expr> {
        if has_field(expr) {
            return Some(expr.clone());
        }
        self.wrong(
            tree,
            "the expression names no field, so it is the same for every row".into(),
            "name a field of the model",
        )
    }

    fn wrong<T>(&mut self, tree: &Tree, message: String, help: &str) -> Option<T> {
        let span = self.span(tree);
        self.report.push(Diagnostic::error(Code::ExpressionType, span, message).help(help));
        None
    }

    /// A part of the expression as it is written.
    fn written(&self, tree: &Tree) -> &str {
        &self.text.text[tree.range.clone()]
    }

    fn span(&self, tree: &Tree) -> Span {
        self.report.place(self.text, tree.range.start, tree.range.end)
    }
}

/// Every function by name.
const FUNCTIONS: [(&str, Function); 5] = [
    ("lower", Function::Lower),
    ("upper", Function::Upper),
    ("length", Function::Length),
    ("coalesce", Function::Coalesce),
    ("abs", Function::Abs),
];

fn boolean(kind: ExprKind) -> Expr {
    Expr { kind, ty: Type::Bool }
}

fn is_constant(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Number(_) | Kind::Text(_) | Kind::Bool(_) | Kind::Null)
}

fn has_field(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Field(_) => true,
        ExprKind::Literal(_) | ExprKind::Null => false,
        ExprKind::Not(operand) | ExprKind::Negate(operand) => has_field(operand),
        ExprKind::IsNull { operand, .. } | ExprKind::Like { operand, .. } => has_field(operand),
        ExprKind::Binary { left, right, .. } => has_field(left) || has_field(right),
        ExprKind::In { operand, list, .. } => has_field(operand) || list.iter().any(has_field),
        ExprKind::Between { operand, low, high, .. } => [operand, low, high].into_iter().any(|part| has_field(part)),
        ExprKind::Call { arguments, .. } => arguments.iter().any(has_field),
    }
}
