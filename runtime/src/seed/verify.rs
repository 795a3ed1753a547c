//! Whether the staged rows can be in their table: what the database would refuse without saying which line.

use seedbed_schema::ddl::quote;
use seedbed_schema::table::{CheckKind, ForeignKey, Index, IndexPart, Table};

use super::finding::Finding;
use super::header::Layout;
use super::problem::Label;
use super::stage::{LINE, Stage};
use crate::Result;

impl Stage<'_> {
    /// Rows with a key that an earlier row of the same file has.
    ///
    /// # Errors
    /// The database refuses the query.
    pub(super) async fn duplicates(&self, label: &Label, limit: usize) -> Result<Vec<Finding>> {
        let columns: Vec<_> = self.layout.key.iter().map(|field| quote(field.column)).collect();
        let rows = format!("SELECT {LINE}, {} FROM {}", columns.join(", "), self.table);
        let pairs = self.pairs(repeated(&rows, &columns, limit)).await?;
        Ok(pairs.into_iter().map(|(line, first)| duplicate(self.layout, label, line, first)).collect())
    }

    /// Rows that break another unique key of the table, within the file or with a row that the file does not have.
    ///
    /// # Errors
    /// The database refuses a query.
    pub(super) async fn taken(&self, table: &Table, label: &Label, limit: usize) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for unique in self.other_unique_keys(table) {
            let column = self.blamed(&unique.columns);
            let names = if unique.columns.is_empty() { quote(&unique.name) } else { unique.columns.join("`, `") };
            let pairs = self.pairs(repeated(&unique.rows(&self.final_rows(), LINE), &unique.aliases(), limit)).await?;
            findings.extend(pairs.into_iter().map(|(line, first)| {
                finding(line, column, format!("the same `{names}` as in {}, and it must be unique", at(label, first)))
            }));
            let lines = self.numbers(self.taken_by_others(&unique, limit)).await?;
            let model = self.layout.model.name;
            findings.extend(lines.into_iter().map(|line| {
                finding(line, column, format!("another `{model}` in the database has the same `{names}`"))
            }));
        }
        Ok(findings)
    }

    /// Rows that refer to one that is neither in the database nor in the file.
    ///
    /// # Errors
    /// The database refuses a query.
    pub(super) async fn orphans(&self, table: &Table, limit: usize) -> Result<Vec<Finding>> {
        let model = self.layout.model;
        let mut findings = Vec::new();
        for key in &table.foreign_keys {
            let fields = key.columns.iter().filter_map(|column| model.field_of_column(column));
            if !fields.into_iter().any(|field| self.layout.has(field)) {
                continue;
            }
            let lines = self.numbers(self.orphans_of(key, limit)).await?;
            let association = model.associations.iter().find(|association| association.constraint == key.name);
            let target = association.map_or(key.target.as_str(), |association| association.target);
            let message = format!("no `{target}` has this `{}`:", key.target_columns.join("`, `"));
            let column = self.blamed(&key.columns);
            findings.extend(lines.into_iter().map(|line| Finding {
                line,
                column,
                message: message.clone(),
                wanted: Some([].into()),
            }));
        }
        Ok(findings)
    }

    /// Rows that do not satisfy a check of the spec. Those that types bring along were made sure of cell by cell.
    ///
    /// # Errors
    /// The database refuses a query.
    pub(super) async fn refused(&self, table: &Table, limit: usize) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for check in table.checks.iter().filter(|check| check.kind == CheckKind::Condition) {
            let condition = &check.expression.sql;
            let lines = self
                .numbers(format!(
                    "SELECT {LINE} FROM ({}) AS {} WHERE NOT ({condition}\n) ORDER BY 1 LIMIT {limit}",
                    self.final_rows(),
                    quote(&table.name),
                ))
                .await?;
            let shown = check.expression.spec.as_deref().unwrap_or(condition);
            let message = format!("refused by the check `{}`: `{}`", check.name, shown.trim());
            let column = self.blamed(&check.columns);
            findings.extend(lines.into_iter().map(|line| finding(line, column, message.clone())));
        }
        Ok(findings)
    }

    /// The column of the file to name for a constraint over these columns of the table: the first that it gives.
    fn blamed(&self, columns: &[String]) -> Option<usize> {
        let fields = columns.iter().filter_map(|column| self.layout.model.field_of_column(column));
        fields.into_iter().find_map(|field| self.layout.column_of(field))
    }

    /// The unique keys besides the one of the seed, which the file could break.
    fn other_unique_keys(&self, table: &Table) -> Vec<UniqueKey> {
        let layout = self.layout;
        let key = table.primary_key.iter().map(|key| UniqueKey {
            name: key.name.clone(),
            columns: key.columns.clone(),
            parts: key.columns.iter().map(|column| quote(column)).collect(),
            predicate: None,
            table: table.name.clone(),
        });
        let indexes = table.indexes.iter().filter(|index| index.unique).map(|index| UniqueKey::of(index, table));
        key.chain(indexes).filter(|unique| !is_seed_key(layout, unique) && could_change(layout, unique)).collect()
    }

    /// A query for lines whose key a row of the table has that the file does not have.
    fn taken_by_others(&self, unique: &UniqueKey, limit: usize) -> String {
        let table = quote(self.layout.model.table);
        let others = format!(
            "SELECT * FROM {table} AS t WHERE NOT EXISTS (SELECT 1 FROM {} AS s WHERE {})",
            self.table,
            self.same_row("t", "s")
        );
        let same: Vec<_> = unique.aliases().iter().map(|part| format!("o.{part} = v.{part}")).collect();
        format!(
            "SELECT v.{LINE} FROM ({}) AS v JOIN ({}) AS o ON {} ORDER BY 1 LIMIT {limit}",
            unique.rows(&self.final_rows(), LINE),
            unique.rows(&others, "0"),
            same.join(" AND "),
        )
    }

    /// A query for the lines whose foreign key leads nowhere.
    fn orphans_of(&self, key: &ForeignKey, limit: usize) -> String {
        let given: Vec<_> = key.columns.iter().map(|column| format!("v.{} IS NOT NULL", quote(column))).collect();
        let mut targets = vec![quote(&key.target)];
        if key.target == self.layout.model.table {
            targets.push(format!("({})", self.final_rows()));
        }
        // Joins, and no `NOT EXISTS`: SQLite makes itself an index for a join, but not for a subquery of each row.
        let (mut joins, mut conditions) = (String::new(), given);
        for (at, target) in targets.iter().enumerate() {
            let columns = key.target_columns.iter().zip(&key.columns);
            let same: Vec<_> =
                columns.map(|(column, own)| format!("x{at}.{} = v.{}", quote(column), quote(own))).collect();
            joins += &format!(" LEFT JOIN {target} AS x{at} ON {}", same.join(" AND "));
            conditions.push(format!("x{at}.{} IS NULL", quote(&key.target_columns[0])));
        }
        format!(
            "SELECT v.{LINE} FROM ({}) AS v{joins} WHERE {} ORDER BY 1 LIMIT {limit}",
            self.final_rows(),
            conditions.join(" AND ")
        )
    }
}

