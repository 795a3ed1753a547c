//! The same models as a developer writes them on sqlx, for PostgreSQL alone: a struct for a row, one for a new row, one
//! for changes, and a function for each statement.

use std::fmt::Write;

use seedbed_benches::large;

use crate::project::Project;

/// A field: its name, its type, and whether a new row may leave it to its default.
struct Field {
    name: String,
    ty: &'static str,
    has_default: bool,
}

/// The workspace of models by hand.
pub(crate) fn project(models: usize) -> Project {
    let mut project = Project::new("by hand on sqlx", "by_hand", "0.1.1");
    project.write_manifest(
        "database",
        "chrono.workspace = true\nrust_decimal.workspace = true\nserde.workspace = true\n\
         serde_json.workspace = true\nsqlx = { workspace = true, features = [\"derive\"] }\n",
    );
    let mut modules = String::new();
    for at in 0..models {
        let name = large::model_name(at);
        let module = name.to_lowercase();
        // Writing to a `String` cannot fail.
        let _ = writeln!(modules, "pub mod {module};\npub use {module}::{{{name}, {name}Changes, New{name}}};");
        project.write_model(&format!("{module}.rs"), &model(at, models));
    }
    project.write("database/src/lib.rs", &format!("//! The database.\n\n{modules}\n{STATE}"));
    project.write_manifest(
        "service",
        "database.path = \"../database\"\nserde_json.workspace = true\nsqlx.workspace = true\n",
    );
    project.write("service/src/lib.rs", &service(models));
    project
}

const STATE: &str = "\
/// The values of `State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[sqlx(type_name = \"text\", rename_all = \"snake_case\")]
#[serde(rename_all = \"snake_case\")]
pub enum State {
    Open,
    Waiting,
    Closed,
}
";

fn fields(at: usize) -> Vec<Field> {
    let field = |name: &str, ty, has_default| Field { name: name.to_owned(), ty, has_default };
    let mut fields = vec![field("id", "i64", true)];
    let parents = large::parents(at).len();
    fields.extend((parents > 0).then(|| field("parent0_id", "i64", false)));
    fields.extend((parents > 1).then(|| field("parent1_id", "Option<i64>", true)));
    fields.extend([
        field("name", "String", false),
        field("slug", "String", false),
        field("state", "State", true),
        field("priority", "i32", true),
        field("amount", "Option<Decimal>", true),
        field("settings", "Value", true),
        field("due_at", "Option<DateTime<Utc>>", true),
        field("created_at", "DateTime<Utc>", true),
        field("updated_at", "DateTime<Utc>", true),
    ]);
    fields
}

fn model(at: usize, models: usize) -> String {
    let name = large::model_name(at);
    let fields = fields(at);
    let members = |fields: &mut dyn Iterator<Item = (&str, String)>| {
        fields.map(|(name, ty)| format!("    pub {name}: {ty},\n")).collect::<String>()
    };
    let row = members(&mut fields.iter().map(|field| (field.name.as_str(), field.ty.to_owned())));
    let written = || fields.iter().filter(|field| !["id", "created_at", "updated_at"].contains(&field.name.as_str()));
    let optional = |ty: &str| if ty.starts_with("Option<") { ty.to_owned() } else { format!("Option<{ty}>") };
    let new =
        members(&mut written().map(|field| {
            (field.name.as_str(), if field.has_default { optional(field.ty) } else { field.ty.to_owned() })
        }));
    // An absent value and NULL are different things in a change.
    let changes = members(&mut written().map(|field| (field.name.as_str(), format!("Option<{}>", field.ty))));
    let functions = [
        finders(&name, &fields),
        insert(&name, &written().collect::<Vec<_>>(), &fields),
        update(&name, &written().collect::<Vec<_>>(), &fields),
        associations(at, models),
    ];
    format!(
        "//! What `{name}` stands for.\n\nuse chrono::{{DateTime, Utc}};\nuse rust_decimal::Decimal;\n\
         use serde_json::Value;\nuse sqlx::{{FromRow, PgPool, Postgres, QueryBuilder, Result}};\n\n\
         use crate::State;\n\n\
         /// What `{name}` stands for.\n#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize)]\n\
         pub struct {name} {{\n{row}}}\n\n\
         /// A new `{name}`.\n#[derive(Debug, Clone)]\npub struct New{name} {{\n{new}}}\n\n\
         /// Changes to a `{name}`.\n#[derive(Debug, Clone, Default)]\npub struct {name}Changes {{\n{changes}}}\n\n\
         impl {name} {{\n{}}}\n",
        functions.join("\n")
    )
}

fn table(name: &str) -> String {
    format!("{}s", name.to_lowercase())
}

