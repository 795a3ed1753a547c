//! Properties that hold for any spec: what is written is what is read, nothing panics, every name is usable.

use std::path::Path;

use proptest::prelude::*;
use seedbed_codegen::{Diagnostics, Loaded, load_text};
use seedbed_schema::{Default, Field, Literal, MAX_IDENTIFIER_BYTES, Type};

const HEAD: &str = "seedbed: 1\ndefaults: { key: bigint = auto }\n";

fn read(text: String) -> Result<Loaded, Diagnostics> {
    load_text(Path::new("schema.yaml"), text)
}

/// A type, and a default that fits it, as the spec writes them.
fn typed() -> impl Strategy<Value = (Type, Option<(String, Default)>)> {
    let text = |value: String| Default::Literal(Literal::Text(value));
    prop_oneof![
        any::<Option<bool>>().prop_map(|value| {
            (Type::Bool, value.map(|value| (value.to_string(), Default::Literal(Literal::Bool(value)))))
        }),
        any::<Option<i16>>().prop_map(|value| {
            (Type::SmallInt, value.map(|value| (value.to_string(), Default::Literal(Literal::Int(value.into())))))
        }),
        any::<Option<i64>>().prop_map(|value| {
            (Type::BigInt, value.map(|value| (value.to_string(), Default::Literal(Literal::Int(value)))))
        }),
        (1_u8..=18, any::<u32>()).prop_map(|(precision, digits)| {
            let scale = precision / 2;
            let fraction = format!("{:0>1$}", digits % 10, usize::from(scale));
            let (written, canonical) = match scale {
                0 => ("7".to_owned(), "7".to_owned()),
                _ => {
                    let canonical = format!("0.{fraction}").trim_end_matches('0').trim_end_matches('.').to_owned();
                    (format!("0.{fraction}"), canonical)
                }
            };
            (Type::Decimal { precision, scale }, Some((written, Default::Literal(Literal::Decimal(canonical)))))
        }),
        proptest::option::of("[ -~]{0,20}").prop_map(move |value| {
            let quoted = |value: &String| format!("'{}'", value.replace('\'', "''"));
            (Type::Text { limit: Some(20) }, value.map(|value| (quoted(&value), text(value))))
        }),
        Just((Type::Timestamp, Some(("now".to_owned(), Default::Now)))),
        Just((Type::Uuid, Some(("uuid7".to_owned(), Default::Uuid7)))),
        Just((Type::Json, Some(("{}".to_owned(), Default::Literal(Literal::Json(serde_json::json!({}))))))),
    ]
}

/// The field line of a field.
fn line(ty: Type, nullable: bool, default: Option<&str>, unique: bool, blanks: usize) -> String {
    let blank = " ".repeat(blanks);
    let mut line = format!("{ty}{}", if nullable { "?" } else { "" });
    if let Some(default) = default {
        line += &format!("{blank}={blank}{default}");
    }
    if unique {
        line += &format!(" {blank}unique");
    }
    line
}