/// A unique key of a table, as far as queries need it.
struct UniqueKey {
    name: String,
    /// Its columns, of those parts that are columns.
    columns: Vec<String>,
    /// Its parts as SQL over the table's columns.
    parts: Vec<String>,
    predicate: Option<String>,
    table: String,
}

impl UniqueKey {
    fn of(index: &Index, table: &Table) -> Self {
        Self {
            name: index.name.clone(),
            columns: index.keys.iter().filter_map(|key| key.part.column()).map(str::to_owned).collect(),
            parts: index
                .keys
                .iter()
                .map(|key| match &key.part {
                    IndexPart::Column(name) => quote(name),
                    IndexPart::Expression(expression) => format!("({}\n)", expression.sql),
                })
                .collect(),
            predicate: index.predicate.as_ref().map(|predicate| predicate.sql.clone()),
            table: table.name.clone(),
        }
    }

    fn aliases(&self) -> Vec<String> {
        (0..self.parts.len()).map(|at| format!("seedbed_part_{at}")).collect()
    }

    /// A query for the parts of the key in some rows, with their lines. A key with NULL in it equals no other.
    fn rows(&self, rows: &str, line: &str) -> String {
        let parts: Vec<_> =
            self.parts.iter().zip(self.aliases()).map(|(part, alias)| format!("{part} AS {alias}")).collect();
        let mut conditions: Vec<_> = self.parts.iter().map(|part| format!("{part} IS NOT NULL")).collect();
        conditions.extend(self.predicate.iter().map(|predicate| format!("({predicate}\n)")));
        format!(
            "SELECT {line} AS {LINE}, {} FROM ({rows}) AS {} WHERE {}",
            parts.join(", "),
            quote(&self.table),
            conditions.join(" AND ")
        )
    }
}

/// A query for the lines of rows that repeat a key, each with the line that has it first.
fn repeated(rows: &str, columns: &[String], limit: usize) -> String {
    format!(
        "SELECT {LINE}, seedbed_first FROM (SELECT {LINE}, min({LINE}) OVER (PARTITION BY {}) AS seedbed_first \
         FROM ({rows}) AS r) AS r WHERE {LINE} <> seedbed_first ORDER BY 1 LIMIT {limit}",
        columns.join(", ")
    )
}

fn is_seed_key(layout: &Layout, unique: &UniqueKey) -> bool {
    unique.predicate.is_none()
        && unique.parts.len() == unique.columns.len()
        && unique.columns.len() == layout.key.len()
        && layout.key.iter().all(|field| unique.columns.iter().any(|column| column == field.column))
}

/// Whether the file has a say in the key; what only the database fills in, it keeps apart by itself.
fn could_change(layout: &Layout, unique: &UniqueKey) -> bool {
    let has_expression = unique.parts.len() > unique.columns.len();
    let fields = unique.columns.iter().filter_map(|column| layout.model.field_of_column(column));
    has_expression || fields.into_iter().any(|field| layout.gives(field))
}

/// A row with the key of an earlier one.
pub(super) fn duplicate(layout: &Layout, label: &Label, line: i64, first: i64) -> Finding {
    let names: Vec<_> = layout.key.iter().map(|field| format!("`{}`", field.name)).collect();
    let message = format!("the same {} as in {}", names.join(", "), at(label, first));
    finding(line, layout.column_of(layout.key[0]), message)
}

fn at(label: &Label, line: i64) -> String {
    label.line(u64::try_from(line).unwrap_or_default())
}

fn finding(line: i64, column: Option<usize>, message: String) -> Finding {
    Finding { line, column, message, wanted: None }
}
