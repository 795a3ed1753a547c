//! Walks the tree in the order of the file and writes it line by line; comments are written where the walk meets them.

use super::comments::{Comment, Comments, Pending, first, follows_blank_line, line_start};
use super::form::{Form, Forms};
use super::lines::Lines;
use super::shape::Shape;
use super::text::{self, Block, Context};
use crate::source::Sources;
use crate::yaml::{List, Node};

/// A file in its canonical form.
pub(super) fn layout(text: &str, root: &Node, sources: &Sources) -> String {
    let comments = Comments::find(text, root);
    let forms = Forms { text, sources, comments: &comments };
    let mut layout = Layout { forms, comments: Pending::new(&comments), lines: Lines::new() };
    layout.members(root, Shape::Spec, 0);
    layout.notes_before(text.len(), 0);
    layout.lines.finish()
}

struct Layout<'a> {
    forms: Forms<'a>,
    comments: Pending<'a>,
    lines: Lines,
}

/// What stands before a value.
struct Head {
    /// The key with its colon, or a dash.
    text: String,
    /// The byte after the key, if it is one.
    key_end: Option<usize>,
    /// Its column, unless it stands in brackets, where columns mean nothing.
    column: Option<usize>,
    /// How many levels deep it stands.
    depth: usize,
}

impl<'a> Layout<'a> {
    /// The members of a map or items of a list, each by itself.
    fn members(&mut self, node: &Node, shape: Shape, depth: usize) {
        match node {
            Node::Scalar(_) => {}
            Node::List(list) => {
                let column = self.column(self.dash(list), list.flow);
                for item in &list.items {
                    self.notes_before(first(item), depth);
                    self.blank(first(item));
                    self.value(&Head { text: "-".to_owned(), key_end: None, column, depth }, item, shape.item());
                }
            }
            Node::Map(map) => {
                for (key, value) in &map.entries {
                    let (start, end) = (key.span.start as usize, key.span.end as usize);
                    self.notes_before(start, depth);
                    self.blank(start);
                    let text = text::one_line(key, Context::Block) + ":";
                    let column = self.column(start, map.flow);
                    self.value(&Head { text, key_end: Some(end), column, depth }, value, shape.member(&key.text));
                }
            }
        }
    }

    /// What stands behind a key or dash, and the comments that belong to it.
    fn value(&mut self, head: &Head, node: &Node, shape: Shape) {
        let end = end(head, node);
        match self.forms.of(node, shape, head.depth, head.text.len()) {
            Form::Lines(lines) => self.in_lines(head, end, &lines),
            // Below a block, a comment that is indented would be part of the text.
            Form::Block(block) => return self.block(head, end, &block),
            Form::Long(members) => self.long(head, end, &members),
            Form::Nested => self.nested(head, node, shape),
        }
        while let Some(comment) = head.column.and_then(|column| self.comments.below(end, column)) {
            self.note(comment, head.depth + 1);
        }
    }

    fn in_lines(&mut self, head: &Head, end: usize, lines: &[String]) {
        let (beside, below) = self.comments_of(head, end);
        for (at, line) in lines.iter().enumerate() {
            let line = if at == 0 { format!("{} {line}", head.text) } else { line.clone() };
            let beside = beside.filter(|_| at + 1 == lines.len());
            self.lines.push(head.depth + at.min(1), line.trim_end(), beside);
        }
        below.into_iter().for_each(|comment| self.note(comment, head.depth + 1));
    }

    fn block(&mut self, head: &Head, end: usize, block: &Block) {
        let (beside, below) = self.comments_of(head, end);
        self.lines.push(head.depth, &format!("{} {}", head.text, block.header), beside);
        block.lines.iter().for_each(|line| self.lines.push_text(head.depth + 1, line));
        below.into_iter().for_each(|comment| self.note(comment, head.depth));
    }

    fn long(&mut self, head: &Head, end: usize, members: &[String]) {
        let (beside, below) = self.comments_of(head, end);
        self.lines.push(head.depth, &head.text, beside);
        members.iter().for_each(|member| self.lines.push(head.depth + 1, member, None));
        below.into_iter().for_each(|comment| self.note(comment, head.depth + 1));
    }

    fn nested(&mut self, head: &Head, node: &Node, shape: Shape) {
        let (span, flow) = (node.span(), node.is_flow());
        let end = span.end as usize;
        let in_one_line = flow && !self.forms.text[span.start as usize..end].contains('\n');
        let beside = if in_one_line { Some(end) } else { head.key_end };
        let beside = beside.and_then(|end| self.comments.beside(end)).map(|comment| comment.text);
        if head.key_end.is_some() {
            self.lines.push(head.depth, &head.text, beside);
            self.lines.open();
        } else {
            beside.into_iter().for_each(|comment| self.lines.push(head.depth, comment, None));
            self.lines.item(head.depth);
        }
        self.members(node, shape, head.depth + 1);
        if flow {
            self.notes_before(end, head.depth + 1);
            self.comments.beside(end).into_iter().for_each(|comment| self.note(comment, head.depth + 1));
        }
    }

    /// The comment beside a value in one line, and those between it and its key: they are written above the key, or have
    /// to be written below where the line goes on behind a dash.
    fn comments_of(&mut self, head: &Head, end: usize) -> (Option<&'a str>, Vec<Comment<'a>>) {
        let mut between = self.comments.before(end);
        let beside = self.comments.beside(end).or_else(|| between.pop_if(|comment| !comment.alone));
        if !self.lines.in_item() {
            between.drain(..).for_each(|comment| self.note(comment, head.depth));
        }
        (beside.map(|comment| comment.text), between)
    }

    /// The comments before a place that have not been written, each in a line of its own.
    fn notes_before(&mut self, place: usize, depth: usize) {
        self.comments.before(place).into_iter().for_each(|comment| self.note(comment, depth));
    }

    fn note(&mut self, comment: Comment<'a>, depth: usize) {
        self.blank(comment.start);
        self.lines.push(depth, comment.text, None);
    }

    /// Keeps a blank line before a place.
    fn blank(&mut self, place: usize) {
        if follows_blank_line(self.forms.text, place) {
            self.lines.blank();
        }
    }

    fn column(&self, place: usize, flow: bool) -> Option<usize> {
        (!flow).then(|| place - line_start(self.forms.text, place))
    }

    /// The place of a list's first dash. Where dashes are not indented, the parser places the list behind it.
    fn dash(&self, list: &List) -> usize {
        let start = list.span.start as usize;
        match self.forms.text[start..].starts_with('-') {
            true => start,
            false => self.forms.text[..start].rfind('-').unwrap_or(start),
        }
    }
}

/// Where a value ends, or the key of one that is nothing.
fn end(head: &Head, node: &Node) -> usize {
    node.end().map(|end| end as usize).or(head.key_end).unwrap_or(node.span().start as usize)
}
