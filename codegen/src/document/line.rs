//! The words of a short form (a field line, an association line), with their places.

use crate::yaml::{Scalar, quoted_length};

/// A text that is read word by word.
pub(crate) struct Line<'a> {
    text: &'a str,
    at: usize,
}

/// A piece of a line: the bytes `start..end` of its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
}

impl<'a> Line<'a> {
    /// The words of a text.
    pub(crate) fn new(scalar: &'a Scalar) -> Self {
        Self { text: &scalar.text, at: 0 }
    }

    /// The bytes of the text without white space around it.
    pub(crate) fn trimmed(&self) -> (usize, usize) {
        let start = self.text.len() - self.text.trim_start().len();
        (start, start + self.text.trim().len())
    }

    /// The type or model at the beginning: up to white space or `=` outside brackets, with a `?` that follows.
    pub(crate) fn head(&mut self) -> Option<Piece<'a>> {
        self.skip_blank();
        let start = self.at;
        let mut depth = 0_usize;
        for c in self.text[start..].chars() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                '=' if depth == 0 => break,
                c if c.is_whitespace() && depth == 0 => break,
                _ => {}
            }
            self.at += c.len_utf8();
        }
        self.piece(start)
    }

    /// Takes a character if it comes next.
    pub(crate) fn take(&mut self, c: char) -> bool {
        self.skip_blank();
        let found = self.text[self.at..].starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// The next word, up to white space; one that begins with a quote or bracket reaches to where that ends.
    pub(crate) fn word(&mut self) -> Option<Piece<'a>> {
        self.skip_blank();
        let start = self.at;
        let rest = &self.text[start..];
        let length = match rest.chars().next()? {
            quote @ ('"' | '\'') => quoted_length(rest, quote),
            '[' | '{' => bracketed_length(rest),
            _ => None,
        };
        self.at += length.unwrap_or_else(|| rest.find(char::is_whitespace).unwrap_or(rest.len()));
        self.piece(start)
    }

    /// The place after what was read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn piece(&self, start: usize) -> Option<Piece<'a>> {
        (self.at > start).then(|| Piece { text: &self.text[start..self.at], start, end: self.at })
    }

    fn skip_blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
}

/// The bytes up to the bracket that closes the first one, quotes inside respected.
fn bracketed_length(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The text between quotes, escapes resolved: `''` in single quotes; `\"`, `\\`, `\n`, `\t` in double ones.
pub(crate) fn unquote(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(inner.replace("''", "'"));
    }
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                c @ ('"' | '\\') => out.push(c),
                _ => return None,
            },
            c => out.push(c),
        }
    }
    Some(out)
}
