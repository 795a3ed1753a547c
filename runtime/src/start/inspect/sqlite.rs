//! SQLite's catalogue: one statement that gives one document for each table, completed from the tables' texts.

use seedbed_schema::Action;
use seedbed_schema::table::{
    CheckConstraint, CheckKind, Column, ColumnDefault, Expression, ForeignKey, Identity, Index, IndexKey, IndexPart,
    PrimaryKey, Table,
};
use serde::Deserialize;

use super::text::{self, ColumnText, NamedCheck, TableText};
use super::types;
use crate::Result;

/// The catalogue of the tables whose names are `$1`.
pub(super) const TABLES: &str = r#"
SELECT json_object(
    'name', m.name,
    'kind', m.type,
    'sql', m.sql,
    'columns', (
        SELECT json_group_array(json_object(
            'name', c.name, 'type', c.type, 'not_null', c."notnull", 'default', c.dflt_value, 'key', c.pk
        ) ORDER BY c.cid)
        FROM pragma_table_xinfo(m.name) c
    ),
    'foreign_keys', (
        SELECT json_group_array(json_object(
            'id', f.id, 'target', f."table", 'from', f."from", 'to', f."to",
            'on_delete', f.on_delete, 'on_update', f.on_update
        ) ORDER BY f.id, f.seq)
        FROM pragma_foreign_key_list(m.name) f
    ),
    'indexes', (
        SELECT json_group_array(json_object(
            'name', i.name,
            'unique', i."unique",
            'sql', (SELECT s.sql FROM sqlite_master s WHERE s.type = 'index' AND s.name = i.name),
            'keys', (
                SELECT json_group_array(json_object('column', k.name, 'descending', k."desc") ORDER BY k.seqno)
                FROM pragma_index_xinfo(i.name) k
                WHERE k.key
            )
        ) ORDER BY i.name)
        FROM pragma_index_list(m.name) i
        WHERE i.origin <> 'pk'
    )
)
FROM sqlite_master m
WHERE m.type IN ('table', 'view') AND m.name IN (SELECT value FROM json_each($1))
ORDER BY m.name"#;

#[derive(Deserialize)]
struct RawTable {
    name: String,
    kind: String,
    sql: String,
    columns: Vec<RawColumn>,
    foreign_keys: Vec<RawForeignKey>,
    indexes: Vec<RawIndex>,
}

#[derive(Deserialize)]
struct RawColumn {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    not_null: u8,
    default: Option<String>,
    /// The place in the primary key, counted from 1.
    key: usize,
}

/// One column of a foreign key; the columns of one key have one id.
#[derive(Deserialize)]
struct RawForeignKey {
    id: i64,
    target: String,
    from: String,
    to: Option<String>,
    on_delete: String,
    on_update: String,
}

#[derive(Deserialize)]
struct RawIndex {
    name: String,
    unique: u8,
    /// Absent where a constraint of the table made it.
    sql: Option<String>,
    keys: Vec<RawKey>,
}

#[derive(Deserialize)]
struct RawKey {
    column: Option<String>,
    descending: u8,
}

pub(super) fn table(document: serde_json::Value) -> Result<Table> {
    let raw: RawTable = super::decode(document)?;
    if raw.kind == "view" {
        return Err(super::not_a_table(&raw.name, "a view"));
    }
    let text = text::table(&raw.sql);
    Ok(Table {
        name: raw.name,
        comment: None,
        primary_key: primary_key(&raw.columns, &text),
        columns: raw.columns.into_iter().map(|raw| column(raw, &text)).collect(),
        foreign_keys: foreign_keys(&raw.foreign_keys, &text),
        checks: text.checks.into_iter().map(check).collect(),
        indexes: raw.indexes.into_iter().map(index).collect(),
    })
}

/// A key that stands in its column has no name.
fn primary_key(columns: &[RawColumn], text: &TableText) -> Option<PrimaryKey> {
    let mut members: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    members.sort_by_key(|column| column.key);
    let columns: Vec<_> = members.into_iter().map(|column| column.name.clone()).collect();
    (!columns.is_empty()).then(|| PrimaryKey { name: text.primary_key.clone().unwrap_or_default(), columns })
}

fn column(raw: RawColumn, text: &TableText) -> Column {
    let of_text = text.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&raw.name));
    let has = |what: fn(&ColumnText) -> bool| of_text.is_some_and(what);
    let autoincrement = has(|column| column.autoincrement);
    Column {
        ty: types::sqlite(&raw.ty),
        // The key that numbers the rows is never NULL, though nothing says so.
        nullable: raw.not_null == 0 && !autoincrement,
        default: raw.default.map(|sql| ColumnDefault::Expression(expression(text::normalised(&sql)))),
        identity: autoincrement.then_some(Identity::ByDefault),
        collation: of_text.and_then(|column| column.collation.clone()),
        comment: None,
        declared: of_text.and_then(|column| column.declared.clone()),
        name: raw.name,
    }
}

fn foreign_keys(raw: &[RawForeignKey], text: &TableText) -> Vec<ForeignKey> {
    let keys = raw.chunk_by(|a, b| a.id == b.id).map(|members| {
        let columns: Vec<_> = members.iter().map(|member| member.from.clone()).collect();
        let named = text.foreign_keys.iter().find(|key| key.columns == columns);
        ForeignKey {
            name: named.map(|key| key.name.clone()).unwrap_or_default(),
            target: members[0].target.clone(),
            target_columns: members.iter().filter_map(|member| member.to.clone()).collect(),
            on_delete: action(&members[0].on_delete),
            on_update: action(&members[0].on_update),
            columns,
        }
    });
    keys.collect()
}

fn action(words: &str) -> Action {
    match words {
        "RESTRICT" => Action::Restrict,
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn check(named: NamedCheck) -> CheckConstraint {
    CheckConstraint {
        name: named.name,
        kind: CheckKind::Condition,
        columns: Vec::new(),
        expression: expression(named.sql),
    }
}

fn index(raw: RawIndex) -> Index {
    let text = raw.sql.as_deref().map(text::index);
    let keys = raw.keys.into_iter().enumerate().map(|(at, key)| {
        let sql = || text.as_ref().and_then(|text| text.keys.get(at).cloned()).unwrap_or_default();
        let part = match key.column {
            Some(column) => IndexPart::Column(column),
            None => IndexPart::Expression(expression(sql())),
        };
        IndexKey { part, descending: key.descending != 0 }
    });
    Index {
        name: raw.name,
        unique: raw.unique != 0,
        keys: keys.collect(),
        include: Vec::new(),
        predicate: text.as_ref().and_then(|text| text.predicate.clone()).map(expression),
    }
}

fn expression(sql: String) -> Expression {
    Expression { sql, spec: None }
}
