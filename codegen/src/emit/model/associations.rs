//! The lazy accessors of associations: `load_<one>` asks for one row now, `query_<many>` starts a query.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use seedbed_schema::{Association, Field, Inverse, InverseKind, ModelId};

use super::{Emitter, constant, ident, parameter, raw};
use crate::emit::print;

impl Emitter<'_> {
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
        let (on, result) = (self.runtime("On"), self.runtime("Result"));
        let (target, method) = (self.path(association.target), format_ident!("load_{}", association.name));
        let fields: Vec<&Field> = association.fields.iter().map(|&id| self.model.field(id)).collect();
        let target_name = &self.schema.model(association.target).name;
        if fields.iter().all(|field| !field.nullable) {
            let key = fields.iter().map(|field| read(field));
            let doc = print::doc(&format!("The `{target_name}` it belongs to, loaded now."));
            return quote! {
                #doc
                pub async fn #method<'a>(&self, on: impl #on<'a>) -> #result<#target> {
                    #target::get(on, #(#key),*).await
                }
            };
        }
        let doc =
            print::doc(&format!("The `{target_name}` it belongs to, if any, loaded now."));
        let bindings = fields.iter().map(|field| {
            let parameter = parameter(field);
            let pattern = if field.nullable { quote!(Some(#parameter)) } else { quote!(#parameter) };
            (pattern, read(field))
        });
        let (patterns, values): (Vec<_>, Vec<_>) = bindings.unzip();
        let names = fields.iter().map(|field| parameter(field));
        let (pattern, value) = if let ([pattern], [value]) = (patterns.as_slice(), values.as_slice()) {
            (pattern.clone(), value.clone())
        } else {
            (quote!((#(#patterns),*)), quote!((#(#values),*)))
        };
        quote! {
            #doc
            pub async fn #method<'a>(&self, on: impl #on<'a>) -> #result<Option<#target>> {
                let #pattern = #value else { return Ok(None) };
                #target::find(on, #(#names),*).await
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
                let doc = print::doc(&format!(
                    "A query for the `{other_name}` rows that belong to it."
                ));
                quote! {
                    #doc
                    pub fn #method(&self) -> #query<#other, #filtered> {
                        #other::query().filter(#filter)
                    }
                }
            }
            InverseKind::HasOne => {
                let (on, result) = (self.runtime("On"), self.runtime("Result"));
                let method = format_ident!("load_{}", inverse.name);
                let doc = print::doc(&format!(
                    "The `{other_name}` that belongs to it, if any, loaded now."
                ));
                quote! {
                    #doc
                    pub async fn #method<'a>(&self, on: impl #on<'a>) -> #result<Option<#other>> {
                        #other::query().filter(#filter).first(on).await
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

/// The value of a field of `self`, to be handed on.
fn read(field: &Field) -> TokenStream {
    let ident = ident(field);
    match (field.nullable, super::row::is_copy(field)) {
        (_, true) => quote!(self.#ident),
        (true, false) => quote!(self.#ident.as_deref()),
        (false, false) => quote!(self.#ident.as_str()),
    }
}
