//! Which types meet, and what comes of it. Only what both databases do alike is allowed.

use seedbed_schema::Type;
use seedbed_schema::expr::BinaryOp;

/// The type in which two values can be compared, if there is one.
///
/// Decimals are whole numbers scaled by their type on SQLite: those of one scale compare as they are.
pub(super) fn comparable(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (Type::Json | Type::Bytes, _) | (_, Type::Json | Type::Bytes) => None,
        _ if a.is_text() && b.is_text() => Some(Type::Text { limit: None }),
        (Type::Decimal { precision: p, scale: s }, Type::Decimal { precision: q, scale: t }) => {
            (s == t).then_some(Type::Decimal { precision: p.max(q), scale: s })
        }
        _ if a == b => Some(a),
        _ if a.is_integer() && b.is_integer() => Some(if rank(a) > rank(b) { a } else { b }),
        _ if is_float(a) && is_float(b) => Some(Type::Float),
        _ if (is_float(a) && b.is_integer()) || (a.is_integer() && is_float(b)) => Some(Type::Float),
        _ => None,
    }
}

/// Whether values of a type have an order that both databases agree on.
pub(super) fn ordered(ty: Type) -> bool {
    !matches!(ty, Type::Enum(_) | Type::Bool | Type::Json | Type::Bytes)
}

/// The type of a calculation, if both databases do it alike.
pub(super) fn arithmetic(op: BinaryOp, a: Type, b: Type) -> Option<Type> {
    let number = |ty: Type| ty.is_integer() || is_float(ty);
    match (op, a, b) {
        (BinaryOp::Mul, Type::Decimal { .. }, b) if b.is_integer() => Some(a),
        (BinaryOp::Mul, a, Type::Decimal { .. }) if a.is_integer() => Some(b),
        (BinaryOp::Add | BinaryOp::Sub, Type::Decimal { .. }, Type::Decimal { .. }) => comparable(a, b),
        _ if number(a) && number(b) => comparable(a, b),
        _ => None,
    }
}

fn is_float(ty: Type) -> bool {
    matches!(ty, Type::Real | Type::Float)
}

fn rank(ty: Type) -> u8 {
    match ty {
        Type::SmallInt => 0,
        Type::Int => 1,
        _ => 2,
    }
}
