//! `check`: reads the spec and its seeds, and reports what is wrong with them.

use std::path::Path;

use seedbed::{SeedPlace, SeedProblem, SeedProblems, SeedSource, Variables};
use seedbed_codegen::Code;
use seedbed_codegen::diagnostics::Diagnostics;
use seedbed_schema::Schema;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::target::{block_on, data_folder, static_data};
use crate::workspace::Workspace;
use crate::{Format, SpecArgs, inspect};

/// Reads every spec, and the seeds of those that are right.
pub(crate) fn run(args: &SpecArgs) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    let mut failed = false;
    for path in workspace.specs(args.spec.as_deref())? {
        failed |= !is_right(&workspace, &path, args.format)?;
    }
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

fn is_right(workspace: &Workspace, path: &Path, format: Format) -> Result<bool, Failure> {
    let loaded = match seedbed_codegen::load(path) {
        Ok(loaded) => loaded,
        Err(diagnostics) => {
            inspect::report(&diagnostics, format);
            return Ok(false);
        }
    };
    let problems = seed_problems(path, &loaded.schema)?;
    match format {
        Format::Json => say!("{}", to_json(&loaded.warnings, &problems, path)),
        Format::Text => {
            inspect::report(&loaded.warnings, format);
            let name = workspace.relative(path);
            if problems.is_empty() {
                say!("{}", summary(&name, &loaded.schema));
            } else {
                eprintln!("error: {problems}");
            }
        }
    }
    Ok(problems.is_empty())
}

/// What is wrong with the rows of the seeds, as far as that can be known without a database.
fn seed_problems(spec: &Path, schema: &Schema) -> Result<SeedProblems, Failure> {
    let source = SeedSource::Folder(data_folder(spec, schema));
    let check = seedbed::check_seeds(static_data(schema), schema, &source, &Variables::Process);
    block_on(async { Ok(check.await) })
}

fn summary(name: &str, schema: &Schema) -> String {
    let Schema { models, associations, seeds, .. } = schema;
    format!("{name}: {} models, {} associations, {} seeds", models.len(), associations.len(), seeds.len())
}

/// The warnings about the spec, and what is wrong with its seeds, in the same form.
fn to_json(warnings: &Diagnostics, problems: &SeedProblems, spec: &Path) -> Value {
    let mut json = warnings.to_json();
    if let Some(diagnostics) = json["diagnostics"].as_array_mut() {
        diagnostics.extend(problems.shown().iter().map(|problem| diagnostic(problem, spec)));
    }
    json
}

/// Rows in the spec have no place there that is known; the message says which one it is.
fn diagnostic(problem: &SeedProblem, spec: &Path) -> Value {
    let (line, column) = match problem.place {
        SeedPlace::Cell { line, column } => (line, column),
        SeedPlace::Line(line) => (line, 1),
        SeedPlace::Whole | SeedPlace::Row(_) => (1, 1),
    };
    let is_file = !matches!(problem.place, SeedPlace::Row(_));
    let file = if is_file { spec.with_file_name(&problem.seed) } else { spec.to_owned() };
    json!({
        "code": Code::SeedRows.name(),
        "severity": "error",
        "message": problem.to_string(),
        "file": file.display().to_string(),
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": column,
        "secondary": [],
    })
}
