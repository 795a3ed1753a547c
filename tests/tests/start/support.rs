//! Schemas made on the spot, and SQL that goes past the library.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

use seedbed::{Builder, meta};
use seedbed_tests::{Dialect, TestDb};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

/// The eleven models of the workspace's own spec, without its seeds.
pub(crate) fn eleven_models() -> &'static meta::Schema {
    let spec = include_str!("../../../schema.yaml");
    let (before, seeds) = spec.split_once("\nseeds:\n").expect("it has seeds");
    let (_, services) = seeds.split_once("\nservices:\n").expect("it has services");
    schema(&format!("{before}\nservices:\n{services}"))
}

/// A spec's schema as a generated crate would state it, without what only queries need.
pub(crate) fn schema(spec: &str) -> &'static meta::Schema {
    let loaded = seedbed_codegen::load_text(Path::new("schema.yaml"), spec.to_owned());
    leak(&loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false))).schema)
}

/// A spec of these models, which have `id` and nothing else in common.
pub(crate) fn models(models: &str) -> &'static meta::Schema {
    schema(&format!(
        "seedbed: 1\npackage: shop\ndialects: [postgres, sqlite]\ndefaults:\n  key: bigint = auto\nmodels:\n{models}"
    ))
}

fn leak(schema: &seedbed_schema::Schema) -> &'static meta::Schema {
    let json = serde_json::to_string(schema).expect("a schema is JSON");
    let mut hasher = DefaultHasher::new();
    json.hash(&mut hasher);
    Box::leak(Box::new(meta::Schema {
        package: schema.package.clone().leak(),
        models: &[],
        enums: &[],
        seeds: &[],
        services: &[],
        connect: meta::Connect {
            dialect: schema.connect.default,
            storage: schema.connect.storage.clone().map(|storage| &*storage.leak()),
            tls_required: schema.connect.tls_required,
            sync: true,
        },
        json: json.leak(),
        hash: format!("{:016x}", hasher.finish()).leak(),
        files: &[],
    }))
}

/// A start on a test's database, deaf to the process's own variables.
pub(crate) fn builder(schema: &'static meta::Schema, db: &TestDb) -> Builder {
    Builder::new(schema).env(|_| None).url(db.url())
}

/// Runs statements that no start would.
pub(crate) async fn execute(db: &TestDb, sql: &str) {
    match db.dialect() {
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(db.url()).await.expect("the server is up");
            let done = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
            done.unwrap_or_else(|error| panic!("{error}: {sql}"));
            connection.close().await.expect("nothing is in its way");
        }
        Dialect::Sqlite => {
            sqlite(db).execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        }
    }
}

/// The one number that a query gives.
pub(crate) async fn number(db: &TestDb, sql: &str) -> i64 {
    match db.dialect() {
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(db.url()).await.expect("the server is up");
            let row = connection.fetch_one(AssertSqlSafe(sql.to_owned())).await;
            row.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0)
        }
        Dialect::Sqlite => {
            sqlite(db).query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{error}: {sql}"))
        }
    }
}

/// How many tables the database has, our own for the history included.
pub(crate) async fn tables(db: &TestDb) -> i64 {
    let sql = match db.dialect() {
        Dialect::Postgres => "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    number(db, sql).await
}

fn sqlite(db: &TestDb) -> rusqlite::Connection {
    let path = db.url().strip_prefix("sqlite:").expect("it is a file");
    let connection = rusqlite::Connection::open(path).expect("the folder is there");
    connection.busy_timeout(std::time::Duration::from_secs(10)).expect("it is open");
    connection
}
