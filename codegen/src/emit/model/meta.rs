//! What a model says about itself as static data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::{Action, Association, Field, FieldId, Index, IndexKey, InverseKind, Model, Schema};

use super::{Emitter, constant};
use crate::emit::rust_type;

impl Emitter<'_> {
    /// The static data: the model and its fields.
    pub(super) fn statics(&self) -> TokenStream {
        let model = self.model;
        let (meta_name, fields_name) = (&self.meta, &self.fields);
        let (name, table, doc) = (&model.name, &model.table, model.doc.as_deref().unwrap_or_default().trim_end());
        let key = places(model, &model.key);
        let key_name = &model.key_name;
        let unique = self.unique_keys().map(|(index, _)| {
            let (constraint, fields) = (&index.name, places(model, &index.unique_fields().unwrap_or_default()));
            quote!(meta::Unique::new(#constraint, #fields))
        });
        let partial = model.indexes.iter().filter(|index| index.unique && index.unique_fields().is_none());
        let partial = partial.map(|index| {
            let (constraint, fields) = (&index.name, places(model, &field_members(index)));
            quote!(meta::Unique::new(#constraint, #fields).partial())
        });
        let unique = unique.chain(partial);
        let checks = model.checks.iter().map(|check| {
            let constraint = &check.name;
            let field = match check.field {
                Some(id) => {
                    let column = constant(model.field(id));
                    quote!(Some(#column.at()))
                }
                None => quote!(None),
            };
            quote!(meta::Check::new(#constraint, #field))
        });
        let associations = self.associations();
        let fields = model.fields.iter().map(|field| field_meta(self.schema, field));
        quote! {
            /// What is known about the model.
            pub static #meta_name: meta::Model = meta::Model {
                name: #name,
                table: #table,
                doc: #doc,
                fields: #fields_name,
                key: #key,
                unique: &[meta::Unique::new(#key_name, #key), #(#unique),*],
                checks: &[#(#checks),*],
                associations: &[#(#associations),*],
            };

            const #fields_name: &[meta::Field] = &meta::numbered([#(#fields),*]);
        }
    }

    fn associations(&self) -> Vec<TokenStream> {
        let own = self.schema.belongs_to(self.id).map(|(_, association)| {
            let target = self.schema.model(association.target);
            let targets = names(target, &association.target_fields);
            let fields = places(self.model, &association.fields);
            association_meta(association, "belongs_to", &association.name, &target.name, &fields, &targets)
        });
        let inverses = self.schema.inverses(self.id).filter_map(|(_, association)| {
            let inverse = association.inverse.as_ref()?;
            let kind = match inverse.kind {
                InverseKind::HasMany => "has_many",
                InverseKind::HasOne => "has_one",
            };
            let other = self.schema.model(association.model);
            let targets = names(other, &association.fields);
            let fields = places(self.model, &association.target_fields);
            Some(association_meta(association, kind, &inverse.name, &other.name, &fields, &targets))
        });
        own.chain(inverses).collect()
    }
}

fn association_meta(
    association: &Association,
    kind: &str,
    name: &str,
    target: &str,
    fields: &TokenStream,
    target_fields: &TokenStream,
) -> TokenStream {
    let constraint = (kind == "belongs_to").then(|| {
        let constraint = &association.foreign_key;
        quote!(, #constraint)
    });
    let kind = format_ident!("{kind}");
    let cascades = !matches!(association.on_delete, Action::Restrict | Action::NoAction);
    let cascades = cascades.then(|| quote!(.cascades()));
    quote! {
        meta::#kind(#name, #target, #fields, #target_fields #constraint) #cascades
    }
}

fn field_meta(schema: &Schema, field: &Field) -> TokenStream {
    let (name, ty) = (&field.name, rust_type::constant(schema, field));
    let column = (field.column != field.name).then(|| {
        let column = &field.column;
        quote!(.column(#column))
    });
    let nullable = field.nullable.then(|| quote!(.nullable()));
    let default = rust_type::default(field).map(|default| quote!(.default(#default)));
    let on_update = field.on_update.then(|| quote!(.on_update()));
    let version = field.version.then(|| quote!(.version()));
    let sensitive = field.sensitive.then(|| quote!(.sensitive()));
    let doc = field.doc.as_ref().map(|doc| {
        let doc = doc.trim_end();
        quote!(.doc(#doc))
    });
    quote!(meta::Field::new(#name, #ty) #column #nullable #default #on_update #version #sensitive #doc)
}

/// The fields among the members of an index.
fn field_members(index: &Index) -> Vec<FieldId> {
    let fields = index.members.iter().filter_map(|member| match member.key {
        IndexKey::Field(id) => Some(id),
        IndexKey::Expression(_) => None,
    });
    fields.collect()
}

/// The places of fields, by their columns: a new field before them changes no line.
fn places(model: &Model, fields: &[FieldId]) -> TokenStream {
    let columns = fields.iter().map(|&id| constant(model.field(id)));
    quote!(&[#(#columns.at()),*])
}

fn names(model: &Model, fields: &[FieldId]) -> TokenStream {
    let names = fields.iter().map(|&id| &model.field(id).name);
    quote!(&[#(#names),*])
}
