//! Rows as text, read by the types of the schema, and printed as a table.

use std::any::Any;

use seedbed::{Failure, Row, Sink};
use seedbed_schema::{Field, Type};

/// The longest cell that is shown, in characters.
const WIDEST: usize = 40;

/// A sink that keeps each row as text.
pub(crate) struct TextRows {
    fields: Vec<Field>,
    rows: Vec<Vec<String>>,
}

impl TextRows {
    /// Reads rows of these fields, in this order.
    pub(crate) fn new(fields: Vec<Field>) -> Box<Self> {
        Box::new(Self { fields, rows: Vec::new() })
    }

    /// The rows of a finished sink; none if it is one of another type.
    pub(crate) fn rows(sink: Box<dyn Sink>) -> Vec<Vec<String>> {
        let sink: Box<dyn Any> = sink;
        sink.downcast::<Self>().map(|sink| sink.rows).unwrap_or_default()
    }
}

impl Sink for TextRows {
    fn row(&mut self, row: &mut Row<'_>) -> Result<(), Failure> {
        let cells = self.fields.iter().map(|field| cell(row, field));
        self.rows.push(cells.collect::<Result<_, _>>()?);
        Ok(())
    }

    fn clear(&mut self) {
        self.rows.clear();
    }
}

fn cell(row: &mut Row<'_>, field: &Field) -> Result<String, Failure> {
    let text = match field.ty {
        Type::Bool => row.bool()?.map(|value| value.to_string()),
        Type::SmallInt => row.i16()?.map(|value| value.to_string()),
        Type::Int => row.i32()?.map(|value| value.to_string()),
        Type::BigInt => row.i64()?.map(|value| value.to_string()),
        Type::Real => row.f32()?.map(|value| value.to_string()),
        Type::Float => row.f64()?.map(|value| value.to_string()),
        Type::Decimal { scale, .. } => row.decimal(scale)?.map(|value| value.to_string()),
        Type::Text { .. } | Type::Cuid | Type::Enum(_) => row.text()?,
        Type::Uuid => row.uuid()?.map(|value| value.to_string()),
        Type::Date => row.date()?.map(|value| value.to_string()),
        Type::Time => row.time()?.map(|value| value.to_string()),
        Type::Timestamp => row.timestamp()?.map(|value| value.to_rfc3339()),
        Type::Json => row.json()?.map(|value| value.to_string()),
        Type::Bytes => row.bytes()?.map(|value| format!("{} bytes", value.len())),
    };
    Ok(match text {
        None => "NULL".to_owned(),
        Some(_) if field.sensitive => "[redacted]".to_owned(),
        Some(text) => short(&text),
    })
}

/// The first line of a text, cut to what fits into a cell.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let is_whole = line.len() == text.trim_end().len() && line.chars().count() <= WIDEST;
    if is_whole { line.to_owned() } else { line.chars().take(WIDEST - 1).chain(['…']).collect() }
}

/// Prints a table with aligned columns.
pub(crate) fn print(header: &[&str], rows: &[Vec<String>]) {
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([header[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        say!("  {}", padded.join("  ").trim_end());
    };
    line(&mut header.iter().copied());
    let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    line(&mut rules.iter().map(String::as_str));
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
}
