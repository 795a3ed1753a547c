//! Which fields an expression reads.

use crate::expr::ExprKind;
use crate::{Expr, FieldId};

/// The fields that an expression reads, in the order of the model, each once.
pub(super) fn referenced_fields(expr: &Expr) -> Vec<FieldId> {
    let mut fields = Vec::new();
    collect(expr, &mut fields);
    fields.sort();
    fields.dedup();
    fields
}

fn collect(expr: &Expr, fields: &mut Vec<FieldId>) {
    match &expr.kind {
        ExprKind::Field(id) => fields.push(*id),
        ExprKind::Literal(_) | ExprKind::Null => {}
        ExprKind::Not(operand)
        | ExprKind::Negate(operand)
        | ExprKind::IsNull { operand, .. }
        | ExprKind::Like { operand, .. } => collect(operand, fields),
        ExprKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|part| collect(part, fields)),
        ExprKind::In { operand, list, .. } => {
            collect(operand, fields);
            list.iter().for_each(|part| collect(part, fields));
        }
        ExprKind::Between { operand, low, high, .. } => {
            [operand, low, high].into_iter().for_each(|part| collect(part, fields));
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|part| collect(part, fields)),
    }
}
