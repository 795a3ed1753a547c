//! `like` patterns, read once and written for each dialect.
//!
//! In the spec's language `%` is any text, `_` any character, and `\` takes the next character as it is; case counts.
//! PostgreSQL's `LIKE` means the same. SQLite's ignores the case of ASCII letters, its `GLOB` does not.

/// The pattern for PostgreSQL's `LIKE`: as it is, but a `\` at the very end, which PostgreSQL would refuse, is taken
/// for itself.
pub fn like_pattern(pattern: &str) -> String {
    pieces(pattern)
        .map(|piece| match piece {
            Piece::AnyText => "%".to_owned(),
            Piece::AnyCharacter => "_".to_owned(),
            Piece::Character(character @ ('%' | '_' | '\\')) => format!("\\{character}"),
            Piece::Character(character) => character.to_string(),
        })
        .collect()
}

/// The pattern for SQLite's `GLOB`.
pub fn glob_pattern(pattern: &str) -> String {
    pieces(pattern)
        .map(|piece| match piece {
            Piece::AnyText => "*".to_owned(),
            Piece::AnyCharacter => "?".to_owned(),
            Piece::Character(character @ ('*' | '?' | '[')) => format!("[{character}]"),
            Piece::Character(character) => character.to_string(),
        })
        .collect()
}

enum Piece {
    AnyText,
    AnyCharacter,
    Character(char),
}

fn pieces(pattern: &str) -> impl Iterator<Item = Piece> {
    let mut characters = pattern.chars();
    std::iter::from_fn(move || {
        Some(match characters.next()? {
            '%' => Piece::AnyText,
            '_' => Piece::AnyCharacter,
            '\\' => Piece::Character(characters.next().unwrap_or('\\')),
            character => Piece::Character(character),
        })
    })
}
