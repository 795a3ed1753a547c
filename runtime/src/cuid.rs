//! Collision-resistant ids: 24 lower-case letters and digits that begin with a letter.
//!
//! The form is that of cuid2: no order, no time that could be read off; the randomness is that of a version 4 UUID
//! pair, which is more than 24 digits to base 36 can hold.

use uuid::Uuid;

const LENGTH: usize = 24;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A new id.
pub(crate) fn cuid() -> String {
    let mut words = [Uuid::new_v4().as_u128(), Uuid::new_v4().as_u128()];
    let mut digit = |at: usize, base: u128| {
        let word = &mut words[at % 2];
        let digit = (*word % base) as usize;
        *word /= base;
        digit
    };
    let first = char::from(DIGITS[10 + digit(0, 26)]);
    let rest = (1..LENGTH).map(|at| char::from(DIGITS[digit(at, 36)]));
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::cuid;

    #[test]
    fn ids_have_the_form_and_differ() {
        let ids: HashSet<String> = (0..10_000).map(|_| cuid()).collect();
        assert_eq!(ids.len(), 10_000);
        for id in ids {
            assert_eq!(id.len(), 24, "{id}");
            assert!(id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
        }
    }
}
