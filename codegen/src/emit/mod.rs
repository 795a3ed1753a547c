//! From the lowered schema to the files of the generated crate.
//!
//! Every emitter is a function from the schema to content; none touches the disk. Adding an output is one file here and
//! one line in [`emit`].

mod crate_files;
mod enums;
mod json_types;
mod lib_rs;
mod model;
mod print;
mod rust_type;
mod scope;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scope::Scope;
use seedbed_schema::Schema;
use sha2::{Digest, Sha256};

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
    let json = &schema_json(schema);
    let scope = &Scope::new(schema);
    // What takes longest comes first, so that no processor is left alone with it at the end.
    let mut jobs = vec![job("src/lib.rs", move || lib_rs::emit(context, scope, json))];
    for &dialect in &schema.dialects {
        let ddl = move || seedbed_schema::ddl::file(schema, dialect, context.source);
        jobs.push(job(format!("ddl/{}.sql", dialect.name()), ddl));
    }
    for (id, model) in schema.models() {
        let path = format!("src/{}.rs", model.module.trim_start_matches("r#"));
        jobs.push(job(path, move || model::emit(context, scope, id)));
    }
    if !schema.enums.is_empty() {
        jobs.push(job("src/enums.rs", move || enums::emit(context)));
    }
    if !schema.types.is_empty() {
        jobs.push(job("src/types.rs", move || json_types::emit(context)));
    }
    jobs.push(job("Cargo.toml", move || crate_files::manifest(context)));
    jobs.push(job("README.md", move || crate_files::readme(context)));
    jobs.push(job("schema.json", move || json.clone()));
    let mut files = run(&jobs);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// A file that is still to be written. None depends on another.
type Job<'a> = Box<dyn Fn() -> File + Sync + 'a>;

fn job<'a>(path: impl Into<String>, content: impl Fn() -> String + Sync + 'a) -> Job<'a> {
    let path = path.into();
    Box::new(move || File::new(path.clone(), content()))
}

/// Runs every job on whichever processor is free, and gives the files in no order.
fn run(jobs: &[Job<'_>]) -> Vec<File> {
    let next = AtomicUsize::new(0);
    let work = || -> Vec<File> {
        let jobs = std::iter::from_fn(|| jobs.get(next.fetch_add(1, Ordering::Relaxed)));
        jobs.map(|job| job()).collect()
    };
    let others = thread::available_parallelism().map_or(0, |processors| processors.get() - 1);
    thread::scope(|threads| {
        let others: Vec<_> = (0..others).map(|_| threads.spawn(work)).collect();
        let mut files = work();
        for other in others {
            files.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        files
    })
}

/// The lowered schema as JSON, as the generated crate has it.
pub fn schema_json(schema: &Schema) -> String {
    crate_files::pretty(schema)
}

/// What tells one [`schema_json`] from another: its SHA-256, in hexadecimal.
pub fn schema_hash(json: &str) -> String {
    Sha256::digest(json.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The JSON Schema of the spec, for editors: written beside it.
pub fn editor_schema() -> String {
    crate_files::pretty(&crate::json_schema())
}
