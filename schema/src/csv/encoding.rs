//! UTF-8 and nothing else: what is not is named.

use std::str;

/// The bytes up to the last whole character, and the beginning of one that is cut off at the end.
///
/// # Errors
/// How many bytes come before the first that is not UTF-8.
pub(super) fn whole_characters(bytes: &[u8]) -> Result<(&[u8], &[u8]), usize> {
    match str::from_utf8(bytes) {
        Ok(_) => Ok((bytes, &[])),
        Err(error) if error.error_len().is_none() => Ok(bytes.split_at(error.valid_up_to())),
        Err(error) => Err(error.valid_up_to()),
    }
}

/// Another encoding that the first bytes of a file give away.
pub(super) fn other_encoding(first: &[u8]) -> Option<&'static str> {
    match first {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("UTF-16"),
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some("UTF-16"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_known_by_its_mark_or_its_zeros() {
        assert_eq!(other_encoding(b"\xff\xfei\0d\0"), Some("UTF-16"));
        assert_eq!(other_encoding(b"\xfe\xff\0i\0d"), Some("UTF-16"));
        assert_eq!(other_encoding(b"i\0d\0"), Some("UTF-16"));
        assert_eq!(other_encoding(b"\0i\0d"), Some("UTF-16"));
        assert_eq!(other_encoding(b"\xff\xfe\0\0i\0\0\0"), Some("UTF-32"));
        assert_eq!(other_encoding(b"id,name"), None);
    }
}
