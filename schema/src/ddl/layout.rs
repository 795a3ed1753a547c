//! Long lines of SQL broken where a reader would break them: at the parentheses of a clause, before `AND` and `OR`,
//! after commas; never inside a quoted text, and never inside SQL that was written by hand.

/// The longest line, in characters, with room for the comma or semicolon that follows.
const WIDTH: usize = 108;

/// One step of indentation.
pub(super) const INDENT: usize = 4;

/// A clause of a statement: pieces with a space between them.
#[derive(Debug, Default)]
pub(super) struct Clause {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text {
        text: String,
        /// Whether we wrote it, and it may be broken inside.
        breakable: bool,
    },
    /// A new line, however short the clause is.
    NewLine,
}

impl Clause {
    /// Adds words that may be broken from each other, but not inside.
    pub(super) fn words<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.pieces.extend(words.into_iter().map(|word| Piece::Text { text: word.into(), breakable: false }));
        self
    }

    /// Adds one word, or text that is not to be broken.
    pub(super) fn word(self, word: impl Into<String>) -> Self {
        self.words([word])
    }

    /// Adds text of ours in parentheses.
    pub(super) fn parentheses(self, inner: &str) -> Self {
        self.flow_together(format!("({inner})"))
    }

    /// Adds text of ours that is broken inside its parentheses, and only if it is too long for a line.
    pub(super) fn flow_together(mut self, text: String) -> Self {
        self.pieces.push(Piece::Text { text, breakable: true });
        self
    }

    /// Adds text of ours that may be broken at its spaces.
    pub(super) fn flow(mut self, text: &str) -> Self {
        let texts = split_at_spaces(text).into_iter().map(str::to_owned);
        self.pieces.extend(texts.map(|text| Piece::Text { text, breakable: true }));
        self
    }

    /// Goes on in a new line.
    pub(super) fn new_line(mut self) -> Self {
        self.pieces.push(Piece::NewLine);
        self
    }

    /// The clause in lines; the first begins at `indent`, further ones deeper.
    pub(super) fn lay_out(&self, indent: usize) -> String {
        let mut lines = Lines { done: String::new(), line: " ".repeat(indent), indent, current: indent, is_new: true };
        for piece in &self.pieces {
            match piece {
                Piece::Text { text, breakable } => lines.push(text, *breakable),
                Piece::NewLine => lines.next_line(indent + INDENT),
            }
        }
        lines.done + &lines.line
    }
}

/// Lines that are being filled.
struct Lines {
    done: String,
    line: String,
    /// Where the first line began.
    indent: usize,
    /// Where the line began that is being filled.
    current: usize,
    is_new: bool,
}

impl Lines {
    fn push(&mut self, text: &str, breakable: bool) {
        let space = usize::from(!self.is_new);
        let next = self.indent + INDENT;
        if fits(self.line.chars().count() + space, text) {
            self.append(text);
        } else if breakable && (text.starts_with('(') || self.is_new || !fits(next, text)) {
            self.open(text);
        } else {
            self.append_in_next_line(text);
        }
    }

    fn append(&mut self, text: &str) {
        if !self.is_new {
            self.line.push(' ');
        }
        self.line.push_str(text);
        self.is_new = false;
    }

    fn append_in_next_line(&mut self, text: &str) {
        if !self.is_new {
            self.next_line(self.indent + INDENT);
        }
        self.append(text);
    }

    fn next_line(&mut self, indent: usize) {
        self.done.push_str(&self.line);
        self.done.push('\n');
        self.line = " ".repeat(indent);
        self.current = indent;
        self.is_new = true;
    }

    /// Puts the inside of the text's first parentheses on lines of its own.
    fn open(&mut self, text: &str) {
        let Some((head, inside, tail)) = parenthesised(text) else { return self.append_in_next_line(text) };
        self.append(head);
        let (outer, inner) = (self.current, self.current + INDENT);
        for part in split_at_connectives(inside) {
            self.next_line(inner);
            self.line = Clause::default().flow(part).lay_out(inner);
        }
        self.next_line(outer);
        self.append(tail);
    }
}

