//! Primary keys: what each is made of, found before any field is lowered because associations take their types from it.

use std::collections::HashMap;

use seedbed_schema::{MAX_KEY_FIELDS, ModelId, Type};

use super::names::{MAX_NAME, snake};
use super::{Draft, Drafts, types};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{AssociationSpec, FieldSpec, KeySpec, ListOf, Name};
use crate::source::Span;

/// How many models a key may be handed on through (`key: [user]`, whose own key is another association's, …).
const MAX_CHAIN: usize = 32;

/// The primary keys of all models, in the order of the models.
pub(super) struct Keys<'a> {
    /// What the key of each model is made of; `None` where that has been reported.
    pub(super) plans: Vec<Option<Plan<'a>>>,
    /// The fields of each key; `None` where they could not be found out.
    pub(super) shapes: Vec<Option<Vec<KeyPart>>>,
}

/// What a primary key is made of.
#[derive(Clone, Copy)]
pub(super) enum Plan<'a> {
    /// A field `id`.
    Id(&'a FieldSpec),
    /// A field that is flagged `pk`.
    Flagged(&'a Name),
    /// Fields and associations by name.
    Members(&'a ListOf<Name>),
}

/// One field of a primary key.
#[derive(Debug, Clone)]
pub(super) struct KeyPart {
    /// Its name.
    pub(super) name: String,
    /// Its type.
    pub(super) ty: Type,
    /// Whether it is a secret; then so is every key that refers to it.
    pub(super) sensitive: bool,
}

/// Finds the key of every model.
pub(super) fn resolve<'a>(drafts: &Drafts<'a>, report: &mut Report) -> Keys<'a> {
    let plans: Vec<Option<Plan<'a>>> = drafts.models.iter().map(|draft| plan(draft, drafts, report)).collect();
    let mut resolver = Resolver { drafts, plans: &plans, states: vec![State::Unknown; plans.len()] };
    for at in 0..plans.len() {
        resolver.shape(ModelId(at), 0, report);
    }
    let shapes = resolver.states.into_iter().map(|state| match state {
        State::Known(shape) => shape,
        State::Unknown | State::Open => None,
    });
    Keys { shapes: shapes.collect(), plans }
}

fn plan<'a>(draft: &Draft<'a>, drafts: &Drafts<'a>, report: &mut Report) -> Option<Plan<'a>> {
    let fields = draft.spec.fields.iter().flat_map(|fields| &fields.items);
    let mut flagged = fields.filter_map(|(name, field)| field.flags.pk.map(|span| (name, span)));
    let first = flagged.next();
    if let (Some((_, first)), Some((_, second))) = (first, flagged.next()) {
        report.push(two_keys(draft, second, first).help("a key of several fields is `key: [a, b]`"));
    }
    match (&draft.spec.key, first) {
        (Some(key), Some((_, flag))) => {
            report.push(two_keys(draft, flag, key.span()).help("keep `key:` or the flag `pk`"));
            None
        }
        (None, Some((name, _))) => Some(Plan::Flagged(name)),
        (Some(key), None) => Some(of(key)),
        (None, None) => {
            let default = drafts.settings.key.map(of);
            if default.is_none() {
                let message = format!("the model `{}` has no primary key", draft.name.text);
                report.push(
                    Diagnostic::error(Code::NoPrimaryKey, draft.name.span, message)
                        .help("write `key: bigint = auto` in the model, or under `defaults:` for all of them"),
                );
            }
            default
        }
    }
}

fn of(key: &KeySpec) -> Plan<'_> {
    match key {
        KeySpec::Field(field) => Plan::Id(field),
        KeySpec::Members(members) => Plan::Members(members),
    }
}

fn two_keys(draft: &Draft<'_>, second: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::TwoPrimaryKeys, second, format!("the model `{}` has two primary keys", draft.name.text))
        .label("the second")
        .secondary(first, "the first")
}

#[derive(Clone)]
enum State {
    Unknown,
    Open,
    Known(Option<Vec<KeyPart>>),
}

