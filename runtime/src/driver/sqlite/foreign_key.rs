//! Which foreign key a refused statement violated. SQLite does not say, so the statement is run once more under watch and
//! undone: a violation is only noted meanwhile, and the rows that were touched are looked at. Nothing of this happens to a
//! statement that succeeds.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::hooks::Action;
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::bind;
use crate::Value;
use crate::driver::Failure;

/// A foreign key of the database.
struct ForeignKey {
    table: String,
    target: String,
    /// The columns of the table, each with the one of the target that it refers to.
    columns: Vec<(String, String)>,
    /// Whether the target's row may not change or go while there are rows that refer to it.
    holds_on_update: bool,
    holds_on_delete: bool,
}

/// A row that was touched.
#[derive(Clone)]
struct Touched {
    action: Action,
    table: String,
    row: i64,
}

/// Adds to a failure the table and the columns of the foreign key, if they can be found out.
pub(super) fn name(connection: &Connection, text: &str, values: &[Value], failure: &mut Failure) {
    if let Ok(Some(key)) = find(connection, text, values) {
        failure.table = Some(key.table);
        failure.columns = key.columns.into_iter().map(|(column, _)| column).collect();
    }
}

fn find(connection: &Connection, text: &str, values: &[Value]) -> Result<Option<ForeignKey>> {
    let keys = foreign_keys(connection)?;
    connection.execute_batch("SAVEPOINT watched; PRAGMA defer_foreign_keys = ON")?;
    let (touched, done) = watch(connection, text, values);
    let child = if done { without_target(connection, &keys, &touched) } else { Ok(None) };
    connection.execute_batch("ROLLBACK TO watched; PRAGMA defer_foreign_keys = OFF; RELEASE watched")?;
    // A key that restricts is not put off: then it is the row that was touched last.
    let suspects = if done { &touched[..] } else { &touched[touched.len().saturating_sub(1)..] };
    let found = match child? {
        None => still_referred_to(connection, &keys, suspects)?,
        found => found,
    };
    Ok(found.and_then(|at| keys.into_iter().nth(at)))
}

/// Runs the statement, and says which rows it touched and whether it came to its end.
fn watch(connection: &Connection, text: &str, values: &[Value]) -> (Vec<Touched>, bool) {
    let touched = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&touched);
    let note = move |action, _: &str, table: &str, row| {
        notes.lock().push(Touched { action, table: table.to_owned(), row });
    };
    let done = connection.update_hook(Some(note)).is_ok() && run(connection, text, values);
    // Removing a hook that was set does not fail.
    let _ = connection.update_hook(None::<fn(Action, &str, &str, i64)>);
    (std::mem::take(&mut *touched.lock()), done)
}

fn run(connection: &Connection, text: &str, values: &[Value]) -> bool {
    let Ok(mut statement) = connection.prepare(text) else { return false };
    if bind::bind_all(&mut statement, values).is_err() {
        return false;
    }
    let mut rows = statement.raw_query();
    loop {
        match rows.next() {
            Ok(Some(_)) => {}
            end => return end.is_ok(),
        }
    }
}

/// The first key of which a row that was written has no target.
fn without_target(connection: &Connection, keys: &[ForeignKey], touched: &[Touched]) -> Result<Option<usize>> {
    let written = rows_by_table(touched, |action| action != Action::SQLITE_DELETE);
    first(keys, |key| {
        let Some(rows) = written.get(key.table.as_str()) else { return Ok(false) };
        let given = key.each(|(column, _)| format!("c.{} IS NOT NULL", quoted(column)));
        let text = format!(
            "SELECT 1 FROM {} AS c WHERE c.rowid IN (SELECT value FROM json_each(?1)) AND {given} \
             AND NOT EXISTS (SELECT 1 FROM {} AS t WHERE {}) LIMIT 1",
            quoted(&key.table),
            quoted(&key.target),
            key.equality(),
        );
        exists(connection, &text, &[rows])
    })
}

