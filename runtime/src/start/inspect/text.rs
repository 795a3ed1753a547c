//! What SQLite tells only by the text of `CREATE TABLE` and `CREATE INDEX`: checks, names of constraints, comments with
//! types, expressions.
//!
//! The text is taken apart into tokens, not parsed: SQLite has accepted it, so parentheses and quotes match.

/// What the text of a table says beyond the pragmas.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableText {
    pub(super) columns: Vec<ColumnText>,
    pub(super) primary_key: Option<String>,
    pub(super) foreign_keys: Vec<NamedKey>,
    pub(super) checks: Vec<NamedCheck>,
}

/// What the text of a column says beyond the pragmas.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColumnText {
    pub(super) name: String,
    /// The comment behind the type: the spec's type.
    pub(super) declared: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) autoincrement: bool,
}

/// A foreign key of the table with its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedKey {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

/// A check with its name, which is empty when it has none, in normal form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedCheck {
    pub(super) name: String,
    pub(super) sql: String,
}

/// What the text of an index says beyond the pragmas.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexText {
    /// The parts of its key in normal form, without `ASC` and `DESC`.
    pub(super) keys: Vec<String>,
    pub(super) predicate: Option<String>,
}

/// Reads `CREATE TABLE`.
pub(super) fn table(sql: &str) -> TableText {
    let tokens = tokens(sql);
    let mut text = TableText::default();
    for item in items(inside(&tokens)) {
        let start = item.iter().position(|token| !token.is_comment()).unwrap_or(0);
        match &item[start..] {
            [first, ..] if first.begins_constraint() => table_constraint(&item[start..], &mut text),
            [Token::Word(name) | Token::Quoted(name), rest @ ..] => {
                text.columns.push(column(name.clone(), rest));
                column_constraints(name, rest, &mut text);
            }
            _ => {}
        }
    }
    text
}

/// Reads `CREATE INDEX`.
pub(super) fn index(sql: &str) -> IndexText {
    let tokens = tokens(sql);
    let key = inside(&tokens);
    let end = tokens.iter().position(|token| *token == Token::Symbol('(')).map_or(0, |open| open + key.len() + 2);
    let rest = tokens.get(end..).unwrap_or_default();
    let predicate = rest.iter().position(|token| token.is("where")).map(|at| normal(&rest[at + 1..]));
    let keys = items(key).into_iter().map(|item| {
        let directed = item.last().is_some_and(|last| last.is("asc") || last.is("desc"));
        normal(&item[..item.len() - usize::from(directed)])
    });
    IndexText { keys: keys.collect(), predicate }
}

/// An expression in normal form: one blank between tokens, no comments, words in lower case, no outer parentheses.
pub(super) fn normalised(sql: &str) -> String {
    normal(&tokens(sql))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A bare word or number, in lower case.
    Word(String),
    /// A quoted name, without its quotes.
    Quoted(String),
    /// A text or blob, with its quotes.
    Text(String),
    Symbol(char),
    /// A comment between `/*` and `*/`, without them.
    Comment(String),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }

    fn is_comment(&self) -> bool {
        matches!(self, Self::Comment(_))
    }

    fn begins_constraint(&self) -> bool {
        ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| self.is(word))
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(name),
            Self::Text(_) | Self::Symbol(_) | Self::Comment(_) => None,
        }
    }
}

fn table_constraint(item: &[Token], text: &mut TableText) {
    let (name, rest) = match item {
        [first, name, rest @ ..] if first.is("constraint") => (name.name().unwrap_or_default().to_owned(), rest),
        rest => (String::new(), rest),
    };
    let Some(kind) = rest.first() else { return };
    if kind.is("check") {
        text.checks.push(NamedCheck { name, sql: normal(inside(rest)) });
    } else if kind.is("foreign") {
        let columns = inside(rest).iter().filter_map(Token::name).map(str::to_owned).collect();
        text.foreign_keys.push(NamedKey { name, columns });
    } else if kind.is("primary") {
        text.primary_key = Some(name);
    }
}

fn column(name: String, rest: &[Token]) -> ColumnText {
    let ty = rest.iter().take_while(|token| matches!(token, Token::Word(word) if !ENDS_TYPE.contains(&word.as_str())));
    let declared = match rest.get(ty.count()) {
        Some(Token::Comment(text)) => Some(text.trim().to_owned()),
        _ => None,
    };
    let after = |word: &str| {
        let at = rest.iter().position(|token| token.is(word))?;
        rest.get(at + 1)?.name().map(str::to_owned)
    };
    ColumnText {
        name,
        declared,
        collation: after("collate"),
        autoincrement: rest.iter().any(|token| token.is("autoincrement")),
    }
}

/// The words that can follow a column's type.
const ENDS_TYPE: &[&str] =
    &["constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as"];

/// The checks and the foreign key that stand behind the column they are about.
fn column_constraints(column: &str, rest: &[Token], text: &mut TableText) {
    for (at, token) in rest.iter().enumerate() {
        let name = || match at.checked_sub(2).map(|from| &rest[from..at]) {
            Some([word, name]) if word.is("constraint") => name.name().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        if token.is("check") && rest.get(at + 1) == Some(&Token::Symbol('(')) {
            text.checks.push(NamedCheck { name: name(), sql: normal(inside(&rest[at..])) });
        } else if token.is("references") {
            text.foreign_keys.push(NamedKey { name: name(), columns: vec![column.to_owned()] });
        }
    }
}

/// The tokens between the first parenthesis and the one that closes it.
fn inside(tokens: &[Token]) -> &[Token] {
    let Some(open) = tokens.iter().position(|token| *token == Token::Symbol('(')) else { return &[] };
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[open + 1..at];
        }
    }
    &tokens[open + 1..]
}

