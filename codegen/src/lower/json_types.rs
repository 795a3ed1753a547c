//! Named types of JSON: each declared, then what is in it, since one may hold another that stands further down.

use std::collections::HashMap;

use seedbed_schema::{Element, Enum, Fit, JsonKind, JsonType, JsonTypeId, Literal, Member, Type, rust_identifier};

use super::enums::{Enums, type_name};
use super::literal;
use super::names::{identifier, snake};
use super::types::{self, TypeNames};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{DefaultSpec, JsonKindSpec, JsonTypeSpec, MemberSpec, Name, Named, Spec, Text, TypeSpec};
use crate::source::Span;

/// The named types of JSON, their places by name, and where each is declared.
#[derive(Default)]
pub(crate) struct JsonTypes {
    pub(crate) types: Vec<JsonType>,
    pub(crate) ids: HashMap<String, JsonTypeId>,
    pub(crate) spans: Vec<Span>,
}

impl JsonTypes {
    /// Why a document cannot be read as one of the types, if it cannot.
    pub(super) fn misfit(&self, id: JsonTypeId, document: &serde_json::Value, enums: &[Enum]) -> Option<String> {
        self.fit(enums).document(id, document).err()
    }

    fn fit<'a>(&'a self, enums: &'a [Enum]) -> Fit<'a> {
        Fit::new(&self.types, enums, &|ty, text| literal::parse(ty, text, true, &[]).is_ok())
    }
}

pub(super) fn lower(spec: &Spec, enums: &Enums, report: &mut Report) -> JsonTypes {
    let (mut lowered, written) = declare(spec, report);
    let models = spec.models.iter().flat_map(|models| &models.items).map(|(name, _)| name.text.as_str()).collect();
    let lowering = Lowering { names: TypeNames { enums: &enums.ids, json: &lowered.ids, models }, enums: &enums.enums };
    let kinds: Vec<JsonKind> = written.iter().map(|(name, spec)| lowering.kind(name, spec, report)).collect();
    for (at, kind) in kinds.into_iter().enumerate() {
        lowered.types[at].kind = kind;
    }
    if !endless(&lowered, report) {
        for (name, spec) in written {
            defaults(name, spec, &mut lowered, &enums.enums, report);
        }
    }
    lowered
}

/// The types with nothing in them yet. A name that stands twice is reported, and the first one counts.
fn declare<'a>(spec: &'a Spec, report: &mut Report) -> (JsonTypes, Vec<(&'a Name, &'a JsonTypeSpec)>) {
    let mut lowered = JsonTypes::default();
    let mut written = Vec::new();
    for (name, spec) in spec.types.iter().flat_map(|types| &types.items) {
        if let Some(first) = lowered.ids.get(&name.text) {
            let message = format!("the type `{}` is declared twice", name.text);
            report.push(
                Diagnostic::error(Code::DuplicateName, name.span, message)
                    .secondary(lowered.spans[first.0], "first declared here"),
            );
            continue;
        }
        if identifier(name, "a type", report) {
            type_name(name, report);
        }
        lowered.ids.insert(name.text.clone(), JsonTypeId(lowered.types.len()));
        lowered.spans.push(name.span);
        let doc = spec.doc.as_ref().map(|doc| doc.text.clone());
        lowered.types.push(JsonType { name: name.text.clone(), doc, kind: JsonKind::Shape(Vec::new()) });
        written.push((name, spec));
    }
    (lowered, written)
}

/// What the types are made of, while that is looked up.
struct Lowering<'a> {
    names: TypeNames<'a>,
    enums: &'a [Enum],
}

