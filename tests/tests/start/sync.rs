//! Sync in mode `create`: what is missing is made, what is there stays as it is, and the second run plans nothing.

use seedbed::{Db, Error, SeedMode, SyncReport, meta};
use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::{builder, eleven_models, execute, models, schema, tables};

on_both!(
    eleven_models_are_made_once,
    every_type_is_made_once,
    tables_and_indexes_that_are_missing_are_made,
    what_differs_is_reported_and_left,
    the_work_of_another_hand_is_left,
    a_missing_column_refuses_the_start,
    an_index_of_another_name_is_not_made_again,
    no_index_is_built_on_a_large_table,
    a_view_is_no_table,
    rows_in_the_way_of_a_unique_index_are_named,
);

async fn eleven_models_are_made_once(db: &TestDb) {
    let schema = eleven_models();
    let handle = connect(schema, db).await;
    let first = seedbed::sync(&handle).await.unwrap();
    assert_eq!(
        first.created_tables,
        [
            "agents",
            "messages",
            "models",
            "prompts",
            "providers",
            "resources",
            "roles",
            "threads",
            "usages",
            "users",
            "vectors"
        ]
    );
    second_plans_nothing(&handle).await;
}

const EVERY_TYPE: &str = r#"
seedbed: 1
package: shop
dialects: [postgres, sqlite]
defaults:
  key: bigint = auto
enums:
  Colour: [red, "dark green", "it's"]
models:
  Sample:
    doc: Every type, with a default and without; it's "quoted" -- and commented /* twice */
    fields:
      a_bool: bool = true
      a_smallint: smallint = -7
      an_int: int? = 0
      a_bigint: bigint = 9007199254740993
      a_real: real = 0.5
      a_float: float = 1.5
      a_decimal: decimal(12,6) = 1.25
      a_string: string(20) = "it's, (so)"
      a_text: text?
      a_uuid: uuid = uuid4
      a_uuid7: uuid = uuid7
      a_cuid: cuid = cuid
      a_date: date = now
      a_time: time = now
      a_timestamp: timestamp = now on_update
      a_json: json = []
      some_bytes: bytes?
      a_colour: Colour = red
      order:
        type: int
        default: 0
        check: "order >= 0 and order < 1000"
        doc: |
          Two lines,
          with a word that SQL reserves.
      select: string?
    indexes:
      - a_string
      - [a_bigint desc, a_text]
      - { fields: [order, select], unique: true }
      - { fields: a_uuid, unique: true, where: "a_colour = 'red' and a_bool and a_decimal > 0.5" }
      - { fields: [lower(a_text), an_int], name: samples_lower }
      - { fields: a_date, include: [a_time] }
    checks:
      - "a_decimal between 0 and 99.5 or a_text like 'x%' or a_colour in ('red', 'it''s')"
  Node:
    key: uuid = uuid7
    fields:
      name: string
    belongs_to:
      parent: Node? on_delete=cascade inverse=children
      sample: Sample on_delete=restrict on_update=cascade
  Link:
    key: [from_id, to_id]
    belongs_to:
      from: Node inverse=outgoing
      to: Node inverse=incoming
"#;

async fn every_type_is_made_once(db: &TestDb) {
    let handle = connect(schema(EVERY_TYPE), db).await;
    let first = seedbed::sync(&handle).await.unwrap();
    assert_eq!(first.created_tables, ["links", "nodes", "samples"]);
    second_plans_nothing(&handle).await;
}

async fn tables_and_indexes_that_are_missing_are_made(db: &TestDb) {
    let handle = connect(eleven_models(), db).await;
    seedbed::sync(&handle).await.unwrap();
    execute(db, "DROP TABLE vectors; DROP INDEX messages_thread_id_created_at_idx; DROP INDEX usages_created_at_idx")
        .await;
    let again = seedbed::sync(&handle).await.unwrap();
    assert_eq!(again.created_tables, ["vectors"]);
    assert_eq!(again.created_indexes, ["messages_thread_id_created_at_idx", "usages_created_at_idx"]);
    assert_eq!(again.differences, []);
    second_plans_nothing(&handle).await;
}

const PRODUCT: &str = "
  Product:
    fields:
      name: string(40)
      price: decimal(8,2) = 0
      note: text?
    belongs_to:
      maker: Maker
    indexes:
      - { fields: name, unique: true }
  Maker:
    fields:
      name: string
";