/// The pieces between commas that stand in no further parentheses.
fn items(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let pieces = tokens.split(|token| {
        match token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && *token == Token::Symbol(',')
    });
    pieces.filter(|piece| !piece.is_empty()).collect()
}

fn normal(tokens: &[Token]) -> String {
    let tokens: Vec<_> = tokens.iter().filter(|token| !token.is_comment()).cloned().collect();
    let mut tokens = tokens.as_slice();
    while let [Token::Symbol('('), .., Token::Symbol(')')] = tokens
        && inside(tokens).len() + 2 == tokens.len()
    {
        tokens = &tokens[1..tokens.len() - 1];
    }
    tokens.iter().map(written).collect::<Vec<_>>().join(" ")
}

fn written(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Text(text) => text.clone(),
        // SQLite quotes names when it renames; the same name bare and quoted is one.
        Token::Quoted(name) => seedbed_schema::ddl::quote(name),
        Token::Symbol(symbol) => symbol.to_string(),
        Token::Comment(_) => String::new(),
    }
}

fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            _ if rest.starts_with("/*") => {
                let end = rest[2..].find("*/").map_or(rest.len(), |at| at + 4);
                let comment = rest[2..end].strip_suffix("*/").unwrap_or(&rest[2..end]);
                (Some(Token::Comment(comment.to_owned())), end)
            }
            '\'' => {
                let length = quoted(rest, '\'');
                (Some(Token::Text(rest[..length].to_owned())), length)
            }
            '"' | '`' => {
                let length = quoted(rest, first);
                let name = rest[1..length].strip_suffix(first).unwrap_or(&rest[1..length]);
                (Some(Token::Quoted(name.replace(&format!("{first}{first}"), &first.to_string()))), length)
            }
            '[' => {
                let length = rest.find(']').map_or(rest.len(), |at| at + 1);
                (Some(Token::Quoted(rest[1..length].trim_end_matches(']').to_owned())), length)
            }
            _ if is_word(first) => {
                let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
                (Some(Token::Word(rest[..length].to_ascii_lowercase())), length)
            }
            symbol => (Some(Token::Symbol(symbol)), symbol.len_utf8()),
        };
        tokens.extend(token);
        rest = &rest[length..];
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '.') || !character.is_ascii()
}

/// The length of a quoted piece at the start of the text; a doubled quote inside stands for one.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(next) = text[at..].find(quote) {
        at += next + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table() {
        let text = table(
            r#"CREATE TABLE users (
    -- Who calls, (really).
    id INTEGER /* bigint */ PRIMARY KEY AUTOINCREMENT,
    "order" TEXT /* string(3) */ NOT NULL DEFAULT 'a,(b''' CHECK (length("order") < 3),
    cost INTEGER /* decimal(12,6) */ COLLATE NOCASE
        CONSTRAINT users_cost_range CHECK (cost > 0) CONSTRAINT users_cost_fkey REFERENCES costs (id),
    bare,
    CONSTRAINT users_role_fkey FOREIGN KEY (role_id, "x y") REFERENCES roles (id) ON DELETE RESTRICT,
    CONSTRAINT users_cost_digits CHECK (cost  BETWEEN -1 AND 1 /* why */),
    PRIMARY KEY (a)
) STRICT"#,
        );
        let columns: Vec<_> =
            text.columns.iter().map(|column| (column.name.as_str(), column.declared.as_deref())).collect();
        let expected =
            [("id", Some("bigint")), ("order", Some("string(3)")), ("cost", Some("decimal(12,6)")), ("bare", None)];
        assert_eq!(columns, expected);
        assert!(text.columns[0].autoincrement && !text.columns[1].autoincrement);
        assert_eq!(text.columns[2].collation.as_deref(), Some("nocase"));
        let key = NamedKey { name: "users_role_fkey".into(), columns: vec!["role_id".into(), "x y".into()] };
        let inline_key = NamedKey { name: "users_cost_fkey".into(), columns: vec!["cost".into()] };
        assert_eq!(text.foreign_keys, [inline_key, key]);
        let check = |name: &str, sql: &str| NamedCheck { name: name.into(), sql: sql.into() };
        let inline = check("", r#"length ( "order" ) < 3"#);
        let range = check("users_cost_range", "cost > 0");
        assert_eq!(text.checks, [inline, range, check("users_cost_digits", "cost between - 1 and 1")]);
        assert_eq!(text.primary_key.as_deref(), Some(""));
    }

    #[test]
    fn an_index() {
        let text = index(r#"CREATE UNIQUE INDEX i ON t (a DESC, (lower("b")), c) WHERE (a > 0)"#);
        assert_eq!(text.keys, ["a", "lower ( b )", "c"]);
        assert_eq!(text.predicate.as_deref(), Some("a > 0"));
    }

    #[test]
    fn text_that_does_not_end_is_taken_to_its_end() {
        for sql in ["CREATE TABLE t (a 'x", "CREATE TABLE t (a /* x", "CREATE TABLE t (a \"", "CREATE TABLE t ([", "("]
        {
            table(sql);
            index(sql);
        }
    }

    #[test]
    fn a_name_is_the_same_bare_and_quoted() {
        assert_eq!(normalised(r#"("a" > 'X')"#), normalised("A  >\n'X' -- that"));
        assert_ne!(normalised("a > 'X'"), normalised("a > 'x'"));
        assert_ne!(normalised("(a) or (b)"), normalised("a or b"));
    }
}
