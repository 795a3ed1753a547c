//! The twin of a table: made by our own statements, read back from the catalogue, and gone again.
//!
//! A database rewrites what it is given (`status IN ('a')` becomes `status = ANY (ARRAY['a'::text])`), each version in its
//! own way. Comparing a table with its twin instead of with the schema compares two texts of one hand, so no difference
//! is ever one of spelling.

use seedbed_schema::Dialect;
use seedbed_schema::ddl;
use seedbed_schema::table::{Database, Table};

use crate::driver::sqlite::SqliteTarget;
use crate::session::{On, Session};
use crate::start::inspect::{Scope, inspect};
use crate::{Anyone, Config, Db, Error, PoolOptions, Result, Target, Text, Tx};

/// The tables as the database spells them.
pub(super) async fn read_back<S>(tx: &Tx<S>, tables: Vec<Table>) -> Result<Vec<Table>> {
    let read = match tx.session().dialect() {
        Dialect::Postgres => among_temporary_tables(tx, &tables).await?,
        Dialect::Sqlite => in_memory(tx.session(), &tables).await?,
    };
    // Foreign keys are the same in every spelling; twins are made without them, because their targets may have none.
    let with_keys = |table: Table| Some(Table { foreign_keys: table.foreign_keys, ..read.table(&table.name)?.clone() });
    Ok(tables.into_iter().filter_map(with_keys).collect())
}

async fn among_temporary_tables<S>(tx: &Tx<S>, tables: &[Table]) -> Result<Database> {
    // First in the path, the schema of temporary tables is where new ones go.
    const PATH: &str = "SELECT set_config('search_path', \
                        concat_ws(', ', 'pg_temp', nullif(current_setting('search_path'), '')), true)";
    let nested = tx.begin().await?;
    nested.session().execute_text(PATH).await?;
    // Dropped without an end, the savepoint is rolled back: with it go the tables and the path.
    make_and_read(nested.session(), tables, Scope::Temporary).await.map_err(explained)
}

fn explained(error: Error) -> Error {
    match error {
        Error::Database(failure) if failure.code.as_deref() == Some("42501") => Error::Schema(format!(
            "the tables of the database cannot be compared with the schema: sync needs the privilege TEMPORARY on the \
             database for that, or start with `DB_SYNC=off` ({failure})"
        )),
        other => other,
    }
}

async fn in_memory(session: Session<'_>, tables: &[Table]) -> Result<Database> {
    let target = Target::Sqlite(SqliteTarget::Memory);
    let config = Config { target, pool: PoolOptions::default(), log: false, slow: None };
    let memory = Db::<Anyone>::open(session.schema(), &config).await?;
    let tx = memory.begin().await?;
    let read = make_and_read(tx.session(), tables, Scope::Visible).await;
    let read = tx.end(read).await;
    memory.close().await;
    read
}

async fn make_and_read(session: Session<'_>, tables: &[Table], scope: Scope) -> Result<Database> {
    for table in tables {
        let statements = [ddl::create_table(table)].into_iter().chain(ddl::create_indexes(table));
        for statement in statements {
            session.execute_text(Text::Once(ddl::render(&statement, session.dialect()).into())).await?;
        }
    }
    let names: Vec<_> = tables.iter().map(|table| table.name.clone()).collect();
    inspect(session, &names, scope).await
}
