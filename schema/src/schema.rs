//! The whole schema, with ids into its vectors resolved.

use serde::{Deserialize, Serialize};

use crate::{
    Association, AssociationId, Dialect, Enum, EnumId, Field, FieldId, JsonType, JsonTypeId, Model, ModelId, Seed,
    Service,
};

/// What a `schema.yaml` means. After lowering every name is resolved and every default filled: nothing is left to guess.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The generated crate.
    pub package: String,
    /// The dialects that are generated for.
    pub dialects: Vec<Dialect>,
    /// What runs when the environment says nothing.
    pub connect: Connect,
    /// The enums in the order of the spec.
    pub enums: Vec<Enum>,
    /// The named types of JSON in the order of the spec.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<JsonType>,
    /// The models in the order of the spec.
    pub models: Vec<Model>,
    /// The `belongs_to` associations, model by model in the order of the spec.
    pub associations: Vec<Association>,
    /// The seeds in the order in which they are loaded.
    pub seeds: Vec<Seed>,
    /// The services and what they may do.
    pub services: Vec<Service>,
}

impl Schema {
    /// The model at a place.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0]
    }

    /// The enum at a place.
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0]
    }

    /// The type of JSON at a place.
    pub fn json_type(&self, id: JsonTypeId) -> &JsonType {
        &self.types[id.0]
    }

    /// A field of a model.
    pub fn field(&self, model: ModelId, field: FieldId) -> &Field {
        self.model(model).field(field)
    }

    /// The model of that name, and its place.
    pub fn find_model(&self, name: &str) -> Option<(ModelId, &Model)> {
        let at = self.models.iter().position(|model| model.name == name)?;
        Some((ModelId(at), &self.models[at]))
    }

    /// The models with their places.
    pub fn models(&self) -> impl Iterator<Item = (ModelId, &Model)> {
        self.models.iter().enumerate().map(|(at, model)| (ModelId(at), model))
    }

    /// The associations whose key a model holds.
    pub fn belongs_to(&self, model: ModelId) -> impl Iterator<Item = (AssociationId, &Association)> {
        self.numbered_associations().filter(move |(_, association)| association.model == model)
    }

    /// The associations that lead to a model and have a way back.
    pub fn inverses(&self, model: ModelId) -> impl Iterator<Item = (AssociationId, &Association)> {
        self.numbered_associations()
            .filter(move |(_, association)| association.target == model && association.inverse.is_some())
    }

    /// The services that own a model: at most one.
    pub fn owner(&self, model: ModelId) -> Option<&Service> {
        self.services.iter().find(|service| service.owns.contains(&model))
    }

    fn numbered_associations(&self) -> impl Iterator<Item = (AssociationId, &Association)> {
        self.associations.iter().enumerate().map(|(at, association)| (AssociationId(at), association))
    }
}

/// What runs when the environment says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connect {
    /// The dialect.
    pub default: Dialect,
    /// The file of a SQLite database; without it the database lives in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// Whether a connection to PostgreSQL must be encrypted.
    #[serde(default)]
    pub tls_required: bool,
    /// What a start does to the tables.
    pub sync: SyncMode,
}

/// What a start does to the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SyncMode {
    /// Nothing.
    Off,
    /// Creates what is missing and touches nothing that exists.
    Create,
}
