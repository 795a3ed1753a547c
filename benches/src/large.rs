//! Specs of any number of models: ten fields each, two associations and about two that others have with them, an index.
//!
//! The models of one spec differ in name and in what they belong to; their fields are of every kind that a service has.

use std::fmt::Write;

/// The fields of each model beside its key, those of its associations and two timestamps: name and spec line.
const FIELDS: [(&str, &str); 7] = [
    ("name", "string(200)"),
    ("slug", "string(80) unique"),
    ("state", "State = open"),
    ("priority", "int = 0"),
    ("amount", "decimal(12,6)?"),
    ("settings", "json = {}"),
    ("due_at", "timestamp?"),
];

/// A spec of that many models.
pub fn spec(models: usize) -> String {
    let mut text = String::from(
        "seedbed: 1\n\
         package: database\n\
         dialects: [postgres, sqlite]\n\
         mixins:\n  timestamps:\n    created_at: timestamp = now\n    updated_at: timestamp = now on_update\n\
         defaults:\n  key: bigint = auto\n  use: [timestamps]\n\
         enums:\n  State: [open, waiting, closed]\n\
         models:\n",
    );
    for at in 0..models {
        // Writing to a `String` cannot fail.
        let _ = model(&mut text, at);
    }
    text
}

/// The name of the model at that place.
pub fn model_name(at: usize) -> String {
    format!("Entity{at:04}")
}

/// The models that the one at that place belongs to, all of them before it: the first it needs, the other may be absent.
pub fn parents(at: usize) -> Vec<usize> {
    let mut parents = vec![at / 2, at.saturating_sub(1)];
    parents.retain(|&parent| parent < at);
    parents.dedup();
    parents
}

/// The models that belong to the one at that place, among so many, and by which of their associations.
pub fn children(at: usize, models: usize) -> impl Iterator<Item = (usize, usize)> {
    (at + 1..models).flat_map(move |child| {
        let parents = parents(child).into_iter().enumerate();
        parents.filter(move |&(_, parent)| parent == at).map(move |(number, _)| (child, number))
    })
}

/// The name of an association of a model at that place, as its parent sees it.
pub fn inverse(at: usize, number: usize) -> String {
    format!("{}_by_{number}", model_name(at).to_lowercase())
}

fn model(text: &mut String, at: usize) -> std::fmt::Result {
    let name = model_name(at);
    writeln!(text, "  {name}:\n    doc: What `{name}` stands for.\n    fields:")?;
    for (field, line) in FIELDS {
        writeln!(text, "      {field}: {line}")?;
    }
    let parents = parents(at);
    if !parents.is_empty() {
        writeln!(text, "    belongs_to:")?;
    }
    for (number, &parent) in parents.iter().enumerate() {
        let nullable = if number == 0 { "" } else { "?" };
        let (parent, inverse) = (model_name(parent), inverse(at, number));
        writeln!(text, "      parent{number}: {parent}{nullable} inverse={inverse}")?;
    }
    writeln!(text, "    indexes:\n      - [state, created_at]")
}