impl Lowering<'_> {
    fn kind(&self, name: &Name, spec: &JsonTypeSpec, report: &mut Report) -> JsonKind {
        let nothing = || JsonKind::Shape(Vec::new());
        match (spec.kinds.as_slice(), &spec.package) {
            ([JsonKindSpec::Rust(path)], package) => rust(path, package.as_ref(), report).unwrap_or_else(nothing),
            ([JsonKindSpec::Shape(members)], None) => JsonKind::Shape(self.members(name, members, report)),
            ([JsonKindSpec::List(list)], None) => self.list(list.as_ref(), report).map_or_else(nothing, JsonKind::List),
            ([_], Some(package)) => {
                report.push(
                    Diagnostic::error(Code::JsonType, package.span, "`crate` belongs to a type that `rust` names")
                        .help("leave it out"),
                );
                nothing()
            }
            (kinds, _) => {
                let problem = if kinds.is_empty() { "is nothing yet" } else { "is several things" };
                report.push(
                    Diagnostic::error(Code::JsonType, name.span, format!("the type `{}` {problem}", name.text))
                        .help("a type has one of `fields:` (an object), `list:` and `rust:`"),
                );
                nothing()
            }
        }
    }

    fn list(&self, written: Option<&TypeSpec>, report: &mut Report) -> Option<Element> {
        let written = written?;
        if !written.list || written.nullable {
            report.push(
                Diagnostic::error(Code::JsonType, written.span, format!("`{}` is not a list", written.name))
                    .help(format!("write `{}[]`; an object has its members under `fields:`", written.name)),
            );
            return None;
        }
        self.element(written, report)
    }

    fn members(&self, of: &Name, written: &Named<MemberSpec>, report: &mut Report) -> Vec<Member> {
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut members = Vec::new();
        for (name, spec) in &written.items {
            if !identifier(name, "a member", report) {
                continue;
            }
            if let Some(first) = seen.insert(snake(&name.text), name.span) {
                let message = format!("`{}` has two members that are `{}` in Rust", of.text, snake(&name.text));
                report.push(
                    Diagnostic::error(Code::DuplicateName, name.span, message).secondary(first, "first declared here"),
                );
                continue;
            }
            if let Some((ty, element)) = spec.ty.as_ref().and_then(|ty| Some((ty, self.element(ty, report)?))) {
                let default = spec.default.as_ref().and_then(|default| self.constant(default, ty, element, report));
                members.push(Member {
                    name: name.text.clone(),
                    rust: rust_identifier(&snake(&name.text)),
                    element,
                    list: ty.list,
                    // A default that was reported as wrong would have made it one that may be missing.
                    nullable: ty.nullable || spec.default.is_some() && default.is_none(),
                    default,
                    doc: spec.doc.as_ref().map(|doc| doc.text.clone()),
                });
            }
        }
        members
    }

    /// What stands in a member or list. Limits and digits are those of columns, which documents do not have.
    fn element(&self, written: &TypeSpec, report: &mut Report) -> Option<Element> {
        let name = written.name.as_str();
        if let Some(id) = self.names.json.get(name) {
            return Some(Element::Named(*id));
        }
        let ty = match name {
            "decimal" => return self.bare(written, report).then_some(Element::Decimal),
            "bytes" | "cuid" => {
                let message = format!("`{name}` has no form of its own in JSON");
                report.push(Diagnostic::error(Code::UnknownType, written.span, message).help("write `string`"));
                return None;
            }
            _ => types::plain(name).or_else(|| self.names.enums.get(name).map(|id| Type::Enum(*id))),
        };
        match ty {
            Some(ty) => self.bare(written, report).then_some(Element::Plain(ty)),
            None => {
                types::unknown(written, &self.names, report);
                None
            }
        }
    }

    fn bare(&self, written: &TypeSpec, report: &mut Report) -> bool {
        if written.parameters.is_some() {
            let message = format!("`{}` takes no parameters in a type of JSON", written.name);
            report.push(
                Diagnostic::error(Code::TypeParameters, written.span, message)
                    .help(format!("write `{}`; limits are for columns", written.name)),
            );
        }
        written.parameters.is_none()
    }

    /// A default as it stands in a document. Whether JSON fits a type that has a name is seen when all are known.
    fn constant(
        &self,
        written: &DefaultSpec,
        ty: &TypeSpec,
        element: Element,
        report: &mut Report,
    ) -> Option<serde_json::Value> {
        let plain = match element {
            Element::Plain(plain) if !ty.list => plain,
            Element::Decimal if !ty.list => Type::Text { limit: None },
            _ => Type::Json,
        };
        match literal::parse(plain, &written.text, written.quoted, self.enums) {
            Ok(literal) => Some(document(literal)),
            Err(misfit) => {
                let message = format!("the default `{}` {}", written.text, misfit.problem);
                let mut diagnostic = Diagnostic::error(Code::DefaultMismatch, written.span, message);
                diagnostic.help = misfit.help;
                diagnostic.suggestion = misfit.suggestion;
                let list = if ty.list { "[]" } else { "" };
                report.push(diagnostic.label(format!("the member is `{}{list}`", ty.name)));
                None
            }
        }
    }
}

