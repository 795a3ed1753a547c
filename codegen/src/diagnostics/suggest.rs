//! "Did you mean": the nearest known name by edit distance, whatever its case.

use seedbed_schema::edits;

/// The farthest that a name may be from what was written.
const MAX_DISTANCE: usize = 3;

/// The most names that are looked at.
const MAX_NAMES: usize = 5_000;

/// The longest list of names that is shown when none is near.
const MAX_LISTED: usize = 12;

/// The known name nearest to what was written, if one is near enough.
///
/// Of very many names only the first ones are looked at: the search is for a person's slip, and must not take long.
pub(crate) fn nearest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found: Vec<char> = found.to_lowercase().chars().collect();
    let limit = MAX_DISTANCE.min(found.len().div_ceil(3));
    names
        .into_iter()
        .take(MAX_NAMES)
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            (letters.len().abs_diff(found.len()) <= limit).then(|| (edits(&found, &letters), name))
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// The names as a sentence, when they are few.
pub(crate) fn known(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("the only one known is `{name}`")),
        _ if names.len() > MAX_LISTED => None,
        _ => Some(format!("known are {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(found: &str, names: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(found, names.iter().copied()), expected);
    }

    #[test]
    fn a_slip_of_the_finger_is_found_whatever_its_case() {
        check("Usre", &["User", "Role"], Some("User"));
        check("USER", &["User", "Usage"], Some("User"));
        check("beginns_to", &["belongs_to", "fields"], Some("belongs_to"));
    }

    #[test]
    fn a_different_word_is_not_near() {
        check("abc", &["xyz"], None);
        check("x", &["id", "name"], None);
        check("", &["id"], None);
    }
}
