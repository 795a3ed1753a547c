//! The mapping from models to tables, and finding things in them by name.

mod common;

use common::shop::shop;
use common::{auto_key, field, index, model, nullable, schema};
use seedbed_schema::table::{CheckKind, ColumnDefault, Constraint, Database};
use seedbed_schema::{Condition, Default, Dialect, Field, Index, Schema, Type, ddl, mapping};

fn shop_on(dialect: Dialect) -> Database {
    mapping::tables(&shop(), dialect)
}

#[test]
fn tables_stand_in_the_order_of_their_names() {
    for dialect in Dialect::ALL {
        let names: Vec<_> = shop_on(dialect).tables.into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["categories", "everything", "memberships", "products"]);
    }
}

/// Snapshots are these types as JSON; a schema that was read back gives the same text to the byte.
#[test]
fn everything_survives_json() {
    let json = serde_json::to_string(&shop()).expect("a schema is plain data");
    let read: Schema = serde_json::from_str(&json).expect("what was written can be read");
    assert_eq!(read, shop());
    for dialect in Dialect::ALL {
        let database = shop_on(dialect);
        let json = serde_json::to_string(&database).expect("tables are plain data");
        assert_eq!(serde_json::from_str::<Database>(&json).expect("what was written can be read"), database);
        assert_eq!(ddl::file(&read, dialect, "schema.yaml"), ddl::file(&shop(), dialect, "schema.yaml"));
    }
}

#[test]
fn constraints_are_found_by_name() {
    let database = shop_on(Dialect::Sqlite);
    let (table, constraint) = database.constraint("products_discount_check").expect("it is there");
    assert_eq!((table.name.as_str(), constraint.columns()), ("products", vec!["price", "discount"]));
    let kind = |name: &str| match database.constraint(name) {
        Some((_, Constraint::Check(check))) => check.kind,
        other => panic!("{name} is a check, not {other:?}"),
    };
    assert_eq!(kind("products_code_length"), CheckKind::Length);
    assert_eq!(kind("everything_bool_bool"), CheckKind::Bool);
    assert_eq!(kind("products_price_check"), CheckKind::Condition);
    let products = database.table("products").expect("it is there");
    assert!(matches!(products.constraint("products_code_key"), Some(Constraint::Unique(_))));
    assert!(matches!(products.constraint("products_pkey"), Some(Constraint::PrimaryKey(_))));
    assert!(matches!(products.constraint("products_supplier_fkey"), Some(Constraint::ForeignKey(_))));
    assert_eq!(products.constraint("products_status_idx"), None, "an index that is not unique constrains nothing");
    assert_eq!(database.constraint("nonsense"), None);
}

/// SQLite says `UNIQUE constraint failed: products.name, products.code`.
#[test]
fn unique_keys_are_found_by_their_columns() {
    let database = shop_on(Dialect::Sqlite);
    let products = database.table("products").expect("it is there");
    let name = |columns: &[&str]| products.unique_key(columns).map(|key| key.name().to_owned());
    assert_eq!(name(&["id"]).as_deref(), Some("products_pkey"));
    assert_eq!(name(&["name", "code"]).as_deref(), Some("products_name_code_key"));
    assert_eq!(name(&["name"]).as_deref(), Some("products_name_active_key"));
    assert_eq!(name(&["code", "name"]), None, "the order is that of the key");
    assert_eq!(name(&["status"]), None);

    let mut product = model("T", "t", vec![auto_key(), field("a", Type::Int)]);
    let unique = |name: &str| Index { unique: true, ..index(name, &product, &["a"]) };
    let predicate = Some(Condition::Sql { postgres: Some("true".to_owned()), sqlite: Some("1".to_owned()) });
    product.indexes = vec![Index { predicate, ..unique("some") }, unique("all")];
    let database = mapping::tables(&schema(vec![product]), Dialect::Sqlite);
    let table = database.table("t").expect("it is there");
    assert_eq!(table.unique_key(&["a"]).map(Constraint::name), Some("all"));
}

