//! Associations given by a key of their target: each staged row gets the primary key of the row that is meant.

use std::sync::Arc;

use seedbed_schema::ddl::quote;
use seedbed_schema::{Schema, Type};

use super::finding::Finding;
use super::header::{Layout, Lookup};
use super::stage::{LINE, Stage, candidate_column};
use crate::{Result, meta};

/// The most texts that a suggestion is chosen from.
const MAX_SUGGESTED: usize = 1000;

impl Stage<'_> {
    /// Looks up the associations of every row that has none yet. Adds the rows for which two keys disagree.
    ///
    /// # Errors
    /// The database refuses a query.
    pub(super) async fn resolve(&self, limit: usize, findings: &mut Vec<Finding>) -> Result<()> {
        for (at, lookup) in self.layout.lookups() {
            let source = self.targets(lookup);
            for (number, candidate) in lookup.candidates.iter().enumerate() {
                let staged = candidate_column(at, number);
                if number > 0 {
                    let lines = self.disagreeing(lookup, &source, candidate, &staged, limit).await?;
                    findings.extend(lines.into_iter().map(|line| ambiguous(line, at, lookup)));
                }
                self.set_keys(lookup, &source, candidate, &staged).await?;
            }
        }
        Ok(())
    }

    /// The rows whose associations lead nowhere.
    ///
    /// # Errors
    /// The database refuses a query.
    pub(super) async fn unresolved(&self, schema: &Schema, limit: usize) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for (at, lookup) in self.layout.lookups() {
            let open = is_open("s", at, lookup);
            let text = format!("SELECT s.{LINE} FROM {} AS s WHERE {open} ORDER BY 1 LIMIT {limit}", self.table);
            let lines = self.numbers(text).await?;
            if lines.is_empty() {
                continue;
            }
            let wanted: Arc<[String]> = self.known(lookup).await?.into();
            let message = format!("no `{}` is found by {}:", lookup.target.name, lookup.wanted(schema));
            findings.extend(lines.into_iter().map(|line| Finding {
                line,
                column: Some(at),
                message: message.clone(),
                wanted: Some(Arc::clone(&wanted)),
            }));
        }
        Ok(findings)
    }

    /// The condition that every association of a staged row was found.
    pub(super) fn is_resolved(&self) -> String {
        let open: Vec<_> =
            self.layout.lookups().map(|(at, lookup)| format!("NOT ({})", is_open("s", at, lookup))).collect();
        if open.is_empty() { "1 = 1".to_owned() } else { open.join(" AND ") }
    }

    /// The rows that an association may lead to: those of its target's table; for an association to the model itself
    /// whose keys the file has, first of all those of the file.
    fn targets(&self, lookup: &Lookup) -> String {
        let table = quote(lookup.target.table);
        if !self.layout.has_own_targets(lookup) {
            return table;
        }
        let mut columns: Vec<&meta::Field> = lookup.pairs.iter().map(|(_, key)| *key).collect();
        columns.extend(&lookup.candidates);
        columns.sort_by_key(|field| field.at);
        columns.dedup_by_key(|field| field.at);
        let given = |alias: &str, field: &meta::Field| format!("{alias}.{}", quote(field.column));
        let own: Vec<_> = columns
            .iter()
            .map(|field| if self.layout.gives(field) { given("o", field) } else { given("t", field) })
            .collect();
        let others: Vec<_> = columns.iter().map(|field| given("t", field)).collect();
        format!(
            "(SELECT {} FROM {stage} AS o LEFT JOIN {table} AS t ON {same} UNION ALL SELECT {} FROM {table} AS t WHERE NOT \
             EXISTS (SELECT 1 FROM {stage} AS o WHERE {same}))",
            own.join(", "),
            others.join(", "),
            stage = self.table,
            same = self.same_row("t", "o"),
        )
    }

    async fn set_keys(&self, lookup: &Lookup, source: &str, candidate: &meta::Field, staged: &str) -> Result<u64> {
        let set: Vec<_> = lookup
            .pairs
            .iter()
            .map(|(field, key)| format!("{} = x.{}", quote(field.column), quote(key.column)))
            .collect();
        self.write(format!(
            "UPDATE {} AS s SET {} FROM {source} AS x WHERE x.{} = s.{} AND s.{} IS NULL",
            self.table,
            set.join(", "),
            quote(candidate.column),
            quote(staged),
            quote(lookup.pairs[0].0.column),
        ))
        .await
    }

    /// The lines in which one key means another row than the keys before it.
    async fn disagreeing(
        &self,
        lookup: &Lookup,
        source: &str,
        candidate: &meta::Field,
        staged: &str,
        limit: usize,
    ) -> Result<Vec<i64>> {
        let differs: Vec<_> = lookup
            .pairs
            .iter()
            .map(|(field, key)| format!("x.{} <> s.{}", quote(key.column), quote(field.column)))
            .collect();
        self.numbers(format!(
            "SELECT s.{LINE} FROM {} AS s JOIN {source} AS x ON x.{} = s.{} WHERE {} ORDER BY 1 LIMIT {limit}",
            self.table,
            quote(candidate.column),
            quote(staged),
            differs.join(" OR "),
        ))
        .await
    }

    /// Texts by which rows of the target could have been found.
    async fn known(&self, lookup: &Lookup) -> Result<Vec<String>> {
        let mut known = Vec::new();
        for field in lookup.candidates.iter().filter(|field| matches!(field.ty, Type::Text { .. })) {
            let (column, source) = (quote(field.column), self.targets(lookup));
            let text =
                format!("SELECT x.{column} FROM {source} AS x WHERE x.{column} IS NOT NULL LIMIT {MAX_SUGGESTED}");
            known.extend(self.texts(text).await?);
        }
        Ok(known)
    }
}

impl Layout {
    /// Whether an association leads to the model itself, and the file says the keys that it would get.
    fn has_own_targets(&self, lookup: &Lookup) -> bool {
        lookup.target.name == self.model.name && lookup.pairs.iter().all(|(_, key)| self.gives(key))
    }

    /// Whether rows must be in their table before others of the same file can be found by the key that the database
    /// hands out.
    pub(super) fn needs_rounds(&self) -> bool {
        self.lookups().any(|(_, lookup)| lookup.target.name == self.model.name && !self.has_own_targets(lookup))
    }
}

/// The condition that a row's association is given and not yet found.
fn is_open(stage: &str, at: usize, lookup: &Lookup) -> String {
    let given: Vec<_> = (0..lookup.candidates.len())
        .map(|number| format!("{stage}.{} IS NOT NULL", quote(&candidate_column(at, number))))
        .collect();
    format!("({}) AND {stage}.{} IS NULL", given.join(" OR "), quote(lookup.pairs[0].0.column))
}

fn ambiguous(line: i64, at: usize, lookup: &Lookup) -> Finding {
    let keys: Vec<_> = lookup.candidates.iter().map(|field| format!("`{}`", field.name)).collect();
    let fields: Vec<_> = lookup.pairs.iter().map(|(field, _)| format!("`{}`", field.name)).collect();
    let message = format!(
        "by {}, this is more than one `{}`; give {} instead",
        keys.join(" and "),
        lookup.target.name,
        fields.join(", ")
    );
    Finding { line, column: Some(at), message, wanted: None }
}
