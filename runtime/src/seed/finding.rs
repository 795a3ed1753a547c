//! What queries over the staged rows find: lines first, then places and texts, for which the file is read once more.

use std::collections::HashMap;
use std::sync::Arc;

use seedbed_schema::csv::Record;
use seedbed_schema::{Seed, nearest};

use super::header::Layout;
use super::problem::{Label, SeedProblems, shown};
use super::reader::Rows;
use super::source::SeedFiles;

/// A row that cannot be loaded.
#[derive(Debug)]
pub(super) struct Finding {
    /// Its line.
    pub(super) line: i64,
    /// The column to blame, by its place in the file, if it is one.
    pub(super) column: Option<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// The texts of which one was wanted; the message then ends in the cell's own text and the nearest of these.
    pub(super) wanted: Option<Arc<[String]>>,
}

/// Adds findings to the problems, in the order of the file.
pub(super) async fn report(
    mut findings: Vec<Finding>,
    layout: &Layout,
    (seed, files, label): (&Seed, &SeedFiles, &Label),
    problems: &mut SeedProblems,
) {
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings.truncate(problems.room());
    let records = records(&findings, seed, files).await;
    for finding in findings {
        let record = records.get(&finding.line);
        let cell = finding.column.and_then(|at| record?.cells.get(at));
        let message = match (&finding.wanted, cell) {
            (Some(wanted), Some(cell)) => {
                format!("{} {}{}", finding.message, shown(&cell.text), hint(&cell.text, wanted))
            }
            _ => finding.message,
        };
        match (record, cell, finding.column) {
            (_, Some(cell), Some(at)) => problems.add_cell(label, cell.place, &layout.columns[at].name, message),
            (Some(record), ..) => problems.add_at(label, record.place(), message),
            // The file changed in the meantime.
            (None, ..) => problems.add_line(label, finding.line.unsigned_abs(), message),
        }
    }
}

fn hint(text: &str, wanted: &[String]) -> String {
    let near = nearest(text, wanted.iter().map(String::as_str));
    near.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

/// The records that findings are about, by their lines.
async fn records(findings: &[Finding], seed: &Seed, files: &SeedFiles) -> HashMap<i64, Record> {
    let mut found = HashMap::new();
    let Ok(mut rows) = Rows::open(seed, files) else { return found };
    let last = findings.iter().map(|finding| finding.line).max().unwrap_or_default();
    while let Ok(Some(record)) = rows.next().await {
        let line = line_of(&record);
        if findings.iter().any(|finding| finding.line == line) {
            found.insert(line, record);
        }
        if line >= last {
            break;
        }
    }
    found
}

/// The line of a record as it is staged.
pub(super) fn line_of(record: &Record) -> i64 {
    i64::try_from(record.place().line).unwrap_or(i64::MAX)
}
