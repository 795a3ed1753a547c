//! What is wrong with seeds: collected, so that one run shows what there is to correct, up to a number that still helps.

use seedbed_schema::csv::Place;

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
    pub(super) fn file(path: &str) -> Self {
        Self { name: path.to_owned(), inline: false }
    }

    pub(super) fn rows_of(model: &str) -> Self {
        Self { name: format!("rows of `{model}`"), inline: true }
    }

    /// The path of the file relative to the spec; empty for rows of the spec, which stand in its folder.
    pub(super) fn path(&self) -> &str {
        if self.inline { "" } else { &self.name }
    }

    /// A place of the seed: `data/models.csv:4:31`, or a row of the spec.
    pub(super) fn at(&self, place: Place) -> String {
        if self.inline { format!("{}, row {}", self.name, place.line) } else { format!("{}:{place}", self.name) }
    }

    /// A line of the seed: `line 4`, or a row of the spec.
    pub(super) fn line(&self, line: u64) -> String {
        if self.inline { format!("row {line}") } else { format!("line {line}") }
    }
}

/// The problems so far. One more than is shown is kept: it tells that there are more.
#[derive(Debug, Default)]
pub(super) struct Problems {
    lines: Vec<String>,
}

impl Problems {
    /// Adds one at a place that was already written.
    pub(super) fn add(&mut self, place: impl AsRef<str>, message: impl AsRef<str>) {
        if !self.is_full() {
            self.lines.push(format!("{}: {}", place.as_ref(), message.as_ref()));
        }
    }

    /// Adds one about a cell of a column.
    pub(super) fn add_cell(&mut self, label: &Label, place: Place, column: &str, message: impl AsRef<str>) {
        self.add(format!("{} (column `{column}`)", label.at(place)), message);
    }

    pub(super) fn count(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether there is no point in looking for more.
    pub(super) fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// How many more are worth looking for.
    pub(super) fn room(&self) -> usize {
        MAX_PROBLEMS + 1 - self.lines.len()
    }

    /// All of them as one error, if there are any.
    pub(super) fn finish(self) -> Result<()> {
        let shown = &self.lines[..self.lines.len().min(MAX_PROBLEMS)];
        match self.lines.len() - shown.len() {
            0 if shown.is_empty() => Ok(()),
            0 => Err(Error::Seed(shown.join("\n"))),
            _ => Err(Error::Seed(format!("{}\nand more: these are the first {MAX_PROBLEMS}", shown.join("\n")))),
        }
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
        let mut problems = Problems::default();
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
