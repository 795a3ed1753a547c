//! A lowered schema as the static data that generated crates have, so that commands and tests need no generated crate.

use seedbed_schema::{
    Action, Association, Default, Field, FieldId, Index, InverseKind, Model, Schema, SeedRows, SyncMode,
};

use crate::meta;

/// A lowered schema as static data, for a program that has no generated crate. What is made here lives as long as the
/// process, so it is made once per schema. The seeds' files are read from the folder that the handle is given, and
/// services are left out.
pub fn leak(schema: &Schema, json: String, hash: String) -> &'static meta::Schema {
    let models = schema.models().map(|(id, model)| {
        let own = schema.belongs_to(id).map(|(_, association)| belongs_to(schema, association));
        let inverses = schema.inverses(id).filter_map(|(_, association)| inverse(schema, association));
        &*Box::leak(Box::new(self::model(model, own.chain(inverses).collect())))
    });
    Box::leak(Box::new(meta::Schema {
        package: text(&schema.package),
        models: list(models),
        enums: list(schema.enums.iter().map(|item| meta::Enum {
            name: text(&item.name),
            values: list(item.values.iter().map(|value| text(&value.text))),
        })),
        seeds: list(schema.seeds.iter().map(|seed| {
            let model = schema.model(seed.model);
            meta::Seed {
                model: text(&model.name),
                file: match &seed.rows {
                    SeedRows::File(path) => Some(text(path)),
                    SeedRows::Inline { .. } => None,
                },
                key: names(model, &seed.key),
                when: seed.when.as_deref().map(text),
                set: seed.set.as_deref().map(text),
            }
        })),
        services: &[],
        connect: meta::Connect {
            dialect: schema.connect.default,
            storage: schema.connect.storage.as_deref().map(text),
            tls_required: schema.connect.tls_required,
            sync: schema.connect.sync != SyncMode::Off,
        },
        json: Box::leak(json.into_boxed_str()),
        hash: Box::leak(hash.into_boxed_str()),
        files: &[],
    }))
}

fn model(model: &Model, associations: Vec<meta::Association>) -> meta::Model {
    let key = meta::Unique::new(text(&model.key_name), places(&model.key));
    let unique = model.indexes.iter().filter_map(unique);
    meta::Model {
        name: text(&model.name),
        table: text(&model.table),
        doc: model.doc.as_deref().map_or("", text),
        fields: list(model.fields.iter().enumerate().map(|(at, field)| self::field(at, field))),
        key: places(&model.key),
        unique: list(std::iter::once(key).chain(unique)),
        checks: list(
            model
                .checks
                .iter()
                .map(|check| meta::Check { constraint: text(&check.name), field: check.field.map(|id| id.0) }),
        ),
        associations: list(associations),
    }
}

fn field(at: usize, field: &Field) -> meta::Field {
    meta::Field {
        name: text(&field.name),
        column: text(&field.column),
        ty: field.ty,
        at,
        nullable: field.nullable,
        default: field.default.as_ref().map_or(meta::FieldDefault::None, default),
        on_update: field.on_update,
        version: field.version,
        sensitive: field.sensitive,
        doc: field.doc.as_deref().map_or("", text),
    }
}

fn default(default: &Default) -> meta::FieldDefault {
    match default {
        Default::Auto | Default::Sql { .. } => meta::FieldDefault::Database,
        Default::Now => meta::FieldDefault::Now,
        Default::Uuid4 => meta::FieldDefault::Uuid4,
        Default::Uuid7 => meta::FieldDefault::Uuid7,
        Default::Cuid => meta::FieldDefault::Cuid,
        Default::Literal(literal) => meta::FieldDefault::Literal(text(&literal.to_text())),
    }
}

fn unique(index: &Index) -> Option<meta::Unique> {
    Some(meta::Unique::new(text(&index.name), places(&index.unique_fields()?)))
}

fn belongs_to(schema: &Schema, association: &Association) -> meta::Association {
    let target = schema.model(association.target);
    meta::Association {
        name: text(&association.name),
        kind: meta::AssociationKind::BelongsTo,
        target: text(&target.name),
        fields: places(&association.fields),
        target_fields: names(target, &association.target_fields),
        constraint: text(&association.foreign_key),
        cascades: cascades(association),
    }
}

fn inverse(schema: &Schema, association: &Association) -> Option<meta::Association> {
    let inverse = association.inverse.as_ref()?;
    let other = schema.model(association.model);
    Some(meta::Association {
        name: text(&inverse.name),
        kind: match inverse.kind {
            InverseKind::HasMany => meta::AssociationKind::HasMany,
            InverseKind::HasOne => meta::AssociationKind::HasOne,
        },
        target: text(&other.name),
        fields: places(&association.target_fields),
        target_fields: names(other, &association.fields),
        constraint: "",
        cascades: cascades(association),
    })
}

fn cascades(association: &Association) -> bool {
    !matches!(association.on_delete, Action::Restrict | Action::NoAction)
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn list<T>(items: impl IntoIterator<Item = T>) -> &'static [T] {
    Box::leak(items.into_iter().collect())
}

fn places(fields: &[FieldId]) -> &'static [usize] {
    list(fields.iter().map(|id| id.0))
}

fn names(model: &Model, fields: &[FieldId]) -> &'static [&'static str] {
    list(fields.iter().map(|&id| text(&model.field(id).name)))
}
