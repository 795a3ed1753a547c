//! The schema while it grows: models with what is only needed until every name is resolved.

use std::collections::HashMap;

use seedbed_schema::{Association, Enum, EnumId, Field, FieldId, Model, ModelId, Type};

use super::json_types::JsonTypes;
use super::names::snake;
use super::settings::Settings;
use crate::document::{AssociationSpec, FieldSpec, ModelSpec, Name};
use crate::source::Span;

/// All models while they grow.
pub(crate) struct Drafts<'a> {
    /// What holds for the whole spec.
    pub(crate) settings: Settings<'a>,
    /// The enums.
    pub(crate) enums: Vec<Enum>,
    /// Where each enum is declared.
    pub(crate) enum_spans: Vec<Span>,
    /// The enums by name.
    pub(crate) enum_ids: HashMap<String, EnumId>,
    /// The named types of JSON.
    pub(crate) json: JsonTypes,
    /// The models, in the order of the spec.
    pub(crate) models: Vec<Draft<'a>>,
    /// The models by name.
    pub(crate) model_ids: HashMap<&'a str, ModelId>,
    /// The associations with what was written.
    pub(crate) associations: Vec<(Association, &'a AssociationSpec)>,
}

/// A model while it grows.
pub(crate) struct Draft<'a> {
    /// Its name in the spec.
    pub(crate) name: &'a Name,
    /// What the spec says about it.
    pub(crate) spec: &'a ModelSpec,
    /// What it becomes.
    pub(crate) model: Model,
    /// Where each field comes from, in the order of the model's fields.
    pub(crate) origins: Vec<Origin<'a>>,
    /// Its fields by name.
    pub(crate) fields: HashMap<String, FieldId>,
    /// The key fields of its associations, by the association's name.
    pub(crate) keys: HashMap<String, Vec<FieldId>>,
    /// The places of its associations in [`Drafts::associations`].
    pub(crate) belongs_to: Vec<usize>,
    /// Where each of its indexes comes from, in their order; whether it is to stay without a warning.
    pub(crate) index_origins: Vec<(Span, bool)>,
    /// Where each of its checks comes from, in their order.
    pub(crate) check_origins: Vec<Span>,
    /// Names of fields and associations that are missing because something about them was wrong, which was reported.
    pub(crate) missing: Vec<String>,
}

/// Where a field comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// Where it is written.
    pub(crate) span: Span,
    /// Whether its type could not be understood; then nothing more is said about how it is used.
    pub(crate) broken: bool,
    /// What the spec says about it; nothing about a field that an association brings along.
    pub(crate) written: Option<&'a FieldSpec>,
}

/// What a name in an index, a seed or a service can mean.
pub(crate) enum Found<'d> {
    /// A field, or the key fields of an association.
    Fields(&'d [FieldId]),
    /// A field by itself.
    Field(FieldId),
    /// Nothing, but the model lacks something that was reported, and it may have been that.
    Unclear,
    /// Nothing.
    Nothing,
}

impl<'a> Drafts<'a> {
    /// A model.
    pub(crate) fn model(&self, id: ModelId) -> &Draft<'a> {
        &self.models[id.0]
    }

    /// A type as the spec writes it.
    pub(crate) fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Enum(id) => self.enums[id.0].name.clone(),
            other => other.to_string(),
        }
    }
}

impl<'a> Draft<'a> {
    /// A field and where it comes from.
    pub(crate) fn field(&self, id: FieldId) -> (&Field, Origin<'a>) {
        (self.model.field(id), self.origins[id.0])
    }

    /// What a name means here: a field, or an association's key.
    pub(crate) fn find(&self, name: &str) -> Found<'_> {
        let name = snake(name);
        if let Some(id) = self.fields.get(&name) {
            return Found::Field(*id);
        }
        match self.keys.get(&name) {
            Some(fields) => Found::Fields(fields),
            None if self.lacks(&name) => Found::Unclear,
            None => Found::Nothing,
        }
    }

    /// Whether a name may have meant something that is missing: it, or a field that would have held its key.
    fn lacks(&self, name: &str) -> bool {
        self.missing.iter().any(|missing| {
            name.strip_prefix(missing.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        })
    }

    /// Every name that [`Draft::find`] knows.
    pub(crate) fn known_names(&self) -> Vec<&str> {
        let fields = self.model.fields.iter().map(|field| field.name.as_str());
        let mut associations: Vec<&str> = self.keys.keys().map(String::as_str).collect();
        associations.sort_unstable();
        fields.chain(associations).collect()
    }
}