struct Resolver<'r, 'a> {
    drafts: &'r Drafts<'a>,
    plans: &'r [Option<Plan<'a>>],
    states: Vec<State>,
}

impl Resolver<'_, '_> {
    fn shape(&mut self, id: ModelId, depth: usize, report: &mut Report) -> Option<Vec<KeyPart>> {
        match &self.states[id.0] {
            State::Known(shape) => return shape.clone(),
            State::Unknown if depth < MAX_CHAIN => {}
            State::Unknown | State::Open => {
                let draft = self.drafts.model(id);
                let message = format!("the key of `{}` is made of a key that leads back to it", draft.name.text);
                let span = draft.spec.key.as_ref().map_or(draft.name.span, KeySpec::span);
                report.push(
                    Diagnostic::error(Code::BadPrimaryKey, span, message)
                        .help("give one of the models a key of its own"),
                );
                return None;
            }
        }
        self.states[id.0] = State::Open;
        let shape = match self.plans[id.0] {
            Some(Plan::Id(field)) => self.part("id", field, report).map(|part| vec![part]),
            Some(Plan::Flagged(name)) => self.own_field(id, &name.text, report).map(|part| vec![part]),
            Some(Plan::Members(members)) => self.members(id, members, depth, report),
            None => None,
        };
        self.states[id.0] = State::Known(shape.clone());
        shape
    }

    fn members(
        &mut self,
        id: ModelId,
        members: &ListOf<Name>,
        depth: usize,
        report: &mut Report,
    ) -> Option<Vec<KeyPart>> {
        if members.items.is_empty() {
            report.push(
                Diagnostic::error(Code::BadPrimaryKey, members.span, "the key has no members")
                    .help("name the fields, or write a field line"),
            );
            return None;
        }
        let mut parts = Vec::new();
        let mut complete = true;
        for member in members.items.iter().take(MAX_KEY_FIELDS + 1) {
            match self.member(id, member, depth, report) {
                Some(found) => parts.extend(found),
                None => complete = false,
            }
        }
        if parts.len() > MAX_KEY_FIELDS {
            report.push(
                too_long("primary", members.span).help(
                    "give the model a key of its own, such as `key: bigint = auto`, and an index on these fields",
                ),
            );
            return None;
        }
        if let Some(at) = (1..parts.len()).find(|at| parts[..*at].iter().any(|part| part.name == parts[*at].name)) {
            let message = format!("the field `{}` stands in the key twice", parts[at].name);
            report.push(Diagnostic::error(Code::BadPrimaryKey, members.span, message).help("name it once"));
            return None;
        }
        if let Some(long) = parts.iter().find(|part| part.name.len() > MAX_NAME) {
            let message = format!("the key is handed on so often that a field would be called `{}`", long.name);
            report.push(
                Diagnostic::error(Code::BadPrimaryKey, members.span, message)
                    .help("name it: `key=NAME` in the association"),
            );
            return None;
        }
        complete.then_some(parts)
    }

