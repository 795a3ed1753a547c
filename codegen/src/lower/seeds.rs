//! Seeds: where the rows are, and by which key they are told apart.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use seedbed_schema::{Field, FieldId, Literal, Seed, SeedRows};

use super::draft::Found;
use super::indexes::fields;
use super::names::snake;
use super::services::model;
use super::{Draft, Drafts, literal};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{CellSpec, ListOf, Name, Named, SeedSpec, Spec, Text};
use crate::paths;
use crate::source::Span;

/// The seeds, each with where it is written.
pub(super) fn lower(spec: &Spec, drafts: &Drafts<'_>, folder: &Path, report: &mut Report) -> Vec<(Seed, Span)> {
    let seeds = spec.seeds.iter().flat_map(|seeds| &seeds.items);
    seeds.filter_map(|written| seed(written, drafts, folder, report).map(|seed| (seed, written.span))).collect()
}

fn seed(written: &SeedSpec, drafts: &Drafts<'_>, folder: &Path, report: &mut Report) -> Option<Seed> {
    let id = model(written.model.as_ref()?, drafts, report);
    let draft = id.map(|id| drafts.model(id));
    let key = draft.and_then(|draft| key(written, draft, report));
    let rows = match (&written.file, &written.rows) {
        (Some(file), None) => seed_file(file, folder, report).map(SeedRows::File),
        (None, Some(rows)) => draft.and_then(|draft| inline(rows, draft, drafts, report)),
        (Some(_), Some(rows)) => {
            report.push(
                Diagnostic::error(Code::SeedRows, rows.span, "a seed has `file` or `rows`, not both")
                    .help("write two seeds"),
            );
            None
        }
        (None, None) => {
            report.push(
                Diagnostic::error(Code::SeedRows, written.span, "a seed needs `file` or `rows`")
                    .help("name a CSV file: `file: data/roles.csv`"),
            );
            None
        }
    };
    let when = variable(written.when.as_ref(), report);
    Some(Seed { model: id?, rows: rows?, key: key?, when, set: written.set.as_ref().map(|set| set.text.clone()) })
}

/// A variable of the environment, which has a name that shells accept.
fn variable(name: Option<&Name>, report: &mut Report) -> Option<String> {
    let name = name?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.text.chars().all(word) || name.text.starts_with(|c: char| c.is_ascii_digit()) || name.text.is_empty() {
        let message = format!("`{}` is not the name of an environment variable", name.text);
        report.push(
            Diagnostic::error(Code::BadName, name.span, message).help("write it like `TEST_API_KEY`, without `$`"),
        );
    }
    Some(name.text.clone())
}

/// The fields of a seed's key, which are the primary key or a unique one and never NULL.
fn key(written: &SeedSpec, draft: &Draft<'_>, report: &mut Report) -> Option<Vec<FieldId>> {
    let names = written.key.as_ref()?;
    let found: Vec<Option<Vec<FieldId>>> = names.items.iter().map(|name| fields(name, draft, report)).collect();
    let ids: Vec<FieldId> = found.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let wanted: BTreeSet<FieldId> = ids.iter().copied().collect();
    let same = |key: &[FieldId]| key.iter().copied().collect::<BTreeSet<_>>() == wanted;
    let keys: Vec<Vec<FieldId>> = std::iter::once(draft.model.key.clone())
        .chain(draft.model.indexes.iter().filter_map(|index| index.unique_fields()))
        .collect();
    if draft.missing.is_empty() && !keys.iter().any(|key| same(key)) {
        let known: Vec<String> = keys.iter().map(|key| shown(draft, key)).collect();
        report.push(
            Diagnostic::error(
                Code::SeedKey,
                names.span,
                format!("{} is not unique in `{}`", shown(draft, &ids), draft.name.text),
            )
            .help(format!("keys that tell one row from another: {}", known.join(", "))),
        );
        return None;
    }
    if let Some(nullable) = ids.iter().map(|id| draft.model.field(*id)).find(|field| field.nullable) {
        let message = format!("`{}` may be NULL, and NULL does not tell one row from another", nullable.name);
        report.push(Diagnostic::error(Code::SeedKey, names.span, message).help("choose a key that is NOT NULL"));
    }
    Some(ids)
}

fn shown(draft: &Draft<'_>, ids: &[FieldId]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| draft.model.field(*id).name.as_str()).collect();
    match names.as_slice() {
        [name] => format!("`{name}`"),
        _ => format!("`[{}]`", names.join(", ")),
    }
}

