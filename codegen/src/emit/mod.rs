//! From the lowered schema to the files of the generated crate.
//!
//! Every emitter is a function from the schema to content; none touches the disk. Adding an output is one file here and
//! one line in [`emit`].

mod crate_files;
mod enums;
mod lib_rs;
mod model;
mod print;
mod rust_type;
mod scope;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

use scope::Scope;
use seedbed_schema::Schema;

/// What the emitters need beside the schema.
#[derive(Debug)]
pub struct Context<'a> {
    /// The lowered schema.
    pub schema: &'a Schema,
    /// The spec's path from the workspace root, with forward slashes.
    pub source: &'a str,
    /// The path from the generated crate's `src` folder to the spec's folder, with forward slashes (`../..`).
    pub spec_folder: &'a str,
    /// The files that the seeds need, relative to the spec.
    pub seed_files: &'a BTreeSet<String>,
}

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path inside the generated crate, with forward slashes.
    pub path: String,
    /// What it holds.
    pub content: String,
}

impl File {
    fn new(path: impl Into<String>, content: String) -> Self {
        Self { path: path.into(), content }
    }
}

/// Every file of the generated crate, in the order of their paths.
pub fn emit(context: &Context<'_>) -> Vec<File> {
    let schema = context.schema;
    let json = schema_json(schema);
    let scope = Scope::new(schema);
    let mut files = vec![
        File::new("Cargo.toml", crate_files::manifest(context)),
        File::new("README.md", crate_files::readme(context)),
        File::new("src/lib.rs", lib_rs::emit(context, &scope, &json)),
    ];
    if !schema.enums.is_empty() {
        files.push(File::new("src/enums.rs", enums::emit(context)));
    }
    files.extend(models(context, &scope));
    for &dialect in &schema.dialects {
        let content = seedbed_schema::ddl::file(schema, dialect, context.source);
        files.push(File::new(format!("ddl/{}.sql", dialect.name()), content));
    }
    files.push(File::new("schema.json", json));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The files of the models, in their order: one does not depend on another, so the processors share them.
fn models(context: &Context<'_>, scope: &Scope) -> Vec<File> {
    let models: Vec<_> = context.schema.models().collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let emit = |&(id, model): &(_, &seedbed_schema::Model)| {
        let path = format!("src/{}.rs", model.module.trim_start_matches("r#"));
        File::new(path, model::emit(context, scope, id))
    };
    thread::scope(|threads| {
        let shares = models.chunks(models.len().div_ceil(processors).max(1));
        let shares: Vec<_> =
            shares.map(|share| threads.spawn(move || share.iter().map(emit).collect::<Vec<_>>())).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// The lowered schema as JSON, as the generated crate has it.
pub fn schema_json(schema: &Schema) -> String {
    crate_files::pretty(schema)
}

/// The JSON Schema of the spec, for editors: written beside it.
pub fn editor_schema() -> String {
    crate_files::pretty(&crate::json_schema())
}