    fn member(&mut self, id: ModelId, member: &Name, depth: usize, report: &mut Report) -> Option<Vec<KeyPart>> {
        if own_field(self.drafts.model(id), &member.text).is_some() {
            return self.own_field(id, &member.text, report).map(|part| vec![part]);
        }
        if report.is_full() {
            return None;
        }
        let draft = self.drafts.model(id);
        let associations = draft.spec.belongs_to.iter().flat_map(|all| &all.items);
        let wanted = snake(&member.text);
        for (name, association) in associations {
            let target = association.model.as_ref().and_then(|model| self.drafts.model_ids.get(model.text.as_str()));
            let named = snake(&name.text) == wanted;
            let by_key =
                association.options.key.iter().flat_map(|keys| &keys.items).any(|key| snake(&key.text) == wanted);
            if !named && !by_key && !wanted.starts_with(&format!("{}_", snake(&name.text))) {
                continue;
            }
            let shape = self.shape(*target?, depth + 1, report)?;
            let parts: Vec<KeyPart> = key_names(&name.text, association, &shape)
                .into_iter()
                .zip(shape)
                .map(|(name, part)| KeyPart { name, ..part })
                .collect();
            let takes_part = named || parts.iter().any(|part| part.name == wanted);
            if takes_part && association.nullable {
                let message = format!("`{}` may be NULL, and a primary key never is", name.text);
                let diagnostic = Diagnostic::error(Code::BadPrimaryKey, association.span, message);
                report.push(diagnostic.secondary(member.span, "part of the key").help("remove the `?`"));
            }
            if named {
                return Some(parts);
            }
            if let Some(part) = parts.into_iter().find(|part| part.name == wanted) {
                return Some(vec![part]);
            }
        }
        let fields = draft.spec.fields.iter().flat_map(|all| &all.items).map(|(name, _)| name.text.as_str());
        let associations = draft.spec.belongs_to.iter().flat_map(|all| &all.items).map(|(name, _)| name.text.as_str());
        report.push(
            Diagnostic::error(
                Code::UnknownField,
                member.span,
                format!("`{}` is neither a field nor an association of `{}`", member.text, draft.name.text),
            )
            .nearest(&member.text, fields.chain(associations)),
        );
        None
    }

    fn own_field(&self, id: ModelId, name: &str, report: &mut Report) -> Option<KeyPart> {
        let (name, field) = own_field(self.drafts.model(id), name)?;
        self.part(&snake(&name.text), field, report)
    }

    fn part(&self, name: &str, field: &FieldSpec, report: &mut Report) -> Option<KeyPart> {
        let written = field.ty.as_ref()?;
        let ty = types::lower(written, self.drafts, report)?;
        if written.nullable {
            report.push(
                Diagnostic::error(Code::BadPrimaryKey, written.span, "a primary key is never NULL")
                    .help("remove the `?`"),
            );
        }
        if matches!(ty, Type::Json | Type::Bytes | Type::Real | Type::Float | Type::Bool) {
            let message = format!("a value of type `{ty}` does not tell rows apart");
            report.push(
                Diagnostic::error(Code::BadPrimaryKey, written.span, message)
                    .help("use `bigint`, `uuid`, `cuid` or `string`"),
            );
        }
        Some(KeyPart { name: name.to_owned(), ty, sensitive: field.flags.sensitive.is_some() })
    }
}

/// A primary or unique key is too long.
pub(super) fn too_long(kind: &str, span: Span) -> Diagnostic {
    let message = format!("the {kind} key has more than {MAX_KEY_FIELDS} fields");
    Diagnostic::error(Code::LongKey, span, message).label(format!("at most {MAX_KEY_FIELDS}"))
}

fn own_field<'a>(draft: &Draft<'a>, name: &str) -> Option<(&'a Name, &'a FieldSpec)> {
    let name = snake(name);
    let fields = draft.spec.fields.iter().flat_map(|fields| &fields.items);
    fields.map(|(name, field)| (name, field)).find(|(known, _)| snake(&known.text) == name)
}

/// The names of the fields that hold an association's key: as said, or `{association}_{field of the target's key}`.
pub(super) fn key_names(name: &str, association: &AssociationSpec, shape: &[KeyPart]) -> Vec<String> {
    match &association.options.key {
        Some(keys) => keys.items.iter().map(|key| snake(&key.text)).collect(),
        None => shape.iter().map(|part| format!("{}_{}", snake(name), part.name)).collect(),
    }
}

/// The specs of a model's own fields by name, for many look-ups.
pub(super) fn own_fields<'a>(draft: &Draft<'a>) -> HashMap<String, (&'a Name, &'a FieldSpec)> {
    let fields = draft.spec.fields.iter().flat_map(|fields| &fields.items);
    let mut own = HashMap::new();
    for (name, field) in fields {
        own.entry(snake(&name.text)).or_insert((name, field));
    }
    own
}
