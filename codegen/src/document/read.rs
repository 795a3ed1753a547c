//! Reads a spec and the files it includes.

use std::path::{Path, PathBuf};

use super::decode::{Decode, ListOf, Named};
use super::macros::construct;
use super::{EnumSpec, FieldSpec, JsonTypeSpec, ModelSpec, SeedSpec, ServiceSpec, Spec, Text, flow};
use crate::Texts;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::paths;
use crate::source::{FileId, Span};
use crate::yaml::{self, Node};

construct! {
    /// A file that a spec includes.
    pub(crate) struct PartSpec {
        /// Fields that models share.
        "mixins" => mixins: Named<Named<FieldSpec>>,
        /// Closed sets of texts.
        "enums" => enums: Named<EnumSpec>,
        /// Types of JSON: shapes, lists, and Rust types from elsewhere.
        "types" => types: Named<JsonTypeSpec>,
        /// The models.
        "models" => models: Named<ModelSpec>,
        /// Rows that every database has.
        "seeds" => seeds: ListOf<SeedSpec>,
        /// Who may write and read what.
        "services" => services: Named<ServiceSpec>,
    }
    later ["hooks", "dialect"]
}

/// The keys that only the spec itself may have, not a file that it includes.
const ROOT_ONLY: [&str; 7] = ["seedbed", "package", "dialects", "naming", "connect", "include", "defaults"];

/// Reads the spec at a path and everything that it includes; a given text is read in the place of the file at its path.
pub(crate) fn read(path: &Path, mut texts: Texts, report: &mut Report) -> Option<Spec> {
    let file = open(path, None, &mut texts, report)?;
    let node = tree(file, report)?;
    let mut spec = Spec::decode(&node, report)?;
    let Some(include) = spec.include.take() else { return Some(spec) };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut files: Vec<(PathBuf, Span)> = Vec::new();
    for pattern in &include.items {
        for found in matching(folder, pattern, report) {
            if !files.iter().any(|(known, _)| *known == found) {
                files.push((found, pattern.span));
            }
        }
    }
    for (path, span) in files {
        if path.exists() && !paths::stays_inside(folder, &path) {
            let message = format!("`{}` leads out of the folder of the spec through a link", path.display());
            report.push(Diagnostic::error(Code::OutsidePath, span, message).help("put the file itself there"));
            continue;
        }
        if let Some(part) = part(&path, span, &mut texts, report) {
            append(&mut spec, part);
        }
    }
    Some(spec)
}

/// Opens a file; if that fails, the place that names it is to blame, or the file itself for want of one.
fn open(path: &Path, named_at: Option<Span>, texts: &mut Texts, report: &mut Report) -> Option<FileId> {
    if let Some(text) = texts.remove(path) {
        return yaml::accept(text.into_bytes(), path, report);
    }
    match yaml::open(path, report) {
        Ok(file) => file,
        Err(error) => {
            let span = named_at.unwrap_or_else(|| Span::beginning(report.sources.add(path.to_owned(), String::new())));
            let message = format!("cannot read `{}`: {error}", path.display());
            report.push(Diagnostic::error(Code::Unreadable, span, message).help(match named_at {
                Some(_) => "the path counts from the folder of the spec",
                None => "a spec is usually called `schema.yaml`",
            }));
            None
        }
    }
}

fn tree(file: FileId, report: &mut Report) -> Option<Node> {
    let before = report.items.len();
    let Some(mut node) = yaml::parse(file, report) else {
        if report.items.len() == before {
            report.push(
                Diagnostic::error(Code::Empty, Span::beginning(file), "the file holds nothing")
                    .help("a spec begins with `seedbed: 1` and has `models:`"),
            );
        }
        return None;
    };
    flow::mend(&mut node, report);
    Some(node)
}

fn part(path: &Path, named_at: Span, texts: &mut Texts, report: &mut Report) -> Option<PartSpec> {
    let file = open(path, Some(named_at), texts, report)?;
    let mut node = tree(file, report)?;
    if let Node::Map(map) = &mut node {
        map.entries.retain(|(key, _)| {
            let root_only = ROOT_ONLY.contains(&key.text.as_str());
            if root_only {
                report.push(
                    Diagnostic::error(Code::RootOnly, key.span, format!("`{}` belongs in the spec itself", key.text))
                        .secondary(named_at, "this file is included here")
                        .help("an included file has `mixins`, `enums`, `types`, `models`, `seeds` and `services`"),
                );
            }
            !root_only
        });
    }
    PartSpec::decode(&node, report)
}

fn append(spec: &mut Spec, part: PartSpec) {
    join(&mut spec.mixins, part.mixins);
    join(&mut spec.enums, part.enums);
    join(&mut spec.types, part.types);
    join(&mut spec.models, part.models);
    join(&mut spec.services, part.services);
    match (&mut spec.seeds, part.seeds) {
        (Some(seeds), Some(more)) => seeds.items.extend(more.items),
        (seeds @ None, more) => *seeds = more,
        _ => {}
    }
}

fn join<T>(whole: &mut Option<Named<T>>, part: Option<Named<T>>) {
    match (whole, part) {
        (Some(whole), Some(part)) => whole.items.extend(part.items),
        (whole @ None, part) => *whole = part,
        _ => {}
    }
}

/// The files that a pattern means, sorted by name; `*` stands for any text in the last part of the path.
fn matching(folder: &Path, pattern: &Text, report: &mut Report) -> Vec<PathBuf> {
    let Some(relative) = paths::inside(pattern, report) else { return Vec::new() };
    let name = relative.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let parent = folder.join(relative.parent().unwrap_or(Path::new("")));
    if !name.contains('*') {
        return vec![folder.join(relative)];
    }
    let listed = if parent.as_os_str().is_empty() { Path::new(".") } else { &parent };
    let entries = std::fs::read_dir(listed).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|found| paths::matches(&name, found))
        .collect();
    names.sort();
    if names.is_empty() {
        let message = format!("no file matches `{}`", pattern.text);
        report.push(
            Diagnostic::error(Code::Unreadable, pattern.span, message)
                .help("the path counts from the folder of the spec"),
        );
    }
    names.into_iter().map(|name| parent.join(name)).collect()
}
