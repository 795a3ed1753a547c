//! The schema as static data: what generated code states about itself, for queries, error messages and reflection.

mod reflect;

pub use reflect::leak;
use seedbed_schema::Dialect;
pub use seedbed_schema::Type;

use crate::Enumeration;

/// A generated crate's whole schema.
#[derive(Debug)]
pub struct Schema {
    /// The generated crate.
    pub package: &'static str,
    /// The models, in the order of the spec.
    pub models: &'static [&'static Model],
    /// The enums, in the order of the spec.
    pub enums: &'static [Enum],
    /// The seeds, in the order in which they are loaded.
    pub seeds: &'static [Seed],
    /// The services and what they may do.
    pub services: &'static [Service],
    /// What runs when the environment says nothing.
    pub connect: Connect,
    /// The lowered schema as JSON, read by sync and the seeder.
    pub json: &'static str,
    /// The SHA-256 of [`Schema::json`], in hexadecimal.
    pub hash: &'static str,
    /// The files of the seeds, by their path relative to the spec; compiled in.
    pub files: &'static [(&'static str, &'static [u8])],
}

impl Schema {
    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&'static Model> {
        self.models.iter().copied().find(|model| model.name == name)
    }

    /// The model kept in a table.
    pub fn model_of_table(&self, table: &str) -> Option<&'static Model> {
        self.models.iter().copied().find(|model| model.table == table)
    }

    /// Every association of every model, with the model that has it.
    pub fn associations(&self) -> impl Iterator<Item = (&'static Model, &'static Association)> {
        self.models
            .iter()
            .copied()
            .flat_map(|model| model.associations.iter().map(move |association| (model, association)))
    }
}

/// What runs when the environment says nothing.
#[derive(Debug)]
pub struct Connect {
    /// The dialect.
    pub dialect: Dialect,
    /// The file of a SQLite database.
    pub storage: Option<&'static str>,
    /// Whether a connection to PostgreSQL must be encrypted.
    pub tls_required: bool,
    /// Whether a start creates what is missing.
    pub sync: bool,
}

/// A model.
#[derive(Debug)]
pub struct Model {
    /// The name (`ChatThread`).
    pub name: &'static str,
    /// The table (`chat_threads`).
    pub table: &'static str,
    /// What the spec says about it.
    pub doc: &'static str,
    /// The fields, in column order.
    pub fields: &'static [Field],
    /// The places of the primary key's fields.
    pub key: &'static [usize],
    /// The unique keys: the primary key first, those that do not cover every row or are not of fields alone last.
    pub unique: &'static [Unique],
    /// The checks that the spec states.
    pub checks: &'static [Check],
    /// The associations, both ways.
    pub associations: &'static [Association],
}

impl Model {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field kept in a column.
    pub fn field_of_column(&self, column: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// Whether deleting a row changes or deletes rows of other models.
    pub fn delete_cascades(&self) -> bool {
        self.associations
            .iter()
            .any(|association| association.kind != AssociationKind::BelongsTo && association.cascades)
    }
}

/// A field.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// The name in the spec.
    pub name: &'static str,
    /// The column.
    pub column: &'static str,
    /// The type.
    pub ty: Type,
    /// The place in [`Model::fields`].
    pub at: usize,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What a new row has that does not say.
    pub default: FieldDefault,
    /// Whether each update sets it to its default again.
    pub on_update: bool,
    /// Whether it counts the changes of its row.
    pub version: bool,
    /// Whether it is a secret.
    pub sensitive: bool,
    /// What the spec says about it.
    pub doc: &'static str,
}

impl Field {
    /// A required field; what differs is said by the methods below, and its place by [`numbered`].
    pub const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            column: name,
            ty,
            at: 0,
            nullable: false,
            default: FieldDefault::None,
            on_update: false,
            version: false,
            sensitive: false,
            doc: "",
        }
    }

    /// Kept in a column of another name.
    #[must_use]
    pub const fn column(self, column: &'static str) -> Self {
        Self { column, ..self }
    }

    /// It may be NULL.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// What a new row has that does not say.
    #[must_use]
    pub const fn default(self, default: FieldDefault) -> Self {
        Self { default, ..self }
    }

    /// Each update sets it to its default again.
    #[must_use]
    pub const fn on_update(self) -> Self {
        Self { on_update: true, ..self }
    }

    /// It counts the changes of its row.
    #[must_use]
    pub const fn version(self) -> Self {
        Self { version: true, ..self }
    }

    /// It is a secret.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// What the spec says about it.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// The type of fields that hold an enum, by the enum: where it stands in the spec is said once, beside it.
pub const fn enumeration<E: Enumeration>() -> Type {
    E::TYPE
}

/// The fields of a model with their places, for generated code.
pub const fn numbered<const N: usize>(mut fields: [Field; N]) -> [Field; N] {
    let mut at = 0;
    while at < N {
        fields[at].at = at;
        at += 1;
    }
    fields
}