/// A text in double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_field_line_means_what_was_written(
        (ty, default) in typed(),
        nullable in any::<bool>(),
        unique in any::<bool>(),
        blanks in 1_usize..4,
    ) {
        let unique = unique && ty != Type::Json;
        let line = line(ty, nullable, default.as_ref().map(|(text, _)| text.as_str()), unique, blanks);
        let spec = format!("{HEAD}models:\n  User:\n    fields:\n      a: {}\n", quoted(&line));
        let loaded = read(spec).map_err(|errors| TestCaseError::fail(format!("{line}: {errors}")))?;
        let model = &loaded.schema.models[0];
        let field: &Field = &model.fields[1];
        prop_assert_eq!(field.ty, ty);
        prop_assert_eq!(field.nullable, nullable);
        prop_assert_eq!(&field.default, &default.map(|(_, default)| default));
        prop_assert_eq!(model.indexes.iter().any(|index| index.unique), unique);
    }

    #[test]
    fn any_name_in_the_database_survives_or_is_refused(column in "\\PC{0,30}", table in "\\PC{0,30}") {
        let spec = format!(
            "{HEAD}models:\n  User:\n    table: {}\n    fields:\n      a: {{ type: int, column: {} }}\n",
            quoted(&table), quoted(&column)
        );
        match read(spec) {
            Ok(loaded) => {
                prop_assert_eq!(&loaded.schema.models[0].table, &table);
                prop_assert_eq!(&loaded.schema.models[0].fields[1].column, &column);
            }
            Err(errors) => prop_assert!(errors.iter().all(|item| ["SB040", "SB041", "SB043", "SB044", "SB046"].contains(&item.code.name())), "{}", errors),
        }
    }

    #[test]
    fn every_name_becomes_identifiers_that_rust_and_databases_accept(name in "[A-Za-z][A-Za-z0-9_]{0,90}") {
        let spec = format!("{HEAD}models:\n  Thing:\n    fields:\n      {name}: string index\n");
        if let Ok(loaded) = read(spec) {
            let model = &loaded.schema.models[0];
            for field in &model.fields {
                prop_assert!(syn::parse_str::<syn::Ident>(&field.rust).is_ok() || syn::parse_str::<proc_macro2::TokenStream>(&field.rust).is_ok());
                prop_assert!(field.column.len() <= MAX_IDENTIFIER_BYTES && !field.column.is_empty());
            }
            prop_assert!(model.indexes.iter().all(|index| index.name.len() <= MAX_IDENTIFIER_BYTES));
        }
    }

    #[test]
    fn nothing_panics_on_any_text(text in "(\\PC|[\\n:#'\"\\[\\]{}&*!|>?-]| ){0,200}") {
        let _ = read(text).map_err(|errors| errors.render(false));
    }

    #[test]
    fn nothing_panics_on_a_spec_with_something_changed(
        at in 0.0..1.0_f64,
        cut in 0_usize..12,
        insert in "[ \\n:#'\"\\[\\]{}?=,()a-z0-9é-]{0,8}",
    ) {
        let spec = include_str!("../fixtures/expressions/schema.yaml");
        let mut chars: Vec<char> = spec.chars().collect();
        let start = (at * chars.len() as f64) as usize;
        let end = (start + cut).min(chars.len());
        chars.splice(start..end, insert.chars());
        let changed: String = chars.into_iter().collect();
        match read(changed.clone()) {
            Ok(first) => {
                let second = read(changed).expect("what was right once is right again");
                prop_assert_eq!(serde_json::to_string(&first.schema).expect("JSON"), serde_json::to_string(&second.schema).expect("JSON"));
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                prop_assert!(!errors.render(false).is_empty());
                prop_assert_eq!(errors.to_json(), read(changed).expect_err("wrong again").to_json());
            }
        }
    }
}

/// Names that have broken other tools: keywords of both databases and of Rust, what databases and generated code use
/// themselves, and what looks like something else.
const HOSTILE: [&str; 48] = [
    "type",
    "self",
    "Self",
    "super",
    "crate",
    "fn",
    "async",
    "await",
    "gen",
    "try",
    "match",
    "where",
    "select",
    "from",
    "order",
    "group",
    "table",
    "index",
    "user",
    "limit",
    "offset",
    "primary",
    "references",
    "default",
    "check",
    "null",
    "true",
    "values",
    "all",
    "and",
    "end",
    "do",
    "in",
    "is",
    "rowid",
    "oid",
    "current_user",
    "session_user",
    "timestamp",
    "date",
    "x",
    "a1",
    "tx",
    "db",
    "query",
    "row",
    "result",
    "s3_uri",
];

#[test]
fn hostile_names_of_fields_are_fine() {
    for name in HOSTILE {
        let spec = format!(
            "{HEAD}models:\n  Thing:\n    fields:\n      \"{name}\": string index\n    checks:\n      - {{ postgres: x, sqlite: x }}\n"
        );
        let loaded = read(spec).unwrap_or_else(|errors| panic!("{errors}"));
        let field = &loaded.schema.models[0].fields[1];
        assert!(syn::parse_str::<syn::Ident>(&field.rust).is_ok(), "{}", field.rust);
    }
}
