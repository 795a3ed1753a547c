//! One plain connection to either database, with no code of ours in between but the SQL under test.

use seedbed_schema::table::Database;
use seedbed_schema::{Schema, ddl, mapping};
use seedbed_tests::{Dialect, TestDb};
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, Row};

pub(crate) enum Connection {
    Postgres(PgConnection),
    Sqlite(rusqlite::Connection),
}

impl Connection {
    pub(crate) async fn open(db: &TestDb) -> Self {
        match db.dialect() {
            Dialect::Postgres => {
                Self::Postgres(PgConnection::connect(db.url()).await.expect("the test database can be reached"))
            }
            Dialect::Sqlite => {
                let path = db.url().strip_prefix("sqlite:").expect("the address of a SQLite database");
                let connection = rusqlite::Connection::open(path).expect("the test database can be opened");
                connection.pragma_update(None, "foreign_keys", true).expect("foreign keys can be switched on");
                Self::Sqlite(connection)
            }
        }
    }

    /// Runs one statement; an error is what the database says.
    pub(crate) async fn try_execute(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Postgres(connection) => {
                let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
                done.map(|_| ()).map_err(|error| error.to_string())
            }
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
        }
    }

    pub(crate) async fn execute(&mut self, sql: &str) {
        self.try_execute(sql).await.unwrap_or_else(|error| panic!("{error}, in\n{sql}"));
    }

    /// The first column of every row, which is text or NULL.
    pub(crate) async fn texts(&mut self, sql: &str) -> Vec<Option<String>> {
        match self {
            Self::Postgres(connection) => {
                let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await;
                let rows = rows.unwrap_or_else(|error| panic!("{error}, in\n{sql}"));
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}, in\n{sql}"));
                let rows = statement.query_map([], |row| row.get(0)).expect("the statement has no parameters");
                rows.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}, in\n{sql}"))
            }
        }
    }

    /// Makes the schema's tables, one statement after another.
    pub(crate) async fn create(&mut self, schema: &Schema, dialect: Dialect) -> Database {
        let database = mapping::tables(schema, dialect);
        for statement in ddl::create(&database) {
            self.execute(&ddl::render(&statement, dialect)).await;
        }
        database
    }
}
