//! The same condition over the same rows is true, false or unknown for the same rows on both databases.

use seedbed_schema::expr::ExprKind;
use seedbed_schema::{Condition, Expr, Field, Index, IndexKey, IndexMember, Literal, Model, Type, ddl};
use seedbed_tests::{TestDb, on_both};

use super::common::*;
use super::connection::Connection;

on_both!(conditions_agree, expressions_can_be_indexed);

const PRICE: Type = Type::Decimal { precision: 12, scale: 6 };
const PERCENT: Type = Type::Decimal { precision: 5, scale: 2 };
const TITLE: Type = Type::Text { limit: Some(20) };

/// One column of each type; the text column `title` has a German collation on PostgreSQL.
fn facts() -> Model {
    model(
        "Fact",
        "facts",
        vec![
            field("id", Type::BigInt),
            nullable("flag", Type::Bool),
            nullable("small", Type::SmallInt),
            nullable("whole", Type::Int),
            nullable("big", Type::BigInt),
            nullable("single", Type::Real),
            nullable("double", Type::Float),
            nullable("price", PRICE),
            nullable("percent", PERCENT),
            nullable("name", Type::Text { limit: None }),
            Field { collate: Some("de-x-icu".to_owned()), ..nullable("title", TITLE) },
            nullable("status", STATUS),
            nullable("uid", Type::Uuid),
            nullable("day", Type::Date),
            nullable("clock", Type::Time),
            nullable("moment", Type::Timestamp),
            nullable("data", Type::Json),
        ],
    )
}