async fn what_differs_is_reported_and_left(db: &TestDb) {
    let handle = connect(models(PRODUCT), db).await;
    seedbed::sync(&handle).await.unwrap();
    let other = connect(
        models(
            "
  Product:
    fields:
      name: string(50)?
      price: decimal(8,3) = 1
    belongs_to:
      maker: Maker on_delete=cascade
    indexes:
      - { fields: [name, price], name: products_name_key, unique: true }
    checks:
      - price >= 0
  Maker:
    fields:
      name: string
",
        ),
        db,
    )
    .await;
    let report = seedbed::sync(&other).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
    for words in [
        "column `name` is",
        "column `price` is",
        "column `price` has the default",
        "column `note`",
        "is not in the schema",
        "foreign key",
        "check",
        "index `products_name_key` is unique on (`name`) where the schema says unique on (`name`, `price`)",
    ] {
        assert!(text(&report).contains(words), "`{words}` is not in:\n{}", text(&report));
    }
    // The same schema as before finds everything as it made it.
    second_plans_nothing(&handle).await;
}

async fn the_work_of_another_hand_is_left(db: &TestDb) {
    let sql = match db.dialect() {
        Dialect::Postgres => {
            "CREATE TABLE makers (id serial PRIMARY KEY, name varchar(255), extra int NOT NULL);
             CREATE TABLE products (id bigint PRIMARY KEY, name text CONSTRAINT by_name UNIQUE, price float8, note text,
                maker_id int REFERENCES makers (id), UNIQUE (note));"
        }
        Dialect::Sqlite => {
            "CREATE TABLE makers (id INTEGER PRIMARY KEY, name VARCHAR(255), extra INT NOT NULL);
             CREATE TABLE products (id BIGINT PRIMARY KEY, name TEXT UNIQUE, price REAL, note TEXT,
                maker_id INTEGER REFERENCES makers (id), UNIQUE (note));"
        }
    };
    execute(db, sql).await;
    let handle = connect(models(PRODUCT), db).await;
    let report = seedbed::sync(&handle).await.unwrap();
    // The unique key of `name` is there under a name of its own; the index of the foreign key is not.
    assert_eq!(report.created_indexes, ["products_maker_id_idx"]);
    for words in [
        "table `makers`: column `id` is",
        "table `makers`: column `extra`",
        "is not in the schema, and every new row would have to say it",
        "table `products`: column `price` is",
        "has that name where the schema says `products_name_key`",
    ] {
        assert!(text(&report).contains(words), "`{words}` is not in:\n{}", text(&report));
    }
    let again = seedbed::sync(&handle).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.differences, report.differences);
}

async fn a_missing_column_refuses_the_start(db: &TestDb) {
    seedbed::sync(&connect(models("  Maker: { fields: { name: string } }\n"), db).await).await.unwrap();
    let next = "
  Maker:
    fields:
      name: string
      country: string?
      founded: int
  Other:
    fields:
      name: string
";
    let error = seedbed::sync(&connect(models(next), db).await).await.unwrap_err();
    assert!(matches!(error, Error::Schema(_)), "{error:?}");
    let message = error.to_string();
    for words in ["`shop`", "table `makers`: column `country`", "column `founded`", "with a migration"] {
        assert!(message.contains(words), "`{words}` is not in: {message}");
    }
    // Nothing was done: the table that could have been made is not there.
    assert_eq!(tables(db).await, 2);
    let error = builder(models(next), db).seed(SeedMode::Off).connect().await.unwrap_err();
    assert!(error.to_string().contains("`country`"), "{error}");
}

async fn an_index_of_another_name_is_not_made_again(db: &TestDb) {
    let handle = connect(models(PRODUCT), db).await;
    seedbed::sync(&handle).await.unwrap();
    execute(db, "DROP INDEX products_name_key; CREATE UNIQUE INDEX by_name ON products (name)").await;
    let report = seedbed::sync(&handle).await.unwrap();
    assert!(report.is_unchanged());
    let [difference] = report.differences.as_slice() else { panic!("{report:?}") };
    assert_eq!(
        difference.to_string(),
        "table `products`: index `by_name` has that name where the schema says `products_name_key`"
    );
}