fn seed_file(text: &Text, folder: &Path, report: &mut Report) -> Option<String> {
    let relative = paths::inside(text, report)?;
    let path = folder.join(&relative);
    if !path.is_file() {
        report.push(
            Diagnostic::error(Code::SeedFile, text.span, format!("there is no file `{}`", text.text))
                .help("the path counts from the folder of the spec"),
        );
        return None;
    }
    if !paths::stays_inside(folder, &path) {
        let message = format!("`{}` leads out of the folder of the spec through a link", text.text);
        report.push(Diagnostic::error(Code::OutsidePath, text.span, message).help("put the file itself there"));
        return None;
    }
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// Rows in the spec: every row has the same columns, and every column is a field or an association.
fn inline(
    rows: &ListOf<Named<CellSpec>>,
    draft: &Draft<'_>,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> Option<SeedRows> {
    let Some(first) = rows.items.first() else {
        report.push(
            Diagnostic::error(Code::SeedRows, rows.span, "the seed has no rows")
                .help("write at least one, or leave the seed out"),
        );
        return None;
    };
    let header: Vec<String> = first.items.iter().map(|(name, _)| snake(&name.text)).collect();
    let mut complete = known_columns(first, draft, report);
    complete &= required_columns(&header, first.span, draft, report);
    let mut out = Vec::new();
    for row in &rows.items {
        complete &= same_columns(row, &header, first, report);
        for (name, cell) in &row.items {
            complete &= value(name, cell, draft, drafts, report);
        }
        let cells: HashMap<String, &str> =
            row.items.iter().map(|(name, cell)| (snake(&name.text), cell.text.as_str())).collect();
        let cell = |column: &String| cells.get(column).map(|text| (*text).to_owned());
        out.extend(header.iter().map(cell).collect::<Option<Vec<String>>>());
        if report.is_full() {
            break;
        }
    }
    complete.then_some(SeedRows::Inline { header, rows: out })
}

fn known_columns(row: &Named<CellSpec>, draft: &Draft<'_>, report: &mut Report) -> bool {
    row.items.iter().fold(true, |complete, (name, _)| fields(name, draft, report).is_some() && complete)
}

/// A row without a field that is neither nullable nor has a default could never be inserted.
fn required_columns(header: &[String], span: Span, draft: &Draft<'_>, report: &mut Report) -> bool {
    let named: BTreeSet<FieldId> = header
        .iter()
        .flat_map(|name| match draft.find(name) {
            Found::Field(id) => vec![id],
            Found::Fields(ids) => ids.to_vec(),
            _ => Vec::new(),
        })
        .collect();
    let fields = draft.model.fields.iter().enumerate();
    let missing: Vec<&str> = fields
        .filter(|(at, field)| field.required() && !named.contains(&FieldId(*at)))
        .map(|(_, field)| field.name.as_str())
        .collect();
    if missing.is_empty() || !draft.missing.is_empty() {
        return true;
    }
    let message = format!("the row lacks `{}`, which `{}` requires", missing.join("`, `"), draft.name.text);
    report.push(Diagnostic::error(Code::SeedRows, span, message).help("give it a value"));
    false
}

fn same_columns(row: &Named<CellSpec>, header: &[String], first: &Named<CellSpec>, report: &mut Report) -> bool {
    let found: BTreeSet<String> = row.items.iter().map(|(name, _)| snake(&name.text)).collect();
    let expected: BTreeSet<String> = header.iter().cloned().collect();
    if found == expected {
        return true;
    }
    let differing: Vec<&str> = found.symmetric_difference(&expected).map(String::as_str).collect();
    let message = format!("this row and the first differ in their columns: `{}`", differing.join("`, `"));
    report.push(
        Diagnostic::error(Code::SeedRows, row.span, message)
            .secondary(first.span, "the first row")
            .help("give every row the same columns; NULL is written `null`"),
    );
    false
}

/// A cell that says its value itself has to fit the field; what comes from a file or the environment is known later.
fn value(name: &Name, cell: &CellSpec, draft: &Draft<'_>, drafts: &Drafts<'_>, report: &mut Report) -> bool {
    let Found::Field(id) = draft.find(&name.text) else { return true };
    let (field, origin) = draft.field(id);
    let text = cell.text.as_str();
    if origin.broken || text.starts_with("env:") || text.starts_with("file:") || text.starts_with('\\') {
        return true;
    }
    if text == "null" {
        if !field.nullable {
            let message = format!("`{}` is never NULL", field.name);
            report.push(
                Diagnostic::error(Code::SeedRows, cell.span, message)
                    .help("give a value; quote it if the text `null` is meant"),
            );
        }
        return field.nullable;
    }
    match literal::parse(field.ty, text, false, &drafts.enums) {
        Ok(literal) => fits(&literal, field, cell, drafts, report),
        Err(misfit) => {
            let code = if misfit.unknown_value { Code::UnknownValue } else { Code::SeedRows };
            let mut diagnostic = Diagnostic::error(code, cell.span, format!("`{text}` {}", misfit.problem));
            diagnostic.help = misfit.help;
            diagnostic.suggestion = misfit.suggestion;
            report.push(diagnostic.label(format!("`{}` is `{}`", field.name, drafts.type_name(field.ty))));
            false
        }
    }
}

/// Whether a document can be read as the named type of its field; if not, that is reported.
fn fits(literal: &Literal, field: &Field, cell: &CellSpec, drafts: &Drafts<'_>, report: &mut Report) -> bool {
    let (Some(id), Literal::Json(document)) = (field.json, literal) else { return true };
    let Some(problem) = drafts.json.misfit(id, document, &drafts.enums) else { return true };
    report.push(
        Diagnostic::error(Code::SeedRows, cell.span, format!("`{}` {problem}", cell.text))
            .label(format!("`{}` is `{}`", field.name, drafts.json.types[id.0].name))
            .secondary(drafts.json.spans[id.0], "the type is declared here"),
    );
    false
}
