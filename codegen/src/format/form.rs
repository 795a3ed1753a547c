//! Which form a node takes: one line, several, a block of text, or a line or block for each of its members.

use super::comments::{Comments, line_start};
use super::lines::INDENT;
use super::shape::Shape;
use super::short::{self, FieldLine};
use super::text::{self, Block, Context};
use crate::source::Sources;
use crate::yaml::{List, Map, Node, Scalar, Style};

/// How a node is written behind its key or dash.
pub(super) enum Form {
    /// In one line, or in several that YAML joins.
    Lines(Vec<String>),
    /// As a block of text.
    Block(Block),
    /// A field line that has to be long: a line for each member.
    Long(Vec<String>),
    /// Each member or item by itself.
    Nested,
}

/// What the form of a node depends on.
pub(super) struct Forms<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// The comments in it.
    pub(super) comments: &'a Comments<'a>,
    /// The same, by the places of nodes.
    pub(super) sources: &'a Sources,
}

impl Forms<'_> {
    /// The form of a node that stands so deep, behind a key or dash of so many characters.
    pub(super) fn of(&self, node: &Node, shape: Shape, depth: usize, head: usize) -> Form {
        if let Some(block) = self.block(node, shape) {
            return Form::Block(block);
        }
        let before = depth * INDENT + head + 1;
        match (self.one_line(node, shape, Context::Block), node) {
            (Some(line), Node::Scalar(scalar)) if self.is_folded(scalar, shape) && text::is_long(&line, before) => {
                Form::Lines(text::folded(&line, super::WIDTH - before, super::WIDTH - (depth + 1) * INDENT))
            }
            (Some(line), node) if !breaks(node, shape) || !text::is_long(&line, before) => Form::Lines(vec![line]),
            (None, Node::Scalar(_)) => {
                Form::Long(FieldLine::of(node, self.sources).map_or_else(Vec::new, |field| field.members()))
            }
            _ => Form::Nested,
        }
    }

    fn block(&self, node: &Node, shape: Shape) -> Option<Block> {
        let Node::Scalar(scalar) = node else { return None };
        if matches!(shape, Shape::Field | Shape::Association | Shape::Type) {
            return None;
        }
        let start = scalar.span.start as usize;
        text::block(scalar, self.sources.slice(scalar.span), start - line_start(self.text, start))
    }

    /// Whether a text stands over several lines that are read as one.
    fn is_folded(&self, scalar: &Scalar, shape: Shape) -> bool {
        !matches!(shape, Shape::Field | Shape::Association) && self.sources.slice(scalar.span).contains('\n')
    }

    /// A node in one line, if its kind and the comments in it allow that.
    fn one_line(&self, node: &Node, shape: Shape, context: Context) -> Option<String> {
        match node {
            Node::List(list) if list.items.is_empty() => return Some("[]".to_owned()),
            Node::Map(map) if map.entries.is_empty() => return Some("{}".to_owned()),
            Node::List(_) | Node::Map(_) if self.comments.within(node) => return None,
            _ => {}
        }
        match (shape, node) {
            (Shape::Field, Node::Scalar(_) | Node::Map(_)) => FieldLine::of(node, self.sources)?.line(context),
            (Shape::Association, _) => short::association(node, context),
            (Shape::Index, Node::Map(map)) if let Some(members) = short::index_members(map) => {
                self.one_line(members, Shape::Index, context)
            }
            (Shape::Index, Node::List(List { items, .. })) if let [item] = items.as_slice() => {
                self.one_line(item, Shape::Any, context)
            }
            (Shape::Index, Node::List(list)) => self.list(list, shape),
            (Shape::Default | Shape::Cell, Node::List(_) | Node::Map(_)) => Some(self.json(node, shape)),
            (_, Node::Scalar(scalar)) => Some(scalar_line(scalar, shape, context)),
            (_, Node::List(list)) if list.flow && !shape.is_block(node) => self.list(list, shape),
            (_, Node::Map(map)) if map.flow && !shape.is_block(node) => self.map(map, shape),
            _ => None,
        }
    }

    fn list(&self, list: &List, shape: Shape) -> Option<String> {
        let items: Option<Vec<String>> = list.items.iter().map(|item| self.member(item, shape.item())).collect();
        Some(format!("[{}]", items?.join(", ")))
    }

    fn map(&self, map: &Map, shape: Shape) -> Option<String> {
        let entry = |(key, value): &(Scalar, Node)| {
            let value = self.member(value, shape.member(&key.text))?;
            Some(format!("{}: {value}", text::one_line(key, Context::Flow)))
        };
        let entries: Option<Vec<String>> = map.entries.iter().map(entry).collect();
        Some(format!("{{ {} }}", entries?.join(", ")))
    }

    /// A member or item between brackets, where something has to stand.
    fn member(&self, node: &Node, shape: Shape) -> Option<String> {
        self.one_line(node, shape, Context::Flow).filter(|text| !text.is_empty())
    }

    /// JSON as it was written. Over several lines, that of a default is joined; a cell is the text itself.
    fn json(&self, node: &Node, shape: Shape) -> String {
        let written = self.sources.slice(node.span());
        match shape {
            Shape::Cell if written.contains('\n') => text::quoted(written),
            Shape::Cell => written.to_owned(),
            _ => written.lines().map(str::trim).collect::<Vec<_>>().join(" "),
        }
    }
}

fn scalar_line(scalar: &Scalar, shape: Shape, context: Context) -> String {
    match shape {
        Shape::Type => text::unquoted(&short::without_blanks(&scalar.text), context),
        Shape::Default if scalar.style != Style::Plain => text::quoted(&scalar.text),
        _ => text::one_line(scalar, context),
    }
}

/// Whether a node that is too long for a line can have a line for each of its members.
fn breaks(node: &Node, shape: Shape) -> bool {
    let short = matches!((shape, node), (Shape::Field, Node::Map(_)))
        || matches!(shape, Shape::Association | Shape::Default | Shape::Cell);
    !short && !matches!(node, Node::Scalar(_))
}
