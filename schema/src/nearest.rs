//! "Did you mean": the known name that is nearest to what was written.

/// The name nearest to what was written, whatever its case, if one is near enough to be meant.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let written = written.to_lowercase();
    let limit = (written.chars().count() / 3).clamp(1, 3);
    names
        .into_iter()
        .map(|name| (edits(&written, &name.to_lowercase()), name))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// How many letters must be added, taken away, replaced, or swapped with their neighbour to get from one to the other.
fn edits(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let width = to.len() + 1;
    let mut table = vec![0; (from.len() + 1) * width];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            table[i * width + j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let differs = usize::from(from[i - 1] != to[j - 1]);
                    let replaced = table[(i - 1) * width + j - 1] + differs;
                    let added = table[i * width + j - 1] + 1;
                    let taken = table[(i - 1) * width + j] + 1;
                    let swapped = match i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                        true => table[(i - 2) * width + j - 2] + 1,
                        false => usize::MAX,
                    };
                    replaced.min(added).min(taken).min(swapped)
                }
            };
        }
    }
    table[from.len() * width + to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [("", "", 0), ("", "ab", 2), ("name", "nmae", 1), ("cost", "costs", 1), ("a", "b", 1)]
        {
            assert_eq!(edits(from, to), count, "{from} {to}");
            assert_eq!(edits(to, from), count, "{to} {from}");
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
