//! Indexes: of flags, of the spec, and one for each foreign key that no other index serves.

use seedbed_schema::{FieldId, Index, IndexKey, IndexMember, IndexOrigin, MAX_KEY_FIELDS, Type, shorten};

use super::checks::condition;
use super::draft::Found;
use super::keys::too_long;
use super::names::{database_name, former_name};
use super::{Draft, Drafts};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{ConditionSpec, IndexSpec, Name, Text};
use crate::expression::{self, Scope};
use crate::source::Span;

/// Gives every model its indexes.
pub(super) fn lower(drafts: &mut Drafts<'_>, report: &mut Report) {
    for at in 0..drafts.models.len() {
        let mut built = Vec::new();
        let draft = &drafts.models[at];
        if report.is_full() || !few(draft, report) {
            continue;
        }
        for index in draft.spec.indexes.iter().flat_map(|indexes| &indexes.items) {
            if let Some((mut found, origin)) = written(index, draft, drafts, report) {
                name_partial(&mut found, index, &built);
                built.push((found, origin));
            }
        }
        built.extend(flagged(draft, drafts));
        add_foreign_keys(draft, drafts, &mut built);
        let draft = &mut drafts.models[at];
        (draft.model.indexes, draft.index_origins) = built.into_iter().unzip();
    }
}

/// The most members of an index: what PostgreSQL accepts.
const MAX_MEMBERS: usize = 32;

/// The most indexes that a model lists.
const MAX_INDEXES: usize = 500;

fn few(draft: &Draft<'_>, report: &mut Report) -> bool {
    let count = draft.spec.indexes.as_ref().map_or(0, |indexes| indexes.items.len());
    if count > MAX_INDEXES {
        let message = format!("the model `{}` has {count} indexes", draft.name.text);
        report.push(
            Diagnostic::error(Code::TooMany, draft.name.span, message)
                .label(format!("at most {MAX_INDEXES}"))
                .help("every index makes every write slower: keep those that queries need"),
        );
    }
    count <= MAX_INDEXES
}

type Built = (Index, (Span, bool));

