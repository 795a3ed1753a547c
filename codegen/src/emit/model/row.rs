//! The row struct, its columns, and its methods on a handle or a transaction.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::{Field, Index};

use super::{Emitter, constant, ident, parameter, place};
use crate::emit::{print, rust_type};

impl Emitter<'_> {
    /// The struct.
    pub(super) fn row(&self) -> TokenStream {
        let name = &self.name;
        let doc = print::doc(self.model.doc.as_deref().unwrap_or(&format!("A row of `{}`.", self.model.table)));
        let fields = self.model.fields.iter().map(|field| {
            let doc = self.doc_of(field, &format!("Column `{}`.", field.column));
            let (ident, ty) = (ident(field), self.type_of(field));
            let serde = if field.sensitive {
                quote!(#[serde(skip_serializing)])
            } else if field.rust.trim_start_matches("r#") != field.name {
                let name = &field.name;
                quote!(#[serde(rename = #name)])
            } else {
                quote!()
            };
            quote!(#doc #serde pub #ident: #ty)
        });
        quote! {
            #doc
            #[derive(Debug, Clone, PartialEq, seedbed::serde::Serialize)]
            #[serde(crate = "seedbed::serde")]
            pub struct #name { #(#fields),* }
        }
    }

    /// The typed columns, one constant per field.
    pub(super) fn columns(&self) -> TokenStream {
        let (name, fields, column) = (&self.name, &self.fields, self.runtime("Column"));
        let columns = self.model.fields.iter().map(|field| {
            let (constant, ty, text) = (constant(field), self.type_of(field), &field.name);
            quote!(pub const #constant: #column<#name, #ty> = #column::named(#fields, #text);)
        });
        columns.collect()
    }

    /// What can be done with rows of this model.
    pub(super) fn methods(&self) -> TokenStream {
        let (name, new, patch) = (&self.name, &self.new, &self.patch);
        let on = self.runtime("On");
        let row = self.reply(&quote!(Self));
        let maybe_row = self.reply(&quote!(Option<Self>));
        let (parameters, key) = self.key_parameters();
        let many = many_parameters(self.model.key.len());
        let finders = self.unique_finders();
        let associations = self.association_methods();
        quote! {
            impl #name {
                /// The row with that key, if there is one.
                #many
                pub fn find<'a>(on: impl #on<'a>, #parameters) -> #maybe_row {
                    write::find(on, #key)
                }

                /// The row with that key; `Error::NotFound` if there is none.
                #many
                pub fn get<'a>(on: impl #on<'a>, #parameters) -> #row {
                    write::get(on, #key)
                }

                #finders

                seedbed::methods!(#new, #patch);

                #associations
            }
        }
    }

    /// The parameters that name a primary key, and the expression they make.
    fn key_parameters(&self) -> (TokenStream, TokenStream) {
        let parameters = self.key().map(|field| {
            let (parameter, ty) = (parameter(field), rust_type::inner(self.schema, field));
            if field.ty.is_text() { quote!(#parameter: impl Into<#ty>) } else { quote!(#parameter: #ty) }
        });
        let values: Vec<_> = self
            .key()
            .map(|field| {
                let parameter = parameter(field);
                if field.ty.is_text() { quote!(#parameter.into()) } else { quote!(#parameter) }
            })
            .collect();
        let key = if let [value] = values.as_slice() { value.clone() } else { quote!((#(#values),*)) };
        (quote!(#(#parameters),*), key)
    }

    /// `find_by_<fields>`, one per unique key beside the primary key.
    fn unique_finders(&self) -> TokenStream {
        self.unique_keys().enumerate().map(|(at, (_, fields))| self.unique_finder(at + 1, &fields)).collect()
    }

    fn unique_finder(&self, unique: usize, fields: &[&Field]) -> TokenStream {
        let (on, into, maybe_row) = (self.runtime("On"), self.runtime("IntoField"), self.reply(&quote!(Option<Self>)));
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let method = format_ident!("find_by_{}", names.join("_and_"));
        let doc = print::doc(&format!("The row with that `{}`, if there is one.", names.join("` and `")));
        let parameters = fields.iter().map(|field| {
            let (parameter, ty) = (parameter(field), rust_type::inner(self.schema, field));
            quote!(#parameter: impl #into<#ty>)
        });
        let values = fields.iter().map(|field| {
            let (parameter, constant) = (parameter(field), constant(field));
            quote!(#constant.value(#parameter))
        });
        let unique = place(unique);
        let many = many_parameters(fields.len());
        quote! {
            #doc
            #many
            pub fn #method<'a>(on: impl #on<'a>, #(#parameters),*) -> #maybe_row {
                write::find_by(on, #unique, vec![#(#values),*])
            }
        }
    }

    /// The unique keys beside the primary key that find at most one row, with their fields.
    pub(super) fn unique_keys(&self) -> impl Iterator<Item = (&Index, Vec<&Field>)> {
        self.model.indexes.iter().filter_map(|index| {
            let fields = index.unique_fields()?;
            Some((index, fields.into_iter().map(|id| self.model.field(id)).collect()))
        })
    }

    /// How the runtime reads a row and knows its key.
    pub(super) fn model_impl(&self) -> TokenStream {
        let (name, meta) = (&self.name, &self.meta);
        let (statements, row) = (self.runtime("Statements"), self.runtime("Row"));
        let (result, failure) = (self.runtime("Result"), self.runtime("Failure"));
        let version = self.model.fields.iter().find(|field| field.version).map(|field| {
            let (constant, ident) = (constant(field), ident(field));
            quote! {
                fn version(&self) -> Option<seedbed::Value> {
                    Some(#constant.value(self.#ident))
                }
            }
        });
        let hooks = (!self.model.hooks.is_empty()).then(|| {
            quote!(
                const HOOKS: bool = true;
            )
        });
        let types: Vec<_> = self.key().map(|field| rust_type::inner(self.schema, field)).collect();
        let key_type = if let [ty] = types.as_slice() { ty.clone() } else { quote!((#(#types),*)) };
        let members: Vec<_> = self
            .key()
            .map(|field| {
                let ident = ident(field);
                if is_copy(field) { quote!(self.#ident) } else { quote!(self.#ident.clone()) }
            })
            .collect();
        let key = if let [member] = members.as_slice() { member.clone() } else { quote!((#(#members),*)) };
        let reads = self.model.fields.iter().map(|field| {
            let (ident, constant) = (ident(field), constant(field));
            quote!(#ident: row.read(#constant)?)
        });
        quote! {
            impl seedbed::Model for #name {
                const META: &'static meta::Model = &#meta;
                #hooks
                type Key = #key_type;

                fn statements() -> &'static #statements {
                    static STATEMENTS: #statements = #statements::new(&#meta);
                    &STATEMENTS
                }

                fn read(row: &mut #row<'_>) -> #result<Self, #failure> {
                    Ok(Self { #(#reads),* })
                }

                fn key(&self) -> Self::Key {
                    #key
                }

                #version
            }
        }
    }
}

/// What clippy is told of a function that takes a handle and each field of a long key.
fn many_parameters(fields: usize) -> Option<TokenStream> {
    const MOST: usize = 7;
    let allow = || quote!(#[allow(clippy::too_many_arguments, reason = "one for each field of the key")]);
    (fields + 1 > MOST).then(allow)
}

/// Whether the Rust type of a key's field is copied rather than cloned.
pub(super) fn is_copy(field: &Field) -> bool {
    !matches!(
        field.ty,
        seedbed_schema::Type::Text { .. }
            | seedbed_schema::Type::Cuid
            | seedbed_schema::Type::Json
            | seedbed_schema::Type::Bytes
    )
}
