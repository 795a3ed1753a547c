//! Associations: what a query includes, and the lazy accessors, `load_<one>` and `query_<many>`.

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use seedbed_schema::{Association, Field, Inverse, InverseKind, ModelId};

use super::{Emitter, constant, ident, raw};
use crate::emit::print;

/// Names that a type of the model's file cannot have: those of the prelude, and of what is in every file.
const TAKEN: [&str; 15] = [
    "With", "Hooks", "Self", "Option", "Some", "None", "Result", "Ok", "Err", "Box", "Vec", "String", "Default",
    "From", "Into",
];

impl Emitter<'_> {
    /// What is known about each association, for queries that include it.
    pub(super) fn includes(&self) -> TokenStream {
        let name = &self.name;
        let own = self.schema.belongs_to(self.id).map(|(_, association)| {
            let fields: Vec<&Field> = association.fields.iter().map(|&id| self.model.field(id)).collect();
            let optional = fields.iter().any(|field| field.nullable);
            let kind = if optional { "may_belong_to" } else { "belongs_to" };
            self.included(&association.rust, kind, association.target, &fields)
        });
        let inverses = self.schema.inverses(self.id).filter_map(|(_, association)| {
            let inverse = association.inverse.as_ref()?;
            let kind = match inverse.kind {
                InverseKind::HasMany => "has_many",
                InverseKind::HasOne => "has_one",
            };
            let holder = self.schema.model(association.model);
            let fields: Vec<&Field> = association.fields.iter().map(|&id| holder.field(id)).collect();
            Some(self.included(&inverse.rust, kind, association.model, &fields))
        });
        let all = own.chain(inverses);
        quote! {
            seedbed::associations! {
                for #name;
                #(#all)*
            }
        }
    }

    fn included(&self, name: &str, kind: &str, target: ModelId, fields: &[&Field]) -> TokenStream {
        let (held, name, kind) = (self.held(name), raw(name), format_ident!("{kind}"));
        let target = format_ident!("{}", self.schema.model(target).name);
        let fields = fields.iter().map(|field| ident(field));
        quote!(#name: #held = #kind(crate::#target, #(#fields),*);)
    }

    /// The type of what a row keeps of an association: named like it, unless the file has another type of that name.
    fn held(&self, association: &str) -> Ident {
        let name = association.trim_start_matches("r#").to_upper_camel_case();
        let own = [&self.name, &self.new, &self.patch].into_iter().any(|own| *own == name);
        let taken = own || TAKEN.contains(&name.as_str()) || self.imported().contains(&name.as_str());
        if taken { format_ident!("Included{name}") } else { format_ident!("{name}") }
    }

    /// The accessors, both ways.
    pub(super) fn association_methods(&self) -> TokenStream {
        let loads = self.schema.belongs_to(self.id).map(|(_, association)| self.load(association));
        let inverses = self
            .schema
            .inverses(self.id)
            .filter_map(|(_, association)| Some(self.inverse(association, association.inverse.as_ref()?)));
        loads.chain(inverses).collect()
    }

    fn load(&self, association: &Association) -> TokenStream {
        let (on, target) = (self.runtime("On"), self.path(association.target));
        let (method, name) = (format_ident!("load_{}", association.name), &self.schema.model(association.target).name);
        let fields: Vec<&Field> = association.fields.iter().map(|&id| self.model.field(id)).collect();
        let nullable = fields.iter().any(|field| field.nullable);
        let (doc, row, load) = if nullable {
            let key = optional_key(&fields);
            let doc = format!("The `{name}` it belongs to, if any, loaded now.");
            (doc, self.reply(&quote!(Option<#target>)), quote!(write::find_some(on, #key)))
        } else {
            let key = fields.iter().map(|field| read(field));
            let doc = format!("The `{name}` it belongs to, loaded now.");
            (doc, self.reply(&target), quote!(#target::get(on, #(#key),*)))
        };
        let doc = print::doc(&doc);
        quote! {
            #doc
            pub fn #method<'a>(&self, on: impl #on<'a>) -> #row {
                #load
            }
        }
    }

    fn inverse(&self, association: &Association, inverse: &Inverse) -> TokenStream {
        let other = self.path(association.model);
        let other_name = &self.schema.model(association.model).name;
        let filter = self.filter(association);
        match inverse.kind {
            InverseKind::HasMany => {
                let (query, filtered) = (self.runtime("Query"), self.runtime("Filtered"));
                let method = format_ident!("query_{}", inverse.name);
                let doc = print::doc(&format!("A query for the `{other_name}` rows that belong to it."));
                quote! {
                    #doc
                    pub fn #method(&self) -> #query<#other, #filtered> {
                        #other::query().filter(#filter)
                    }
                }
            }
            InverseKind::HasOne => {
                let (on, row) = (self.runtime("On"), self.reply(&quote!(Option<#other>)));
                let method = format_ident!("load_{}", inverse.name);
                let doc = print::doc(&format!("The `{other_name}` that belongs to it, if any, loaded now."));
                quote! {
                    #doc
                    pub fn #method<'a>(&self, on: impl #on<'a>) -> #row {
                        #other::query().filter(#filter).first(on)
                    }
                }
            }
        }
    }

    /// The rows of the other model whose key is this row's.
    fn filter(&self, association: &Association) -> TokenStream {
        let module = self.module(association.model);
        let pairs = association.fields.iter().zip(&association.target_fields).map(|(&theirs, &ours)| {
            let constant = constant(self.schema.field(association.model, theirs));
            let value = read(self.model.field(ours));
            quote!(crate::#module::#constant.eq(#value))
        });
        pairs.reduce(|all, pair| quote!(#all.and(#pair))).unwrap_or_default()
    }

    fn path(&self, model: ModelId) -> TokenStream {
        if model == self.id {
            return quote!(Self);
        }
        let name = format_ident!("{}", self.schema.model(model).name);
        quote!(crate::#name)
    }

    fn module(&self, model: ModelId) -> Ident {
        raw(&self.schema.model(model).module)
    }
}

/// The key that fields of `self` hold, unless one of them is NULL.
fn optional_key(fields: &[&Field]) -> TokenStream {
    let values: Vec<TokenStream> = fields.iter().map(|field| owned(field)).collect();
    if let [value] = values.as_slice() {
        return value.clone();
    }
    let names: Vec<Ident> = (0..fields.len()).map(|at| format_ident!("part_{at}")).collect();
    let patterns =
        fields.iter().zip(&names).map(|(field, name)| if field.nullable { quote!(Some(#name)) } else { quote!(#name) });
    quote!(if let (#(#patterns),*) = (#(#values),*) { Some((#(#names),*)) } else { None })
}

/// The value of a field of `self`, for whoever keeps it.
fn owned(field: &Field) -> TokenStream {
    let ident = ident(field);
    if super::row::is_copy(field) { quote!(self.#ident) } else { quote!(self.#ident.clone()) }
}

/// The value of a field of `self` that is never NULL, to be looked at.
fn read(field: &Field) -> TokenStream {
    let ident = ident(field);
    if super::row::is_copy(field) {
        quote!(self.#ident)
    } else if field.sensitive {
        quote!(self.#ident.expose())
    } else {
        quote!(self.#ident.as_str())
    }
}