async fn no_index_is_built_on_a_large_table(db: &TestDb) {
    let plain = models("  Maker: { fields: { name: string } }\n");
    let indexed = models("  Maker: { fields: { name: string index } }\n");
    let handle = connect(plain, db).await;
    seedbed::sync(&handle).await.unwrap();
    let rows = |count: u32| match db.dialect() {
        Dialect::Postgres => format!("INSERT INTO makers (name) SELECT 'x' FROM generate_series(1, {count})"),
        Dialect::Sqlite => format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO makers (name) SELECT 'x' FROM n"
        ),
    };
    execute(db, &rows(10_001)).await;
    let handle = connect(indexed, db).await;
    let error = seedbed::sync(&handle).await.unwrap_err();
    let message = error.to_string();
    for words in ["10000 rows", "`makers_name_idx` on `makers`", "migration", "DB_SYNC=off"] {
        assert!(message.contains(words), "`{words}` is not in: {message}");
    }
    execute(db, "DELETE FROM makers WHERE id = 1").await;
    assert_eq!(seedbed::sync(&handle).await.unwrap().created_indexes, ["makers_name_idx"]);
}

async fn a_view_is_no_table(db: &TestDb) {
    execute(db, "CREATE VIEW makers AS SELECT 1 AS id, 'x' AS name").await;
    let handle = connect(models("  Maker: { fields: { name: string } }\n"), db).await;
    let error = seedbed::sync(&handle).await.unwrap_err();
    assert!(error.to_string().contains("`makers` is a view"), "{error}");
}

async fn rows_in_the_way_of_a_unique_index_are_named(db: &TestDb) {
    let handle = connect(models("  Maker: { fields: { name: string } }\n"), db).await;
    seedbed::sync(&handle).await.unwrap();
    execute(db, "INSERT INTO makers (name) VALUES ('x'), ('x')").await;
    let handle = connect(models("  Maker: { fields: { name: string unique } }\n"), db).await;
    let error = seedbed::sync(&handle).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("cannot create the unique index `makers_name_key` on `makers`"), "{message}");
}

#[tokio::test]
async fn what_postgres_alone_can_tell_is_compared() {
    let db = TestDb::postgres().await;
    let handle = connect(eleven_models(), &db).await;
    seedbed::sync(&handle).await.unwrap();
    execute(
        &db,
        "DROP INDEX agents_prompt_id_idx;
         CREATE INDEX agents_prompt_id_idx ON agents USING hash (prompt_id);
         ALTER TABLE users ALTER status TYPE text COLLATE \"und-x-icu\";
         ALTER TABLE users DROP CONSTRAINT users_status_values;
         ALTER TABLE users ADD CONSTRAINT users_status_values CHECK (status IN ('active', 'gone'))",
    )
    .await;
    let report = seedbed::sync(&handle).await.unwrap();
    for words in ["using hash", "collated `und-x-icu`", "check `users_status_values` is"] {
        assert!(text(&report).contains(words), "`{words}` is not in:\n{}", text(&report));
    }
}

#[tokio::test]
async fn a_schema_further_down_the_path_counts() {
    let db = TestDb::postgres().await;
    seedbed::sync(&connect(models(PRODUCT), &db).await).await.unwrap();
    execute(&db, "CREATE SCHEMA app; CREATE SCHEMA \"$odd\"").await;
    let url = format!("{}?options=-csearch_path%3Dapp,public", db.url());
    let handle = builder(models(PRODUCT), &db).url(url).skip_sync().connect().await.unwrap();
    let report = seedbed::sync(&handle).await.unwrap();
    assert!(report.is_unchanged() && report.differences.is_empty(), "{report:?}");
}

#[tokio::test]
async fn without_the_privilege_for_temporary_tables_the_message_says_so() {
    let db = TestDb::postgres().await;
    let handle = connect(models(PRODUCT), &db).await;
    seedbed::sync(&handle).await.unwrap();
    let name = db.url().rsplit('/').next().unwrap();
    let role = format!("r_{name}");
    execute(
        &db,
        &format!(
            "CREATE ROLE {role} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role};
             REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"
        ),
    )
    .await;
    let other = db.url().replace("postgres@", &format!("{role}@"));
    assert_ne!(other, db.url());
    let handle = builder(models(PRODUCT), &db).url(other).skip_sync().connect().await.unwrap();
    let error = seedbed::sync(&handle).await.unwrap_err();
    execute(&db, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    assert!(error.to_string().contains("TEMPORARY"), "{error}");
}

async fn connect(schema: &'static meta::Schema, db: &TestDb) -> Db {
    builder(schema, db).skip_sync().connect().await.unwrap()
}

async fn second_plans_nothing(handle: &Db) {
    assert_eq!(seedbed::sync(handle).await.unwrap(), SyncReport::default());
}

fn text(report: &SyncReport) -> String {
    report.differences.iter().map(|difference| format!("{difference}\n")).collect()
}
