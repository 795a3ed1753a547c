//! Paths written in a spec: relative to its folder, and never out of it.

use std::path::{Component, Path, PathBuf};

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::yaml::Scalar;

/// The relative path that a text is, unless it could lead out of the folder.
pub(crate) fn inside(text: &Scalar, report: &mut Report) -> Option<PathBuf> {
    let path = PathBuf::from(&text.text);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !plain || text.text.is_empty() || text.text.contains('\\') {
        let message = format!("`{}` is not a path below the folder of the spec", text.text);
        report.push(
            Diagnostic::error(Code::OutsidePath, text.span, message)
                .help("write a relative path with `/`, without `..`, such as `data/roles.csv`"),
        );
        return None;
    }
    Some(path.components().filter(|part| matches!(part, Component::Normal(_))).collect())
}

/// Whether a path that exists stays below a folder when links are followed.
pub(crate) fn stays_inside(folder: &Path, path: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(path)) => path.starts_with(folder),
        _ => false,
    }
}

/// Whether a name has the form of a pattern in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("*.yaml", "a.yaml"));
        assert!(matches("a*b*.yaml", "axxbyy.yaml"));
        assert!(!matches("*.yaml", "a.yml"));
        assert!(!matches("a*a", "a"));
        assert!(matches("a.yaml", "a.yaml") && !matches("a.yaml", "b.yaml"));
    }
}