/// Four rows: an ordinary one, one of extremes, one of zeros and odd texts, one of NULLs.
fn rows() -> [Vec<Option<Literal>>; 4] {
    let text = |text: &str| Literal::Text(text.to_owned());
    let decimal = |text: &str| Literal::Decimal(text.to_owned());
    let row = |values: [Literal; 16]| values.map(Some).into();
    [
        row([
            Literal::Bool(true),
            Literal::Int(7),
            Literal::Int(10),
            Literal::Int(100),
            Literal::Float(0.1),
            Literal::Float(0.1),
            decimal("12.500000"),
            decimal("12.50"),
            text("Ärger"),
            text("abc"),
            Literal::Enum("active".to_owned()),
            Literal::Uuid("0a000000-0000-4000-8000-000000000000".to_owned()),
            Literal::Date("2026-01-31".to_owned()),
            Literal::Time("10:20:30.500000".to_owned()),
            Literal::Timestamp("2026-01-31T10:20:30.123456Z".to_owned()),
            Literal::Json(serde_json::json!([])),
        ]),
        row([
            Literal::Bool(false),
            Literal::Int(-32768),
            Literal::Int(-2147483648),
            Literal::Int(9007199254740993),
            Literal::Float(16777216.0),
            Literal::Float(-1e300),
            decimal("-999999.999999"),
            decimal("-999.99"),
            text(""),
            text("ABC"),
            Literal::Enum("it's over".to_owned()),
            Literal::Uuid("ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned()),
            Literal::Date("9999-12-31".to_owned()),
            Literal::Time("23:59:59.999999".to_owned()),
            Literal::Timestamp("9999-12-31T23:59:59.999999Z".to_owned()),
            Literal::Json(serde_json::json!({ "a": 1 })),
        ]),
        row([
            Literal::Bool(false),
            Literal::Int(0),
            Literal::Int(0),
            Literal::Int(0),
            Literal::Float(0.0),
            Literal::Float(0.0),
            decimal("0"),
            decimal("0"),
            text("50%*_[x]?\\"),
            text("äöü"),
            Literal::Enum("on hold".to_owned()),
            Literal::Uuid("00000000-0000-0000-0000-000000000000".to_owned()),
            Literal::Date("0001-01-01".to_owned()),
            Literal::Time("00:00:00.000000".to_owned()),
            Literal::Timestamp("0001-01-01T00:00:00.000000Z".to_owned()),
            Literal::Json(serde_json::Value::Null),
        ]),
        vec![None; 16],
    ]
}

/// Conditions, each with its outcome for the four rows: True, False, Unknown.
fn conditions(facts: &Model) -> Vec<(Expr, &'static str)> {
    let f = |name: &str| get(facts, name);
    let real = |value: f64| float(value, Type::Real);
    let double = |value: f64| float(value, Type::Float);
    let of = |literal: Literal, ty: Type| constant(literal, ty);
    let uuid = |text: &str| of(Literal::Uuid(text.to_owned()), Type::Uuid);
    let date = |text: &str| of(Literal::Date(text.to_owned()), Type::Date);
    let time = |text: &str| of(Literal::Time(text.to_owned()), Type::Time);
    let timestamp = |text: &str| of(Literal::Timestamp(text.to_owned()), Type::Timestamp);
    vec![
        // Booleans, and three-valued logic.
        (f("flag"), "TFFU"),
        (not(f("flag")), "FTTU"),
        (eq(f("flag"), boolean(true)), "TFFU"),
        (ne(f("flag"), boolean(true)), "FTTU"),
        (eq(f("flag"), gt(f("small"), int(0))), "TTTU"),
        (lt(f("flag"), boolean(true)), "FTTU"),
        (is_null(f("flag")), "FFFT"),
        (is_not_null(f("flag")), "TTTF"),
        (is_null(gt(f("small"), int(0))), "FFFT"),
        (and(f("flag"), boolean(false)), "FFFF"),
        (or(f("flag"), boolean(true)), "TTTT"),
        (and(f("flag"), boolean(true)), "TFFU"),
        (or(f("flag"), boolean(false)), "TFFU"),
        (not(and(f("flag"), gt(f("whole"), int(5)))), "FTTU"),
        (or(and(f("flag"), gt(f("whole"), int(50))), eq(f("small"), int(0))), "FFTU"),
        (and(f("flag"), or(gt(f("whole"), int(50)), eq(f("small"), int(7)))), "TFFU"),
        (coalesce(vec![f("flag"), boolean(true)]), "TFFT"),
        (eq(f("flag"), null(Type::Bool)), "UUUU"),
        // Whole numbers: of any width together, wide inside, cut towards zero, NULL when divided by zero.
        (eq(f("small"), f("whole")), "FFTU"),
        (lt(f("small"), f("big")), "TTFU"),
        (between(f("whole"), int(0), int(10)), "TFTU"),
        (not_between(f("whole"), int(0), int(10)), "FTFU"),
        (is_in(f("small"), vec![int(7), int(0)]), "TFTU"),
        (not_in(f("small"), vec![int(7), int(0)]), "FTFU"),
        (is_in(f("small"), vec![int(7), null(Type::SmallInt)]), "TUUU"),
        (not_in(f("small"), vec![int(7), null(Type::SmallInt)]), "FUUU"),
        (gt(mul(f("whole"), f("whole")), int(4_000_000_000)), "FTFU"),
        (lt(mul(f("small"), f("small")), int(1_073_741_825)), "TTTU"),
        (eq(negate(f("small")), int(32768)), "FTFU"),
        (eq(abs(f("small")), int(32768)), "FTFU"),
        (eq(abs(f("whole")), int(2_147_483_648)), "FTFU"),
        (eq(sub(f("whole"), int(1)), int(-2_147_483_649)), "FTFU"),
        (eq(div(f("whole"), int(3)), int(3)), "TFFU"),
        (eq(div(negate(f("whole")), int(3)), int(-3)), "TFFU"),
        (eq(div(int(10), f("whole")), int(1)), "TFUU"),
        (eq(sub(f("small"), sub(f("small"), int(1))), int(1)), "TTTU"),
        (eq(div(f("big"), div(f("whole"), int(2))), int(20)), "TFUU"),
        (eq(mul(add(f("small"), int(3)), int(2)), int(20)), "TFFU"),
        (eq(sub(f("small"), int(-3)), int(10)), "TFFU"),
        (eq(negate(int(-7)), f("small")), "TFFU"),
        (eq(negate(negate(f("small"))), f("small")), "TTTU"),
        (eq(f("big"), int(9007199254740993)), "FTFU"),
        (ge(f("big"), int(i64::MIN)), "TTTU"),
        (eq(coalesce(vec![f("small"), f("big"), int(5)]), int(5)), "FFFT"),
        // Floating point: 32 bits are compared as such, and computed with in 64.
        (eq(f("single"), real(0.1)), "TFFU"),
        (eq(f("double"), double(0.1)), "TFFU"),
        (gt(f("single"), f("double")), "TTFU"),
        (eq(add(f("single"), int(1)), int(16_777_217)), "FTFU"),
        (eq(add(f("single"), real(1.0)), double(16_777_217.0)), "FTFU"),
        (eq(add(f("double"), double(0.2)), double(0.3)), "FFFU"),
        (eq(add(f("double"), double(0.2)), double(0.30000000000000004)), "TFFU"),
        (eq(add(double(0.1), double(0.2)), double(0.30000000000000004)), "TTTT"),
        (eq(div(f("double"), double(0.0)), double(1.0)), "UUUU"),
        (lt(div(f("whole"), double(4.0)), double(2.6)), "TTTU"),
        (eq(div(f("whole"), double(4.0)), double(2.5)), "TFFU"),
        (lt(f("double"), int(0)), "FTFU"),
        (eq(abs(f("double")), double(1e300)), "FTFU"),
        (eq(negate(f("double")), double(-0.1)), "TFFU"),
        (is_in(f("double"), vec![double(0.1), int(0)]), "TFTU"),
        // Decimals: exact, of several scales together, quotients cut after the larger scale.
        (eq(f("price"), f("percent")), "TFTU"),
        (lt(f("price"), f("percent")), "FTFU"),
        (eq(f("price"), decimal("12.5")), "TFFU"),
        (eq(f("price"), decimal("12.50")), "TFFU"),
        (gt(f("percent"), decimal("12.499999")), "TFFU"),
        (ge(f("percent"), int(0)), "TFTU"),
        (eq(f("percent"), f("whole")), "FFTU"),
        (gt(f("price"), f("whole")), "TTFU"),
        (eq(add(f("price"), f("percent")), int(25)), "TFFU"),
        (eq(sub(f("price"), f("percent")), decimal("-999000.009999")), "FTFU"),
        (eq(add(f("percent"), decimal("0.005")), decimal("12.505")), "TFFU"),
        (eq(mul(f("percent"), f("percent")), decimal("156.25")), "TFFU"),
        (eq(mul(f("percent"), f("percent")), decimal("999980.0001")), "FTFU"),
        (eq(mul(f("percent"), f("whole")), int(125)), "TFFU"),
        (eq(mul(f("price"), decimal("0.1")), decimal("1.25")), "TFFU"),
        (eq(div(f("percent"), int(3)), decimal("4.16")), "TFFU"),
        (eq(div(f("percent"), negate(int(3))), decimal("-4.16")), "TFFU"),
        (eq(div(f("price"), int(3)), decimal("4.166666")), "TFFU"),
        (eq(div(int(100), f("percent")), int(8)), "TFUU"),
        (eq(div(f("percent"), f("price")), int(1)), "TFUU"),
        (eq(div(f("percent"), decimal("0.003")), decimal("4166.666")), "TFFU"),
        (eq(abs(f("percent")), decimal("999.99")), "FTFU"),
        (eq(negate(f("percent")), decimal("-12.5")), "TFFU"),
        (eq(negate(decimal("-12.5")), f("percent")), "TFFU"),
        (between(f("percent"), int(0), decimal("12.5")), "TFTU"),
        (is_in(f("percent"), vec![int(0), decimal("12.500")]), "TFTU"),
        (eq(coalesce(vec![f("percent"), f("price"), decimal("0.0001")]), decimal("0.0001")), "FFFT"),
        (eq(coalesce(vec![f("percent"), int(1)]), int(1)), "FFFT"),
        (gt(f("price"), f("double")), "TTFU"),
        (eq(f("percent"), double(12.5)), "TFFU"),
        (eq(mul(f("percent"), double(2.0)), double(25.0)), "TFFU"),
        // Text: by code points, whatever the collation; only ASCII letters have a case; length in characters.
        (eq(f("name"), text("Ärger")), "TFFU"),
        (lt(f("name"), text("Z")), "FTTU"),
        (gt(f("name"), text("z")), "TFFU"),
        (lt(f("title"), text("a")), "FTFU"),
        (lt(f("title"), f("name")), "TFFU"),
        (gt(f("title"), text("z")), "FFTU"),
        (between(f("title"), text("A"), text("Z")), "FTFU"),
        (is_in(f("title"), vec![text("abc"), text("äöü")]), "TFTU"),
        (is_null(f("title")), "FFFT"),
        (eq(lower(f("title")), text("abc")), "TTFU"),
        (eq(upper(f("title")), text("äöü")), "FFTU"),
        (eq(lower(f("name")), text("Ärger")), "TFFU"),
        (lt(upper(f("title")), text("B")), "TTFU"),
        (eq(length(f("name")), int(5)), "TFFU"),
        (eq(length(f("title")), int(3)), "TTTU"),
        (eq(mul(length(f("name")), int(1_000_000_000)), int(5_000_000_000)), "TFFU"),
        (eq(coalesce(vec![f("name"), text("none")]), text("none")), "FFFT"),
        (eq(text("it's"), text("it's")), "TTTT"),
        (eq(text("back\\slash"), text("back\\\\slash")), "FFFF"),
        // Patterns: the case counts, and what is special to either database is not special here.
        (like(f("title"), "a%"), "TFFU"),
        (not_like(f("title"), "a%"), "FTTU"),
        (like(f("title"), "A%"), "FTFU"),
        (like(f("title"), "___"), "TTTU"),
        (like(f("title"), "_ö_"), "FFTU"),
        (like(f("title"), "%"), "TTTU"),
        (like(f("name"), ""), "FTFU"),
        (like(f("name"), "%g%"), "TFFU"),
        (like(f("name"), "50\\%%"), "FFTU"),
        (like(f("name"), "50%*\\_[x]?\\\\"), "FFTU"),
        (like(f("name"), "50%*\\_[x]?\\"), "FFTU"),
        (like(f("name"), "50\\%\\*\\_\\[\\x\\]\\?\\\\"), "FFTU"),
        (like(f("name"), "%[a-z]%"), "FFFU"),
        (like(f("name"), "*"), "FFFU"),
        (like(lower(f("title")), "ab_"), "TTFU"),
        // Enums, ids, days and times.
        (eq(f("status"), status("active")), "TFFU"),
        (is_in(f("status"), vec![status("active"), status("it's over")]), "TTFU"),
        (eq(f("uid"), uuid("0a000000-0000-4000-8000-000000000000")), "TFFU"),
        (gt(f("uid"), uuid("09ffffff-ffff-ffff-ffff-ffffffffffff")), "TTFU"),
        (lt(f("day"), date("2026-02-01")), "TFTU"),
        (between(f("day"), date("2026-01-31"), date("9999-12-31")), "TTFU"),
        (ge(f("clock"), time("10:20:30.500000")), "TTFU"),
        (lt(f("moment"), timestamp("2026-01-31T10:20:30.123457Z")), "TFTU"),
        (eq(f("moment"), timestamp("2026-01-31T10:20:30.123456Z")), "TFFU"),
        (eq(coalesce(vec![f("day"), date("2000-01-01")]), date("2000-01-01")), "FFFT"),
        (is_not_null(f("data")), "TTTF"),
    ]
}

async fn conditions_agree(db: &TestDb) {
    let facts = facts();
    let conditions = conditions(&facts);
    let mut connection = filled(db, facts.clone()).await;
    let mut wrong = String::new();
    for (condition, expected) in conditions {
        let sql = ddl::expression(&condition, &facts, db.dialect());
        let found = truth(&mut connection, &sql).await;
        if found != expected {
            let notation = ddl::notation(&condition, &facts);
            wrong += &format!("\n{notation}: {found}, not {expected}, as\n    {sql}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each condition can also be the predicate of an index and a check, and what it compares a part of an index: only
/// functions that give the same result for ever are used.
async fn expressions_can_be_indexed(db: &TestDb) {
    let mut facts = facts();
    for (at, (condition, _)) in conditions(&facts).into_iter().enumerate() {
        let mut keys = vec![condition.clone()];
        if let ExprKind::Binary { left, right, .. } = &condition.kind {
            keys.extend([(**left).clone(), (**right).clone()]);
        }
        let constant = |expr: &Expr| matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Null);
        keys.retain(|key| !constant(key));
        let member = |expr| IndexMember { key: IndexKey::Expression(expr), descending: at % 2 == 1 };
        facts.indexes.push(Index {
            members: keys.into_iter().map(member).collect(),
            predicate: Some(Condition::Expr(condition.clone())),
            ..index(&format!("facts_{at}_idx"), &facts, &[])
        });
        let never_false = or(condition, boolean(true));
        facts.checks.push(check(&format!("facts_{at}_check"), never_false));
    }
    filled(db, facts).await;
}

/// A table with the four rows.
async fn filled(db: &TestDb, facts: Model) -> Connection {
    let mut connection = Connection::open(db).await;
    let fields = facts.fields.clone();
    connection.create(&schema(vec![facts]), db.dialect()).await;
    for (id, row) in rows().into_iter().enumerate() {
        let values = row.iter().zip(&fields[1..]).map(|(value, field)| match value {
            None => "NULL".to_owned(),
            Some(value) => ddl::literal(value, field.ty, db.dialect()),
        });
        let values: Vec<_> = values.collect();
        connection.execute(&format!("INSERT INTO facts VALUES ({id}, {})", values.join(", "))).await;
    }
    connection
}

/// T, F or U for each row in order.
async fn truth(connection: &mut Connection, sql: &str) -> String {
    let query =
        format!("SELECT CASE WHEN ({sql}) THEN 'T' WHEN NOT ({sql}) THEN 'F' ELSE 'U' END FROM facts ORDER BY id");
    connection.texts(&query).await.into_iter().flatten().collect()
}
