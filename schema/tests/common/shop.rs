//! A schema with every type, every default, every kind of index, every action, and a check in every operator.

use seedbed_schema::{
    Action, Association, Check, Condition, Default, Field, FieldId, Index, IndexKey, IndexMember, Literal, Model,
    Schema, Type,
};

use super::*;

const STRING: Type = Type::Text { limit: None };
const CODE: Type = Type::Text { limit: Some(12) };
const MONEY: Type = Type::Decimal { precision: 12, scale: 6 };
const PERCENT: Type = Type::Decimal { precision: 5, scale: 2 };

/// The schema.
pub fn shop() -> Schema {
    let mut schema = schema(vec![everything(), product(), membership(), category()]);
    schema.associations = vec![
        association(1, 1, 3, "products_category_id_fkey", Action::Restrict),
        association(1, 2, 0, "products_supplier_fkey", Action::SetNull),
        association(2, 1, 1, "memberships_product_id_fkey", Action::SetDefault),
        Association {
            on_update: Action::Cascade,
            ..association(2, 0, 3, "memberships_category_id_fkey", Action::Cascade)
        },
        association(3, 1, 3, "categories_parent_id_fkey", Action::NoAction),
        Association {
            fields: vec![FieldId(2), FieldId(3)],
            target_fields: vec![FieldId(0), FieldId(1)],
            ..association(3, 2, 2, "categories_main_fkey", Action::Cascade)
        },
    ];
    schema
}

/// Each type, NOT NULL with a default where it can have one, and nullable.
fn everything() -> Model {
    let literal = |value| Some(Default::Literal(value));
    let uuid = "00000000-0000-4000-8000-0123456789ab";
    let defaults = [
        ("bool", Type::Bool, literal(Literal::Bool(true))),
        ("smallint", Type::SmallInt, literal(Literal::Int(-32768))),
        ("int", Type::Int, literal(Literal::Int(0))),
        ("bigint", Type::BigInt, literal(Literal::Int(i64::MIN))),
        ("real", Type::Real, literal(Literal::Float(0.1))),
        ("float", Type::Float, literal(Literal::Float(-1e-7))),
        ("decimal", MONEY, literal(Literal::Decimal("-12.50".to_owned()))),
        ("string", STRING, literal(Literal::Text("it's -- no /* comment */".to_owned()))),
        ("code", CODE, literal(Literal::Text(String::new()))),
        ("uuid", Type::Uuid, literal(Literal::Uuid(uuid.to_owned()))),
        ("uuid4", Type::Uuid, Some(Default::Uuid4)),
        ("uuid7", Type::Uuid, Some(Default::Uuid7)),
        ("cuid", Type::Cuid, Some(Default::Cuid)),
        ("date", Type::Date, literal(Literal::Date("2026-01-31".to_owned()))),
        ("date_now", Type::Date, Some(Default::Now)),
        ("time", Type::Time, literal(Literal::Time("10:20:30.000000".to_owned()))),
        ("time_now", Type::Time, Some(Default::Now)),
        ("timestamp", Type::Timestamp, literal(Literal::Timestamp("2026-01-31T10:20:30.123456Z".to_owned()))),
        ("timestamp_now", Type::Timestamp, Some(Default::Now)),
        ("json", Type::Json, literal(Literal::Json(serde_json::json!({ "it's": [1, null] })))),
        ("bytes", Type::Bytes, None),
        ("status", STATUS, literal(Literal::Enum("it's over".to_owned()))),
        ("computed", Type::Int, Some(by_hand_default())),
    ];
    let mut fields = vec![auto_key()];
    for (name, ty, default) in defaults {
        fields.push(Field { default, ..field(name, ty) });
        fields.push(nullable(&format!("{name}_or_null"), ty));
    }
    let german = Field { collate: Some("de-x-icu".to_owned()), ..nullable("german", CODE) };
    fields.push(german);
    Model {
        doc: Some("Each type once as it is,\nand once nullable.\n".to_owned()),
        ..model("Everything", "everything", fields)
    }
}

fn by_hand_default() -> Default {
    Default::Sql { postgres: Some("1 + 1".to_owned()), sqlite: Some("abs(-2) -- two".to_owned()) }
}

/// Indexes and checks of every kind.
fn product() -> Model {
    let mut product = model(
        "Product",
        "products",
        vec![
            auto_key(),
            field("category_id", Type::BigInt),
            nullable("supplier", Type::BigInt),
            Field { doc: Some("What customers see; 'quoted'.".to_owned()), ..field("name", STRING) },
            field("code", CODE),
            field("price", MONEY),
            nullable("discount", PERCENT),
            defaulted("stock", Type::Int, Default::Literal(Literal::Int(0))),
            defaulted("active", Type::Bool, Default::Literal(Literal::Bool(true))),
            defaulted("status", STATUS, Default::Literal(Literal::Enum("active".to_owned()))),
            nullable("weight", Type::Float),
            defaulted("created_at", Type::Timestamp, Default::Now),
        ],
    );
    product.indexes = indexes(&product);
    product.checks = checks(&product);
    product
}

