//! Fields: in column order, with types, defaults and flags.

use std::collections::{HashMap, HashSet};

use seedbed_schema::{Action, Default, Field, FieldId, Literal, Type, rust_identifier, shorten};

use super::keys::{KeyPart, Keys, Plan, key_names, own_fields};
use super::names::{former_name, identifier, override_name, snake, spelled};
use super::{Draft, Drafts, Origin, default, types};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{AssociationSpec, FieldSpec, Many, Name};
use crate::source::Span;
use crate::validate::reserved;

/// The most fields of a model: what PostgreSQL accepts.
const MAX_FIELDS: usize = 1_600;

/// The most fields of all models together, so that a large mixin in many models stays within memory.
const MAX_ALL_FIELDS: usize = 100_000;

/// The most bytes of defaults and documentation of all fields together, for the same reason.
const MAX_ALL_BYTES: usize = 32 * 1024 * 1024;

/// Gives every model its fields: the key, the keys of associations, its own fields, those of its mixins.
pub(super) fn lower<'a>(drafts: &mut Drafts<'a>, keys: &Keys<'a>, report: &mut Report) {
    let (mut fields, mut bytes) = (0, 0);
    for at in 0..drafts.models.len() {
        let built = Builder::new(&drafts.models[at], drafts, keys, at).build(report);
        let draft = &mut drafts.models[at];
        draft.missing = built.missing;
        if keys.shapes[at].is_none() {
            draft.missing.push("id".into());
        }
        draft.model.fields = built.fields;
        draft.origins = built.origins;
        draft.fields = built.names;
        draft.keys = built.keys;
        draft.model.key = match &keys.shapes[at] {
            Some(shape) => shape.iter().filter_map(|part| draft.fields.get(&part.name).copied()).collect(),
            None => Vec::new(),
        };
        key_default(draft, report);
        fields += draft.origins.len();
        bytes += draft.origins.iter().map(weight).sum::<usize>();
        if fields > MAX_ALL_FIELDS || bytes > MAX_ALL_BYTES {
            report.push(
                Diagnostic::error(
                    Code::TooMany,
                    draft.name.span,
                    "the models have too many fields, those of mixins counted for each",
                )
                .label(format!("with this one more than {MAX_ALL_FIELDS} fields, or {MAX_ALL_BYTES} bytes of defaults"))
                .help("use fewer mixins"),
            );
        }
        if report.is_full() || draft.origins.len() >= MAX_FIELDS || fields > MAX_ALL_FIELDS || bytes > MAX_ALL_BYTES {
            break;
        }
    }
    unused_mixins(drafts, report);
}

/// The bytes of what a field brings along, once for every model that has it.
fn weight(origin: &Origin<'_>) -> usize {
    let Some(written) = origin.written else { return 0 };
    let default = written.default.as_ref().map_or(0, |default| default.text.len());
    default + written.more.doc.as_ref().map_or(0, |doc| doc.text.len())
}

struct Builder<'r, 'a> {
    draft: &'r Draft<'a>,
    drafts: &'r Drafts<'a>,
    keys: &'r Keys<'a>,
    at: usize,
    own: HashMap<String, (&'a Name, &'a FieldSpec)>,
    fields: Vec<Field>,
    origins: Vec<Origin<'a>>,
    names: HashMap<String, FieldId>,
    /// The fields and associations that have their places, by where they are declared.
    placed: HashSet<Span>,
    missing: Vec<String>,
}

struct Built<'a> {
    fields: Vec<Field>,
    origins: Vec<Origin<'a>>,
    names: HashMap<String, FieldId>,
    keys: HashMap<String, Vec<FieldId>>,
    missing: Vec<String>,
}

impl<'r, 'a> Builder<'r, 'a> {
    fn new(draft: &'r Draft<'a>, drafts: &'r Drafts<'a>, keys: &'r Keys<'a>, at: usize) -> Self {
        Self {
            draft,
            drafts,
            keys,
            at,
            own: own_fields(draft),
            fields: Vec::new(),
            origins: Vec::new(),
            names: HashMap::new(),
            placed: HashSet::new(),
            missing: Vec::new(),
        }
    }

