//! The generated models and a service that uses them, with either form of a new row.

use std::fmt::Write;
use std::path::Path;

use seedbed_benches::large;
use seedbed_codegen::Loaded;
use seedbed_schema::{Field, Model};

use crate::project::Project;

/// How a new row makes sure that its required fields are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewRows {
    /// A type parameter for each: what the generator writes.
    Typestate,
    /// A struct of them, which the new row is made from.
    Struct,
}

/// The workspace of generated models.
pub(crate) fn project(spec: &str, models: usize, new_rows: NewRows) -> Project {
    let spec_path = Path::new("schema.yaml");
    let loaded = seedbed_codegen::load_text(spec_path, spec.to_owned());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let generated = seedbed_codegen::generate(spec_path, "schema.yaml", &loaded).expect("there are no seeds");
    let mut project = match new_rows {
        NewRows::Typestate => Project::new("generated", "generated", "0.1.2"),
        NewRows::Struct => Project::new("generated, with a struct", "generated_struct", "0.1.3"),
    };
    for file in &generated.files {
        match model_of(&loaded, &file.path) {
            Some(model) if new_rows == NewRows::Struct => {
                project.write_model(&file.path["src/".len()..], &with_struct(&file.content, model));
            }
            Some(_) => project.write_model(&file.path["src/".len()..], &file.content),
            None => project.write(&format!("database/{}", file.path), &file.content),
        }
    }
    project.write_manifest("database", "seedbed.workspace = true\n");
    project.write_manifest("service", "database.path = \"../database\"\n");
    project.write("service/src/lib.rs", &service(models, new_rows));
    project
}

fn model_of<'a>(loaded: &'a Loaded, path: &str) -> Option<&'a Model> {
    loaded.schema.models.iter().find(|model| path == format!("src/{}.rs", model.module))
}

/// A model's file with the other form of a new row.
fn with_struct(file: &str, model: &Model) -> String {
    let place = |text: &str, mark: &str| text.find(mark).unwrap_or_else(|| panic!("no `{mark}` in a generated model"));
    let (before, rest) = file.split_at(place(file, "/// A new `"));
    let (_, rest) = rest.split_at(place(rest, "impl seedbed::New<"));
    let (implementation, _) = rest.split_at(place(rest, "\n}\n") + "\n}\n".len());
    let (_, after) = rest.split_at(place(rest, "/// Changes to a row of `"));
    format!("{before}{}{implementation}\n{after}", new_row(model))
}

fn new_row(model: &Model) -> String {
    let name = &model.name;
    let required = || model.fields.iter().filter(|field| field.required());
    let members: String =
        required().map(|field| format!("    /// `{0}`.\n    pub {0}: {1},\n", field.name, ty(field))).collect();
    let fills: String =
        required().map(|field| format!(".set({}, required.{})", field.name.to_uppercase(), field.name)).collect();
    let setters = model.fields.iter().filter(|field| !field.required());
    let setters: String = setters
        .map(|field| format!("        {}: {} = {};\n", field.name, ty(field), field.name.to_uppercase()))
        .collect();
    format!(
        "/// What a new `{name}` must have.\n#[derive(Debug, Clone)]\npub struct Required{name} {{\n{members}}}\n\n\
         /// A new `{name}`.\n#[derive(Debug, Clone)]\npub struct New{name}(Draft<{name}, Set>);\n\n\
         impl New{name} {{\n    /// Nothing but what it must have is set yet.\n    \
         pub fn new(required: Required{name}) -> Self {{\n        Self(Draft::new(){fills})\n    }}\n\n    \
         seedbed::setters! {{\n{setters}    }}\n}}\n\n"
    )
}

/// The Rust type of a field of the large spec.
fn ty(field: &Field) -> String {
    let ty = match field.name.as_str() {
        "name" | "slug" => "String",
        "state" => "crate::State",
        "priority" => "i32",
        "amount" => "seedbed::Decimal",
        "settings" => "seedbed::Json",
        "due_at" | "created_at" | "updated_at" => "seedbed::Timestamp",
        _ => "i64",
    };
    if field.nullable { format!("Option<{ty}>") } else { ty.to_owned() }
}

/// One function per model that does with it what services do.
fn service(models: usize, new_rows: NewRows) -> String {
    let mut text = String::from("//! Uses every model.\n\nuse database::*;\n");
    for at in 0..models {
        // Writing to a `String` cannot fail.
        let _ = function(&mut text, at, new_rows);
    }
    text
}

fn function(text: &mut String, at: usize, new_rows: NewRows) -> std::fmt::Result {
    let name = large::model_name(at);
    let module = name.to_lowercase();
    let parent = !large::parents(at).is_empty();
    let new = match (new_rows, parent) {
        (NewRows::Typestate, true) => format!("New{name}::builder().name(\"a\").slug(\"b\").parent0_id(1)"),
        (NewRows::Typestate, false) => format!("New{name}::builder().name(\"a\").slug(\"b\")"),
        (NewRows::Struct, true) => {
            format!(
                "New{name}::new({module}::Required{name} {{ name: \"a\".into(), slug: \"b\".into(), parent0_id: 1 }})"
            )
        }
        (NewRows::Struct, false) => {
            format!("New{name}::new({module}::Required{name} {{ name: \"a\".into(), slug: \"b\".into() }})")
        }
    };
    writeln!(
        text,
        "\n/// Uses `{name}`.\npub async fn {module}(db: &Db) -> Result<Vec<{name}>> {{\n    \
         let row = {name}::create(db, {new}.priority(1)).await?;\n    \
         let row = row.update(db, {name}Patch::new().state(State::Closed).amount(None)).await?;\n    \
         row.delete(db).await?;\n    \
         let found = {name}::find_by_slug(db, \"b\").await?;\n    \
         let open = {name}::query().filter({module}::STATE.eq(State::Open).and({module}::NAME.contains(\"a\")));\n    \
         let mut rows = open.order_by({module}::CREATED_AT.desc()).limit(20).all(db).await?;\n    \
         rows.extend(found);\n    Ok(rows)\n}}"
    )
}
