//! The whole file loads into an empty database, without an error, a warning or a notice.

use seedbed_schema::ddl;
use seedbed_tests::{Dialect, Messages, TestDb, on_both};
use tracing::Level;

use super::common::shop::shop;
use super::connection::Connection;

on_both!(the_file_loads_in_silence, constraints_bear_our_names, comments_are_kept);

async fn the_file_loads_in_silence(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    // What PostgreSQL says beside its answers, sqlx passes on to `tracing`.
    let notices = Messages::of("sqlx::postgres::notice", Level::TRACE);
    let _guard = tracing::subscriber::set_default(notices.clone());
    connection.execute(&ddl::file(&shop(), db.dialect(), "schema.yaml")).await;
    assert_eq!(notices.taken(), Vec::<String>::new());
    if db.dialect() == Dialect::Postgres {
        connection.execute("DO $$ BEGIN RAISE NOTICE 'heard'; END $$").await;
        assert_eq!(notices.taken(), ["heard"], "a notice would have been noticed");
    }
    if db.dialect() == Dialect::Sqlite {
        assert_eq!(connection.texts("PRAGMA integrity_check").await, [Some("ok".to_owned())]);
        assert!(connection.texts("SELECT \"table\" FROM pragma_foreign_key_check").await.is_empty());
    }
}

/// Every constraint that the mapping names is there under that name, and no other.
async fn constraints_bear_our_names(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    let database = connection.create(&shop(), db.dialect()).await;
    let indexes = match db.dialect() {
        Dialect::Postgres => {
            "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' ORDER BY 1"
        }
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
    };
    let mut expected: Vec<_> =
        database.tables.iter().flat_map(|table| &table.indexes).map(|index| Some(index.name.clone())).collect();
    expected.sort();
    let mut actual = connection.texts(indexes).await;
    actual.sort();
    assert_eq!(actual, expected);

    if db.dialect() == Dialect::Postgres {
        let constraints = "SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace";
        let mut actual: Vec<_> = connection.texts(constraints).await.into_iter().flatten().collect();
        let of_table = |table: &seedbed_schema::table::Table| {
            let unique = |name: &str| table.index(name).is_some();
            let names: Vec<_> = table.constraints().map(|constraint| constraint.name().to_owned()).collect();
            names.into_iter().filter(move |name| !unique(name)).collect::<Vec<_>>()
        };
        let mut expected: Vec<_> = database.tables.iter().flat_map(of_table).collect();
        actual.sort();
        expected.sort();
        assert_eq!(actual, expected);
    }
}

/// What the spec says about a model or field is in the database, where its users look for it.
async fn comments_are_kept(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    connection.create(&shop(), db.dialect()).await;
    let (table, column) = match db.dialect() {
        Dialect::Postgres => {
            ("SELECT obj_description('everything'::regclass)", "SELECT col_description('products'::regclass, 4)")
        }
        Dialect::Sqlite => (
            "SELECT sql FROM sqlite_schema WHERE name = 'everything'",
            "SELECT sql FROM sqlite_schema WHERE name = 'products'",
        ),
    };
    let table = connection.texts(table).await.remove(0).expect("a text");
    assert!(table.contains("Each type once as it is,") && table.contains("and once nullable."), "{table}");
    let column = connection.texts(column).await.remove(0).expect("a text");
    assert!(column.contains("What customers see; 'quoted'."), "{column}");
    if db.dialect() == Dialect::Sqlite {
        assert!(column.contains("price                INTEGER /* decimal(12,6) */ NOT NULL"), "{column}");
    }
}
