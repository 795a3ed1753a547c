//! What generated code says about a model, and the texts of its fixed statements.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use seedbed_schema::Dialect;

use crate::driver::Failure;
use crate::sql::Sql;
use crate::tuples::for_each_tuple;
use crate::{Row, Value, meta};

/// A generated model.
pub trait Model: Tree + Clone + Send + Sync {
    /// What is known about it.
    const META: &'static meta::Model;

    /// Whether the spec names hooks for it.
    const HOOKS: bool = false;

    /// The type of its primary key; a tuple when the key is composite.
    type Key: Key;

    /// The texts of its fixed statements.
    fn statements() -> &'static Statements;

    /// Reads a row of [`Statements::columns`].
    ///
    /// # Errors
    /// A column holds what its field cannot.
    fn read(row: &mut Row<'_>) -> Result<Self, Failure>;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;

    /// How often the row was changed, for a model that counts it.
    fn version(&self) -> Option<Value> {
        None
    }
}

/// A row that can take along what a query included.
pub trait Tree: Sized + 'static {
    /// The row with what a query included, `L`.
    type With<L: Send + Sync + 'static>: Send + Sync + 'static;

    /// This row with what a query included.
    fn with<L: Send + Sync + 'static>(self, loaded: L) -> Self::With<L>;
}

/// A primary key: as many values as the key has fields.
pub trait Key: Clone + Send + Sync + 'static {
    /// The values to bind, in the order of [`meta::Model::key`].
    fn into_values(self, model: &meta::Model) -> Vec<Value>;

    /// Whether it is the same key. Tuples compare by themselves only up to twelve members.
    #[doc(hidden)]
    fn is_same(&self, other: &Self) -> bool;

    /// Hashes it, as all that are the same.
    #[doc(hidden)]
    fn hash_into(&self, state: &mut impl Hasher);
}

impl<T: crate::scalar::Scalar + Eq + Hash + Sync> Key for T {
    fn into_values(self, model: &meta::Model) -> Vec<Value> {
        vec![self.into_value(&model.fields[model.key[0]])]
    }

    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    fn hash_into(&self, state: &mut impl Hasher) {
        self.hash(state);
    }
}

macro_rules! composite_keys {
    ($($name:ident $at:tt),*) => {
        impl<$($name: crate::scalar::Scalar + Eq + Hash + Sync),*> Key for ($($name,)*) {
            fn into_values(self, model: &meta::Model) -> Vec<Value> {
                vec![$(self.$at.into_value(&model.fields[model.key[$at]])),*]
            }

            fn is_same(&self, other: &Self) -> bool {
                $(self.$at == other.$at)&&*
            }

            fn hash_into(&self, state: &mut impl Hasher) {
                $(self.$at.hash(state);)*
            }
        }
    };
}

for_each_tuple!(composite_keys of keys);

/// A primary key to look something up by.
#[derive(Debug, Clone)]
pub(crate) struct LookupKey<K>(pub(crate) K);

impl<K: Key> PartialEq for LookupKey<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl<K: Key> Eq for LookupKey<K> {}

impl<K: Key> Hash for LookupKey<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}

/// The texts of a model's fixed statements: written once per process, then constant, the same for every dialect.
#[derive(Debug)]
pub struct Statements {
    model: &'static meta::Model,
    columns: OnceLock<String>,
    find: OnceLock<String>,
    delete: OnceLock<String>,
    insert: OnceLock<String>,
    find_by: OnceLock<Vec<String>>,
}

impl Statements {
    /// Nothing is written yet.
    pub const fn new(model: &'static meta::Model) -> Self {
        Self {
            model,
            columns: OnceLock::new(),
            find: OnceLock::new(),
            delete: OnceLock::new(),
            insert: OnceLock::new(),
            find_by: OnceLock::new(),
        }
    }

    /// Every column of the model, in the order in which [`Model::read`] takes them.
    pub fn columns(&'static self) -> &'static str {
        self.columns.get_or_init(|| text(|sql| sql.columns(self.model.fields)))
    }

    /// Selects a row by primary key.
    pub(crate) fn find(&'static self) -> &'static str {
        self.find.get_or_init(|| self.select_by(self.model.key))
    }

    /// Selects a row by the unique key at a place of [`meta::Model::unique`].
    pub(crate) fn find_by(&'static self, unique: usize) -> &'static str {
        let texts = || self.model.unique.iter().map(|unique| self.select_by(unique.fields)).collect();
        &self.find_by.get_or_init(texts)[unique]
    }

    fn select_by(&'static self, fields: &[usize]) -> String {
        text(|sql| {
            sql.push("SELECT ");
            sql.push(self.columns());
            sql.push(" FROM ");
            sql.identifier(self.model.table);
            self.where_equal(sql, fields, 1);
        })
    }

    /// Deletes a row by primary key.
    pub(crate) fn delete(&'static self) -> &'static str {
        self.delete.get_or_init(|| {
            text(|sql| {
                sql.push("DELETE FROM ");
                sql.identifier(self.model.table);
                self.where_equal(sql, self.model.key, 1);
            })
        })
    }

    /// Inserts a row with every field that the database does not fill by itself, and returns it.
    pub(crate) fn insert(&'static self) -> &'static str {
        self.insert.get_or_init(|| self.insert_of(&self.usual_fields().collect::<Vec<_>>()))
    }

    /// The places of the fields of [`Statements::insert`].
    pub(crate) fn usual_fields(&self) -> impl Iterator<Item = usize> + use<> {
        self.model
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !matches!(field.default, meta::FieldDefault::Database))
            .map(|(at, _)| at)
    }

    /// Inserts a row with some fields and returns it.
    pub(crate) fn insert_of(&'static self, fields: &[usize]) -> String {
        text(|sql| {
            self.insert_into(sql, fields);
            sql.push(" RETURNING ");
            sql.push(self.columns());
        })
    }

    /// `INSERT INTO … VALUES (…)`, without an end.
    pub(crate) fn insert_into(&'static self, sql: &mut Sql, fields: &[usize]) {
        sql.push("INSERT INTO ");
        sql.identifier(self.model.table);
        if fields.is_empty() {
            sql.push(" DEFAULT VALUES");
            return;
        }
        sql.push(" (");
        sql.columns(fields.iter().map(|&at| &self.model.fields[at]));
        sql.push(") VALUES (");
        sql.separated(", ", 1..=fields.len(), Sql::placeholder);
        sql.push(")");
    }

    /// `WHERE a = $n AND b = $n+1`
    pub(crate) fn where_equal(&self, sql: &mut Sql, fields: &[usize], first: usize) {
        sql.push(" WHERE ");
        sql.separated(" AND ", fields.iter().enumerate(), |sql, (offset, &at)| {
            sql.identifier(self.model.fields[at].column);
            sql.push(" = ");
            sql.placeholder(first + offset);
        });
    }
}

/// A text that is the same for every dialect.
fn text(write: impl FnOnce(&mut Sql)) -> String {
    let mut sql = Sql::new(Dialect::Postgres);
    write(&mut sql);
    sql.into_text()
}