/// A Rust type from elsewhere: a path of two words at least, the first of which is a crate.
fn rust(path: &Text, package: Option<&Name>, report: &mut Report) -> Option<JsonKind> {
    let words: Vec<&str> = path.text.split("::").collect();
    let is_word = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && rust_identifier(word) == **word
    };
    if words.len() < 2 || !words.iter().all(is_word) {
        report.push(
            Diagnostic::error(Code::JsonType, path.span, format!("`{}` is not the path of a type", path.text))
                .help("write it from its crate on, without parameters: `preferences::Theme`"),
        );
        return None;
    }
    let first = words[0];
    if let Some(package) = package
        && package.text.replace('-', "_") != first
    {
        let message = format!("the package `{}` is not the crate `{first}`", package.text);
        report.push(
            Diagnostic::error(Code::JsonType, package.span, message)
                .secondary(path.span, "the path begins with the crate")
                .help(format!("write `{}::…`", package.text.replace('-', "_"))),
        );
        return None;
    }
    let package = match first {
        "std" | "core" | "alloc" | "seedbed" => None,
        _ => Some(package.map_or(first, |package| &package.text).to_owned()),
    };
    Some(JsonKind::Rust { path: path.text.clone(), package })
}

/// Reports types of which each document would hold another without end; whether there are any.
fn endless(lowered: &JsonTypes, report: &mut Report) -> bool {
    let mut found = false;
    for (at, ty) in lowered.types.iter().enumerate() {
        if leads_to(lowered, JsonTypeId(at), JsonTypeId(at), &mut vec![false; lowered.types.len()]) {
            found = true;
            let message = format!("a `{}` holds another `{}`, and so on without end", ty.name, ty.name);
            report.push(
                Diagnostic::error(Code::EndlessType, lowered.spans[at], message)
                    .help(format!("write `{}[]` for one of the members: a list may be empty", ty.name)),
            );
        }
    }
    found
}

/// Whether a document of one type holds one of another, not in a list.
fn leads_to(lowered: &JsonTypes, from: JsonTypeId, to: JsonTypeId, seen: &mut Vec<bool>) -> bool {
    let JsonKind::Shape(members) = &lowered.types[from.0].kind else { return false };
    members.iter().filter(|member| !member.list).any(|member| match member.element {
        Element::Named(id) if id == to => true,
        Element::Named(id) if !std::mem::replace(&mut seen[id.0], true) => leads_to(lowered, id, to, seen),
        _ => false,
    })
}

/// Checks the defaults of a shape's members against their types. One that does not fit is left out.
fn defaults(name: &Name, spec: &JsonTypeSpec, lowered: &mut JsonTypes, enums: &[Enum], report: &mut Report) {
    let [JsonKindSpec::Shape(written)] = spec.kinds.as_slice() else { return };
    let id = lowered.ids[&name.text];
    let JsonKind::Shape(mut members) = lowered.types[id.0].kind.clone() else { return };
    for member in &mut members {
        let Some(problem) =
            member.default.as_ref().and_then(|value| lowered.fit(enums).member(member, Some(value)).err())
        else {
            continue;
        };
        let places = written.items.iter().filter(|(name, _)| name.text == member.name);
        for default in places.filter_map(|(_, spec)| spec.default.as_ref()) {
            let message = format!("with the default `{}`, `{}` {problem}", default.text, name.text);
            report.push(
                Diagnostic::error(Code::DefaultMismatch, default.span, message)
                    .help("write one that the member's type can hold"),
            );
        }
        (member.default, member.nullable) = (None, true);
    }
    lowered.types[id.0].kind = JsonKind::Shape(members);
}

/// A constant as it stands in a document.
fn document(literal: Literal) -> serde_json::Value {
    match literal {
        Literal::Bool(value) => value.into(),
        Literal::Int(value) => value.into(),
        Literal::Float(value) => value.into(),
        Literal::Json(value) => value,
        text => text.to_text().into(),
    }
}
