//! Specs of any number of models: ten fields each, a few associations, the usual indexes.
//!
//! The models of one spec differ in name and in what they belong to, as those of a real system do; their fields are of
//! every kind that a service has.

use std::fmt::Write;

/// The fields of each model beside those of its associations: name and spec line.
const FIELDS: [(&str, &str); 8] = [
    ("name", "string(200)"),
    ("slug", "string(80) unique"),
    ("state", "State = open"),
    ("priority", "int = 0"),
    ("amount", "decimal(12,6)?"),
    ("settings", "json = {}"),
    ("note", "text?"),
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

/// The models that the one at that place belongs to: some before it, so that rows can be inserted in order.
pub fn parents(at: usize) -> Vec<usize> {
    let mut parents = vec![at / 2, at / 3, at.saturating_sub(1)];
    parents.retain(|&parent| parent < at);
    parents.dedup();
    parents
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
        let (parent, inverse) = (model_name(parent), format!("{}_by_{number}", name.to_lowercase()));
        // The first is needed, the others may be absent.
        let nullable = if number == 0 { "" } else { "?" };
        writeln!(text, "      parent{number}: {parent}{nullable} inverse={inverse}")?;
    }
    writeln!(text, "    indexes:\n      - [state, created_at]")
}
