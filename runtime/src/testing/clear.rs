//! Emptying every table of a schema between two tests.

use std::path::Path;

use seedbed_schema::{Dialect, ddl};

use crate::driver::sqlite::is_in_memory;
use crate::meta::{self, FieldDefault, Model};
use crate::session::{On, Session};
use crate::start::{forget_seeds, in_key_order, unlinked};
use crate::statement::{Statement, Text, Work};
use crate::{Db, Error, Result};

/// Empties every table of the schema, in one transaction; ids count from 1 again, and the next start loads the seeds.
///
/// # Errors
/// The database is not one of tests: neither in memory nor called so, with the word `test` in its name (`shop_test`, or the
/// file `test.db`); or it refuses.
pub async fn clear<S>(db: &Db<S>) -> Result<()> {
    if let Some(name) = name_unless_in_memory(db.session()).await?
        && !is_of_tests(&name)
    {
        let message = format!(
            "`{name}` is not emptied, because nothing says that it is a database of tests: that is one in memory, or one with \
             the word `test` in its name; `clear_any` empties whatever it is"
        );
        return Err(Error::Config(message));
    }
    clear_any(db).await
}

/// As [`clear`], whatever database it is.
///
/// # Errors
/// The database refuses.
pub async fn clear_any<S>(db: &Db<S>) -> Result<()> {
    db.session()
        .together(async |session| {
            for text in statements(session).await? {
                session.execute_text(Text::Once(text.into())).await?;
            }
            forget_seeds(session).await
        })
        .await
}

/// The name of the database, or of its file, unless it is in memory.
async fn name_unless_in_memory(session: Session<'_>) -> Result<Option<String>> {
    let text = match session.dialect() {
        Dialect::Postgres => "SELECT pg_catalog.current_database()::text",
        Dialect::Sqlite => "SELECT file FROM pragma_database_list WHERE name = 'main'",
    };
    let statement = Statement { text: text.into(), values: Vec::new(), work: Work::Lookup };
    let name = session.fetch(statement, |row| row.text()).await?.pop().flatten().unwrap_or_default();
    let (path, is_file) = (Path::new(&name), session.dialect() == Dialect::Sqlite);
    if is_file && is_in_memory(path) {
        return Ok(None);
    }
    let file = path.file_name().filter(|_| is_file).map(|file| file.to_string_lossy().into_owned());
    Ok(Some(file.unwrap_or(name)))
}

/// Whether `test` or `tests` is among the words of a name.
fn is_of_tests(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word.eq_ignore_ascii_case("test") || word.eq_ignore_ascii_case("tests"))
}

async fn statements(session: Session<'_>) -> Result<Vec<String>> {
    let schema = session.schema();
    match session.dialect() {
        Dialect::Postgres => {
            let tables: Vec<String> = schema.models.iter().map(|model| ddl::quote(model.table)).collect();
            Ok(vec![format!("TRUNCATE {} RESTART IDENTITY", tables.join(", "))])
        }
        Dialect::Sqlite => {
            let order = in_key_order(schema);
            let deletes = order.iter().map(|model| format!("DELETE FROM {}", ddl::quote(model.table)));
            Ok(unlinked(&order).chain(deletes).chain(counters(schema)).collect())
        }
    }
}

/// Lets ids count from 1 again. SQLite has a table of counters once one of its tables counts.
fn counters(schema: &'static meta::Schema) -> Option<String> {
    let counts = |model: &&&Model| {
        let [key] = model.key else { return false };
        matches!(model.fields[*key].default, FieldDefault::Database) && model.fields[*key].ty.is_integer()
    };
    let tables: Vec<String> = schema.models.iter().filter(counts).map(|model| ddl::quote_text(model.table)).collect();
    (!tables.is_empty()).then(|| format!("DELETE FROM sqlite_sequence WHERE name IN ({})", tables.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::is_of_tests;

    #[test]
    fn a_database_of_tests_has_the_word_in_its_name() {
        assert!(["shop_test", "test.db", "Tests", "seedbed_test_1_2_3"].into_iter().all(is_of_tests));
        assert!(!["shop", "latest", "contest_db", "testing", ""].into_iter().any(is_of_tests));
    }
}
