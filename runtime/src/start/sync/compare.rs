//! What differs between two tables of one database: one as it should be, the other as it is.

use seedbed_schema::Action;
use seedbed_schema::table::{
    CheckConstraint, Column, ColumnDefault, Expression, ForeignKey, Index, IndexKey, IndexPart, Table,
};

use crate::start::inspect::type_name;

/// What differs between a table as it should be and as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Columns without which queries fail, in words.
    pub(super) missing_columns: Vec<String>,
    /// The names of indexes that can be created.
    pub(super) missing_indexes: Vec<String>,
    /// Everything else, in words.
    pub(super) differences: Vec<String>,
}

/// Compares by names, and by definitions what has another name than ours.
pub(super) fn compare(expected: &Table, found: &Table) -> Comparison {
    let mut comparison = Comparison::default();
    columns(expected, found, &mut comparison);
    primary_key(expected, found, &mut comparison);
    foreign_keys(expected, found, &mut comparison);
    checks(expected, found, &mut comparison);
    indexes(expected, found, &mut comparison);
    comparison
}

impl Comparison {
    fn differs(&mut self, detail: impl Into<String>) {
        self.differences.push(detail.into());
    }
}

fn columns(expected: &Table, found: &Table, comparison: &mut Comparison) {
    for column in &expected.columns {
        match found.column(&column.name) {
            None => comparison.missing_columns.push(format!("column `{}`, {}, is missing", column.name, words(column))),
            Some(found) => column_differs(column, found, comparison),
        }
    }
    for extra in found.columns.iter().filter(|found| expected.column(&found.name).is_none()) {
        let must_be_said = !extra.nullable && extra.default.is_none() && extra.identity.is_none();
        let consequence = if must_be_said { ", and every new row would have to say it" } else { "" };
        comparison.differs(format!("column `{}`, {}, is not in the schema{consequence}", extra.name, words(extra)));
    }
}

fn column_differs(expected: &Column, found: &Column, comparison: &mut Comparison) {
    let (is, should) = (words(found), words(expected));
    if is != should {
        comparison.differs(format!("column `{}` is {is} where the schema says {should}", expected.name));
    }
    if expected.identity != found.identity {
        let (is, should) = (numbering(found), numbering(expected));
        comparison.differs(format!("column `{}` is {is} where the schema says {should}", expected.name));
    } else if expected.default != found.default {
        let (is, should) = (default(found), default(expected));
        comparison.differs(format!("column `{}` has {is} where the schema says {should}", expected.name));
    }
}

/// Type, collation and nullability.
fn words(column: &Column) -> String {
    let ty = match &column.declared {
        Some(declared) => format!("`{}` ({declared})", type_name(&column.ty)),
        None => format!("`{}`", type_name(&column.ty)),
    };
    let collation = column.collation.as_ref().map(|name| format!(" collated `{name}`")).unwrap_or_default();
    let null = if column.nullable { "nullable" } else { "not null" };
    format!("{ty}{collation} {null}")
}

fn numbering(column: &Column) -> &'static str {
    if column.identity.is_some() { "numbered by the database" } else { "not numbered by the database" }
}

fn default(column: &Column) -> String {
    match &column.default {
        None => "no default".to_owned(),
        Some(ColumnDefault::Constant(sql) | ColumnDefault::Expression(Expression { sql, .. })) => {
            format!("the default `{sql}`")
        }
    }
}

fn primary_key(expected: &Table, found: &Table, comparison: &mut Comparison) {
    let columns = |table: &Table| table.primary_key.as_ref().map(|key| key.columns.clone());
    if columns(expected) != columns(found) {
        let words = |key: Option<Vec<String>>| key.map_or_else(|| "none".to_owned(), |columns| list(&columns));
        let (is, should) = (words(columns(found)), words(columns(expected)));
        comparison.differs(format!("the primary key is {is} where the schema says {should}"));
    }
}

fn foreign_keys(expected: &Table, found: &Table, comparison: &mut Comparison) {
    let same = |a: &ForeignKey, b: &ForeignKey| ForeignKey { name: b.name.clone(), ..a.clone() } == *b;
    let thing = Thing { kind: "foreign key", name: |key: &ForeignKey| &key.name, words: foreign_key_words };
    thing.compare(&expected.foreign_keys, &found.foreign_keys, same, comparison);
}

