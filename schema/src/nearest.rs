//! "Did you mean": the known name that is nearest to what was written.

/// The name nearest to what was written, whatever its case, if one is near enough to be meant.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let written = letters(written);
    let limit = (written.len() / 3).clamp(1, 3);
    names
        .into_iter()
        .map(|name| (edits(&written, &letters(name)), name))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

fn letters(name: &str) -> Vec<char> {
    name.to_lowercase().chars().collect()
}

/// How many letters must be added, taken away, replaced, or swapped with their neighbour to get from one to the other.
pub fn edits(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in to.iter().enumerate() {
            let mut least = (last[j] + usize::from(letter != other)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == to[j - 1] && from[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [("", "", 0), ("", "ab", 2), ("name", "nmae", 1), ("cost", "costs", 1), ("a", "b", 1)]
        {
            assert_eq!(edits(&letters(from), &letters(to)), count, "{from} {to}");
            assert_eq!(edits(&letters(to), &letters(from)), count, "{to} {from}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let names = ["first_name", "last_name", "email"];
        assert_eq!(nearest("fist_name", names), Some("first_name"));
        assert_eq!(nearest("EMIAL", names), Some("email"));
        assert_eq!(nearest("phone", names), None);
        assert_eq!(nearest("", names), None);
    }
}
