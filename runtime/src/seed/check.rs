//! Seeds looked at without a database: everything about them that can be known before they are loaded.

use std::collections::HashMap;
use std::ops::Range;

use seedbed_schema::{Schema, Seed};
use sha2::{Digest, Sha256};

use super::copy;
use super::finding::{self, Finding};
use super::header::Layout;
use super::problem::SeedProblems;
use super::reading::{Opened, Reading};
use super::source::SeedSource;
use super::verify::duplicate;
use super::wanted::Variables;
use crate::{Value, meta};

/// What is wrong with the rows of a schema's seeds, also of those that would be left out, in the words in which loading
/// says it: columns, the values of cells, files that they name, keys that stand twice in a file. What only a database
/// knows is not looked at: whether the rows exist that others refer to, and its checks.
pub async fn check_seeds(
    meta: &'static meta::Schema,
    schema: &Schema,
    source: &SeedSource,
    variables: &Variables,
) -> SeedProblems {
    let reading = Reading::new(meta, schema, source, variables);
    let mut problems = SeedProblems::default();
    for seed in &schema.seeds {
        if !problems.is_full() {
            reading.check(seed, &mut problems).await;
        }
    }
    problems
}

impl Reading<'_> {
    async fn check(&self, seed: &Seed, problems: &mut SeedProblems) {
        let Some(model) = self.meta.model(&self.schema.model(seed.model).name) else { return };
        let Some(Opened { label, layout, mut rows }) = self.open(seed, model, problems).await else { return };
        let mut converter = self.converter(&layout, &label);
        converter.pending = seed.when.as_deref();
        let (mut keys, mut repeated) = (Keys::new(&layout), Vec::<Finding>::new());
        while let Some(batch) = converter.batch(&mut rows, problems).await {
            let pairs = batch.rows.iter().filter_map(|row| keys.repeats(row));
            let room = problems.room().saturating_sub(repeated.len());
            repeated.extend(pairs.take(room).map(|(line, first)| duplicate(&layout, &label, line, first)));
        }
        finding::report(repeated, &layout, (seed, &self.files, &label), problems).await;
    }
}

/// The keys of the rows of a seed so far, each with the line that has it first.
struct Keys {
    /// The places in a staged row of the values that make up the key, for each column.
    columns: Vec<Range<usize>>,
    /// Digests, so that it does not matter how long the keys are.
    seen: HashMap<[u8; 32], i64>,
}

impl Keys {
    fn new(layout: &Layout) -> Self {
        let is_key = |field: &meta::Field| layout.key.iter().any(|key| key.at == field.at);
        // The first value is the line.
        let mut next = 1;
        let mut columns = Vec::new();
        for column in &layout.columns {
            let values = next..next + column.nulls().len();
            next = values.end;
            if column.fields().any(is_key) {
                columns.push(values);
            }
        }
        Self { columns, seen: HashMap::new() }
    }

    /// The line of a row and the first with the same key, if it is another one.
    fn repeats(&mut self, row: &[Value]) -> Option<(i64, i64)> {
        let Some(Value::I64(line)) = row.first() else { return None };
        // Of a cell that is not known yet, every value is NULL.
        if self.columns.iter().any(|column| row[column.clone()].iter().all(Value::is_null)) {
            return None;
        }
        let key: Vec<Value> = self.columns.iter().flat_map(|column| &row[column.clone()]).map(comparable).collect();
        let first = *self.seen.entry(Sha256::digest(copy::encode(&[key])).into()).or_insert(*line);
        (first != *line).then_some((*line, first))
    }
}

/// The value in the form that all equal ones have.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Decimal(number, scale) => Value::Decimal(number.normalize(), *scale),
        value => value.clone(),
    }
}