fn written(index: &IndexSpec, draft: &Draft<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Option<Built> {
    if index.members.is_empty() {
        report.push(
            Diagnostic::error(Code::BadIndex, index.span, "the index has no members").help("name a field: `- email`"),
        );
        return None;
    }
    let mut members = Vec::new();
    let mut words = Vec::new();
    let mut complete = true;
    for text in index.members.iter().take(MAX_MEMBERS + 1) {
        match member(text, draft, drafts, report) {
            Some((found, word)) => {
                members.extend(found);
                words.extend(word);
            }
            None => complete = false,
        }
    }
    let include = include(&index.include, draft, report);
    let predicate = index.predicate.as_ref().map(|written| (condition(written, draft, drafts, report), written));
    if let Some(diagnostic) = too_many(members.len(), index) {
        report.push(diagnostic);
        return None;
    }
    repeated_member(&members, draft, index.span, report);
    if !complete || predicate.as_ref().is_some_and(|(condition, _)| condition.is_none()) {
        return None;
    }
    let said = index.name.as_ref().and_then(|name| database_name(&name.text, name.span, report));
    let built = Index {
        name: said.unwrap_or_else(|| name(&draft.model.table, &words, index.unique)),
        members,
        unique: index.unique,
        predicate: predicate.and_then(|(condition, _)| condition),
        include,
        origin: IndexOrigin::Spec,
        renamed_from: former_name(index.renamed_from.as_ref()),
    };
    Some((built, (index.span, index.keep)))
}

/// What is said of an index with more members than it can have.
fn too_many(count: usize, index: &IndexSpec) -> Option<Diagnostic> {
    if index.unique && count > MAX_KEY_FIELDS {
        return Some(too_long("unique", index.span).help("name fewer fields, or take `unique` away"));
    }
    let message = format!("the index has more than {MAX_MEMBERS} members");
    let diagnostic = Diagnostic::error(Code::BadIndex, index.span, message).help("PostgreSQL accepts no more");
    (count > MAX_MEMBERS).then_some(diagnostic)
}

/// A partial index whose derived name is taken by another on the same fields says in its name which rows it covers.
fn name_partial(index: &mut Index, written: &IndexSpec, others: &[Built]) {
    let taken = others.iter().any(|(other, _)| other.name == index.name);
    let (true, None, Some(predicate)) = (taken, &written.name, &written.predicate) else { return };
    let text = match predicate {
        ConditionSpec::Expression(text) => Some(text),
        ConditionSpec::Sql(texts) => texts.postgres.as_ref().or(texts.sqlite.as_ref()),
    };
    if let Some((front, kind)) = text.and(index.name.rsplit_once('_')) {
        index.name = shorten(&format!("{front}_where_{}_{kind}", words(text.map_or("", |text| &text.text))));
    }
}

/// The name of an index: of a unique key `{table}_{members}_key`, of another `{table}_{members}_idx`.
fn name(table: &str, words: &[String], unique: bool) -> String {
    let kind = if unique { "key" } else { "idx" };
    shorten(&format!("{table}_{}_{kind}", words.join("_")))
}

/// What one member means, and the words it contributes to the index's name.
fn member(
    text: &Text,
    draft: &Draft<'_>,
    drafts: &Drafts<'_>,
    report: &mut Report,
) -> Option<(Vec<IndexMember>, Vec<String>)> {
    let (body, descending) = direction(&text.text);
    let start = text.text.len() - text.text.trim_start().len();
    if body.chars().all(|c| c.is_alphanumeric() || c == '_') && !body.is_empty() {
        let span = report.place(text, start, start + body.len());
        let ids = fields(&Name { text: body.to_owned(), span }, draft, report)?;
        let words = ids.iter().map(|id| draft.model.field(*id).column.clone()).collect();
        for id in &ids {
            comparable(draft.model.field(*id).ty, draft.origins[id.0].broken, span, report);
        }
        return Some((ids.into_iter().map(|id| IndexMember { key: IndexKey::Field(id), descending }).collect(), words));
    }
    let scope = Scope::new(draft, drafts);
    let expr = expression::value(text, start..start + body.len(), &scope, report)?;
    comparable(expr.ty, false, text.span, report);
    Some((vec![IndexMember { key: IndexKey::Expression(expr), descending }], vec![words(body)]))
}

/// A member without the `asc` or `desc` behind it, and whether it was `desc`.
fn direction(text: &str) -> (&str, bool) {
    let text = text.trim();
    match text.rsplit_once(char::is_whitespace) {
        Some((body, "desc")) => (body.trim_end(), true),
        Some((body, "asc")) => (body.trim_end(), false),
        _ => (text, false),
    }
}

/// The words of an expression, joined: what it contributes to an index's name (`lower_email`).
fn words(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

fn comparable(ty: Type, broken: bool, span: Span, report: &mut Report) {
    if !broken && matches!(ty, Type::Json | Type::Bytes) {
        report.push(
            Diagnostic::error(Code::BadIndex, span, format!("`{ty}` cannot be indexed"))
                .help("index a field that can be compared"),
        );
    }
}

/// The fields that a name means: itself, or the key of an association.
pub(super) fn fields(name: &Name, draft: &Draft<'_>, report: &mut Report) -> Option<Vec<FieldId>> {
    match draft.find(&name.text) {
        Found::Field(id) => Some(vec![id]),
        Found::Fields(ids) => Some(ids.to_vec()),
        Found::Unclear => None,
        Found::Nothing if report.is_full() => None,
        Found::Nothing => {
            report.push(
                Diagnostic::error(
                    Code::UnknownField,
                    name.span,
                    format!("`{}` has no field `{}`", draft.name.text, name.text),
                )
                .nearest(&name.text, draft.known_names()),
            );
            None
        }
    }
}

fn include(names: &[Name], draft: &Draft<'_>, report: &mut Report) -> Vec<FieldId> {
    names.iter().filter_map(|name| fields(name, draft, report)).flatten().collect()
}

fn repeated_member(members: &[IndexMember], draft: &Draft<'_>, span: Span, report: &mut Report) {
    for (at, member) in members.iter().enumerate() {
        if let IndexKey::Field(id) = member.key
            && members[..at].iter().any(|earlier| earlier.key == member.key)
        {
            let message = format!("the field `{}` stands in the index twice", draft.model.field(id).name);
            report.push(Diagnostic::error(Code::BadIndex, span, message).help("name it once"));
        }
    }
}

/// The indexes of flags: `unique` and `index` on fields, `unique` on associations.
fn flagged(draft: &Draft<'_>, drafts: &Drafts<'_>) -> Vec<Built> {
    let mut built = Vec::new();
    for (at, origin) in draft.origins.iter().enumerate() {
        let Some(written) = origin.written else { continue };
        for (span, unique) in [(written.flags.unique, true), (written.flags.index, false)] {
            built.extend(span.map(|span| (plain(draft, &[FieldId(at)], unique, IndexOrigin::Flag), (span, false))));
        }
    }
    for at in &draft.belongs_to {
        let (association, written) = &drafts.associations[*at];
        if let Some(flag) = written.options.unique.filter(|flag| flag.on) {
            built.push((plain(draft, &association.fields, true, IndexOrigin::Flag), (flag.span, false)));
        }
    }
    built
}

/// Every foreign key gets an index, unless the primary key or another index begins with its fields.
fn add_foreign_keys(draft: &Draft<'_>, drafts: &Drafts<'_>, built: &mut Vec<Built>) {
    for at in &draft.belongs_to {
        let (association, written) = &drafts.associations[*at];
        let refused = written.options.index.is_some_and(|flag| !flag.on);
        let served = draft.model.key.starts_with(&association.fields)
            || built.iter().any(|(index, _)| begins_with(index, &association.fields));
        if !refused && !served {
            built.push((plain(draft, &association.fields, false, IndexOrigin::ForeignKey), (written.span, true)));
        }
    }
}

/// Whether an index over all rows can be used to find rows by these fields.
fn begins_with(index: &Index, fields: &[FieldId]) -> bool {
    let members = index.members.iter().map(|member| &member.key);
    index.predicate.is_none()
        && index.members.len() >= fields.len()
        && members.zip(fields).all(|(key, id)| *key == IndexKey::Field(*id))
}

/// An index of fields alone, over all rows.
fn plain(draft: &Draft<'_>, fields: &[FieldId], unique: bool, origin: IndexOrigin) -> Index {
    let words: Vec<String> = fields.iter().map(|id| draft.model.field(*id).column.clone()).collect();
    Index {
        name: name(&draft.model.table, &words, unique),
        members: fields.iter().map(|id| IndexMember { key: IndexKey::Field(*id), descending: false }).collect(),
        unique,
        predicate: None,
        include: Vec::new(),
        origin,
        renamed_from: None,
    }
}
