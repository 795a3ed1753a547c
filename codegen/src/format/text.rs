//! Texts as YAML: with the least quoting that keeps them, over several lines where they were, and as blocks.

use super::WIDTH;
use super::lines::INDENT;
use crate::yaml::{Scalar, Style};

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// In a line of its own, or behind a key or dash.
    Block,
    /// Inside `{ … }` or `[ … ]`.
    Flow,
}

/// A text in one line. Quotes stay where another reader of YAML would take the text for something else.
pub(super) fn one_line(scalar: &Scalar, context: Context) -> String {
    if scalar.is_empty() {
        return String::new();
    }
    if scalar.style == Style::Plain || !resembles_another_type(&scalar.text) {
        return unquoted(&scalar.text, context);
    }
    quoted(&scalar.text)
}

/// A text without quotes, if it can stand so.
pub(super) fn unquoted(text: &str, context: Context) -> String {
    if fits_plain(text, context) { text.to_owned() } else { quoted(text) }
}

/// A text in quotes: single ones where that saves escapes.
pub(super) fn quoted(text: &str) -> String {
    let doubled = text.matches('\'').count();
    if text.matches(['"', '\\']).count() > doubled && text.chars().all(is_printable) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let escaped: String = text.chars().map(escaped).collect();
    format!("\"{escaped}\"")
}

fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if is_printable(c) => c.to_string(),
        c if u32::from(c) > 0xFFFF => format!("\\U{:08X}", u32::from(c)),
        c => format!("\\u{:04X}", u32::from(c)),
    }
}

/// Whether a character means itself to every reader of YAML.
pub(super) fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether a text is read as itself without quotes.
pub(super) fn fits_plain(text: &str, context: Context) -> bool {
    let mut chars = text.chars();
    let begins = match chars.next() {
        None => false,
        Some('-' | '?' | ':') => chars.next().is_some_and(|next| next.is_alphanumeric() || next == '.'),
        Some(first) => !",[]{}#&*!|>'\"%@`".contains(first),
    };
    begins
        && text.trim() == text
        && text.chars().all(is_printable)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && (context == Context::Block || fits_in_brackets(text))
}

/// Whether brackets around a text end where it does. An open `(` would be taken for a piece that YAML broke at a comma.
fn fits_in_brackets(text: &str) -> bool {
    !text.contains([',', '[', ']', '{', '}']) && text.matches('(').count() <= text.matches(')').count()
}

/// Whether some reader of YAML takes a text without quotes for null, a truth value, a number or a date.
fn resembles_another_type(text: &str) -> bool {
    const WORDS: [&str; 14] =
        ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", ".inf", ".nan"];
    let lower = text.to_ascii_lowercase();
    let number = |byte: u8| byte.is_ascii_hexdigit() || b"+-._: xotz".contains(&byte);
    WORDS.contains(&lower.trim_start_matches(['+', '-']))
        || (lower.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && lower.bytes().all(number))
}

/// The lines of a text that is too long for one, broken at blanks where YAML joins them again.
pub(super) fn folded(line: &str, first: usize, further: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (at, word) in line.split(' ').enumerate() {
        let room = if lines.len() == 1 { first } else { further };
        let last = lines.len() - 1;
        let length = lines[last].chars().count() + 1 + word.chars().count();
        let breaks = word.starts_with(char::is_alphanumeric) && !lines[last].ends_with([' ', '"', '\'']);
        match at {
            0 => lines[last] += word,
            _ if length > room && breaks => lines.push(word.to_owned()),
            _ => lines[last] += &format!(" {word}"),
        }
    }
    lines
}

/// A text as a block.
pub(super) struct Block {
    /// What stands behind the key.
    pub(super) header: String,
    /// The lines below, without their indentation.
    pub(super) lines: Vec<String>,
}

/// The block that a text is or, where it has several lines without quotes, becomes; `written` is how it stands in the
/// file, from its first character on.
pub(super) fn block(scalar: &Scalar, written: &str, column: usize) -> Option<Block> {
    let paragraphs = scalar.style == Style::Plain && scalar.text.contains('\n');
    let text = scalar.text.as_str();
    let body = text.strip_suffix('\n').unwrap_or(text);
    let keeps = text.chars().all(|c| matches!(c, '\n' | '\t') || is_printable(c))
        && !body.trim().is_empty()
        && !body.starts_with('\t')
        && !body.ends_with('\n');
    if !keeps || !(scalar.style.is_block() || paragraphs) {
        return None;
    }
    let chomp = if text.ends_with('\n') { "" } else { "-" };
    if scalar.style == Style::Folded && body.trim() == body {
        let lines = written.lines().map(|line| without_indentation(line, column)).collect();
        return Some(Block { header: format!(">{chomp}"), lines });
    }
    let indentation = if text.starts_with([' ', '\n']) { INDENT.to_string() } else { String::new() };
    Some(Block { header: format!("|{indentation}{chomp}"), lines: body.split('\n').map(str::to_owned).collect() })
}

fn without_indentation(line: &str, column: usize) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    line[blanks.min(column)..].to_owned()
}

/// Whether a line is longer than lines should be.
pub(super) fn is_long(line: &str, before: usize) -> bool {
    before + line.chars().count() > WIDTH
}
