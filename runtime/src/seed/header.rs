//! What the columns of a seed are: its header, read against the model.

use seedbed_schema::csv::Record;
use seedbed_schema::{Seed, nearest};

use super::problem::{Label, SeedProblems};
use crate::new_row::null;
use crate::{Value, meta};

/// The columns of a seed.
#[derive(Debug)]
pub(super) struct Layout {
    /// The model.
    pub(super) model: &'static meta::Model,
    /// The columns in the order of the file.
    pub(super) columns: Vec<Column>,
    /// Fields that the file does not have, and whose defaults are ours to bind.
    pub(super) filled: Vec<&'static meta::Field>,
    /// The fields that tell one row from another.
    pub(super) key: Vec<&'static meta::Field>,
}

/// One column of a seed.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name as the file has it.
    pub(super) name: String,
    /// What its cells are.
    pub(super) target: Target,
}

/// What the cells of a column are.
#[derive(Debug)]
pub(super) enum Target {
    /// Values of a field.
    Field(&'static meta::Field),
    /// Keys of rows that an association leads to.
    Association(Lookup),
}

/// How a cell finds the row of another model.
#[derive(Debug)]
pub(super) struct Lookup {
    /// The association.
    pub(super) association: &'static meta::Association,
    /// The model it leads to.
    pub(super) target: &'static meta::Model,
    /// The fields that hold the key, each with the field of the target that it equals.
    pub(super) pairs: Vec<(&'static meta::Field, &'static meta::Field)>,
    /// The fields of the target that the cell may be the value of.
    pub(super) candidates: Vec<&'static meta::Field>,
}

impl Layout {
    /// Reads the header of a seed; `None` if something is wrong with it.
    pub(super) fn read(
        meta: &'static meta::Schema,
        model: &'static meta::Model,
        seed: &Seed,
        header: &Record,
        label: &Label,
        problems: &mut SeedProblems,
    ) -> Option<Self> {
        let before = problems.count();
        let names = Names { meta, model };
        let mut columns: Vec<Column> = Vec::new();
        for cell in &header.cells {
            let name = cell.text.trim();
            let found = names.find(name).and_then(|target| match first_of_same(&columns, &target) {
                Some(first) => Err(format!("`{name}` is `{first}` once more")),
                None => Ok(Column { name: name.to_owned(), target }),
            });
            match found {
                Ok(column) => columns.push(column),
                Err(message) => problems.add_at(label, cell.place, message),
            }
        }
        let key = seed.key.iter().map(|id| &model.fields[id.0]).collect();
        let layout = Self { model, filled: filled(model, &columns), columns, key };
        if problems.count() == before {
            layout.missing().into_iter().for_each(|message| problems.add_at(label, header.place(), message));
        }
        (problems.count() == before).then_some(layout)
    }

    /// Whether the file says the field, by itself or through an association.
    pub(super) fn gives(&self, field: &meta::Field) -> bool {
        gives(&self.columns, field)
    }

    /// Whether each row has a value for the field once it is staged.
    pub(super) fn has(&self, field: &meta::Field) -> bool {
        self.gives(field) || self.filled.iter().any(|filled| filled.at == field.at)
    }

    /// The place of the column that says the field.
    pub(super) fn column_of(&self, field: &meta::Field) -> Option<usize> {
        self.columns.iter().position(|column| column.fields().any(|given| given.at == field.at))
    }

    /// The columns that are associations, with their places.
    pub(super) fn lookups(&self) -> impl Iterator<Item = (usize, &Lookup)> {
        self.columns.iter().enumerate().filter_map(|(at, column)| match &column.target {
            Target::Field(_) => None,
            Target::Association(lookup) => Some((at, lookup)),
        })
    }

    /// What is said about each field that must be there and is not.
    fn missing(&self) -> Vec<String> {
        let is_key = |field: &meta::Field| self.key.iter().any(|key| key.at == field.at);
        let is_required = |field: &meta::Field| matches!(field.default, meta::FieldDefault::None) && !field.nullable;
        let missing = self.model.fields.iter().filter(|field| !self.gives(field));
        missing
            .filter_map(|field| {
                let why = if is_key(field) {
                    "the seed's rows are told apart by it".to_owned()
                } else if is_required(field) {
                    format!("`{}.{}` has no default and must not be null", self.model.name, field.name)
                } else {
                    return None;
                };
                let or = association_of(self.model, field).map(|association| format!(" or `{}`", association.name));
                Some(format!("column `{}`{} is missing: {why}", field.name, or.unwrap_or_default()))
            })
            .collect()
    }
}

impl Column {
    /// NULL for each value that a cell of it stands for.
    pub(super) fn nulls(&self) -> Vec<Value> {
        match &self.target {
            Target::Field(field) => vec![null(field)],
            Target::Association(lookup) => lookup.nulls(),
        }
    }

    /// The fields that its cells decide.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static meta::Field> {
        let (field, pairs) = match &self.target {
            Target::Field(field) => (Some(*field), &[][..]),
            Target::Association(lookup) => (None, lookup.pairs.as_slice()),
        };
        field.into_iter().chain(pairs.iter().map(|(field, _)| *field))
    }
}

