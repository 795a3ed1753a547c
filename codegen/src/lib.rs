//! Reads `schema.yaml` and writes everything that follows from it.
//!
//! The pipeline: a spec is read into a document with places, lowered to a [`seedbed_schema::Schema`], validated, and
//! handed to the emitters. What is wrong with a spec comes back as [`Diagnostics`], all of it at once.

pub mod diagnostics;
mod document;
pub mod emit;
mod expression;
mod format;
mod generate;
mod lower;
mod paths;
pub mod source;
mod validate;
pub mod write;
pub mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use diagnostics::{Code, Diagnostic, Diagnostics, Severity, explain};
pub use document::json_schema;
pub use format::{FormatError, Formatted, format, format_text};
pub use generate::{GenerateError, Generated, generate};
use seedbed_schema::Schema;

use diagnostics::Report;

/// A spec that was read and is right.
#[derive(Debug)]
pub struct Loaded {
    /// What it means.
    pub schema: Schema,
    /// What is worth a look all the same.
    pub warnings: Diagnostics,
    /// Every file that was read: the spec and what it includes. The seeds' files are not read here.
    pub files: Vec<PathBuf>,
}

/// Reads the spec at a path.
///
/// # Errors
/// Everything that is wrong with it, in the order of the files; warnings come along.
pub fn load(path: &Path) -> Result<Loaded, Diagnostics> {
    run(path, Texts::new())
}

/// Reads a text as if it were the spec at a path: an editor's unsaved buffer, or a test's.
///
/// # Errors
/// As [`load`].
pub fn load_text(path: &Path, text: String) -> Result<Loaded, Diagnostics> {
    run(path, Texts::from([(path.to_owned(), text)]))
}

/// Texts that are read in the place of files, by path.
type Texts = BTreeMap<PathBuf, String>;

fn run(path: &Path, texts: Texts) -> Result<Loaded, Diagnostics> {
    let mut report = Report::default();
    let spec = document::read(path, texts, &mut report);
    let folder = path.parent().unwrap_or(Path::new(""));
    let schema = spec.and_then(|spec| lower::lower(&spec, folder, &mut report));
    match schema {
        Some(schema) if !report.has_errors() => {
            let files = report.sources.files().iter().map(|source| source.path.clone()).collect();
            Ok(Loaded { schema, warnings: report.finish(), files })
        }
        _ => Err(report.finish()),
    }
}
