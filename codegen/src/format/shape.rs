//! Which construct of the language stands where, as far as its form depends on that.

use crate::yaml::Node;

/// A construct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The spec, or a file that it includes.
    Spec,
    /// Things by name, each in a line or block of its own.
    Named(&'static Shape),
    /// Things in order, each in a line or block of its own.
    Listed(&'static Shape),
    /// What models have unless they say otherwise.
    Defaults,
    /// A model.
    Model,
    /// A type of JSON.
    JsonType,
    /// A field, a member of a shape, or a key that is a field.
    Field,
    /// The type of a field.
    Type,
    /// The default of a field.
    Default,
    /// A `belongs_to`.
    Association,
    /// An index.
    Index,
    /// A seed.
    Seed,
    /// A row of a seed.
    Row,
    /// A cell of a row.
    Cell,
    /// Anything else, which has the form that its author chose.
    Any,
}

impl Shape {
    /// What the value of a key is.
    pub(super) fn member(self, key: &str) -> Self {
        match (self, key) {
            (Self::Named(inner), _) => *inner,
            (Self::Spec, "mixins") => Self::Named(&Self::Named(&Self::Field)),
            (Self::Spec, "defaults") => Self::Defaults,
            (Self::Spec, "models") => Self::Named(&Self::Model),
            (Self::Spec, "types") => Self::Named(&Self::JsonType),
            (Self::JsonType, "list") => Self::Type,
            (Self::Model | Self::JsonType, "fields") => Self::Named(&Self::Field),
            (Self::Spec, "enums" | "services") => Self::Named(&Self::Any),
            (Self::Spec, "seeds") => Self::Listed(&Self::Seed),
            (Self::Defaults | Self::Model, "key") => Self::Field,
            (Self::Model, "belongs_to") => Self::Named(&Self::Association),
            (Self::Model, "indexes") => Self::Listed(&Self::Index),
            (Self::Model, "checks") => Self::Listed(&Self::Any),
            (Self::Field, "type") => Self::Type,
            (Self::Field, "default") => Self::Default,
            (Self::Seed, "rows") => Self::Listed(&Self::Row),
            (Self::Row, _) => Self::Cell,
            _ => Self::Any,
        }
    }

    /// What an item is.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Listed(inner) => *inner,
            _ => Self::Any,
        }
    }

    /// Whether a map or list of this kind never stands in brackets.
    pub(super) fn is_block(self, node: &Node) -> bool {
        match self {
            Self::Spec | Self::Named(_) | Self::Listed(_) | Self::Model | Self::Association => true,
            Self::Field => matches!(node, Node::Map(_)),
            _ => false,
        }
    }
}