/// A condition that is not for this dialect constrains nothing there; an index without its condition would.
#[test]
fn sql_by_hand_counts_for_its_dialect_alone() {
    let postgres_only = || Condition::Sql { postgres: Some("a > 1".to_owned()), sqlite: None };
    let mut table = model("T", "t", vec![auto_key(), nullable("a", Type::Int)]);
    table.indexes = vec![Index { unique: true, predicate: Some(postgres_only()), ..index("t_a_key", &table, &["a"]) }];
    table.checks =
        vec![seedbed_schema::Check { name: "t_a_check".to_owned(), field: None, condition: postgres_only() }];
    let default = Default::Sql { postgres: Some("1 + 1".to_owned()), sqlite: None };
    table.fields[1] = Field { default: Some(default), ..table.fields[1].clone() };
    let schema = schema(vec![table]);
    let summary = |dialect| {
        let table = mapping::tables(&schema, dialect).tables.remove(0);
        (table.index("t_a_key").is_some(), table.check("t_a_check").is_some(), table.columns[1].default.is_some())
    };
    assert_eq!(summary(Dialect::Postgres), (true, true, true));
    assert_eq!(summary(Dialect::Sqlite), (false, false, false));
}

/// Constants are one text however the spec wrote them; what is computed keeps the spec's word for it.
#[test]
fn defaults_compare_across_dialects() {
    let default = |dialect, column: &str| {
        let database = shop_on(dialect);
        let column = database.table("everything").and_then(|table| table.column(column)).expect("it is there").clone();
        column.default
    };
    let constant = |sql: &str| Some(ColumnDefault::Constant(sql.to_owned()));
    assert_eq!(default(Dialect::Postgres, "decimal"), constant("-12.50"));
    assert_eq!(default(Dialect::Sqlite, "decimal"), constant("-12500000"));
    for dialect in Dialect::ALL {
        let Some(ColumnDefault::Expression(now)) = default(dialect, "timestamp_now") else { panic!("it is computed") };
        assert_eq!(now.spec.as_deref(), Some("now"));
        assert_eq!(default(dialect, "uuid7"), None, "Rust makes it");
        assert_eq!(default(dialect, "id"), None, "it is the column's identity");
    }
}

/// One form of an expression for both dialects, whatever each makes of it.
#[test]
fn expressions_compare_across_dialects() {
    let specs = |dialect| {
        let database = shop_on(dialect);
        let checks = database.table("products").expect("it is there").checks.clone();
        let asked_for = checks.into_iter().filter(|check| check.kind == CheckKind::Condition);
        asked_for.map(|check| (check.name, check.expression.spec)).collect::<Vec<_>>()
    };
    assert_eq!(specs(Dialect::Postgres), specs(Dialect::Sqlite));
    let spec = |name: &str| specs(Dialect::Sqlite).into_iter().find(|(at, _)| at == name).and_then(|(_, spec)| spec);
    assert_eq!(spec("products_discount_check").as_deref(), Some("discount is null or discount < price"));
    assert_eq!(spec("products_name_check").as_deref(), Some(r"length(name) > 0 and name not like '50\%*_%'"));
    assert_eq!(spec("products_active_check").as_deref(), Some("not (active and status = 'on hold')"));
    assert_eq!(spec("products_by_hand_check"), None);
}

#[test]
fn a_line_of_ours_is_never_wider_than_a_review_shows() {
    for dialect in Dialect::ALL {
        for line in ddl::file(&shop(), dialect, "schema.yaml").lines() {
            assert!(line.chars().count() <= 110, "{line}");
        }
    }
}

/// A new field, with all that its type needs, is one change in one place.
#[test]
fn a_new_field_changes_one_place() {
    let before = shop();
    let mut after = before.clone();
    after.models[3].fields.push(nullable("a_field_with_quite_a_long_name", Type::Timestamp));
    for dialect in Dialect::ALL {
        let (before, after) = (ddl::file(&before, dialect, "s"), ddl::file(&after, dialect, "s"));
        let common_start = before.lines().zip(after.lines()).take_while(|(a, b)| a == b).count();
        let reversed = before.lines().rev().zip(after.lines().rev());
        let common_end = reversed.take_while(|(a, b)| a == b).count();
        assert!(common_start + common_end >= before.lines().count() - 1, "{dialect:?}");
    }
}

/// The same spec in another order of models is the same DDL: what is written is sorted, not found in some order.
#[test]
fn the_order_of_models_does_not_matter() {
    let mut schema = shop();
    schema.associations.clear();
    let expected = Dialect::ALL.map(|dialect| ddl::file(&schema, dialect, "schema.yaml"));
    for _ in 0..schema.models.len() {
        schema.models.rotate_left(1);
        for _ in 0..2 {
            schema.models.swap(0, 2);
            assert_eq!(Dialect::ALL.map(|dialect| ddl::file(&schema, dialect, "schema.yaml")), expected);
        }
    }
}
