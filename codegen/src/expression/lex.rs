//! The words of an expression.

use std::ops::Range;

/// A word with its bytes in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) token: Token,
    pub(super) range: Range<usize>,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a keyword, as written.
    Name(String),
    /// A number as written.
    Number(String),
    /// A text, quotes resolved.
    Text(String),
    /// An operator, bracket or comma.
    Symbol(&'static str),
}

/// Every symbol; longer ones first, so that `<=` is not `<` and `=`.
const SYMBOLS: [&str; 15] = ["<>", "!=", "<=", ">=", "==", "=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

/// The words of a range of a text, or the place and the reason why it has none.
pub(super) fn lex(text: &str, range: Range<usize>) -> Result<Vec<Word>, (Range<usize>, String)> {
    let mut words = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = next(rest, first).map_err(|problem| (at..at + first.len_utf8(), problem))?;
        words.push(Word { token, range: at..at + length });
        at += length;
    }
    Ok(words)
}

fn next(rest: &str, first: char) -> Result<(Token, usize), String> {
    if first == '\'' {
        return quoted(rest).ok_or_else(|| "the quote that opens here does not close".into());
    }
    if first == '"' {
        return Err("texts stand in single quotes".into());
    }
    if first.is_ascii_digit() {
        let mut exponent = false;
        let end = rest.find(|c: char| {
            let sign = exponent && matches!(c, '+' | '-');
            exponent = matches!(c, 'e' | 'E');
            !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || sign)
        });
        let length = end.unwrap_or(rest.len());
        return Ok((Token::Number(rest[..length].to_owned()), length));
    }
    if first.is_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        return Ok((Token::Name(rest[..length].to_owned()), length));
    }
    match SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
        Some("==") => Err("equality is written `=`".into()),
        Some(symbol) => Ok((Token::Symbol(symbol), symbol.len())),
        None if rest.starts_with("||") => {
            Err("texts are not joined in this language; write the condition per dialect".into())
        }
        None => Err(format!("`{first}` is not part of the language")),
    }
}

/// A text in single quotes, in which `''` is one quote.
fn quoted(rest: &str) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Some((Token::Text(text), at + 1));
        }
    }
    None
}
