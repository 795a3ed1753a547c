//! The tree of nodes.

use crate::source::Span;

/// One node of a YAML document.
#[derive(Debug, Clone)]
pub enum Node {
    /// A text.
    Scalar(Scalar),
    /// Items in order.
    List(List),
    /// Keys with their values, in order.
    Map(Map),
}

/// A text as written; what it means is decided by whoever reads it.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The text, with quotes and escapes resolved.
    pub text: String,
    /// How it was written.
    pub style: Style,
    /// Where, quotes included.
    pub span: Span,
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a block after `|`, line by line.
    Literal,
    /// As a block after `>`, whose lines are joined.
    Folded,
}

impl Style {
    /// Whether it is a block below a header, `|` or `>`.
    pub fn is_block(self) -> bool {
        matches!(self, Self::Literal | Self::Folded)
    }
}

/// Items in order.
#[derive(Debug, Clone)]
pub struct List {
    /// The items.
    pub items: Vec<Node>,
    /// Where.
    pub span: Span,
    /// Whether it stands in `[ … ]`.
    pub flow: bool,
}

/// Keys with their values, in order; no key stands twice.
#[derive(Debug, Clone)]
pub struct Map {
    /// The entries.
    pub entries: Vec<(Scalar, Node)>,
    /// Where.
    pub span: Span,
    /// Whether it stands in `{ … }`.
    pub flow: bool,
}

impl Node {
    /// Where the node stands, all of it.
    pub fn span(&self) -> Span {
        match self {
            Self::Scalar(scalar) => scalar.span,
            Self::List(list) => list.span,
            Self::Map(map) => map.span,
        }
    }

    /// The byte after it; nothing, which the parser places at what comes next, has none.
    pub fn end(&self) -> Option<u32> {
        match self {
            Self::Scalar(scalar) if scalar.is_empty() => None,
            node => Some(node.span().end),
        }
    }

    /// Whether it stands in `[ … ]` or `{ … }`.
    pub fn is_flow(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::List(list) => list.flow,
            Self::Map(map) => map.flow,
        }
    }

    /// A short piece of it that is fit to be underlined: a block is represented by its first key or item.
    pub fn head(&self) -> Span {
        match self {
            Self::List(list) if !list.flow => list.items.first().map_or(list.span, Node::head),
            Self::Map(map) => map.head(),
            _ => self.span(),
        }
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) if scalar.is_empty() => "nothing",
            Self::Scalar(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Scalar {
    /// Whether nothing was written at all.
    pub fn is_empty(&self) -> bool {
        self.style == Style::Plain && self.text.is_empty()
    }

    /// Whether it is what YAML calls null: nothing, `~` or `null`, without quotes.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Map {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// The first key of a block, or all of `{ … }`.
    pub fn head(&self) -> Span {
        match self.entries.first() {
            Some((key, _)) if !self.flow => key.span,
            _ => self.span,
        }
    }
}