    fn build(mut self, report: &mut Report) -> Built<'a> {
        self.key(report);
        let associations = self.draft.spec.belongs_to.iter().flat_map(|all| &all.items);
        for (name, association) in associations {
            self.association(name, association, report);
        }
        for (name, field) in self.draft.spec.fields.iter().flat_map(|all| &all.items) {
            self.own_field(name, field, report);
        }
        for (mixin, name, field) in mixin_fields(self.draft, self.drafts, report) {
            if field.flags.pk.is_some() {
                let span = field.flags.pk.unwrap_or(field.span);
                report.push(
                    Diagnostic::error(
                        Code::FlagMismatch,
                        span,
                        format!("a field of the mixin `{mixin}` cannot be a primary key"),
                    )
                    .help("write the key under `defaults:` for all models"),
                );
            }
            self.add(&name.text, name.span, Some(name), field, report);
        }
        let keys = self.association_keys();
        Built { fields: self.fields, origins: self.origins, names: self.names, keys, missing: self.missing }
    }

    /// The fields of the primary key, which stand first.
    fn key(&mut self, report: &mut Report) {
        match self.keys.plans[self.at] {
            Some(Plan::Id(field)) => self.add("id", field.span, None, field, report),
            Some(Plan::Flagged(name)) => self.own_by_name(&snake(&name.text), report),
            Some(Plan::Members(members)) => {
                for member in &members.items {
                    self.own_by_name(&snake(&member.text), report);
                    self.association_by_name(&snake(&member.text), report);
                }
            }
            None => {}
        }
    }

    fn own_by_name(&mut self, name: &str, report: &mut Report) {
        if let Some((name, field)) = self.own.get(name).copied() {
            self.own_field(name, field, report);
        }
    }

    /// An association that is a member of the key, by its name or by that of a field that holds its key.
    fn association_by_name(&mut self, wanted: &str, report: &mut Report) {
        let draft = self.draft;
        for (name, association) in draft.spec.belongs_to.iter().flat_map(|all| &all.items) {
            let Some(shape) = self.target_shape(association) else { continue };
            if snake(&name.text) == wanted || key_names(&name.text, association, shape).iter().any(|key| key == wanted)
            {
                self.association(name, association, report);
            }
        }
    }

    fn own_field(&mut self, name: &'a Name, field: &'a FieldSpec, report: &mut Report) {
        if self.placed.insert(name.span) {
            self.add(&name.text, name.span, Some(name), field, report);
        }
    }

    fn target_shape(&self, association: &AssociationSpec) -> Option<&'r Vec<KeyPart>> {
        let target = self.drafts.model_ids.get(association.model.as_ref()?.text.as_str())?;
        self.keys.shapes[target.0].as_ref()
    }

    /// The fields that hold an association's key; those that are declared as fields stay where they are.
    fn association(&mut self, name: &'a Name, association: &'a AssociationSpec, report: &mut Report) {
        if !self.placed.insert(name.span) {
            return;
        }
        let Some(shape) = self.target_shape(association) else {
            return self.lacks(name, association);
        };
        let names = key_names(&name.text, association, shape);
        if names.len() != shape.len() {
            let span = association.options.key.as_ref().map_or(association.span, |key| key.span);
            let parts: Vec<&str> = shape.iter().map(|part| part.name.as_str()).collect();
            let target = association.model.as_ref().map_or("", |model| &model.text);
            report.push(
                Diagnostic::error(
                    Code::KeyMismatch,
                    span,
                    format!("{} key fields for the {} of `{target}`", names.len(), shape.len()),
                )
                .help(format!("the key of `{target}` is ({})", parts.join(", "))),
            );
            return self.lacks(name, association);
        }
        let options = &association.options;
        for (at, (key, part)) in names.iter().zip(shape).enumerate() {
            if self.own.contains_key(key) {
                continue;
            }
            let written = options.key.as_ref().and_then(|keys| keys.items.get(at));
            let span = written.map_or(name.span, |key| key.span);
            if let Some(written) = written
                && !identifier(written, "a field", report)
            {
                continue;
            }
            let column = options.column.as_ref().filter(|_| shape.len() == 1);
            let field = Field {
                name: key.clone(),
                rust: rust_identifier(key),
                column: override_name(column, report).unwrap_or_else(|| self.column(key)),
                ty: part.ty,
                json: None,
                nullable: association.nullable,
                default: None,
                on_update: false,
                version: false,
                sensitive: part.sensitive,
                collate: None,
                doc: None,
                renamed_from: former_name(options.renamed_from.as_ref()).filter(|_| shape.len() == 1),
            };
            self.push(field, Origin { span, broken: false, written: None }, report);
        }
    }

    /// Notes that an association's key could not be made.
    fn lacks(&mut self, name: &Name, association: &AssociationSpec) {
        self.missing.push(snake(&name.text));
        let keys = association.options.key.iter().flat_map(|keys| &keys.items);
        self.missing.extend(keys.map(|key| snake(&key.text)));
    }

    fn column(&self, name: &str) -> String {
        shorten(&spelled(name, self.drafts.settings.columns))
    }

    /// Lowers a field as it is written and adds it.
    fn add(&mut self, name: &str, span: Span, written: Option<&Name>, spec: &'a FieldSpec, report: &mut Report) {
        if let Some(written) = written {
            if !identifier(written, "a field", report) {
                self.missing.push(snake(name));
                return;
            }
            reserved::field_name(written, report);
        }
        if self.fields.len() > MAX_FIELDS || report.is_full() {
            return;
        }
        let name = snake(name);
        let (field, broken) = lower_field(&name, spec, self.drafts, report);
        self.push(field, Origin { span, broken, written: Some(spec) }, report);
    }

    fn push(&mut self, field: Field, origin: Origin<'a>, report: &mut Report) {
        if self.fields.len() >= MAX_FIELDS {
            self.missing.push(field.name);
            let message = format!("the model `{}` has more than {MAX_FIELDS} fields", self.draft.name.text);
            return report
                .push(Diagnostic::error(Code::TooMany, self.draft.name.span, message).help("split the model"));
        }
        if let Some(first) = self.names.get(&field.name) {
            let message = format!("the model `{}` has two fields `{}`", self.draft.name.text, field.name);
            report.push(
                Diagnostic::error(Code::DuplicateName, origin.span, message)
                    .secondary(self.origins[first.0].span, "first declared here"),
            );
            return;
        }
        self.names.insert(field.name.clone(), FieldId(self.fields.len()));
        self.fields.push(field);
        self.origins.push(origin);
    }

    /// The key fields of each association, now that all fields have their places.
    fn association_keys(&self) -> HashMap<String, Vec<FieldId>> {
        let associations = self.draft.spec.belongs_to.iter().flat_map(|all| &all.items);
        associations
            .filter_map(|(name, association)| {
                let shape = self.target_shape(association)?;
                let names = key_names(&name.text, association, shape);
                let ids: Option<Vec<FieldId>> = names.iter().map(|key| self.names.get(key).copied()).collect();
                ids.filter(|ids| ids.len() == shape.len()).map(|ids| (snake(&name.text), ids))
            })
            .collect()
    }
}

