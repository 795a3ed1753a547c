//! Random expressions, computed by each database and by a few lines of Rust: parentheses stand where they must.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use seedbed_schema::expr::{BinaryOp, ExprKind, Function};
use seedbed_schema::{Expr, Literal, Model, Type, ddl};
use seedbed_tests::{TestDb, on_both};

use super::common::*;
use super::connection::Connection;

on_both!(databases_read_what_was_meant);

const ROWS: [[Option<i64>; 3]; 4] =
    [[Some(0), Some(0), Some(1)], [Some(1), Some(-3), Some(0)], [Some(-2), Some(5), Some(1)], [None, Some(1), None]];

async fn databases_read_what_was_meant(db: &TestDb) {
    let model = numbers();
    let mut connection = Connection::open(db).await;
    connection.create(&schema(vec![model.clone()]), db.dialect()).await;
    for (id, [a, b, c]) in ROWS.iter().enumerate() {
        let number = |value: &Option<i64>| value.map_or("NULL".to_owned(), |value| value.to_string());
        let flag = c.map(|value| Literal::Bool(value == 1));
        let flag = flag.map_or("NULL".to_owned(), |value| ddl::literal(&value, Type::Bool, db.dialect()));
        connection.execute(&format!("INSERT INTO numbers VALUES ({id}, {}, {}, {flag})", number(a), number(b))).await;
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let condition = condition(4).new_tree(&mut runner).expect("nothing is filtered out").current();
        let sql = ddl::expression(&condition, &model, db.dialect());
        let query = format!("SELECT CASE WHEN {sql} THEN '1' WHEN NOT ({sql}) THEN '0' END FROM numbers ORDER BY id");
        let found = connection.texts(&query).await;
        let expected: Vec<_> =
            ROWS.iter().map(|row| evaluate(&condition, row).map(|value| value.to_string())).collect();
        assert_eq!(found, expected, "{}, as\n{sql}", ddl::notation(&condition, &model));
    }
}

fn numbers() -> Model {
    let fields = vec![
        field("id", Type::BigInt),
        nullable("a", Type::BigInt),
        nullable("b", Type::Int),
        nullable("c", Type::Bool),
    ];
    model("Number", "numbers", fields)
}

/// Conditions of up to `depth` levels.
fn condition(depth: u32) -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![Just(get(&numbers(), "c")), any::<bool>().prop_map(boolean)];
    if depth == 0 {
        return leaf.boxed();
    }
    let (inner, number) = (condition(depth - 1), number(depth - 1));
    let pair = (inner.clone(), inner.clone());
    let numbers = (number.clone(), number.clone());
    prop_oneof![
        1 => leaf,
        2 => pair.clone().prop_map(|(a, b)| and(a, b)),
        2 => pair.clone().prop_map(|(a, b)| or(a, b)),
        2 => pair.prop_map(|(a, b)| eq(a, b)),
        2 => inner.clone().prop_map(not),
        1 => inner.clone().prop_map(is_null),
        1 => inner.prop_map(is_not_null),
        2 => numbers.clone().prop_map(|(a, b)| lt(a, b)),
        1 => numbers.clone().prop_map(|(a, b)| ge(a, b)),
        1 => numbers.prop_map(|(a, b)| ne(a, b)),
        1 => number.clone().prop_map(is_null),
        1 => (number.clone(), number.clone(), number.clone()).prop_map(|(a, b, c)| between(a, b, c)),
        1 => (number.clone(), number.clone(), number.clone()).prop_map(|(a, b, c)| not_between(a, b, c)),
        1 => (number.clone(), number.clone(), number.clone()).prop_map(|(a, b, c)| is_in(a, vec![b, c])),
        1 => (number.clone(), number.clone(), number).prop_map(|(a, b, c)| not_in(a, vec![b, c])),
    ]
    .boxed()
}

/// Whole numbers of up to `depth` levels.
fn number(depth: u32) -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![Just(get(&numbers(), "a")), Just(get(&numbers(), "b")), (-3_i64..4).prop_map(int),];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = number(depth - 1);
    let pair = (inner.clone(), inner.clone());
    prop_oneof![
        1 => leaf,
        2 => pair.clone().prop_map(|(a, b)| add(a, b)),
        2 => pair.clone().prop_map(|(a, b)| sub(a, b)),
        2 => pair.clone().prop_map(|(a, b)| mul(a, b)),
        2 => pair.clone().prop_map(|(a, b)| div(a, b)),
        1 => inner.clone().prop_map(negate),
        1 => inner.prop_map(abs),
        1 => pair.prop_map(|(a, b)| coalesce(vec![a, b])),
    ]
    .boxed()
}

/// What the language says the value is, a condition as 1 or 0, NULL as nothing.
fn evaluate(expr: &Expr, row: &[Option<i64>; 3]) -> Option<i64> {
    let of = |expr: &Expr| evaluate(expr, row);
    match &expr.kind {
        ExprKind::Field(id) => row[id.0 - 1],
        ExprKind::Literal(Literal::Int(value)) => Some(*value),
        ExprKind::Literal(Literal::Bool(value)) => Some(i64::from(*value)),
        ExprKind::Not(operand) => Some(1 - of(operand)?),
        ExprKind::Negate(operand) => Some(-of(operand)?),
        ExprKind::Binary { op, left, right } => binary(*op, of(left), of(right)),
        ExprKind::IsNull { operand, negated } => Some(i64::from(of(operand).is_none() != *negated)),
        ExprKind::In { operand, list, negated } => {
            let mut any = Some(0);
            for item in list {
                any = binary(BinaryOp::Or, any, binary(BinaryOp::Eq, of(operand), of(item)));
            }
            Some(any? ^ i64::from(*negated))
        }
        ExprKind::Between { operand, low, high, negated } => {
            let (low, high) = (binary(BinaryOp::Ge, of(operand), of(low)), binary(BinaryOp::Le, of(operand), of(high)));
            Some(binary(BinaryOp::And, low, high)? ^ i64::from(*negated))
        }
        ExprKind::Call { function: Function::Abs, arguments } => Some(of(&arguments[0])?.abs()),
        ExprKind::Call { function: Function::Coalesce, arguments } => arguments.iter().find_map(of),
        other => unreachable!("{other:?} is not generated"),
    }
}

fn binary(op: BinaryOp, left: Option<i64>, right: Option<i64>) -> Option<i64> {
    match (op, left, right) {
        (BinaryOp::Or, Some(1), _) | (BinaryOp::Or, _, Some(1)) => return Some(1),
        (BinaryOp::And, Some(0), _) | (BinaryOp::And, _, Some(0)) => return Some(0),
        _ => {}
    }
    let (left, right) = (left?, right?);
    Some(match op {
        BinaryOp::Or => left | right,
        BinaryOp::And => left & right,
        BinaryOp::Eq => i64::from(left == right),
        BinaryOp::Ne => i64::from(left != right),
        BinaryOp::Lt => i64::from(left < right),
        BinaryOp::Le => i64::from(left <= right),
        BinaryOp::Gt => i64::from(left > right),
        BinaryOp::Ge => i64::from(left >= right),
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => return left.checked_div(right),
    })
}
