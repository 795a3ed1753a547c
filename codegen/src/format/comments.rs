//! The comments of a file, which the tree of nodes does not hold. They are found in the source text, between the places
//! of its scalars, and taken in their order while what they stand at is written.

use crate::source::Span;
use crate::yaml::{Node, Scalar};

/// A comment, from `#` to the end of the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    /// Its first byte.
    pub(super) start: usize,
    /// The text, `#` included.
    pub(super) text: &'a str,
    /// Whether nothing stands before it in its line.
    pub(super) alone: bool,
    /// How many bytes stand before it in its line.
    column: usize,
}

impl Comment<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The comments of a file, in its order.
pub(super) struct Comments<'a> {
    text: &'a str,
    all: Vec<Comment<'a>>,
}

impl<'a> Comments<'a> {
    /// Finds every comment of a text.
    pub(super) fn find(text: &'a str, root: &Node) -> Self {
        let mut scalars = Vec::new();
        collect(root, &mut scalars);
        let mut comments = Self { text, all: Vec::new() };
        let mut start = 0;
        for span in scalars {
            comments.find_between(start, span.start as usize);
            start = span.end as usize;
        }
        comments.find_between(start, text.len());
        comments
    }

    /// Finds the comments of a range that holds no scalar: there, `#` can be nothing else.
    fn find_between(&mut self, start: usize, end: usize) {
        let mut at = start;
        while let Some(found) = self.text.get(at..end).and_then(|range| range.find('#')) {
            let start = at + found;
            at = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
            let line = line_start(self.text, start);
            let alone = self.text[line..start].trim().is_empty();
            let text = self.text[start..at].trim_end();
            self.all.push(Comment { start, text, alone, column: start - line });
        }
    }

    /// The text of each, by the alphabet.
    pub(super) fn sorted(&self) -> Vec<&'a str> {
        let mut texts: Vec<&str> = self.all.iter().map(|comment| comment.text).collect();
        texts.sort_unstable();
        texts
    }

    /// Whether there is one between the members of a node.
    pub(super) fn within(&self, node: &Node) -> bool {
        let next = self.all.partition_point(|comment| comment.start < first(node));
        self.all.get(next).is_some_and(|comment| comment.start < last(node))
    }
}

/// The comments of a file that have not been written.
pub(super) struct Pending<'a> {
    comments: &'a Comments<'a>,
    /// How many have been taken.
    taken: usize,
}

impl<'a> Pending<'a> {
    /// All of them.
    pub(super) fn new(comments: &'a Comments<'a>) -> Self {
        Self { comments, taken: 0 }
    }

    /// Takes those that begin before a place.
    pub(super) fn before(&mut self, place: usize) -> Vec<Comment<'a>> {
        let begin_before = |comment: &&Comment<'_>| comment.start < place;
        let comments: Vec<Comment<'a>> = self.rest().iter().take_while(begin_before).copied().collect();
        self.taken += comments.len();
        comments
    }

    /// Takes the one that stands in the line where something ends, if nothing but punctuation that opens or goes on is
    /// between the two.
    pub(super) fn beside(&mut self, end: usize) -> Option<Comment<'a>> {
        let comment = *self.rest().first().filter(|comment| !comment.alone)?;
        let between = self.comments.text.get(end..comment.start)?;
        if !between.chars().all(|c| " \t,:[{".contains(c)) {
            return None;
        }
        self.taken += 1;
        Some(comment)
    }

    /// Takes the next one after something, if it is indented deeper than a column.
    pub(super) fn below(&mut self, end: usize, column: usize) -> Option<Comment<'a>> {
        let comment = *self.rest().first().filter(|comment| comment.alone && comment.column > column)?;
        let taken = self.comments.all[..self.taken].last().map_or(0, Comment::end);
        let between = self.comments.text.get(end.max(taken)..comment.start)?;
        // A colon is that of a key without a value.
        if !between.trim().trim_start_matches(':').is_empty() {
            return None;
        }
        self.taken += 1;
        Some(comment)
    }

    fn rest(&self) -> &'a [Comment<'a>] {
        &self.comments.all[self.taken..]
    }
}

/// Where the first thing inside a node begins.
pub(super) fn first(node: &Node) -> usize {
    match node {
        Node::List(list) if let Some(item) = list.items.first() => first(item),
        Node::Map(map) if let Some((key, _)) = map.entries.first() => key.span.start as usize,
        _ => node.span().start as usize,
    }
}

/// Where the last thing inside a node begins: its key is over, or its first part not reached.
fn last(node: &Node) -> usize {
    match node {
        Node::List(list) if let Some(item) = list.items.last() => first(item),
        Node::Map(map) if let Some((key, _)) = map.entries.last() => key.span.end as usize,
        _ => node.span().start as usize,
    }
}

/// The place where the line around a place begins.
pub(super) fn line_start(text: &str, place: usize) -> usize {
    text[..place].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Whether something is the first of its line, and the line before it is blank.
pub(super) fn follows_blank_line(text: &str, place: usize) -> bool {
    let line = line_start(text, place);
    let first = text[line..place].trim_start_matches([' ', '\t', '-']).is_empty();
    let before = &text[line_start(text, line.saturating_sub(1))..line];
    first && line > 0 && before.trim().is_empty()
}

/// The places of the scalars that are written out, in order.
fn collect(node: &Node, spans: &mut Vec<Span>) {
    let mut add = |scalar: &Scalar| {
        if !scalar.is_empty() {
            spans.push(scalar.span);
        }
    };
    match node {
        Node::Scalar(scalar) => add(scalar),
        Node::List(list) => list.items.iter().for_each(|item| collect(item, spans)),
        Node::Map(map) => {
            for (key, value) in &map.entries {
                spans.push(key.span);
                collect(value, spans);
            }
        }
    }
}