impl Lookup {
    /// NULL for each candidate.
    pub(super) fn nulls(&self) -> Vec<Value> {
        self.candidates.iter().map(|field| null(field)).collect()
    }
}

/// The names that a column may have.
struct Names {
    meta: &'static meta::Schema,
    model: &'static meta::Model,
}

impl Names {
    fn find(&self, name: &str) -> Result<Target, String> {
        if let Some(field) = self.model.field(name).or(self.field_by_letters(name)?) {
            return Ok(Target::Field(field));
        }
        let association = self.associations().find(|association| letters(association.name) == letters(name));
        if let Some(association) = association {
            return self.lookup(association).map(Target::Association);
        }
        let column = self.model.fields.iter().find(|field| letters(field.column) == letters(name));
        column.map(Target::Field).ok_or_else(|| self.unknown(name))
    }

    /// The field whose name has the same letters and digits, in any case style.
    fn field_by_letters(&self, name: &str) -> Result<Option<&'static meta::Field>, String> {
        let mut found = self.model.fields.iter().filter(|field| letters(field.name) == letters(name));
        let first = found.next();
        match (first, found.next()) {
            (Some(first), Some(second)) => {
                Err(format!("`{name}` could be `{}` or `{}`: write the one that is meant", first.name, second.name))
            }
            _ => Ok(first),
        }
    }

    fn associations(&self) -> impl Iterator<Item = &'static meta::Association> {
        self.model.associations.iter().filter(|one| one.kind == meta::AssociationKind::BelongsTo)
    }

    fn lookup(&self, association: &'static meta::Association) -> Result<Lookup, String> {
        let fields: Vec<_> = association.fields.iter().map(|&at| self.model.fields[at].name).collect();
        let no_way = || {
            let name = association.name;
            format!(
                "a `{}` has no key of one field that `{name}` could give: use `{}`",
                association.target,
                fields.join("`, `")
            )
        };
        let target = self.meta.model(association.target).ok_or_else(no_way)?;
        let local = association.fields.iter().map(|&at| &self.model.fields[at]);
        let remote = association.target_fields.iter().filter_map(|name| target.field(name));
        let candidates: Vec<_> = target
            .unique
            .iter()
            .filter(|unique| !unique.partial)
            .filter_map(|unique| match unique.fields {
                [at] => Some(&target.fields[*at]),
                _ => None,
            })
            // A secret would be compared, and shown when nothing has it.
            .filter(|field| !field.sensitive)
            .collect();
        if candidates.is_empty() {
            return Err(no_way());
        }
        Ok(Lookup { association, target, pairs: local.zip(remote).collect(), candidates })
    }

    fn unknown(&self, name: &str) -> String {
        if name.is_empty() {
            return "a column without a name".to_owned();
        }
        let known: Vec<&str> =
            self.model.fields.iter().map(|field| field.name).chain(self.associations().map(|one| one.name)).collect();
        let snake = snake(name);
        let help = match nearest(&snake, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has `{}`", known.join("`, `")),
        };
        format!("`{}` has no field or association `{name}`; {help}", self.model.name)
    }
}

/// The letters and digits of a name, in lower case: the same in `firstName`, `first_name`, `FirstName`, `first-name`.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name in any case style in that of fields, to see which is near.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = letter.is_lowercase() || letter.is_numeric();
        match letter {
            '-' | ' ' | '.' => snake.push('_'),
            _ => snake.extend(letter.to_lowercase()),
        }
    }
    snake
}

fn gives(columns: &[Column], field: &meta::Field) -> bool {
    columns.iter().any(|column| column.fields().any(|given| given.at == field.at))
}

/// The column that says one of the fields already.
fn first_of_same<'c>(columns: &'c [Column], target: &Target) -> Option<&'c str> {
    let fields: Vec<usize> = match target {
        Target::Field(field) => vec![field.at],
        Target::Association(lookup) => lookup.pairs.iter().map(|(field, _)| field.at).collect(),
    };
    let same = columns.iter().find(|column| column.fields().any(|given| fields.contains(&given.at)));
    same.map(|column| column.name.as_str())
}

fn filled(model: &'static meta::Model, columns: &[Column]) -> Vec<&'static meta::Field> {
    let is_ours = |field: &meta::Field| {
        !matches!(field.default, meta::FieldDefault::None | meta::FieldDefault::Database) && !gives(columns, field)
    };
    model.fields.iter().filter(|field| is_ours(field)).collect()
}

fn association_of(model: &'static meta::Model, field: &meta::Field) -> Option<&'static meta::Association> {
    let mut associations = model.associations.iter().filter(|one| one.kind == meta::AssociationKind::BelongsTo);
    associations.find(|association| association.fields.contains(&field.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_style_has_the_same_letters() {
        for name in ["cost_1k_input", "cost1kInput", "Cost1kInput", "cost-1k-input", "COST_1K_INPUT", "cost 1k input"] {
            assert_eq!(letters(name), "cost1kinput");
        }
    }

    #[test]
    fn names_become_snake_case_to_see_what_is_near() {
        for (name, expected) in [("fristName", "frist_name"), ("Frist-Name", "frist_name"), ("S3Uri", "s3_uri")] {
            assert_eq!(snake(name), expected);
        }
    }
}