/// The first key by which a row refers to one that was deleted or changed, without being deleted itself.
fn still_referred_to(connection: &Connection, keys: &[ForeignKey], touched: &[Touched]) -> Result<Option<usize>> {
    let deleted = rows_by_table(touched, |action| action == Action::SQLITE_DELETE);
    let changed = rows_by_table(touched, |action| action == Action::SQLITE_UPDATE);
    let is_referred_to = |key: &ForeignKey, rows: Option<&String>| {
        let Some(rows) = rows else { return Ok(false) };
        let text = format!(
            "SELECT 1 FROM {} AS t JOIN {} AS c ON {} WHERE t.rowid IN (SELECT value FROM json_each(?1)) \
             AND c.rowid NOT IN (SELECT value FROM json_each(?2)) LIMIT 1",
            quoted(&key.target),
            quoted(&key.table),
            key.equality(),
        );
        let gone = deleted.get(key.table.as_str()).map_or("[]", String::as_str);
        exists(connection, &text, &[rows, gone])
    };
    first(keys, |key| {
        let target = key.target.as_str();
        Ok((key.holds_on_delete && is_referred_to(key, deleted.get(target))?)
            || (key.holds_on_update && is_referred_to(key, changed.get(target))?))
    })
}

fn first(keys: &[ForeignKey], mut is_it: impl FnMut(&ForeignKey) -> Result<bool>) -> Result<Option<usize>> {
    for (at, key) in keys.iter().enumerate() {
        if is_it(key)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The rows of each table to which something was done, as JSON.
fn rows_by_table(touched: &[Touched], wanted: impl Fn(Action) -> bool) -> BTreeMap<&str, String> {
    let mut rows: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for touched in touched.iter().filter(|touched| wanted(touched.action)) {
        rows.entry(&touched.table).or_default().push(touched.row);
    }
    rows.into_iter().map(|(table, rows)| (table, serde_json::Value::from(rows).to_string())).collect()
}

/// Every foreign key, those of a table in the order in which it declares them.
fn foreign_keys(connection: &Connection) -> Result<Vec<ForeignKey>> {
    let text = "SELECT tables.name, keys.seq, keys.\"table\", keys.\"from\", keys.\"to\", keys.on_update, keys.on_delete \
                FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys \
                WHERE tables.type = 'table' AND keys.\"to\" IS NOT NULL ORDER BY tables.name, keys.id DESC, keys.seq";
    let mut statement = connection.prepare(text)?;
    let mut rows = statement.query([])?;
    let mut keys: Vec<ForeignKey> = Vec::new();
    while let Some(row) = rows.next()? {
        let column = (row.get(3)?, row.get(4)?);
        match keys.last_mut() {
            Some(key) if row.get::<_, i64>(1)? > 0 => key.columns.push(column),
            _ => keys.push(ForeignKey {
                table: row.get(0)?,
                target: row.get(2)?,
                columns: vec![column],
                holds_on_update: holds(&row.get::<_, String>(5)?),
                holds_on_delete: holds(&row.get::<_, String>(6)?),
            }),
        }
    }
    Ok(keys)
}

fn holds(action: &str) -> bool {
    matches!(action, "RESTRICT" | "NO ACTION")
}

impl ForeignKey {
    /// That the row `c` refers to the row `t`.
    fn equality(&self) -> String {
        self.each(|(column, target)| format!("t.{} = c.{}", quoted(target), quoted(column)))
    }

    fn each(&self, condition: impl Fn(&(String, String)) -> String) -> String {
        self.columns.iter().map(condition).collect::<Vec<_>>().join(" AND ")
    }
}

fn exists(connection: &Connection, text: &str, values: &[&str]) -> Result<bool> {
    let values = rusqlite::params_from_iter(values);
    Ok(connection.query_row(text, values, |_| Ok(())).optional()?.is_some())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
