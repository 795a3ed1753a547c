//! Many keys in one statement, whose text does not depend on how many there are.

use seedbed_schema::Dialect;

use crate::literal::value_type;
use crate::sql::Sql;
use crate::{Value, meta};

/// The name under which the keys stand in a `FROM`; no table's name begins like this.
const TABLE: &str = "~keys";

/// Keys, and the fields of one model that are to equal them.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    fields: Vec<&'static meta::Field>,
    rows: Vec<Vec<Value>>,
}

impl Keys {
    /// Keys with as many values as there are fields.
    pub(crate) fn new(fields: Vec<&'static meta::Field>, rows: Vec<Vec<Value>>) -> Self {
        Self { fields, rows }
    }

    /// `(a, b) IN (SELECT … FROM keys)`
    pub(crate) fn render_in(self, sql: &mut Sql) {
        if let [field] = self.fields[..] {
            let values = self.rows.into_iter().flatten().collect();
            return crate::filter::render_in(sql, field, value_type(field.ty), values);
        }
        sql.parenthesised(|sql| sql.columns(self.fields.iter().copied()));
        sql.push(" IN (SELECT ");
        sql.separated(", ", 0..self.fields.len(), Self::render_column);
        sql.push(" FROM ");
        self.render_table(sql);
        sql.push(")");
    }

    /// The fields that are to equal the keys.
    pub(crate) fn fields(&self) -> Vec<&'static meta::Field> {
        self.fields.clone()
    }

    /// `a = keys.a AND b = keys.b`
    pub(crate) fn render_equal(sql: &mut Sql, fields: &[&meta::Field]) {
        sql.separated(" AND ", fields.iter().enumerate(), |sql, (at, field)| {
            sql.identifier(field.column);
            sql.push(" = ");
            Self::render_column(sql, at);
        });
    }

    /// `keys.a`: the column of the field at a place.
    pub(crate) fn render_column(sql: &mut Sql, at: usize) {
        sql.qualified(TABLE, &column(at));
    }

    /// The keys as a table with a column for each field, as it stands behind `FROM`.
    pub(crate) fn render_table(self, sql: &mut Sql) {
        let columns = self.fields.len();
        match sql.dialect() {
            Dialect::Postgres => {
                let lists = columns_of(columns, self.rows);
                sql.push("unnest(");
                sql.separated(", ", self.fields.iter().zip(lists), |sql, (field, values)| {
                    sql.value(Value::Array(value_type(field.ty), values));
                });
                sql.push(") AS ");
                sql.identifier(TABLE);
                sql.parenthesised(|sql| sql.separated(", ", 0..columns, |sql, at| sql.identifier(&column(at))));
            }
            Dialect::Sqlite => {
                sql.push("(SELECT ");
                sql.separated(", ", 0..columns, |sql, at| {
                    sql.push(&format!("json_extract(value, '$[{at}]') AS "));
                    sql.identifier(&column(at));
                });
                sql.push(" FROM json_each(");
                sql.value(json_rows(&self.fields, self.rows));
                sql.push(")) AS ");
                sql.identifier(TABLE);
            }
        }
    }
}

/// The name of a column of the keys.
fn column(at: usize) -> String {
    format!("~{at}")
}

/// An array of arrays, which SQLite reads from JSON.
fn json_rows(fields: &[&meta::Field], rows: Vec<Vec<Value>>) -> Value {
    let ty = value_type(fields[0].ty);
    Value::Array(ty, rows.into_iter().map(|row| Value::Array(ty, row)).collect())
}

/// The values column by column instead of row by row.
pub(crate) fn columns_of(columns: usize, rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let mut lists: Vec<Vec<Value>> = (0..columns).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (list, value) in lists.iter_mut().zip(row) {
            list.push(value);
        }
    }
    lists
}
