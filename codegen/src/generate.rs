//! From a spec that is right to everything that follows from it, as content; [`crate::write`] brings it to the disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seedbed_schema::csv::{References, reference_path, references, references_of_cells};
use seedbed_schema::{Schema, SeedRows};

use crate::Loaded;
use crate::emit::{self, Context, File};

/// Everything that follows from one spec.
#[derive(Debug)]
pub struct Generated {
    /// The folder of the generated crate: `generated`, beside the spec.
    pub folder: PathBuf,
    /// The files inside the folder, by path.
    pub files: Vec<File>,
    /// Files beside the spec, with their whole paths: the JSON Schema for editors.
    pub beside: Vec<(PathBuf, String)>,
}

/// Why nothing was generated from a spec that is right.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// A seed's file cannot be read.
    #[error("`{path}`: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A seed's file, or what it refers to, is wrong.
    #[error("{place}: {reason}")]
    Seed {
        /// The file, and the line and column where they are known.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

/// Generates everything from a spec. `source` is the spec's path as generated files show it.
///
/// # Errors
/// A seed's file cannot be read, or refers to one that cannot.
pub fn generate(spec: &Path, source: &str, loaded: &Loaded) -> Result<Generated, GenerateError> {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let seed_files = seed_files(folder, &loaded.schema)?;
    let context = Context { schema: &loaded.schema, source, spec_folder: "../..", seed_files: &seed_files };
    let stem = spec.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Generated {
        folder: folder.join("generated"),
        files: emit::emit(&context),
        beside: vec![(folder.join(format!("{stem}.schema.json")), emit::editor_schema())],
    })
}

/// The CSV files of the seeds and the files that their cells name, relative to the spec.
fn seed_files(folder: &Path, schema: &Schema) -> Result<BTreeSet<String>, GenerateError> {
    let mut files = BTreeSet::new();
    for seed in &schema.seeds {
        match &seed.rows {
            SeedRows::File(csv) => {
                let references = references(&read(folder, csv)?).map_err(|error| wrong(csv, &error))?;
                add_references(folder, csv, &references, &mut files)?;
                files.insert(csv.clone());
            }
            SeedRows::Inline { rows, .. } => {
                let references = references_of_cells(rows.iter().flatten().map(String::as_str));
                add_references(folder, "", &references, &mut files)?;
            }
        }
    }
    Ok(files)
}

fn add_references(
    folder: &Path,
    csv: &str,
    references: &References,
    files: &mut BTreeSet<String>,
) -> Result<(), GenerateError> {
    for reference in &references.files {
        let place = match reference.place {
            Some(place) => format!("{csv}:{}:{}", place.line, place.column),
            None => "rows".to_owned(),
        };
        let path = reference_path(csv, &reference.path).map_err(|error| wrong(&place, &error))?;
        read(folder, &path)?;
        if leaves(&folder.join(csv), &folder.join(&path)) {
            return Err(wrong(&place, &"the file behind the link is outside the folder of the CSV file"));
        }
        files.insert(path);
    }
    Ok(())
}

/// Whether a path leads out of the folder of a CSV file by a link.
fn leaves(csv: &Path, path: &Path) -> bool {
    let (Ok(csv), Ok(path)) = (csv.canonicalize(), path.canonicalize()) else { return false };
    let folder = if csv.is_dir() { Some(csv.as_path()) } else { csv.parent() };
    folder.is_none_or(|folder| !path.starts_with(folder))
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, GenerateError> {
    fs::read(folder.join(path)).map_err(|source| GenerateError::Read { path: path.to_owned(), source })
}

fn wrong(place: &str, error: &dyn std::fmt::Display) -> GenerateError {
    GenerateError::Seed { place: place.to_owned(), reason: error.to_string() }
}
