//! PostgreSQL's catalogue: one statement that gives one document for each table.

use seedbed_schema::Action;
use seedbed_schema::table::{
    CheckConstraint, CheckKind, Column, ColumnDefault, Expression, ForeignKey, Identity, Index, IndexKey, IndexPart,
    PrimaryKey, Table,
};
use serde::Deserialize;

use super::types;
use crate::Result;

/// The catalogue of the tables whose names are `$1`, which the macro's argument narrows down.
macro_rules! catalogue {
    ($scope:literal) => {
        concat!(
            r"
SELECT jsonb_build_object(
    'name', c.relname,
    'kind', c.relkind,
    'columns', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'not_null', a.attnotnull,
            'identity', a.attidentity,
            'default', pg_get_expr(d.adbin, d.adrelid),
            'collation', CASE WHEN a.attcollation <> t.typcollation THEN l.collname END
        ) ORDER BY a.attnum), '[]')
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    'constraints', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname,
            'kind', k.contype,
            'columns', (
                SELECT coalesce(jsonb_agg(a.attname ORDER BY u.at), '[]')
                FROM unnest(k.conkey) WITH ORDINALITY u (number, at)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
            ),
            'target', (SELECT r.relname FROM pg_catalog.pg_class r WHERE r.oid = k.confrelid),
            'target_columns', (
                SELECT coalesce(jsonb_agg(a.attname ORDER BY u.at), '[]')
                FROM unnest(k.confkey) WITH ORDINALITY u (number, at)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number
            ),
            'on_delete', k.confdeltype,
            'on_update', k.confupdtype,
            'check', pg_get_expr(k.conbin, k.conrelid)
        ) ORDER BY k.conname), '[]')
        FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype IN ('p', 'f', 'c')
    ),
    'indexes', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', x.relname,
            'unique', i.indisunique,
            'method', m.amname,
            'keys', (
                SELECT jsonb_agg(jsonb_build_object(
                    'column', a.attname,
                    'sql', pg_get_indexdef(i.indexrelid, n, false),
                    'descending', i.indoption[n - 1] & 1 = 1
                ) ORDER BY n)
                FROM generate_series(1, i.indnkeyatts) n
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n - 1]
            ),
            'include', (
                SELECT coalesce(jsonb_agg(a.attname ORDER BY n), '[]')
                FROM generate_series(i.indnkeyatts + 1, i.indnatts) n
                JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n - 1]
            ),
            'predicate', pg_get_expr(i.indpred, i.indrelid)
        ) ORDER BY x.relname), '[]')
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        JOIN pg_catalog.pg_am m ON m.oid = x.relam
        WHERE i.indrelid = c.oid AND NOT i.indisprimary
    )
)
FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY ($1) AND ",
            $scope,
            r#"
ORDER BY c.relname COLLATE "C""#
        )
    };
}

pub(super) const VISIBLE: &str = catalogue!(
    "pg_catalog.pg_table_is_visible(c.oid) AND c.relnamespace <> 'pg_catalog'::regnamespace \
     AND c.relpersistence <> 't'"
);

pub(super) const TEMPORARY: &str = catalogue!("c.relnamespace = pg_catalog.pg_my_temp_schema()");

#[derive(Deserialize)]
struct RawTable {
    name: String,
    kind: String,
    columns: Vec<RawColumn>,
    constraints: Vec<RawConstraint>,
    indexes: Vec<RawIndex>,
}

#[derive(Deserialize)]
struct RawColumn {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    not_null: bool,
    identity: String,
    default: Option<String>,
    collation: Option<String>,
}

#[derive(Deserialize)]
struct RawConstraint {
    name: String,
    kind: String,
    columns: Vec<String>,
    target: Option<String>,
    target_columns: Vec<String>,
    on_delete: String,
    on_update: String,
    check: Option<String>,
}

#[derive(Deserialize)]
struct RawIndex {
    name: String,
    unique: bool,
    method: String,
    keys: Vec<RawKey>,
    include: Vec<String>,
    predicate: Option<String>,
}

#[derive(Deserialize)]
struct RawKey {
    column: Option<String>,
    sql: String,
    descending: bool,
}

pub(super) fn table(document: serde_json::Value) -> Result<Table> {
    let raw: RawTable = super::decode(document)?;
    match raw.kind.as_str() {
        "v" => return Err(super::not_a_table(&raw.name, "a view")),
        "m" => return Err(super::not_a_table(&raw.name, "a materialized view")),
        "f" => return Err(super::not_a_table(&raw.name, "a foreign table")),
        _ => {}
    }
    let of_kind = |kind: &'static str| raw.constraints.iter().filter(move |constraint| constraint.kind == kind);
    Ok(Table {
        name: raw.name,
        comment: None,
        columns: raw.columns.into_iter().map(column).collect(),
        primary_key: of_kind("p").next().map(|key| PrimaryKey { name: key.name.clone(), columns: key.columns.clone() }),
        foreign_keys: of_kind("f").map(foreign_key).collect(),
        checks: of_kind("c").map(check).collect(),
        indexes: raw.indexes.into_iter().map(index).collect(),
    })
}

fn column(raw: RawColumn) -> Column {
    Column {
        name: raw.name,
        ty: types::postgres(&raw.ty),
        nullable: !raw.not_null,
        default: raw.default.map(|sql| ColumnDefault::Expression(expression(sql))),
        identity: match raw.identity.as_str() {
            "d" => Some(Identity::ByDefault),
            "a" => Some(Identity::Always),
            _ => None,
        },
        collation: raw.collation,
        comment: None,
        declared: None,
    }
}

fn foreign_key(raw: &RawConstraint) -> ForeignKey {
    ForeignKey {
        name: raw.name.clone(),
        columns: raw.columns.clone(),
        target: raw.target.clone().unwrap_or_default(),
        target_columns: raw.target_columns.clone(),
        on_delete: action(&raw.on_delete),
        on_update: action(&raw.on_update),
    }
}

fn action(letter: &str) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn check(raw: &RawConstraint) -> CheckConstraint {
    CheckConstraint {
        name: raw.name.clone(),
        kind: CheckKind::Condition,
        columns: raw.columns.clone(),
        expression: expression(raw.check.clone().unwrap_or_default()),
    }
}

fn index(raw: RawIndex) -> Index {
    let method = (raw.method != "btree").then_some(raw.method);
    Index {
        name: raw.name,
        unique: raw.unique,
        keys: raw.keys.into_iter().map(|key| index_key(key, method.as_deref())).collect(),
        include: raw.include,
        predicate: raw.predicate.map(expression),
    }
}

/// The methods that no schema can ask for yet are shown with each part of the key, which then equals none of ours.
fn index_key(raw: RawKey, method: Option<&str>) -> IndexKey {
    let part = match (raw.column, method) {
        (Some(column), None) => IndexPart::Column(column),
        (None, None) => IndexPart::Expression(expression(raw.sql)),
        (_, Some(method)) => IndexPart::Expression(expression(format!("{} using {method}", raw.sql))),
    };
    IndexKey { part, descending: raw.descending }
}

fn expression(sql: String) -> Expression {
    Expression { sql, spec: None }
}
