//! Comparisons with numbers that a column cannot hold, put so that every database can make them and finds the same rows.
//!
//! SQLite keeps a decimal as an integer scaled by its digits, so `0.1234567` has no form in a column of six; PostgreSQL
//! would compare. And SQLite does not read every float of a list exactly.

use rust_decimal::{Decimal, RoundingStrategy};
use seedbed_schema::Type;

use crate::filter::{Node, Operator};
use crate::{Value, ValueType, meta};

/// The sizes of floats that SQLite reads from the text of a list exactly.
const READ_EXACTLY: std::ops::RangeInclusive<f64> = 1e-70..=1e90;

/// `field operator value`
pub(crate) fn compare(field: &'static meta::Field, operator: Operator, value: Value) -> Node {
    let Some(decimals) = Decimals::of(field) else { return Node::Compare { field, operator, value } };
    let node = |operator, value| Node::Compare { field, operator, value };
    match (decimals.place(&value), operator) {
        (Place::At, _) => node(operator, value),
        (Place::Above(below), Operator::Lt | Operator::Le) => node(Operator::Le, below),
        (Place::Above(below), Operator::Gt | Operator::Ge) => node(Operator::Gt, below),
        (_, Operator::Ne) | (Place::BelowAll, Operator::Gt | Operator::Ge) => node(Operator::Ge, decimals.least()),
        (_, Operator::Eq) | (Place::BelowAll, Operator::Lt | Operator::Le) => node(Operator::Lt, decimals.least()),
    }
}

/// Whether the field is one of the values.
pub(crate) fn one_of(field: &'static meta::Field, ty: ValueType, values: Vec<Value>) -> Node {
    let none_given = values.is_empty();
    let (listed, others): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| fits_a_list(field, value));
    let mut nodes: Vec<Node> = others.into_iter().map(|value| compare(field, Operator::Eq, value)).collect();
    if nodes.is_empty() || !listed.is_empty() || none_given {
        nodes.insert(0, Node::In { field, ty, values: listed });
    }
    if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) }
}

fn fits_a_list(field: &meta::Field, value: &Value) -> bool {
    match value {
        Value::F64(number) => *number == 0.0 || READ_EXACTLY.contains(&number.abs()),
        Value::Decimal(..) => Decimals::of(field).is_none_or(|decimals| matches!(decimals.place(value), Place::At)),
        _ => true,
    }
}

/// The decimals that a column can hold.
struct Decimals {
    scale: u8,
    largest: Decimal,
}

/// Where a number stands among the decimals of a column.
enum Place {
    /// It is one of them.
    At,
    /// It is none, and this is the largest of them that is smaller.
    Above(Value),
    /// All of them are larger.
    BelowAll,
}

impl Decimals {
    fn of(field: &meta::Field) -> Option<Self> {
        let Type::Decimal { precision, scale } = field.ty else { return None };
        let digits = 10_i128.checked_pow(precision.into())? - 1;
        let largest = Decimal::try_from_i128_with_scale(digits, scale.into()).ok()?;
        Some(Self { scale, largest })
    }

    fn place(&self, value: &Value) -> Place {
        let Value::Decimal(number, _) = *value else { return Place::At };
        if number < -self.largest {
            return Place::BelowAll;
        }
        let below = number.round_dp_with_strategy(self.scale.into(), RoundingStrategy::ToNegativeInfinity);
        let below = below.min(self.largest);
        if below == number { Place::At } else { Place::Above(Value::Decimal(below, self.scale)) }
    }

    fn least(&self) -> Value {
        Value::Decimal(-self.largest, self.scale)
    }
}