fn indexes(product: &Model) -> Vec<Index> {
    let of = |name: &str, fields: &[&str]| index(name, product, fields);
    let by_expression = |name: &str, expr, descending| Index {
        members: vec![IndexMember { key: IndexKey::Expression(expr), descending }],
        ..index(name, product, &[])
    };
    let mut newest = of("products_category_id_created_at_idx", &["category_id", "created_at"]);
    newest.members[1].descending = true;
    let by_hand =
        Condition::Sql { postgres: Some("name ~ '^[A-Z]'".to_owned()), sqlite: Some("name REGEXP 'x'".to_owned()) };
    vec![
        Index { unique: true, ..of("products_code_key", &["code"]) },
        newest,
        Index { include: vec![id(product, "price")], ..of("products_status_idx", &["status"]) },
        Index { unique: true, include: vec![id(product, "stock")], ..of("products_name_code_key", &["name", "code"]) },
        Index {
            unique: true,
            predicate: Some(Condition::Expr(and(get(product, "active"), gt(get(product, "price"), decimal("0.5"))))),
            ..of("products_name_active_key", &["name"])
        },
        Index { unique: true, ..by_expression("products_lower_name_key", lower(get(product, "name")), false) },
        by_expression("products_value_idx", mul(get(product, "price"), get(product, "stock")), true),
        Index {
            predicate: Some(match by_hand {
                Condition::Sql { postgres, .. } => Condition::Sql { postgres, sqlite: None },
                condition => condition,
            }),
            ..of("products_capital_idx", &["name"])
        },
    ]
}

fn checks(product: &Model) -> Vec<Check> {
    let p = |name: &str| get(product, name);
    let timestamp = |text: &str| constant(Literal::Timestamp(text.to_owned()), Type::Timestamp);
    vec![
        check("products_price_check", ge(p("price"), int(0))),
        check("products_discount_check", or(is_null(p("discount")), lt(p("discount"), p("price")))),
        check("products_name_check", and(gt(length(p("name")), int(0)), not_like(p("name"), "50\\%*_%"))),
        check("products_code_check", or(like(p("code"), "A[%"), eq(upper(p("code")), p("code")))),
        check("products_status_check", is_in(p("status"), vec![status("active"), status("it's over")])),
        check("products_active_check", not(and(p("active"), eq(p("status"), status("on hold"))))),
        check("products_stock_check", between(add(p("stock"), int(1)), int(0), mul(int(1000), int(1000)))),
        check("products_ratio_check", le(div(p("price"), coalesce(vec![p("discount"), decimal("1")])), int(100))),
        check("products_weight_check", ne(abs(sub(p("weight"), float(0.5, Type::Float))), negate(p("weight")))),
        check("products_supplier_check", or(is_not_null(p("supplier")), not_in(p("stock"), vec![int(1), int(2)]))),
        check(
            "products_created_at_check",
            not_between(
                p("created_at"),
                timestamp("0001-01-01T00:00:00.000000Z"),
                timestamp("2000-01-01T00:00:00.000000Z"),
            ),
        ),
        Check {
            name: "products_by_hand_check".to_owned(),
            field: Some(id(product, "name")),
            condition: Condition::Sql {
                postgres: Some("name !~ '  ' -- no two blanks".to_owned()),
                sqlite: Some("instr(name, '  ') = 0".to_owned()),
            },
        },
    ]
}

/// A key of two fields, one of which has a default that a deleted product sets.
fn membership() -> Model {
    let fields = vec![
        field("category_id", Type::BigInt),
        defaulted("product_id", Type::BigInt, Default::Literal(Literal::Int(1))),
        field("order", Type::Int),
    ];
    let mut membership = model("Membership", "memberships", fields);
    membership.key = vec![FieldId(0), FieldId(1)];
    membership.indexes = vec![index("memberships_product_id_idx", &membership, &["product_id"])];
    membership
}

/// Refers to itself, and through two columns to a membership, which refers back: no order of creation would do.
fn category() -> Model {
    let mut category = model(
        "Category",
        "categories",
        vec![
            auto_key(),
            nullable("parent_id", Type::BigInt),
            nullable("main_category_id", Type::BigInt),
            nullable("main_product_id", Type::BigInt),
        ],
    );
    category.indexes = vec![
        index("categories_parent_id_idx", &category, &["parent_id"]),
        index("categories_main_idx", &category, &["main_category_id", "main_product_id"]),
    ];
    category
}
