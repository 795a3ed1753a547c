//! Where a part of a text stands in the file: through quotes, escapes, folded lines and the indentation of blocks.

use super::{Scalar, Style};
use crate::source::{Sources, Span};

/// The place of the bytes `start..end` of a scalar's text.
///
/// The text as read is laid beside the text as written; what was skipped in between (indentation, escapes, line
/// breaks) is recognised by what comes next. Good to the character for all that a spec contains.
pub fn place(sources: &Sources, scalar: &Scalar, start: usize, end: usize) -> Span {
    let written = sources.slice(scalar.span);
    if scalar.style == Style::Plain && written == scalar.text {
        return scalar.span.part(start, end.max(start));
    }
    let from = written_offset(scalar, written, start);
    let to = if end > start { written_offset(scalar, written, end - 1) + 1 } else { from };
    let to = (to..=written.len()).find(|at| written.is_char_boundary(*at)).unwrap_or(written.len());
    scalar.span.part(from, to.max(from))
}

/// The offset in the written text of the character at (or around) an offset of the text as read.
fn written_offset(scalar: &Scalar, written: &str, offset: usize) -> usize {
    let mut at = match scalar.style {
        Style::Quoted => 1,
        // The place of a block is that of its content, without the `|` or `>` before it.
        Style::Plain | Style::Literal | Style::Folded => 0,
    };
    let double = written.starts_with('"');
    for (from, c) in scalar.text.char_indices() {
        at = skip_to(written, at, c, scalar.style, double);
        if offset < from + c.len_utf8() {
            return at.min(written.len());
        }
        at += width(written, at, c, double);
    }
    at.min(written.len())
}

/// Skips what stands in the file before a character but is not part of the text: indentation, and folded line breaks.
fn skip_to(written: &str, at: usize, c: char, style: Style, double: bool) -> usize {
    let rest = &written[at.min(written.len())..];
    if rest.starts_with(c) || (double && rest.starts_with('\\') && !rest.starts_with("\\\n")) {
        return at;
    }
    let folded = c == ' ' && rest.starts_with(['\n', '\r']);
    if folded && !style.is_block() {
        return at;
    }
    let blank = rest.find(|other: char| !other.is_whitespace() && other != '\\').unwrap_or(rest.len());
    if c.is_whitespace() { at } else { at + blank }
}

/// How many bytes of the file stand for a character.
fn width(written: &str, at: usize, c: char, double: bool) -> usize {
    let rest = &written[at.min(written.len())..];
    if double && rest.starts_with('\\') {
        let escape = match rest.as_bytes().get(1) {
            Some(b'x') => 4,
            Some(b'u') => 6,
            Some(b'U') => 10,
            _ => 2,
        };
        return (escape..=rest.len()).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
    }
    if !double && c == '\'' && rest.starts_with("''") {
        return 2;
    }
    rest.chars().next().map_or(0, char::len_utf8)
}

/// The bytes of the quoted text at the beginning of another, quotes included, if it closes.
pub(crate) fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => {
                chars.next();
            }
            c if c == quote && quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) => {
                chars.next();
            }
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
