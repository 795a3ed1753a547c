//! What a cell says, before its column's type is asked.

use std::borrow::Cow;

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'c> {
    /// `null`: no value.
    Null,
    /// `file:PATH`: the content of a file, by its path relative to the folder of the CSV file.
    File(&'c str),
    /// `env:NAME`: the value of an environment variable.
    Env(&'c str),
    /// The text itself. One backslash before `null`, `file:…` and `env:…` makes them text, and is taken away.
    Text(Cow<'c, str>),
}

impl<'c> Content<'c> {
    /// What the text of a cell says.
    pub fn of(text: &'c str) -> Self {
        if text == "null" {
            return Self::Null;
        }
        if let Some(path) = text.strip_prefix("file:") {
            return Self::File(path);
        }
        if let Some(name) = text.strip_prefix("env:") {
            return Self::Env(name);
        }
        let bare = text.trim_start_matches('\\');
        let escaped = bare == "null" || bare.starts_with("file:") || bare.starts_with("env:");
        match text.strip_prefix('\\') {
            Some(rest) if escaped => Self::Text(rest.into()),
            _ => Self::Text(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(cell: &str, expected: &str) {
        assert_eq!(Content::of(cell), Content::Text(expected.into()));
    }

    #[test]
    fn what_is_more_than_text() {
        assert_eq!(Content::of("null"), Content::Null);
        assert_eq!(Content::of("file:prompts/ada.txt"), Content::File("prompts/ada.txt"));
        assert_eq!(Content::of("env:GEMINI_API_KEY"), Content::Env("GEMINI_API_KEY"));
    }

    #[test]
    fn everything_else_is_text() {
        for text in ["", "NULL", "nullable", " null", "File:x", "an env:X", "007", "[1]", "\\", "\\x", "\\n"] {
            check_text(text, text);
        }
    }

    #[test]
    fn a_backslash_makes_text_of_the_others() {
        check_text("\\null", "null");
        check_text("\\file:x", "file:x");
        check_text("\\env:X", "env:X");
        check_text("\\\\null", "\\null");
        check_text("\\\\\\env:X", "\\\\env:X");
    }
}