/// What a new row has that does not say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldDefault {
    /// Nothing: the row must say, or it is NULL.
    None,
    /// The database's counter, or an expression that the database evaluates.
    Database,
    /// The moment of the write.
    Now,
    /// A random UUID.
    Uuid4,
    /// A time-ordered UUID.
    Uuid7,
    /// A collision-resistant id.
    Cuid,
    /// A constant, as text in the canonical form of the field's type.
    Literal(&'static str),
}

/// A unique key.
#[derive(Debug)]
pub struct Unique {
    /// The constraint's or index's name in the database.
    pub constraint: &'static str,
    /// The places of its fields.
    pub fields: &'static [usize],
    /// Whether it leaves rows out, or is also of expressions: then it does not find one row by its fields.
    pub partial: bool,
}

impl Unique {
    /// The unique key of a constraint.
    pub const fn new(constraint: &'static str, fields: &'static [usize]) -> Self {
        Self { constraint, fields, partial: false }
    }

    /// It leaves rows out, or is also of expressions.
    #[must_use]
    pub const fn partial(self) -> Self {
        Self { partial: true, ..self }
    }
}

/// A check that the spec states.
#[derive(Debug)]
pub struct Check {
    /// The constraint's name in the database.
    pub constraint: &'static str,
    /// The place of the field it stands under, if it stands under one.
    pub field: Option<usize>,
}

impl Check {
    /// The check of a constraint.
    pub const fn new(constraint: &'static str, field: Option<usize>) -> Self {
        Self { constraint, field }
    }
}

/// An association, seen from one of its two models.
#[derive(Debug)]
pub struct Association {
    /// The name on this model.
    pub name: &'static str,
    /// What it is.
    pub kind: AssociationKind,
    /// The other model.
    pub target: &'static str,
    /// The places of the fields on this model.
    pub fields: &'static [usize],
    /// The names of the fields on the other model, one for each of [`Association::fields`].
    pub target_fields: &'static [&'static str],
    /// The foreign key's name in the database, where this model holds the key; otherwise nothing.
    pub constraint: &'static str,
    /// Whether deleting the target deletes or changes the rows that hold the key.
    pub cascades: bool,
}

/// This model holds the key, under a foreign key of that name.
pub const fn belongs_to(
    name: &'static str,
    target: &'static str,
    fields: &'static [usize],
    target_fields: &'static [&'static str],
    constraint: &'static str,
) -> Association {
    Association { constraint, ..associated(AssociationKind::BelongsTo, name, target, fields, target_fields) }
}

/// Any number of rows of the other model hold this model's key.
pub const fn has_many(
    name: &'static str,
    target: &'static str,
    fields: &'static [usize],
    target_fields: &'static [&'static str],
) -> Association {
    associated(AssociationKind::HasMany, name, target, fields, target_fields)
}

/// One row at most of the other model holds this model's key.
pub const fn has_one(
    name: &'static str,
    target: &'static str,
    fields: &'static [usize],
    target_fields: &'static [&'static str],
) -> Association {
    associated(AssociationKind::HasOne, name, target, fields, target_fields)
}

const fn associated(
    kind: AssociationKind,
    name: &'static str,
    target: &'static str,
    fields: &'static [usize],
    target_fields: &'static [&'static str],
) -> Association {
    Association { name, kind, target, fields, target_fields, constraint: "", cascades: false }
}

impl Association {
    /// Deleting the target deletes or changes the rows that hold the key.
    #[must_use]
    pub const fn cascades(self) -> Self {
        Self { cascades: true, ..self }
    }

    /// Whether this model holds the key.
    pub fn is_own(&self) -> bool {
        self.kind == AssociationKind::BelongsTo
    }

    /// Whether it leads to any number of rows.
    pub fn is_to_many(&self) -> bool {
        self.kind == AssociationKind::HasMany
    }
}

/// What an association is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssociationKind {
    /// This model holds the key.
    BelongsTo,
    /// The other model holds the key, and any number of rows have it.
    HasMany,
    /// The other model holds the key, and one row at most has it.
    HasOne,
}

/// An enum.
#[derive(Debug)]
pub struct Enum {
    /// The name.
    pub name: &'static str,
    /// The stored texts.
    pub values: &'static [&'static str],
}

/// A seed.
#[derive(Debug)]
pub struct Seed {
    /// The model.
    pub model: &'static str,
    /// The CSV file, relative to the spec; `None` when the rows stand in the spec.
    pub file: Option<&'static str>,
    /// The names of the fields that tell one row from another.
    pub key: &'static [&'static str],
    /// The environment variable without which it is left out.
    pub when: Option<&'static str>,
    /// The set that must be asked for.
    pub set: Option<&'static str>,
}

/// A service and what it may do.
#[derive(Debug)]
pub struct Service {
    /// The name.
    pub name: &'static str,
    /// The models it writes.
    pub owns: &'static [&'static str],
    /// The models it reads, each with its fields; none are all.
    pub reads: &'static [(&'static str, &'static [&'static str])],
}
