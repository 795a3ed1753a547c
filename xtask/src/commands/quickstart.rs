//! `quickstart`: from the spec to a database that can be looked at.

use std::path::Path;

use anyhow::Context;
use seedbed::{Collect, Db, Statement, Work};
use seedbed_schema::{Association, Field, Model, ModelId, Schema};

use crate::failure::Failure;
use crate::table::{self, TextRows};
use crate::target::Target;
use crate::{Format, SpecArgs, commands};

/// The rows shown of each table.
const SHOWN: u32 = 3;
/// The columns shown of each table, beside the key.
const COLUMNS: usize = 3;

/// Generates, creates a SQLite database, fills it, and shows what is inside.
pub(crate) fn run(storage: &Path) -> Result<(), Failure> {
    heading("Generating from the spec");
    commands::generate::run(&SpecArgs { spec: None, format: Format::Text }, false)?;

    heading(&format!("Creating and filling {}", storage.display()));
    if let Some(folder) = storage.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}`", folder.display()))?;
    }
    let target = Target::on_sqlite(None, storage)?;
    target.start(async |db, schema| {
        show_counts(db, schema).await?;
        show_rows(db, schema).await?;
        show_association(db, schema).await
    })?;

    heading("Next");
    say!("  DB_DIALECT=sqlite DB_STORAGE={} cargo run -p quickstart   the same database, in Rust", storage.display());
    say!("  generated/src/, generated/ddl/                            what was generated, for reading");
    say!("  cargo xtask test                                          every test, on both databases");
    Ok(())
}

fn heading(text: &str) {
    say!("\n== {text}");
}

async fn show_counts(db: &Db, schema: &Schema) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for model in &schema.models {
        let sql = format!("SELECT count(*) FROM {}", seedbed_schema::ddl::quote(&model.table));
        let counts = Collect::new(|row| Ok(row.i64()?.unwrap_or(0)));
        let outcome = db.run(statement(sql), counts).await?;
        let count: i64 = Collect::<i64>::rows(outcome.sink).into_iter().sum();
        rows.push(vec![model.table.clone(), count.to_string()]);
    }
    table::print(&["table", "rows"], &rows);
    Ok(())
}

/// The first rows of each model that has seeds.
async fn show_rows(db: &Db, schema: &Schema) -> Result<(), Failure> {
    let mut shown: Vec<ModelId> = Vec::new();
    for seed in schema.seeds.iter().filter(|seed| seed.when.is_none() && seed.set.is_none()) {
        if shown.contains(&seed.model) {
            continue;
        }
        shown.push(seed.model);
        let model = schema.model(seed.model);
        let fields: Vec<Field> = telling_fields(model).cloned().collect();
        let columns: Vec<String> = fields.iter().map(|field| seedbed_schema::ddl::quote(&field.column)).collect();
        let key = seedbed_schema::ddl::quote(&model.field(model.key[0]).column);
        let table = seedbed_schema::ddl::quote(&model.table);
        let sql = format!("SELECT {} FROM {table} ORDER BY {key} LIMIT {SHOWN}", columns.join(", "));
        show(db, sql, fields.iter().map(|field| field.name.clone()).collect(), fields).await?;
    }
    Ok(())
}

/// Rows of the first association between two models that have seeds, by their names.
async fn show_association(db: &Db, schema: &Schema) -> Result<(), Failure> {
    let seeded = |id: ModelId| schema.seeds.iter().any(|seed| seed.model == id && seed.when.is_none());
    let between = |association: &&Association| seeded(association.model) && seeded(association.target);
    let Some(association) = schema.associations.iter().find(between) else { return Ok(()) };
    let (model, target) = (schema.model(association.model), schema.model(association.target));
    let (Some(name), Some(target_name)) = (naming_field(model), naming_field(target)) else { return Ok(()) };
    let quote = seedbed_schema::ddl::quote;
    let on = association.fields.iter().zip(&association.target_fields).map(|(&theirs, &ours)| {
        format!("a.{} = b.{}", quote(&model.field(theirs).column), quote(&target.field(ours).column))
    });
    let sql = format!(
        "SELECT a.{}, b.{} FROM {} AS a JOIN {} AS b ON {} ORDER BY 1 LIMIT {}",
        quote(&name.column),
        quote(&target_name.column),
        quote(&model.table),
        quote(&target.table),
        on.collect::<Vec<_>>().join(" AND "),
        3 * SHOWN,
    );
    let header = vec![model.name.clone(), association.name.clone()];
    show(db, sql, header, vec![name.clone(), target_name.clone()]).await
}

async fn show(db: &Db, sql: String, header: Vec<String>, fields: Vec<Field>) -> Result<(), Failure> {
    say!("\n  {sql};");
    let outcome = db.run(statement(sql), TextRows::new(fields)).await?;
    let rows = TextRows::rows(outcome.sink);
    table::print(&header.iter().map(String::as_str).collect::<Vec<_>>(), &rows);
    Ok(())
}

fn statement(sql: String) -> Statement {
    Statement { text: sql.into(), values: Vec::new(), work: Work::Scan }
}

/// The key and the first few fields that are not bookkeeping.
fn telling_fields(model: &Model) -> impl Iterator<Item = &Field> {
    let is_key = |at: usize| model.key.iter().any(|id| id.0 == at);
    let key = model.key.iter().map(|&id| model.field(id));
    let others = model.fields.iter().enumerate().filter(move |(at, field)| !is_key(*at) && !field.on_update);
    key.chain(others.map(|(_, field)| field).take(COLUMNS))
}

/// The field that people would call a row by.
fn naming_field(model: &Model) -> Option<&Field> {
    ["name", "title", "email"].iter().find_map(|name| Some(model.find_field(name)?.1))
}
