//! A small shop whose seeds a test writes: a folder with a spec and CSV files, and a database with its tables.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use seedbed::{Builder, Db, Error, Report, Result, SeedMode, SeedSource, Variables, Wanted, meta};
use seedbed_tests::{Dialect, TestDb, scratch};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, ValueRef};

/// Models for every kind of column, without seeds.
pub(crate) const MODELS: &str = r#"seedbed: 1
package: shop
dialects: [postgres, sqlite]
mixins:
  timestamps:
    created_at: timestamp = now
    updated_at: timestamp = now on_update
defaults:
  key: bigint = auto
enums:
  Colour: [red, green, blue]
models:
  Provider:
    use: [timestamps]
    fields:
      name: string unique
      api_key: string(8)? unique sensitive
  Item:
    use: [timestamps]
    fields:
      name: string(10) unique
      note: text?
      code: text = none
      flag: bool = false
      small: smallint?
      count: int = 1
      big: bigint?
      near: real?
      ratio: float?
      cost_1k_input: decimal(12,6)?
      token: uuid?
      day: date?
      at: time?
      moment: timestamp?
      tools: json?
      raw: bytes?
      colour: Colour?
      low: int?
      high: int?
    belongs_to:
      provider: Provider?
      parent: Item?
    checks:
      - { check: "count >= 0", name: items_count_positive }
      - { check: "low <= high", name: items_low_high }
    indexes:
      - { fields: [provider, code], unique: true, where: "flag" }
  Tag:
    key: uuid = uuid7
    fields:
      label: string unique
      weight: int?
  Place:
    fields:
      item_id: bigint
      slot: int
      label: string?
    key: [item_id, slot]
  Visit:
    belongs_to:
      place: Place?
  Parcel:
    fields:
      size: Size
types:
  Size:
    fields:
      width: int
      colour: Colour?
      since: date?
"#;

/// A folder with a spec, and a database with its tables.
pub(crate) struct Shop {
    folder: PathBuf,
    pub(crate) handle: Db,
    db_url: String,
    variables: HashMap<String, String>,
    sets: Vec<String>,
}

impl Shop {
    /// Makes the tables of [`MODELS`] and writes the files; `seeds` is the spec's list.
    pub(crate) async fn open(db: &TestDb, seeds: &str, files: &[(&str, &str)]) -> Self {
        let folder = scratch::directory();
        let shop = |handle| Self {
            folder: folder.clone(),
            handle,
            db_url: db.url().to_owned(),
            variables: HashMap::new(),
            sets: Vec::new(),
        };
        write_files(&folder, files);
        let schema = schema(&folder, seeds);
        let builder = Builder::new(schema).env(|_| None).url(db.url()).seed(SeedMode::Off);
        shop(builder.connect().await.expect("the tables can be made"))
    }

    /// One seed of items from `data/items.csv`, by their ids.
    pub(crate) async fn items(db: &TestDb, csv: &str) -> Self {
        Self::open(db, "  - { model: Item, file: data/items.csv, key: id }", &[("data/items.csv", csv)]).await
    }

    /// Writes files over what is there.
    pub(crate) fn write(&self, files: &[(&str, &str)]) {
        write_files(&self.folder, files);
    }

    /// Writes a file that may be no text.
    pub(crate) fn write_bytes(&self, path: &str, bytes: &[u8]) {
        fs::write(self.folder.join(path), bytes).expect("the folder is there");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Sets a variable for the seeds of this shop alone.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Asks for a set of seeds.
    pub(crate) fn want(&mut self, set: &str) {
        self.sets.push(set.to_owned());
    }

    pub(crate) fn wanted(&self) -> Wanted {
        let variables = self.variables.clone();
        Wanted {
            sets: self.sets.clone(),
            variables: Variables::Lookup(Arc::new(move |name| variables.get(name).cloned())),
        }
    }

    pub(crate) fn source(&self) -> SeedSource {
        SeedSource::Folder(self.folder.join("data"))
    }

    /// Loads the seeds as they are now.
    pub(crate) async fn load(&self) -> Result<Report> {
        seedbed::seed_with(&self.handle, &self.source(), &self.wanted(), &()).await
    }

    /// Loads the seeds, which are right, and says what was done: `inserted/updated/unchanged` of each.
    #[track_caller]
    pub(crate) fn loads(&self) -> impl Future<Output = Vec<String>> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let report = self.load().await.unwrap_or_else(|error| panic!("{caller}: {error}"));
            let counts = |seed: &seedbed::SeedReport| format!("{}/{}/{}", seed.inserted, seed.updated, seed.unchanged);
            report.seeds.iter().map(counts).collect()
        }
    }

    /// Loads the seeds, which are right, and says which were left out, and why.
    pub(crate) async fn leaves_out(&self) -> Vec<String> {
        let report = self.load().await.expect("the seeds are right");
        report.left_out.iter().map(ToString::to_string).collect()
    }

    /// Loads the seeds, which are wrong, and leaves the database as it was; the lines of the error.
    #[track_caller]
    pub(crate) fn refuses(&self) -> impl Future<Output = Vec<String>> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.everything().await;
            let error = self.load().await.expect_err("the seeds are wrong");
            let Error::Seed(text) = &error else { panic!("{caller}: {error:?}") };
            assert_eq!(self.everything().await, before, "{caller}: something was left behind");
            text.lines().map(str::to_owned).collect()
        }
    }

    /// Every row of every table.
    async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in ["providers", "items", "tags", "places", "visits", "parcels", "seedbed_history"] {
            all.push(table.to_owned());
            all.extend(self.query(&format!("SELECT * FROM {table} ORDER BY 1")).await);
        }
        all
    }

    /// The rows of a query as text, with `|` between columns and `~` for NULL.
    pub(crate) async fn query(&self, sql: &str) -> Vec<String> {
        match self.handle.dialect() {
            Dialect::Postgres => {
                let mut connection = PgConnection::connect(&self.db_url).await.expect("the server is up");
                let rows = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
                rows.unwrap_or_else(|error| panic!("{error}: {sql}")).iter().map(postgres_row).collect()
            }
            Dialect::Sqlite => {
                let path = self.db_url.strip_prefix("sqlite:").expect("it is a file");
                let connection = rusqlite::Connection::open(path).expect("the file is there");
                let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
                let columns = statement.column_count();
                let rows = statement.query_map([], |row| (0..columns).map(|at| sqlite_value(row, at)).collect());
                let rows: Vec<Vec<String>> = rows.and_then(Iterator::collect).expect("the query is right");
                rows.iter().map(|row| row.join("|")).collect()
            }
        }
    }
}

fn schema(folder: &std::path::Path, seeds: &str) -> &'static meta::Schema {
    let spec = format!("{MODELS}seeds:\n{seeds}\n");
    let loaded = seedbed_codegen::load_text(&folder.join("schema.yaml"), spec);
    let schema = loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false))).schema;
    let json = serde_json::to_string(&schema).expect("a schema is JSON");
    meta::leak(&schema, json, "of a test".to_owned())
}

fn write_files(folder: &std::path::Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is below the folder")).expect("the folder is there");
        fs::write(path, text).expect("the folder is there");
    }
}

fn postgres_row(row: &PgRow) -> String {
    let values = (0..row.len()).map(|at| {
        let value = row.try_get_raw(at).expect("the column is there");
        if value.is_null() { "~".to_owned() } else { value.as_str().expect("it came as text").to_owned() }
    });
    values.collect::<Vec<_>>().join("|")
}

fn sqlite_value(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(at)? {
        ValueRef::Null => "~".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}")),
    })
}
