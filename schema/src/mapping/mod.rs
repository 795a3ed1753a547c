//! From models to tables: what each part of the spec is in one database.
//!
//! The types that PostgreSQL has are its own there; SQLite gets the nearest storage and a check that keeps it to the
//! same values. What only code can see (text with NUL, NaN, digits too many for a decimal) is refused when a value is
//! bound, not here.

mod check;
mod default;
mod index;
mod references;
mod types;

use crate::table::{CheckConstraint, Column, Database, Expression, ForeignKey, Identity, PrimaryKey, Table};
use crate::{Association, Condition, Dialect, Field, FieldId, Model, ModelId, Schema, ddl};

/// The tables of a schema in one database, in the order of their names.
pub fn tables(schema: &Schema, dialect: Dialect) -> Database {
    let mut tables: Vec<_> = schema.models().map(|(id, model)| table(schema, id, model, dialect)).collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Database { dialect, tables }
}

fn table(schema: &Schema, id: ModelId, model: &Model, dialect: Dialect) -> Table {
    Table {
        name: model.table.clone(),
        comment: comment(model.doc.as_deref()),
        columns: model.fields.iter().map(|field| column(schema, field, dialect)).collect(),
        primary_key: Some(PrimaryKey { name: model.key_name.clone(), columns: columns(model, &model.key) }),
        indexes: model.indexes.iter().flat_map(|index| index::indexes(model, index, dialect)).collect(),
        foreign_keys: schema.belongs_to(id).map(|(_, association)| foreign_key(schema, association)).collect(),
        checks: checks(schema, model, dialect),
    }
}

fn column(schema: &Schema, field: &Field, dialect: Dialect) -> Column {
    let spec_type = types::spec_type(schema, field.ty);
    Column {
        name: field.column.clone(),
        ty: types::column_type(field.ty, dialect),
        nullable: field.nullable,
        default: default::column_default(field, dialect),
        identity: field.is_auto().then_some(Identity::ByDefault),
        collation: types::collation(field, dialect),
        comment: comment(field.doc.as_deref()),
        declared: (!dialect.has_native_types()).then_some(spec_type),
    }
}

fn foreign_key(schema: &Schema, association: &Association) -> ForeignKey {
    let (model, target) = (schema.model(association.model), schema.model(association.target));
    ForeignKey {
        name: association.foreign_key.clone(),
        columns: columns(model, &association.fields),
        target: target.table.clone(),
        target_columns: columns(target, &association.target_fields),
        on_delete: association.on_delete,
        on_update: association.on_update,
    }
}

/// The checks of types, column by column, then those of the spec.
fn checks(schema: &Schema, model: &Model, dialect: Dialect) -> Vec<CheckConstraint> {
    let of_types = model.fields.iter().filter_map(|field| check::type_check(schema, model, field, dialect));
    let of_spec = model.checks.iter().filter_map(|check| check::spec_check(model, check, dialect));
    of_types.chain(of_spec).collect()
}

/// The condition in one dialect; nothing if it was written by hand, and not for this one.
fn condition(condition: &Condition, model: &Model, dialect: Dialect) -> Option<Expression> {
    match condition {
        Condition::Expr(expr) => Some(expression(expr, model, dialect)),
        Condition::Sql { postgres, sqlite } => by_hand(postgres.as_deref(), sqlite.as_deref(), dialect),
    }
}

fn expression(expr: &crate::Expr, model: &Model, dialect: Dialect) -> Expression {
    Expression { sql: ddl::expression(expr, model, dialect), spec: Some(ddl::notation(expr, model)) }
}

fn by_hand(postgres: Option<&str>, sqlite: Option<&str>, dialect: Dialect) -> Option<Expression> {
    let sql = match dialect {
        Dialect::Postgres => postgres,
        Dialect::Sqlite => sqlite,
    };
    Some(Expression { sql: sql?.trim().to_owned(), spec: None })
}

/// YAML's long texts end in a line break that nobody means.
fn comment(doc: Option<&str>) -> Option<String> {
    doc.map(str::trim_end).filter(|doc| !doc.is_empty()).map(str::to_owned)
}

fn columns(model: &Model, fields: &[FieldId]) -> Vec<String> {
    fields.iter().map(|field| model.field(*field).column.clone()).collect()
}
