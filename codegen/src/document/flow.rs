//! Pieces that YAML broke at a comma: in `{ cost: decimal(12,6) }` it sees `cost: decimal(12` and a key `6)`.
//!
//! They are reported with the way out and put together again, so that the rest of the spec can still be checked.

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::yaml::{Map, Node, Scalar, Style};

/// Mends every broken piece of a tree, and reports each.
pub(super) fn mend(node: &mut Node, report: &mut Report) {
    match node {
        Node::Scalar(_) => {}
        Node::List(list) => {
            if list.flow {
                mend_list(&mut list.items, report);
            }
            list.items.iter_mut().for_each(|item| mend(item, report));
        }
        Node::Map(map) => {
            if map.flow {
                mend_map(map, report);
            }
            map.entries.iter_mut().for_each(|(_, value)| mend(value, report));
        }
    }
}

fn mend_list(items: &mut Vec<Node>, report: &mut Report) {
    let mut at = 0;
    while at < items.len() {
        let pieces = pieces(items[at..].iter().map(|item| match item {
            Node::Scalar(scalar) => Some(scalar),
            _ => None,
        }));
        if let Some((whole, count)) = pieces {
            report_broken(whole.span, report);
            items.splice(at..at + count, [Node::Scalar(whole)]);
        }
        at += 1;
    }
}

fn mend_map(map: &mut Map, report: &mut Report) {
    let mut at = 0;
    while at < map.entries.len() {
        let first = match &map.entries[at].1 {
            Node::Scalar(scalar) => Some(scalar),
            _ => None,
        };
        let rest = map.entries[at + 1..].iter().map(|(key, value)| match value {
            Node::Scalar(value) if value.is_empty() => Some(key),
            _ => None,
        });
        if let Some((whole, count)) = pieces(std::iter::once(first).chain(rest)) {
            report_broken(whole.span, report);
            map.entries[at].1 = Node::Scalar(whole);
            map.entries.drain(at + 1..at + count);
        }
        at += 1;
    }
}

/// The text that begins with an open bracket and goes on over commas until it closes, and how many pieces it has.
fn pieces<'a>(scalars: impl Iterator<Item = Option<&'a Scalar>>) -> Option<(Scalar, usize)> {
    let mut whole: Option<Scalar> = None;
    let mut open = 0;
    for (at, scalar) in scalars.enumerate() {
        let scalar = scalar.filter(|scalar| scalar.style == Style::Plain)?;
        open += scalar.text.matches('(').count() as i64 - scalar.text.matches(')').count() as i64;
        match &mut whole {
            None if open <= 0 => return None,
            None => whole = Some(scalar.clone()),
            Some(whole) => {
                whole.text = format!("{},{}", whole.text, scalar.text);
                whole.span = whole.span.to(scalar.span);
            }
        }
        if open <= 0 {
            return whole.map(|whole| (whole, at + 1));
        }
    }
    None
}

fn report_broken(span: Span, report: &mut Report) {
    report.push(
        Diagnostic::error(
            Code::BrokenFlow,
            span,
            "YAML breaks this at the comma, because it stands in `{ … }` or `[ … ]`",
        )
        .help("quote it, or use block style"),
    );
}