fn fits(start: usize, text: &str) -> bool {
    start + text.chars().count() <= WIDTH
}

/// The text up to and with its first opening parenthesis, what is inside, and the rest from the closing one on.
fn parenthesised(text: &str) -> Option<(&str, &str, &str)> {
    let mut scan = Scan::default();
    let mut start = None;
    for (at, character) in text.char_indices() {
        scan.step(character);
        match start {
            None if scan.depth == 1 => start = Some(at + 1),
            Some(start) if scan.depth == 0 => return Some((&text[..start], &text[start..at], &text[at..])),
            _ => {}
        }
    }
    None
}

/// The parts between spaces that stand outside of quotes and parentheses.
fn split_at_spaces(text: &str) -> Vec<&str> {
    let mut scan = Scan::default();
    text.split(|character| {
        scan.step(character);
        character == ' ' && scan.is_outside()
    })
    .collect()
}

/// The parts that are joined by `AND` or `OR`, each with its word in front; the `AND` of a `BETWEEN` joins none.
fn split_at_connectives(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut between) = (0, 0, false);
    for word in split_at_spaces(text) {
        match word {
            "BETWEEN" => between = true,
            "AND" if between => between = false,
            "AND" | "OR" => {
                parts.push(text[start..at].trim_end());
                start = at;
            }
            _ => {}
        }
        at += word.len() + 1;
    }
    parts.push(&text[start..]);
    parts
}

/// Where in a text of SQL we are.
#[derive(Default)]
struct Scan {
    quote: Option<char>,
    depth: usize,
}

impl Scan {
    /// A doubled quote closes and opens again, which comes to the same.
    fn step(&mut self, character: char) {
        match (self.quote, character) {
            (Some(quote), _) if character == quote => self.quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => self.quote = Some(character),
            (None, '(') => self.depth += 1,
            (None, ')') => self.depth -= 1,
            (None, _) => {}
        }
    }

    fn is_outside(&self) -> bool {
        self.quote.is_none() && self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Clause, WIDTH};

    const LONG: &str = "name_of_a_column_that_is_as_long_as_any";

    fn check(clause: Clause, expected: &str) {
        let actual = clause.lay_out(0);
        assert_eq!(actual, expected);
        assert!(actual.lines().all(|line| line.chars().count() <= WIDTH), "{actual}");
    }

    #[test]
    fn a_short_clause_is_one_line() {
        check(Clause::default().words(["CREATE", "INDEX"]).parentheses("a, b"), "CREATE INDEX (a, b)");
    }

    #[test]
    fn parentheses_are_opened_and_connectives_begin_lines() {
        let condition = format!("{LONG} BETWEEN 1 AND 2 AND f('a AND b', (x OR y)) OR {LONG} IS NULL");
        check(
            Clause::default().word("CHECK").parentheses(&condition),
            &format!("CHECK (\n    {LONG} BETWEEN 1 AND 2\n    AND f('a AND b', (x OR y))\n    OR {LONG} IS NULL\n)"),
        );
    }

    #[test]
    fn a_list_is_filled_after_commas() {
        let list = [LONG; 4].join(", ");
        check(
            Clause::default().word("ON t").parentheses(&list).word("WHERE x"),
            &format!("ON t (\n    {LONG}, {LONG},\n        {LONG}, {LONG}\n) WHERE x"),
        );
    }

    #[test]
    fn nested_parentheses_are_opened_as_far_as_needed() {
        let inner = [LONG; 3].join(" + ");
        check(
            Clause::default().word("CHECK").parentheses(&format!("abs({inner}) > 0")),
            &format!("CHECK (\n    abs(\n        {LONG} + {LONG} +\n            {LONG}\n    ) > 0\n)"),
        );
    }

    #[test]
    fn quoted_text_and_text_by_hand_stay_whole() {
        let quoted = format!("'{}'", "it''s ( ".repeat(30));
        let clause = || Clause::default().word("a");
        assert_eq!(clause().flow(&format!("= {quoted}")).lay_out(0), format!("a =\n    {quoted}"));
        assert_eq!(clause().word(&quoted).lay_out(0), format!("a\n    {quoted}"));
    }
}
