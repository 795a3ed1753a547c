//! Names that cannot be used because Rust, the generated code or a database needs them.

use seedbed_schema::Dialect;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::Name;
use crate::lower::{Drafts, snake};

/// Types that generated code and its users take for granted.
const TYPES: [&str; 19] = [
    "Self", "Option", "Some", "None", "Result", "Ok", "Err", "Box", "Vec", "String", "Default", "Clone", "Copy",
    "Debug", "From", "Into", "Iterator", "Send", "Sync",
];

/// Files of the generated crate that are not models, and the runtime, which it shows under its name.
const MODULES: [&str; 8] = ["lib", "main", "mod", "enums", "types", "services", "seedbed", "testing"];

/// Fields that would collide with a function of the patch or the builder of every model.
const FIELDS: [(&str, &str); 3] = [
    ("new", "a patch is begun with `new()`"),
    ("builder", "a new row is begun with `builder()`"),
    ("increment", "a patch adds to a field with `increment(…)`"),
];

/// Associations that would collide with a function that every model has.
const FUNCTIONS: [&str; 18] = [
    "find",
    "get",
    "query",
    "create",
    "insert_many",
    "upsert",
    "upsert_only",
    "upsert_many",
    "find_or_create",
    "update",
    "update_by_key",
    "update_many",
    "delete",
    "delete_by_key",
    "clone",
    "eq",
    "hash",
    "fmt",
];

/// Associations whose type would hide another that the file of a model needs.
const HIDING: [&str; 16] = [
    "meta", "write", "required", "hooks", "seedbed", "bool", "str", "u8", "u32", "u64", "usize", "i16", "i32", "i64",
    "f32", "f64",
];

/// Columns that every table of PostgreSQL has.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Reports a model or enum whose name is taken.
pub(crate) fn type_name(name: &Name, report: &mut Report) {
    let module = snake(&name.text);
    let reason = if TYPES.contains(&name.text.as_str()) {
        "generated code needs the type of that name"
    } else if MODULES.contains(&module.as_str()) {
        "the generated crate has a module of that name"
    } else {
        return;
    };
    report.push(
        Diagnostic::error(Code::ReservedName, name.span, format!("the name `{}` is taken", name.text))
            .label(reason)
            .help("choose another name; `table:` keeps the table's"),
    );
}

/// Reports a field whose name the generated code cannot give it.
pub(crate) fn field_name(name: &Name, report: &mut Report) {
    let Some((_, reason)) = FIELDS.iter().find(|(taken, _)| *taken == snake(&name.text)) else { return };
    report.push(
        Diagnostic::error(Code::ReservedName, name.span, format!("a field cannot be called `{}`", name.text))
            .label(*reason)
            .help("choose another name; `column:` keeps the column's"),
    );
}

/// Reports an association whose name the generated code cannot give it.
pub(crate) fn association_name(name: &Name, report: &mut Report) {
    let snake = snake(&name.text);
    let reason = if FUNCTIONS.contains(&snake.as_str()) {
        "every model has a function of that name"
    } else if HIDING.contains(&snake.as_str()) {
        "generated code needs that name for something else"
    } else {
        return;
    };
    report.push(
        Diagnostic::error(Code::ReservedName, name.span, format!("an association cannot be called `{}`", name.text))
            .label(reason)
            .help("choose another name; a way back is named by `inverse=NAME`"),
    );
}

/// Reports tables and columns that a database keeps for itself.
pub(super) fn database_names(drafts: &Drafts<'_>, report: &mut Report) {
    let dialects = &drafts.settings.dialects;
    for draft in &drafts.models {
        let table = &draft.model.table;
        if dialects.contains(&Dialect::Sqlite) && table.to_ascii_lowercase().starts_with("sqlite_") {
            let span = draft.spec.table.as_ref().map_or(draft.name.span, |table| table.span);
            report.push(
                Diagnostic::error(Code::ReservedName, span, format!("SQLite keeps tables like `{table}` for itself"))
                    .help("choose a name that does not begin with `sqlite_`"),
            );
        }
        for (field, origin) in draft.model.fields.iter().zip(&draft.origins) {
            if dialects.contains(&Dialect::Postgres) && SYSTEM_COLUMNS.contains(&field.column.as_str()) {
                report.push(
                    Diagnostic::error(
                        Code::ReservedName,
                        origin.span,
                        format!("every table of PostgreSQL has a column `{}` of its own", field.column),
                    )
                    .help("choose another name, or set `column:`"),
                );
            }
        }
    }
}
