//! CSV files of seeds, as far as they can be read without a schema: records with the place of each cell, what a cell
//! says besides plain text, and which files and variables it refers to.
//!
//! Bytes go in and cells come out; nothing is opened here. A reader of its own, because every cell needs its place in
//! the file, and because a quote that is never closed must be an error rather than a very long last cell.

mod content;
mod encoding;
mod parser;
mod reference;

use std::fmt;

pub use content::Content;
pub use parser::{MAX_CELL_BYTES, Parser};
pub use reference::{PathError, Reference, References, reference_path, references, references_of_cells};

/// One record: the cells between two line ends that stand outside quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The cells from the left; at least one.
    pub cells: Vec<Cell>,
}

impl Record {
    /// The place of its first cell.
    pub fn place(&self) -> Place {
        self.cells.first().map_or(Place { line: 1, column: 1 }, |cell| cell.place)
    }
}

/// One cell, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its text; of doubled quotes, one.
    pub text: String,
    /// Where it begins.
    pub place: Place,
}

/// A place in a file as editors count it: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The character in its line.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Why a file is no CSV file in UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvError {
    /// Where.
    pub place: Place,
    /// What was found, and what to do about it.
    pub message: String,
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for CsvError {}
