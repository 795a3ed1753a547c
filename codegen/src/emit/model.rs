//! `src/<model>.rs`: everything about one model.

mod associations;
mod draft;
mod meta;
mod row;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use seedbed_schema::{Field, Hook, InverseKind, Model, ModelId, Schema};

use super::scope::Scope;
use super::{Context, print, rust_type};

/// What the parts of a model's file have in common.
struct Emitter<'a> {
    schema: &'a Schema,
    id: ModelId,
    model: &'a Model,
    scope: &'a Scope,
    /// `User`
    name: Ident,
    /// `NewUser`
    new: Ident,
    /// `UserPatch`
    patch: Ident,
    /// `META`, where no column is called so.
    meta: Ident,
    /// `FIELDS`, where no column is called so.
    fields: Ident,
}

/// The content of a model's file.
pub(super) fn emit(context: &Context<'_>, scope: &Scope, id: ModelId) -> String {
    let schema = context.schema;
    let model = schema.model(id);
    let emitter = Emitter {
        schema,
        id,
        model,
        scope,
        name: format_ident!("{}", model.name),
        new: format_ident!("New{}", model.name),
        patch: format_ident!("{}Patch", model.name),
        meta: meta_name(model),
        fields: free_constant(model, "FIELDS"),
    };
    let imports = emitter.imports();
    let row = emitter.row();
    let methods = emitter.methods();
    let columns = emitter.columns();
    let includes = emitter.includes();
    let hooks = emitter.hooks();
    let new = emitter.new_row();
    let patch = emitter.patch();
    let implementation = emitter.model_impl();
    let statics = emitter.statics();
    let path = format!("src/{}.rs", model.module);
    let doc = format!("`{}`: table `{}`.", model.name, model.table);
    print::file(
        &path,
        context.source,
        &doc,
        quote! { #imports #row #methods #columns #includes #hooks #new #patch #implementation #statics },
    )
}

impl Emitter<'_> {
    /// The trait of its hooks, if it has any.
    fn hooks(&self) -> Option<TokenStream> {
        let name = &self.name;
        let named = Hook::ALL.iter().filter(|(_, hook)| self.model.hooks.contains(hook));
        let hooks: Vec<Ident> = named.map(|(name, _)| format_ident!("{name}")).collect();
        (!hooks.is_empty()).then(|| {
            quote! {
                seedbed::hooks! {
                    for #name;
                    #(#hooks;)*
                }
            }
        })
    }

    fn imports(&self) -> TokenStream {
        let runtime = self.scope.imports(&self.imported());
        quote! {
            #runtime
            use seedbed::{meta, write};
        }
    }

    /// The names that the file takes from the runtime.
    fn imported(&self) -> Vec<&'static str> {
        let mut names = vec!["Column", "Draft", "Failure", "Given", "On", "Reply", "Result", "Row", "Statements"];
        let required = self.model.fields.iter().any(|field| field.required());
        if required {
            names.extend(["Missing", "Set"]);
        }
        if self.unique_keys().next().is_some() {
            names.push("IntoField");
        }
        if self.has_many() {
            names.extend(["Filtered", "Query"]);
        }
        names.sort_unstable();
        names
    }

    /// A name of the runtime.
    fn runtime(&self, name: &str) -> TokenStream {
        self.scope.name(name)
    }

    /// What a function returns that asks the database.
    fn reply(&self, output: &TokenStream) -> TokenStream {
        let reply = self.runtime("Reply");
        quote!(#reply<'a, #output>)
    }

    /// The type of a field's struct member.
    fn type_of(&self, field: &Field) -> TokenStream {
        rust_type::of(self.schema, field)
    }

    /// The fields of the primary key.
    fn key(&self) -> impl Iterator<Item = &Field> {
        self.model.key.iter().map(|&id| self.model.field(id))
    }

    /// Whether a field belongs to the primary key, which a patch cannot change.
    fn is_key(&self, field: &Field) -> bool {
        self.key().any(|key| key.name == field.name)
    }

    fn has_many(&self) -> bool {
        let mut inverses = self.schema.inverses(self.id).filter_map(|(_, association)| association.inverse.as_ref());
        inverses.any(|inverse| inverse.kind == InverseKind::HasMany)
    }

    /// What the spec says about a field, or something else.
    fn doc_of(&self, field: &Field, otherwise: &str) -> TokenStream {
        print::doc(field.doc.as_deref().unwrap_or(otherwise))
    }
}

/// The Rust identifier of a field.
fn ident(field: &Field) -> Ident {
    raw(&field.rust)
}

/// An identifier that may be raw.
pub(super) fn raw(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => format_ident!("r#{keyword}"),
        None => format_ident!("{name}"),
    }
}

/// The name of a field's column constant: `FIRST_NAME`.
fn constant(field: &Field) -> Ident {
    format_ident!("{}", field.name.to_uppercase())
}

/// The name of the static that describes a model: `META`, or `META_` in a model that has a field `meta`.
pub(super) fn meta_name(model: &Model) -> Ident {
    free_constant(model, "META")
}

/// A name for a static of our own beside the columns of a model. No column ends in `_`, because no field does.
fn free_constant(model: &Model, name: &str) -> Ident {
    let taken = model.fields.iter().any(|field| constant(field) == name);
    if taken { format_ident!("{name}_") } else { format_ident!("{name}") }
}

/// The name of a field's value among a function's parameters, the first of which is `on`.
fn parameter(field: &Field) -> Ident {
    let ident = ident(field);
    if ident == "on" { format_ident!("on_") } else { ident }
}

/// A place as it is written in static data.
fn place(at: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(at)
}
