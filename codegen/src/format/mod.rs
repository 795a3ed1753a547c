//! Brings specs into their canonical form: block style, the short form where it fits, the least quoting, and every
//! comment beside or above what it belongs to.
//!
//! Nothing is reordered, and nothing changes its meaning: what a spec is lowered to is compared before and after. Only
//! content comes out; [`crate::write`] brings it to the disk.

mod comments;
mod form;
mod layout;
mod lines;
mod shape;
mod short;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use seedbed_schema::Schema;

use crate::source::Source;
use crate::yaml;
use crate::{Diagnostics, Loaded, Texts, run};
use comments::Comments;

/// The longest line that maps and lists in brackets are written in; a field is one line however long it is.
const WIDTH: usize = 120;

/// A file of a spec in its canonical form.
#[derive(Debug)]
pub struct Formatted {
    /// The file.
    pub path: PathBuf,
    /// What it should hold.
    pub text: String,
}

impl Formatted {
    /// Whether the file on the disk is like this.
    pub fn is_current(&self) -> bool {
        fs::read(&self.path).is_ok_and(|present| present == self.text.as_bytes())
    }
}

/// Why a spec was not formatted.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It is wrong.
    #[error("{0}")]
    Wrong(Diagnostics),
    /// It would have become something else.
    #[error("`{}` would lose a comment or mean something else: this is a bug of the formatter", .0.display())]
    Changed(PathBuf),
}

/// Formats the spec at a path and every file that it includes.
///
/// # Errors
/// The spec is wrong.
pub fn format(path: &Path) -> Result<Vec<Formatted>, FormatError> {
    format_all(path, Texts::new())
}

/// Formats a text as if it were the spec at a path.
///
/// # Errors
/// The spec is wrong.
pub fn format_text(path: &Path, text: String) -> Result<String, FormatError> {
    let files = format_all(path, Texts::from([(path.to_owned(), text)]))?;
    Ok(files.into_iter().next().map(|spec| spec.text).unwrap_or_default())
}

fn format_all(path: &Path, texts: Texts) -> Result<Vec<Formatted>, FormatError> {
    let Loaded { schema, warnings, .. } = run(path, texts).map_err(FormatError::Wrong)?;
    let mut files = Vec::new();
    for source in warnings.sources().files() {
        files.push(format_file(source)?);
    }
    refuse_change(path, &schema, &files)?;
    Ok(files)
}

fn format_file(source: &Source) -> Result<Formatted, FormatError> {
    let path = source.path.clone();
    let text = with_line_feeds(&source.text);
    let (root, sources) = yaml::read_text(&path, text.clone()).map_err(FormatError::Wrong)?;
    let formatted = layout::layout(&text, &root, &sources);
    match yaml::read_text(&path, formatted.clone()) {
        Ok((again, _)) if Comments::find(&text, &root).sorted() == Comments::find(&formatted, &again).sorted() => {
            Ok(Formatted { path, text: formatted })
        }
        _ => Err(FormatError::Changed(path)),
    }
}

/// Reads the formatted files in the place of those on the disk.
fn refuse_change(path: &Path, schema: &Schema, files: &[Formatted]) -> Result<(), FormatError> {
    let texts = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    match run(path, texts) {
        Ok(after) if after.schema == *schema => Ok(()),
        _ => Err(FormatError::Changed(path.to_owned())),
    }
}

/// The text with `\n` at the end of each line, which is also what YAML makes of the others.
fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
