//! Names with anything in them, as tables, columns, indexes and constraints.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use seedbed_schema::{Action, Index, Type, ddl, shorten};
use seedbed_tests::{Dialect, TestDb, on_both};

use super::common::{association, auto_key, check, field, get, gt, index, int, model, nullable, schema};
use super::connection::Connection;

on_both!(hostile_names_survive, any_name_and_text_survives, every_keyword_is_a_name, keywords_are_quoted);

const HOSTILE: &[&str] = &[
    "select",
    "order",
    "user",
    "group",
    "Mixed Case",
    "UPPER",
    "double\"quote",
    "\"",
    "\"\"",
    "single'quote",
    "semi;colon",
    "-- comment",
    "/* comment",
    "back\\slash",
    "$1",
    "?1",
    ":name",
    "@name",
    "%s",
    "a.b",
    "a b",
    " padded ",
    "tab\there",
    "line\nbreak",
    "(brackets)",
    "[brackets]",
    "`backtick`",
    "1digit",
    "naïve",
    "日本語",
    "emoji 🌱",
    "\u{202e}right to left",
    "x123456789_123456789_123456789_123456789_123456789_123456789_xx",
    "日日日日日日日日日日日日日日日日日日日日日",
];

/// Two tables for each name, one refers to the other; everything in them bears the name or one made of it.
async fn hostile_names_survive(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    for name in HOSTILE {
        assert!(name.len() <= seedbed_schema::MAX_IDENTIFIER_BYTES, "{name:?} would be cut");
        let suffixed = |suffix: &str| shorten(&format!("{name}_{suffix}"));
        let fields = vec![auto_key(), nullable(name, Type::BigInt), field("hidden", Type::Bool)];
        let mut parent = model("Parent", name, fields);
        parent.doc = Some(format!("About {name}"));
        parent.fields[1].doc = Some(format!("Says {name}"));
        parent.indexes = vec![Index { unique: true, ..index(&suffixed("key"), &parent, &[name]) }];
        parent.checks = vec![check(&suffixed("check"), gt(get(&parent, name), int(0)))];
        let child = model("Child", &suffixed("child"), vec![auto_key(), nullable(name, Type::BigInt)]);
        let mut schema = schema(vec![parent, child]);
        schema.associations = vec![association(1, 1, 0, &suffixed("fkey"), Action::Cascade)];
        connection.create(&schema, db.dialect()).await;

        let (table, column) = (ddl::quote(name), ddl::quote(name));
        let (yes, violation) = match db.dialect() {
            Dialect::Postgres => ("true", suffixed("check")),
            Dialect::Sqlite => ("1", suffixed("check")),
        };
        connection.execute(&format!("INSERT INTO {table} ({column}, hidden) VALUES (7, {yes})")).await;
        let found = connection.texts(&format!("SELECT CAST({table}.{column} AS text) FROM {table}")).await;
        assert_eq!(found, [Some("7".to_owned())], "{name:?}");
        let refused = format!("INSERT INTO {table} ({column}, hidden) VALUES (-7, {yes})");
        let error = connection.try_execute(&refused).await.expect_err("the check refuses it");
        assert!(error.contains(&violation), "{error} names {violation:?}");
        let columns = match db.dialect() {
            Dialect::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = {} AND ordinal_position = 2",
                ddl::quote_text(name)
            ),
            Dialect::Sqlite => format!("SELECT name FROM pragma_table_info({}) WHERE cid = 1", ddl::quote_text(name)),
        };
        assert_eq!(connection.texts(&columns).await, [Some((*name).to_owned())]);
    }
}

/// Whatever characters but NUL, in a name of any length and in a text.
async fn any_name_and_text_survives(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    let mut runner = TestRunner::deterministic();
    let texts = prop_oneof!["[^\\x00]{1,80}", "[a-z_]{1,80}", "['\"\\\\$-/*]{1,9}"];
    for _ in 0..300 {
        let text: String = texts.new_tree(&mut runner).expect("nothing is filtered out").current();
        let (name, literal) = (ddl::quote(&shorten(&text)), ddl::quote_text(&text));
        let query = format!("SELECT t.{name} FROM (SELECT {literal} AS {name}) AS t WHERE t.{name} = {literal}");
        assert_eq!(connection.texts(&query).await, [Some(text)]);
    }
}

/// Keywords of both databases, as the names of columns of one table and in an expression.
async fn every_keyword_is_a_name(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    let mut words = sqlite_keywords();
    words.extend(postgres_keywords("true").await);
    words.sort();
    words.dedup();
    let mut fields = vec![field("id_of_row", Type::BigInt)];
    fields.extend(words.iter().map(|word| nullable(word, Type::Int)));
    let mut table = model("Words", "words", fields);
    table.checks =
        words.iter().map(|word| check(&format!("words_{word}_check"), gt(get(&table, word), int(0)))).collect();
    connection.create(&schema(vec![table]), db.dialect()).await;
    connection.execute("INSERT INTO words (id_of_row) VALUES (1)").await;
    for word in &words {
        let column = ddl::quote(word);
        connection.execute(&format!("UPDATE words SET {column} = 1 WHERE {column} IS NULL")).await;
        let found = connection.texts(&format!("SELECT CAST({column} AS text) FROM words ORDER BY {column}")).await;
        assert_eq!(found, [Some("1".to_owned())], "{word}");
    }
}

/// Our list of words holds all that the databases at hand would misunderstand.
async fn keywords_are_quoted(db: &TestDb) {
    let words = match db.dialect() {
        Dialect::Postgres => postgres_keywords("catcode <> 'U'").await,
        Dialect::Sqlite => sqlite_keywords(),
    };
    assert!(words.len() > 100, "{words:?}");
    let bare: Vec<_> = words.iter().filter(|word| !ddl::quote(word).starts_with('"')).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

async fn postgres_keywords(condition: &str) -> Vec<String> {
    let db = TestDb::postgres().await;
    let mut connection = Connection::open(&db).await;
    let words = connection.texts(&format!("SELECT word FROM pg_get_keywords() WHERE {condition}")).await;
    words.into_iter().flatten().collect()
}

fn sqlite_keywords() -> Vec<String> {
    use rusqlite::ffi::{sqlite3_keyword_count, sqlite3_keyword_name};
    // SAFETY: the count takes no argument, each index below it gives a text of the length that is written beside it,
    // and these texts are constants of the library.
    unsafe {
        (0..sqlite3_keyword_count())
            .map(|index| {
                let (mut text, mut length) = (std::ptr::null(), 0);
                assert_eq!(sqlite3_keyword_name(index, &mut text, &mut length), rusqlite::ffi::SQLITE_OK);
                let bytes = std::slice::from_raw_parts(text.cast::<u8>(), length as usize);
                String::from_utf8_lossy(bytes).to_lowercase()
            })
            .collect()
    }
}
