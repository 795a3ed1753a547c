//! The files and environment variables that cells refer to: what is compiled in beside a CSV file, and hashed with it.

use std::fmt;

use super::{Content, CsvError, Parser, Place};

/// What the cells of one seed refer to, each once, in the order of their first use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// The files of `file:` cells.
    pub files: Vec<Reference>,
    /// The names of `env:` cells.
    pub variables: Vec<String>,
}

/// A file that a cell refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path as the cell has it, relative to the folder of the CSV file; [`reference_path`] makes it one relative to
    /// the spec.
    pub path: String,
    /// Where the cell is, if it is in a file.
    pub place: Option<Place>,
}

/// What the cells of a CSV file refer to.
///
/// # Errors
/// It is no CSV file in UTF-8.
pub fn references(bytes: &[u8]) -> Result<References, CsvError> {
    let (mut parser, mut records, mut found) = (Parser::new(), Vec::new(), References::default());
    for chunk in bytes.chunks(64 * 1024) {
        parser.feed(chunk, &mut records)?;
        records.drain(..).for_each(|record| found.add_record(&record));
    }
    parser.finish(&mut records)?;
    records.iter().for_each(|record| found.add_record(record));
    Ok(found)
}

/// What the cells of rows in the spec refer to.
pub fn references_of_cells<'c>(cells: impl IntoIterator<Item = &'c str>) -> References {
    let mut found = References::default();
    cells.into_iter().for_each(|cell| found.add(cell, None));
    found
}

impl References {
    /// Adds what the cells of a record refer to.
    pub fn add_record(&mut self, record: &super::Record) {
        record.cells.iter().for_each(|cell| self.add(&cell.text, Some(cell.place)));
    }

    fn add(&mut self, cell: &str, place: Option<Place>) {
        match Content::of(cell) {
            Content::File(path) if !self.files.iter().any(|file| file.path == path) => {
                self.files.push(Reference { path: path.to_owned(), place });
            }
            Content::Env(name) if !self.variables.iter().any(|known| known == name) => {
                self.variables.push(name.to_owned());
            }
            _ => {}
        }
    }
}

/// Why a path behind `file:` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathError {
    /// There is none.
    Empty,
    /// It begins at the root of a file system.
    Absolute,
    /// It has a part `..`.
    Upwards,
    /// It has a backslash or a NUL.
    Letter,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "`file:` wants a path, such as `file:prompts/ada.txt`",
            Self::Absolute => "the path behind `file:` is relative to the folder of the CSV file, not absolute",
            Self::Upwards => "the path behind `file:` must not leave the folder of the CSV file with `..`",
            Self::Letter => "the parts of a path behind `file:` are separated by `/`",
        })
    }
}

impl std::error::Error for PathError {}

/// The path of a `file:` cell relative to the spec, from that of its CSV file (`data/prompts.csv`). It stays in the
/// folder of that file, as far as a path can tell; links are for whoever opens it to look at.
///
/// # Errors
/// It would leave the folder, or is no path.
pub fn reference_path(csv: &str, path: &str) -> Result<String, PathError> {
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    if path.is_empty() || path.ends_with('/') && !path.starts_with('/') {
        return Err(PathError::Empty);
    }
    if path.contains(['\\', '\0']) {
        return Err(PathError::Letter);
    }
    if path.starts_with('/') || has_drive {
        return Err(PathError::Absolute);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err(PathError::Upwards);
    }
    if parts.is_empty() {
        return Err(PathError::Empty);
    }
    let folder = csv.rsplit_once('/').map(|(folder, _)| folder);
    Ok(folder.into_iter().chain(parts).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_once_each_with_their_place() {
        let csv = "id,content,key\n1,file:a.txt,env:KEY\n2,\"file:b/c.txt\",env:KEY\n3,file:a.txt,\\file:d\n";
        let found = references(csv.as_bytes()).unwrap();
        let files: Vec<_> =
            found.files.iter().map(|file| (file.path.as_str(), file.place.unwrap().to_string())).collect();
        assert_eq!(files, [("a.txt", "2:3".to_owned()), ("b/c.txt", "3:3".to_owned())]);
        assert_eq!(found.variables, ["KEY"]);
    }

    #[test]
    fn paths_are_relative_to_the_csv_file() {
        assert_eq!(reference_path("data/prompts.csv", "prompts/ada.txt").unwrap(), "data/prompts/ada.txt");
        assert_eq!(reference_path("prompts.csv", "./ada.txt").unwrap(), "ada.txt");
        assert_eq!(reference_path("a/b/c.csv", "d//e.txt").unwrap(), "a/b/d/e.txt");
        assert_eq!(reference_path("a.csv", "..data/x..txt").unwrap(), "..data/x..txt");
    }

    #[test]
    fn paths_do_not_leave_the_folder() {
        for (path, error) in [
            ("", PathError::Empty),
            ("prompts/", PathError::Empty),
            (".", PathError::Empty),
            ("/etc/passwd", PathError::Absolute),
            ("///etc/passwd", PathError::Absolute),
            ("C:/secrets.txt", PathError::Absolute),
            ("../secret.txt", PathError::Upwards),
            ("prompts/../../secret.txt", PathError::Upwards),
            ("prompts/..", PathError::Upwards),
            ("..\\secret.txt", PathError::Letter),
            ("a\0b", PathError::Letter),
        ] {
            assert_eq!(reference_path("data/prompts.csv", path), Err(error), "{path:?}");
        }
    }
}