fn foreign_key_words(key: &ForeignKey) -> String {
    let (from, to) = (list(&key.columns), list(&key.target_columns));
    let (delete, update) = (action(key.on_delete), action(key.on_update));
    format!("{from} to `{}` {to} on delete {delete} on update {update}", key.target)
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
        Action::NoAction => "no action",
    }
}

fn checks(expected: &Table, found: &Table, comparison: &mut Comparison) {
    let same = |a: &CheckConstraint, b: &CheckConstraint| a.expression.sql == b.expression.sql;
    let thing = Thing {
        kind: "check",
        name: |check: &CheckConstraint| &check.name,
        words: |check| format!("`{}`", check.expression.sql),
    };
    thing.compare(&expected.checks, &found.checks, same, comparison);
}

/// A kind of thing that a table has by name.
struct Thing<T> {
    kind: &'static str,
    name: fn(&T) -> &String,
    words: fn(&T) -> String,
}

impl<T> Thing<T> {
    fn compare(&self, expected: &[T], found: &[T], same: fn(&T, &T) -> bool, comparison: &mut Comparison) {
        let Self { kind, name, words } = self;
        let named = |list: &[T], wanted: &str| list.iter().position(|one| name(one) == wanted);
        for one in expected {
            let of_that_name = named(found, name(one)).map(|at| &found[at]);
            match (of_that_name, found.iter().find(|other| same(one, other))) {
                (Some(found), _) if same(one, found) => {}
                (Some(found), _) => {
                    let (is, should) = (words(found), words(one));
                    comparison.differs(format!("{kind} `{}` is {is} where the schema says {should}", name(one)));
                }
                (None, Some(other)) => {
                    let (is, should) = (name(other), name(one));
                    comparison.differs(format!("{kind} `{is}` has that name where the schema says `{should}`"));
                }
                (None, None) => comparison.differs(format!("{kind} `{}`, {}, is missing", name(one), words(one))),
            }
        }
        for extra in found {
            if named(expected, name(extra)).is_none() && !expected.iter().any(|one| same(one, extra)) {
                comparison.differs(format!("{kind} `{}`, {}, is not in the schema", name(extra), words(extra)));
            }
        }
    }
}

/// A missing index is created; one that is there under another name is not created again. An index too many does no
/// harm unless it is unique.
fn indexes(expected: &Table, found: &Table, comparison: &mut Comparison) {
    for index in &expected.indexes {
        let of_that_name = found.index(&index.name);
        let like_it = found.indexes.iter().find(|other| same_index(index, other));
        match (of_that_name, like_it) {
            (Some(found), _) if same_index(index, found) => {}
            (Some(found), _) => {
                let (is, should) = (index_words(found), index_words(index));
                comparison.differs(format!("index `{}` is {is} where the schema says {should}", index.name));
            }
            (None, Some(other)) => comparison
                .differs(format!("index `{}` has that name where the schema says `{}`", other.name, index.name)),
            (None, None) => comparison.missing_indexes.push(index.name.clone()),
        }
    }
    let known = |extra: &Index| expected.indexes.iter().any(|one| one.name == extra.name || same_index(one, extra));
    for extra in found.indexes.iter().filter(|extra| extra.unique && !known(extra)) {
        comparison.differs(format!("index `{}`, {}, is not in the schema", extra.name, index_words(extra)));
    }
}

fn same_index(a: &Index, b: &Index) -> bool {
    Index { name: b.name.clone(), ..a.clone() } == *b
}

fn index_words(index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let keys: Vec<_> = index.keys.iter().map(key_words).collect();
    let include = match index.include.as_slice() {
        [] => String::new(),
        columns => format!(" including {}", list(columns)),
    };
    let predicate = index.predicate.as_ref().map(|predicate| format!(" where `{}`", predicate.sql)).unwrap_or_default();
    format!("{unique}on ({}){include}{predicate}", keys.join(", "))
}

fn key_words(key: &IndexKey) -> String {
    let part = match &key.part {
        IndexPart::Column(name) => format!("`{name}`"),
        IndexPart::Expression(expression) => format!("`{}`", expression.sql),
    };
    if key.descending { part + " descending" } else { part }
}

fn list(columns: &[String]) -> String {
    let columns: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
    format!("({})", columns.join(", "))
}
