//! The whole file loads into an empty database, without an error, a warning or a notice.

use std::sync::{Arc, Mutex};

use seedbed_schema::ddl;
use seedbed_tests::{Dialect, TestDb, on_both};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::common::shop::shop;
use super::connection::Connection;

on_both!(the_file_loads_in_silence, constraints_bear_our_names, comments_are_kept);

async fn the_file_loads_in_silence(db: &TestDb) {
    let mut connection = Connection::open(db).await;
    let notices = Notices::default();
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

/// Collects what PostgreSQL says beside its answers; sqlx passes it on to `tracing`.
#[derive(Clone, Default)]
struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panics while it writes"))
    }
}

impl Visit for Notices {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.lock().expect("no test panics while it writes").push(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl Subscriber for Notices {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
