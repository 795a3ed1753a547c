//! What the names in an expression mean: the fields of one model.

use seedbed_schema::{Enum, FieldId, Type};

use crate::lower::{Draft, Drafts, Found};

/// The fields of a model, and the enums that their types refer to.
pub(crate) struct Scope<'s, 'a> {
    draft: &'s Draft<'a>,
    drafts: &'s Drafts<'a>,
}

/// What a name means.
pub(super) enum Meaning {
    /// A field with its type.
    Field(FieldId, Type),
    /// Something that was reported already; nothing more is said about it.
    Unclear,
    /// Nothing.
    Nothing,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The fields of a model.
    pub(crate) fn new(draft: &'s Draft<'a>, drafts: &'s Drafts<'a>) -> Self {
        Self { draft, drafts }
    }

    /// What a name means: a field, or the single field of an association's key.
    pub(super) fn find(&self, name: &str) -> Meaning {
        match self.draft.find(name) {
            Found::Field(id) | Found::Fields(&[id]) => match self.draft.field(id) {
                (_, origin) if origin.broken => Meaning::Unclear,
                (field, _) => Meaning::Field(id, field.ty),
            },
            Found::Unclear => Meaning::Unclear,
            Found::Fields(_) | Found::Nothing => Meaning::Nothing,
        }
    }

    pub(super) fn model(&self) -> &str {
        &self.draft.name.text
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.draft.known_names()
    }

    pub(super) fn enums(&self) -> &[Enum] {
        &self.drafts.enums
    }

    pub(super) fn type_name(&self, ty: Type) -> String {
        self.drafts.type_name(ty)
    }
}
