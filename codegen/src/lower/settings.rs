//! What holds for the whole spec: package, dialects, naming, connection, and what models have by default.

use std::collections::HashMap;

use seedbed_schema::{Connect, Dialect, SyncMode};

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{Case, FieldSpec, KeySpec, Many, Name, Named, Spec, Tls};

/// What holds for the whole spec.
pub(crate) struct Settings<'a> {
    /// The generated crate.
    pub(crate) package: String,
    /// The dialects that are generated for.
    pub(crate) dialects: Vec<Dialect>,
    /// What runs when the environment says nothing.
    pub(crate) connect: Connect,
    /// How tables are named.
    pub(crate) tables: Case,
    /// How columns are named.
    pub(crate) columns: Case,
    /// The primary key of a model that does not say.
    pub(crate) key: Option<&'a KeySpec>,
    /// The mixins of a model that does not say.
    pub(crate) uses: Option<&'a Many<Name>>,
    /// The mixins by name.
    pub(crate) mixins: HashMap<&'a str, &'a Named<FieldSpec>>,
}

/// Crate names that Cargo or Rust keeps for itself, and our own.
const RESERVED_PACKAGES: [&str; 7] = ["std", "core", "alloc", "proc_macro", "test", "seedbed", "seedbed_schema"];

pub(super) fn lower<'a>(spec: &'a Spec, report: &mut Report) -> Settings<'a> {
    if let Some(version) = &spec.version
        && version.text != "1"
    {
        let message = format!("version `{}` of the language is not known", version.text);
        report.push(Diagnostic::error(Code::WrongValue, version.span, message).help("write `seedbed: 1`").suggest("1"));
    }
    let dialects = dialects(spec, report);
    let naming = spec.naming.as_ref();
    let defaults = spec.defaults.as_ref();
    Settings {
        package: package(spec, report),
        connect: connect(spec, &dialects, report),
        dialects,
        tables: naming.and_then(|naming| naming.tables).map_or(Case::SnakePlural, |tables| tables.value),
        columns: columns(spec, report),
        key: defaults.and_then(|defaults| defaults.key.as_ref()),
        uses: defaults.and_then(|defaults| defaults.uses.as_ref()),
        mixins: mixins(spec, report),
    }
}

fn package(spec: &Spec, report: &mut Report) -> String {
    let Some(name) = &spec.package else { return "database".into() };
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let starts = name.text.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts || !name.text.chars().all(word) || RESERVED_PACKAGES.contains(&name.text.replace('-', "_").as_str()) {
        report.push(
            Diagnostic::error(
                Code::BadName,
                name.span,
                format!("`{}` cannot be the name of the generated crate", name.text),
            )
            .help("a crate's name has lower-case letters, digits, `_` and `-`, and is none of Rust's own crates"),
        );
    }
    name.text.clone()
}

/// The dialects in the order in which output is written, whatever the order of the spec.
fn dialects(spec: &Spec, report: &mut Report) -> Vec<Dialect> {
    let Some(list) = &spec.dialects else { return Dialect::ALL.to_vec() };
    for (at, dialect) in list.items.iter().enumerate() {
        if let Some(first) = list.items[..at].iter().find(|first| first.value == dialect.value) {
            let message = format!("the dialect `{}` stands here twice", dialect.value.name());
            report.push(
                Diagnostic::error(Code::DuplicateName, dialect.span, message).secondary(first.span, "first here"),
            );
        }
    }
    if list.items.is_empty() {
        report.push(
            Diagnostic::error(Code::WrongValue, list.span, "no dialect is left")
                .help("write `dialects: [postgres, sqlite]`"),
        );
    }
    Dialect::ALL.into_iter().filter(|known| list.items.iter().any(|dialect| dialect.value == *known)).collect()
}

fn columns(spec: &Spec, report: &mut Report) -> Case {
    let Some(columns) = spec.naming.as_ref().and_then(|naming| naming.columns) else { return Case::Snake };
    match columns.value {
        Case::Snake | Case::Camel | Case::Pascal => columns.value,
        Case::SnakePlural | Case::CamelPlural | Case::PascalPlural => {
            report.push(
                Diagnostic::error(Code::WrongValue, columns.span, "columns are not named in the plural")
                    .help("write `snake`, `camel` or `pascal`"),
            );
            Case::Snake
        }
    }
}

fn connect(spec: &Spec, dialects: &[Dialect], report: &mut Report) -> Connect {
    let written = spec.connect.as_ref();
    let default = written.and_then(|connect| connect.default);
    if let Some(default) = default
        && !dialects.contains(&default.value)
    {
        let message = format!("`{}` is not among the dialects of this spec", default.value.name());
        report.push(
            Diagnostic::error(Code::Connect, default.span, message)
                .help("add it to `dialects:`, or connect to another"),
        );
    }
    let dialect = default.map(|default| default.value).or(dialects.first().copied()).unwrap_or(Dialect::Postgres);
    let storage = written.and_then(|connect| connect.storage.as_ref());
    if let Some(storage) = storage
        && dialect != Dialect::Sqlite
    {
        report.push(
            Diagnostic::error(
                Code::Connect,
                storage.span,
                format!("`storage` is SQLite's, and the default is `{}`", dialect.name()),
            )
            .help("leave it out, or write `default: sqlite`; `DB_STORAGE` sets it at run time"),
        );
    }
    Connect {
        default: dialect,
        storage: storage.map(|storage| storage.text.clone()),
        tls_required: written.and_then(|connect| connect.tls).is_some_and(|tls| tls.value == Tls::Required),
        sync: written.and_then(|connect| connect.sync).map_or(SyncMode::Create, |sync| sync.value),
    }
}

fn mixins<'a>(spec: &'a Spec, report: &mut Report) -> HashMap<&'a str, &'a Named<FieldSpec>> {
    let mut mixins: HashMap<&str, (&Name, &Named<FieldSpec>)> = HashMap::new();
    for (name, fields) in spec.mixins.iter().flat_map(|mixins| &mixins.items) {
        if let Some((first, _)) = mixins.insert(&name.text, (name, fields)) {
            let message = format!("the mixin `{}` is declared twice", name.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, name.span, message).secondary(first.span, "first declared here"),
            );
        }
    }
    mixins.into_iter().map(|(name, (_, fields))| (name, fields)).collect()
}