/// A field as it is written; whether its type could not be understood.
fn lower_field(name: &str, written: &FieldSpec, drafts: &Drafts<'_>, report: &mut Report) -> (Field, bool) {
    let ty = written.ty.as_ref().and_then(|ty| types::lower(ty, drafts, report));
    let json = written.ty.as_ref().and_then(|ty| drafts.json.ids.get(&ty.name).copied());
    let json = json.filter(|_| ty == Some(Type::Json));
    let field = Field {
        name: name.to_owned(),
        rust: rust_identifier(name),
        column: override_name(written.more.column.as_ref(), report)
            .unwrap_or_else(|| shorten(&spelled(name, drafts.settings.columns))),
        ty: ty.unwrap_or(Type::Text { limit: None }),
        json,
        nullable: written.ty.as_ref().is_some_and(|ty| ty.nullable),
        default: ty.and_then(|ty| default::lower(written, ty, json, drafts, report)).or_else(|| first_version(written)),
        on_update: written.flags.on_update.is_some(),
        version: written.flags.version.is_some(),
        sensitive: written.flags.sensitive.is_some(),
        collate: written.more.collate.as_ref().map(|collate| collate.text.clone()),
        doc: written.more.doc.as_ref().map(|doc| doc.text.clone()),
        renamed_from: former_name(written.more.renamed_from.as_ref()),
    };
    if let Some(ty) = ty {
        flags(written, &field, ty, drafts, report);
    }
    (field, ty.is_none())
}

