//! Names on both sides: Rust identifiers with keywords escaped, and database identifiers cut to what both databases keep.

/// The most bytes PostgreSQL keeps of an identifier; longer ones it would cut off in silence.
pub const MAX_IDENTIFIER_BYTES: usize = 63;

/// The name as a Rust identifier: a keyword gets `r#`, and the few that cannot be raw get a trailing underscore.
pub fn rust_identifier(name: &str) -> String {
    match name {
        "self" | "Self" | "super" | "crate" | "_" => format!("{name}_"),
        _ if KEYWORDS.contains(&name) => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// The name itself when it fits into [`MAX_IDENTIFIER_BYTES`], else its beginning and a hash of the whole.
pub fn shorten(name: &str) -> String {
    if name.len() <= MAX_IDENTIFIER_BYTES {
        return name.to_owned();
    }
    let hash = format!("_{:08x}", fnv1a(name) as u32);
    let mut end = MAX_IDENTIFIER_BYTES - hash.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{hash}", &name[..end])
}

/// FNV-1a, 64 bits: stable for ever and needing no dependency; folded to 32 bits by the caller.
fn fnv1a(text: &str) -> u64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^ (hash >> 32)
}

/// Every strict and reserved keyword up to edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
