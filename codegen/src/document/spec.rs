//! The outermost constructs: the spec itself and its models.

use seedbed_schema::{Dialect, Hook, SyncMode};

use super::macros::construct;
use super::words::Tls;
use super::{
    AssociationSpec, Case, CheckSpec, Choice, EnumSpec, FieldSpec, IndexSpec, JsonTypeSpec, KeySpec, ListOf, Many,
    Name, Named, SeedSpec, ServiceSpec, Text,
};

construct! {
    /// A spec.
    pub(crate) struct Spec {
        /// The version of the language: 1.
        "seedbed" (required) => version: Text,
        /// The crate that is generated; `database` unless said.
        "package" => package: Name,
        /// The databases that are generated for; both unless said.
        "dialects" => dialects: ListOf<Choice<Dialect>>,
        /// How tables and columns are named.
        "naming" => naming: NamingSpec,
        /// What a program connects to when the environment says nothing.
        "connect" => connect: ConnectSpec,
        /// Further files of this spec, such as `schema/*.yaml`.
        "include" => include: Many<Text>,
        /// Fields that models share.
        "mixins" => mixins: Named<Named<FieldSpec>>,
        /// What a model has unless it says otherwise.
        "defaults" => defaults: DefaultsSpec,
        /// Closed sets of texts.
        "enums" => enums: Named<EnumSpec>,
        /// Types of JSON: shapes, lists, and Rust types from elsewhere.
        "types" => types: Named<JsonTypeSpec>,
        /// The models.
        "models" => models: Named<ModelSpec>,
        /// Rows that every database has, in dependency order.
        "seeds" => seeds: ListOf<SeedSpec>,
        /// Who may write and read what.
        "services" => services: Named<ServiceSpec>,
    }
    later ["hooks", "dialect"]
}

construct! {
    /// How names of the spec are spelled in the database.
    pub(crate) struct NamingSpec {
        /// Tables; `snake_plural` unless said.
        "tables" => tables: Choice<Case>,
        /// Columns; `snake` unless said.
        "columns" => columns: Choice<Case>,
    }
    later []
}

construct! {
    /// What a program connects to when the environment says nothing.
    pub(crate) struct ConnectSpec {
        /// The database.
        "default" => default: Choice<Dialect>,
        /// The file of a SQLite database.
        "storage" => storage: Text,
        /// Whether connections to PostgreSQL have to be encrypted.
        "tls" => tls: Choice<Tls>,
        /// What a start does to the tables; `create` unless said.
        "sync" => sync: Choice<SyncMode>,
    }
    later []
}

construct! {
    /// What a model has unless it says otherwise.
    pub(crate) struct DefaultsSpec {
        /// The primary key.
        "key" => key: KeySpec,
        /// The mixins.
        "use" => uses: Many<Name>,
    }
    later []
}

construct! {
    /// A model: one table, one Rust struct.
    pub(crate) struct ModelSpec {
        /// What a row of it is, in a sentence.
        "doc" => doc: Text,
        /// The table, where it is not named by the rule.
        "table" => table: Text,
        /// The primary key: a field line for `id`, or a list of fields and associations.
        "key" => key: KeySpec,
        /// The mixins, instead of the default ones; `[]` for none.
        "use" => uses: Many<Name>,
        /// The fields, each in one line: `TYPE[?] [= DEFAULT] [flag …]`.
        "fields" => fields: Named<FieldSpec>,
        /// The associations whose key this model holds: `MODEL[?] [option=value …]`.
        "belongs_to" => belongs_to: Named<AssociationSpec>,
        /// Indexes and unique keys.
        "indexes" => indexes: ListOf<IndexSpec>,
        /// Conditions that every row satisfies.
        "checks" => checks: ListOf<CheckSpec>,
        /// The name of the model before it was renamed.
        "renamed_from" => renamed_from: Name,
        /// Former fields that were removed on purpose.
        "dropped" => dropped: Many<Name>,
        /// The moments around its writes at which a service is asked or told.
        "hooks" => hooks: Many<Choice<Hook>>,
    }
    later ["has_many", "has_one", "retention", "partition", "distribute", "dialect"]
}