/// What a row that counts its changes begins with.
fn first_version(written: &FieldSpec) -> Option<Default> {
    written.flags.version.is_some().then_some(Default::Literal(Literal::Int(1)))
}

/// Flags that do not go with the field.
fn flags(written: &FieldSpec, field: &Field, ty: Type, drafts: &Drafts<'_>, report: &mut Report) {
    let mut refuse = |span: Span, problem: String, help: &str| {
        report.push(Diagnostic::error(Code::FlagMismatch, span, problem).help(help));
    };
    let name = drafts.type_name(ty);
    if let Some(span) = written.flags.sensitive
        && !matches!(ty, Type::Text { .. })
    {
        refuse(span, format!("`{name}` cannot be `sensitive`"), "secrets are texts: `string` or `text`");
    }
    if let Some(span) = written.flags.on_update
        && !(matches!(field.default, Some(Default::Now)))
    {
        refuse(span, "`on_update` needs the default `now`".into(), "write `timestamp = now on_update`");
    }
    if let Some(span) = written.flags.version
        && (field.nullable || !matches!(ty, Type::SmallInt | Type::Int | Type::BigInt))
    {
        refuse(span, format!("`{name}` cannot count changes"), "a version is a number: `int version`");
    }
    if let Some(collate) = &written.more.collate
        && !ty.is_text()
    {
        refuse(collate.span, format!("`{name}` has no collation"), "`collate:` is for texts");
    }
    for span in [written.flags.unique, written.flags.index].into_iter().flatten() {
        if matches!(ty, Type::Json | Type::Bytes) {
            refuse(span, format!("`{name}` cannot be indexed"), "index a field that can be compared");
        }
    }
}

/// `auto` is for a key of one `bigint`, because that is what both databases count.
fn key_default(draft: &Draft<'_>, report: &mut Report) {
    for (at, field) in draft.model.fields.iter().enumerate() {
        let alone = draft.model.single_key() == Some(FieldId(at));
        if !field.is_auto() || (alone && field.ty == Type::BigInt) || draft.model.key.is_empty() {
            continue;
        }
        let help = if alone {
            "write `bigint = auto`"
        } else {
            "only the one field of a primary key is counted by the database"
        };
        let message = format!("`{}` cannot be `auto`", field.name);
        report.push(Diagnostic::error(Code::Auto, draft.origins[at].span, message).help(help));
    }
}

/// The fields of the mixins that a model uses, each with its mixin's name.
fn mixin_fields<'a>(
    draft: &Draft<'a>,
    drafts: &Drafts<'a>,
    report: &mut Report,
) -> Vec<(&'a str, &'a Name, &'a FieldSpec)> {
    let uses: Option<&Many<Name>> = draft.spec.uses.as_ref().or(drafts.settings.uses);
    let mut fields = Vec::new();
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for used in uses.iter().flat_map(|uses| &uses.items) {
        if let Some(first) = seen.insert(&used.text, used.span) {
            let message = format!("the mixin `{}` is used twice", used.text);
            report.push(Diagnostic::error(Code::DuplicateName, used.span, message).secondary(first, "first here"));
            continue;
        }
        match drafts.settings.mixins.get_key_value(used.text.as_str()) {
            Some((mixin, known)) => fields.extend(known.items.iter().map(|(name, field)| (*mixin, name, field))),
            None => {
                let mut known: Vec<&str> = drafts.settings.mixins.keys().copied().collect();
                known.sort_unstable();
                report.push(
                    Diagnostic::error(Code::UnknownMixin, used.span, format!("unknown mixin `{}`", used.text))
                        .nearest(&used.text, known),
                );
            }
        }
    }
    fields
}

/// A mixin that no model uses is checked all the same.
fn unused_mixins(drafts: &Drafts<'_>, report: &mut Report) {
    for mixin in drafts.settings.mixins.values() {
        for (name, field) in &mixin.items {
            lower_field(&snake(&name.text), field, drafts, report);
        }
    }
}

/// What `on_delete` is unless said: NULL where NULL is allowed, else the delete is refused.
pub(super) fn default_action(nullable: bool) -> Action {
    if nullable { Action::SetNull } else { Action::Restrict }
}