fn columns<'a>(fields: impl IntoIterator<Item = &'a Field>) -> String {
    fields.into_iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn finders(name: &str, fields: &[Field]) -> String {
    let (columns, table) = (columns(fields), table(name));
    format!(
        r#"    /// The row with that key, if there is one.
    pub async fn find(pool: &PgPool, id: i64) -> Result<Option<Self>> {{
        sqlx::query_as("SELECT {columns} FROM {table} WHERE id = $1").bind(id).fetch_optional(pool).await
    }}

    /// The row with that slug, if there is one.
    pub async fn find_by_slug(pool: &PgPool, slug: &str) -> Result<Option<Self>> {{
        sqlx::query_as("SELECT {columns} FROM {table} WHERE slug = $1").bind(slug).fetch_optional(pool).await
    }}

    /// Rows in a state whose name has a word in it, the newest first.
    pub async fn list(pool: &PgPool, state: Option<State>, word: Option<&str>, limit: i64) -> Result<Vec<Self>> {{
        let mut query = QueryBuilder::<Postgres>::new("SELECT {columns} FROM {table} WHERE true");
        if let Some(state) = state {{
            query.push(" AND state = ").push_bind(state);
        }}
        if let Some(word) = word {{
            query.push(" AND name LIKE ").push_bind(format!("%{{word}}%"));
        }}
        query.push(" ORDER BY created_at DESC LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(pool).await
    }}

    /// Deletes the row.
    pub async fn delete(self, pool: &PgPool) -> Result<()> {{
        sqlx::query("DELETE FROM {table} WHERE id = $1").bind(self.id).execute(pool).await?;
        Ok(())
    }}
"#
    )
}

fn insert(name: &str, written: &[&Field], fields: &[Field]) -> String {
    let binds: String = written.iter().map(|field| bind(field)).collect();
    let places: Vec<String> = (1..=written.len()).map(|place| format!("${place}")).collect();
    let (into, places, columns, table) =
        (columns(written.iter().copied()), places.join(", "), columns(fields), table(name));
    format!(
        r#"    /// Creates a row and returns it.
    pub async fn insert(pool: &PgPool, new: New{name}) -> Result<Self> {{
        sqlx::query_as(
            "INSERT INTO {table} ({into}) \
             VALUES ({places}) \
             RETURNING {columns}",
        )
{binds}        .fetch_one(pool)
        .await
    }}
"#
    )
}

/// The line that binds a field of a new row, with its default where the database has none of its own for NULL.
fn bind(field: &Field) -> String {
    let Field { name, ty, has_default } = field;
    let value = match *ty {
        "State" if *has_default => format!("new.{name}.unwrap_or(State::Open)"),
        "Value" if *has_default => format!("new.{name}.unwrap_or_else(|| serde_json::json!({{}}))"),
        "i32" if *has_default => format!("new.{name}.unwrap_or_default()"),
        _ => format!("new.{name}"),
    };
    format!("        .bind({value})\n")
}

fn update(name: &str, written: &[&Field], fields: &[Field]) -> String {
    let pushes: String = written
        .iter()
        .map(|Field { name, .. }| {
            format!(
                "        if let Some({name}) = changes.{name} {{\n            \
                 set.push(\"{name} = \").push_bind_unseparated({name});\n        }}\n"
            )
        })
        .collect();
    let (columns, table) = (columns(fields), table(name));
    format!(
        r#"    /// Changes the row and returns it as it is now.
    pub async fn update(self, pool: &PgPool, changes: {name}Changes) -> Result<Self> {{
        let mut query = QueryBuilder::<Postgres>::new("UPDATE {table} SET ");
        let mut set = query.separated(", ");
        set.push("updated_at = now()");
{pushes}        query.push(" WHERE id = ").push_bind(self.id);
        query.push(" RETURNING {columns}");
        query.build_query_as().fetch_one(pool).await
    }}
"#
    )
}

fn associations(at: usize, models: usize) -> String {
    let mut text = String::new();
    for (number, parent) in large::parents(at).into_iter().enumerate() {
        let parent = large::model_name(parent);
        let _ = match number {
            0 => write!(
                text,
                "    /// The `{parent}` it belongs to.\n    \
                 pub async fn load_parent0(&self, pool: &PgPool) -> Result<crate::{parent}> {{\n        \
                 crate::{parent}::find(pool, self.parent0_id).await?.ok_or(sqlx::Error::RowNotFound)\n    }}\n\n"
            ),
            _ => write!(
                text,
                "    /// The `{parent}` it belongs to, if any.\n    \
                 pub async fn load_parent{number}(&self, pool: &PgPool) -> Result<Option<crate::{parent}>> {{\n        \
                 let Some(id) = self.parent{number}_id else {{ return Ok(None) }};\n        \
                 crate::{parent}::find(pool, id).await\n    }}\n\n"
            ),
        };
    }
    for (child, number) in large::children(at, models) {
        let (columns, inverse, child) =
            (columns(&fields(child)), large::inverse(child, number), large::model_name(child));
        let table = table(&child);
        let _ = write!(
            text,
            "    /// The `{child}` rows that belong to it.\n    \
             pub async fn {inverse}(&self, pool: &PgPool) -> Result<Vec<crate::{child}>> {{\n        \
             sqlx::query_as(\"SELECT {columns} FROM {table} WHERE parent{number}_id = $1\")\n            \
             .bind(self.id)\n            .fetch_all(pool)\n            .await\n    }}\n\n"
        );
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// One function per model that does with it what services do.
fn service(models: usize) -> String {
    let mut text = String::from("//! Uses every model.\n\nuse database::*;\nuse sqlx::{PgPool, Result};\n");
    for at in 0..models {
        let name = large::model_name(at);
        let module = name.to_lowercase();
        let parent = match large::parents(at).len() {
            0 => "",
            1 => "parent0_id: 1, ",
            _ => "parent0_id: 1, parent1_id: None, ",
        };
        let _ = write!(
            text,
            "\n/// Uses `{name}`.\npub async fn {module}(pool: &PgPool) -> Result<Vec<{name}>> {{\n    \
             let new = New{name} {{ {parent}name: \"a\".into(), slug: \"b\".into(), state: None, priority: Some(1), \
             amount: None, settings: None, due_at: None }};\n    \
             let row = {name}::insert(pool, new).await?;\n    \
             let changes = {name}Changes {{ state: Some(State::Closed), amount: Some(None), ..Default::default() }};\n    \
             let row = row.update(pool, changes).await?;\n    \
             row.delete(pool).await?;\n    \
             let found = {name}::find_by_slug(pool, \"b\").await?;\n    \
             let mut rows = {name}::list(pool, Some(State::Open), Some(\"a\"), 20).await?;\n    \
             rows.extend(found);\n    Ok(rows)\n}}\n"
        );
    }
    text
}
