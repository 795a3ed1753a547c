//! What is wrong with seeds: collected, so that one run shows what there is to correct, up to a number that still helps.

use std::fmt;

use seedbed_schema::csv::Place;
use seedbed_schema::{Schema, Seed, SeedRows};

use crate::{Error, Result};

/// The most problems that one run reports.
const MAX_PROBLEMS: usize = 20;

/// What messages call a seed.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// The file, or `the rows of …`.
    pub(super) name: String,
    /// Whether the rows stand in the spec, and have no lines of their own.
    inline: bool,
}

impl Label {
    pub(super) fn of(seed: &Seed, schema: &Schema) -> Self {
        match &seed.rows {
            SeedRows::File(path) => Self::file(path),
            SeedRows::Inline { .. } => Self::rows_of(&schema.model(seed.model).name),
        }
    }

    fn file(path: &str) -> Self {
        Self { name: path.to_owned(), inline: false }
    }

    fn rows_of(model: &str) -> Self {
        Self { name: format!("rows of `{model}`"), inline: true }
    }

    /// The path of the file relative to the spec; empty for rows of the spec, which stand in its folder.
    pub(super) fn path(&self) -> &str {
        if self.inline { "" } else { &self.name }
    }

    /// A place of the seed: of its file, or a row of the spec.
    fn at(&self, Place { line, column }: Place) -> SeedPlace {
        if self.inline { SeedPlace::Row(line) } else { SeedPlace::Cell { line, column } }
    }

    /// A line of the seed: `line 4`, or a row of the spec.
    pub(super) fn line(&self, line: u64) -> String {
        if self.inline { format!("row {line}") } else { format!("line {line}") }
    }
}

/// What is wrong at a place of a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedProblem {
    /// The file, or what the rows in the spec are called in messages.
    pub seed: String,
    /// Where it is, unless it is about the seed as a whole.
    pub place: SeedPlace,
    /// The name of the column, if it is about a cell.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// A place of a seed. Lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedPlace {
    /// All of it.
    Whole,
    /// A place in a file.
    Cell {
        /// The line.
        line: u64,
        /// The column of the line, in characters.
        column: u64,
    },
    /// A line of a file that was changed while it was loaded.
    Line(u64),
    /// A row in the spec; the header is row 0.
    Row(u64),
}

impl fmt::Display for SeedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.seed)?;
        match self.place {
            SeedPlace::Whole => {}
            SeedPlace::Cell { line, column } => write!(f, ":{line}:{column}")?,
            SeedPlace::Line(line) => write!(f, ", line {line}")?,
            SeedPlace::Row(row) => write!(f, ", row {row}")?,
        }
        if let Some(column) = &self.column {
            write!(f, " (column `{column}`)")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// What is wrong with seeds, in the order in which it was found, up to a number that still helps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedProblems {
    /// One more than is shown is kept: it tells that there are more.
    found: Vec<SeedProblem>,
}

impl SeedProblems {
    /// The first of them.
    pub fn shown(&self) -> &[SeedProblem] {
        &self.found[..self.found.len().min(MAX_PROBLEMS)]
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds one about a seed as a whole.
    pub(super) fn add(&mut self, label: &Label, message: impl Into<String>) {
        self.push(label, SeedPlace::Whole, None, message.into());
    }

    /// Adds one at a place.
    pub(super) fn add_at(&mut self, label: &Label, place: Place, message: impl Into<String>) {
        self.push(label, label.at(place), None, message.into());
    }

    /// Adds one about a cell of a column.
    pub(super) fn add_cell(&mut self, label: &Label, place: Place, column: &str, message: impl Into<String>) {
        self.push(label, label.at(place), Some(column), message.into());
    }

    /// Adds one about a line whose place is not known any more.
    pub(super) fn add_line(&mut self, label: &Label, line: u64, message: impl Into<String>) {
        self.push(label, SeedPlace::Line(line), None, message.into());
    }

    fn push(&mut self, label: &Label, place: SeedPlace, column: Option<&str>, message: String) {
        if !self.is_full() {
            let (seed, column) = (label.name.clone(), column.map(str::to_owned));
            self.found.push(SeedProblem { seed, place, column, message });
        }
    }

    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether there is no point in looking for more.
    pub(super) fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// How many more are worth looking for.
    pub(super) fn room(&self) -> usize {
        MAX_PROBLEMS + 1 - self.found.len()
    }

    /// All of them as one error, if there are any.
    pub(super) fn finish(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Seed(self.to_string())) }
    }
}

/// One line for each.
impl fmt::Display for SeedProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.shown().iter().map(SeedProblem::to_string).collect();
        f.write_str(&lines.join("\n"))?;
        if self.found.len() > MAX_PROBLEMS {
            write!(f, "\nand more: these are the first {MAX_PROBLEMS}")?;
        }
        Ok(())
    }
}

/// The first characters of a text, fit for one line.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text
        .chars()
        .take(LONGEST)
        .flat_map(|letter| match letter {
            '`' | '\'' | '"' => vec![letter],
            _ => letter.escape_debug().collect(),
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() { format!("`{line}…`") } else { format!("`{line}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_problems_are_shown_and_more_are_mentioned() {
        let mut problems = SeedProblems::default();
        for line in 1..=21 {
            let place = Place { line, column: 1 };
            problems.add_cell(&Label::file("a.csv"), place, "name", "found `x`");
        }
        let text = problems.finish().unwrap_err().to_string();
        assert!(text.starts_with("a.csv:1:1 (column `name`): found `x`\na.csv:2:1 "), "{text}");
        assert!(text.ends_with("a.csv:20:1 (column `name`): found `x`\nand more: these are the first 20"), "{text}");
    }

    #[test]
    fn long_texts_and_line_ends_fit_into_a_line() {
        assert_eq!(shown("a\n\"b\"é"), "`a\\n\"b\"é`");
        assert_eq!(shown(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
    }
}
