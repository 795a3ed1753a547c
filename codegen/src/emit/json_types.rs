//! `src/types.rs`: the named types of JSON, as serde reads and writes them.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::{Element, JsonKind, JsonType, Member};

use super::model::raw;
use super::{Context, print, rust_type};

/// The content of `src/types.rs`.
pub(super) fn emit(context: &Context<'_>) -> String {
    let items: TokenStream = context.schema.types.iter().map(|item| self::item(context, item)).collect();
    print::file("src/types.rs", context.source, "The types of JSON of the schema.", items)
}

fn item(context: &Context<'_>, item: &JsonType) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let doc = |otherwise: &str| print::doc(item.doc.as_deref().unwrap_or(otherwise));
    match &item.kind {
        JsonKind::Shape(members) => shape(context, item, members),
        JsonKind::List(element) => {
            let (doc, element) = (doc("A list of JSON."), self::element(context, *element));
            quote!(#doc pub type #name = Vec<#element>;)
        }
        JsonKind::Rust { path, .. } => {
            let doc = doc(&format!("`{path}`, as JSON."));
            let path: Vec<_> = path.split("::").map(|word| format_ident!("{word}")).collect();
            quote!(#doc pub type #name = ::#(#path)::*;)
        }
    }
}

fn shape(context: &Context<'_>, item: &JsonType, members: &[Member]) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let doc = print::doc(item.doc.as_deref().unwrap_or("An object of JSON."));
    let declared = members.iter().map(|member| self::member(context, item, member));
    let defaults = defaults(context, item, members);
    let extra = extra(members);
    let default = members.iter().all(|member| !member.required()).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    seedbed::shape::empty()
                }
            }
        }
    });
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq, seedbed::serde::Serialize, seedbed::serde::Deserialize)]
        #[serde(crate = "seedbed::serde")]
        pub struct #name {
            #(#declared,)*
            /// Every other member.
            #[serde(flatten)]
            pub #extra: seedbed::shape::Members,
        }
        #defaults
        #default
    }
}

/// The name for what a shape does not name: `extra`, unless that is a member.
fn extra(members: &[Member]) -> proc_macro2::Ident {
    let mut name = "extra".to_owned();
    while members.iter().any(|member| member.rust == name) {
        name.push('_');
    }
    format_ident!("{name}")
}

fn member(context: &Context<'_>, of: &JsonType, member: &Member) -> TokenStream {
    let (ident, ty) = (raw(&member.rust), member_type(context, member));
    let doc = print::doc(member.doc.as_deref().unwrap_or(&format!("Member `{}`.", member.name)));
    let rename = (member.rust.trim_start_matches("r#") != member.name).then(|| {
        let name = &member.name;
        quote!(rename = #name)
    });
    let default = match &member.default {
        Some(_) => {
            let function = format!("{}::{}", of.name, default_name(member));
            Some(quote!(default = #function))
        }
        None => member.nullable.then(|| quote!(default, skip_serializing_if = "Option::is_none")),
    };
    let says: Vec<_> = rename.into_iter().chain(default).collect();
    let serde = (!says.is_empty()).then(|| quote!(#[serde(#(#says),*)]));
    quote!(#doc #serde pub #ident: #ty)
}

/// The functions that give members their defaults.
fn defaults(context: &Context<'_>, of: &JsonType, members: &[Member]) -> Option<TokenStream> {
    let functions = members.iter().filter_map(|member| {
        let text = member.default.as_ref()?.to_string();
        let (name, ty) = (format_ident!("{}", default_name(member)), member_type(context, member));
        Some(quote! {
            fn #name() -> #ty {
                seedbed::shape::constant(#text)
            }
        })
    });
    let functions: Vec<_> = functions.collect();
    let name = format_ident!("{}", of.name);
    (!functions.is_empty()).then(|| quote!(impl #name { #(#functions)* }))
}

fn default_name(member: &Member) -> String {
    format!("default_{}", member.name.to_snake_case())
}

fn member_type(context: &Context<'_>, member: &Member) -> TokenStream {
    let element = element(context, member.element);
    let ty = if member.list { quote!(Vec<#element>) } else { element };
    if member.nullable { quote!(Option<#ty>) } else { ty }
}

fn element(context: &Context<'_>, element: Element) -> TokenStream {
    match element {
        Element::Decimal => quote!(seedbed::Decimal),
        Element::Plain(ty) => rust_type::plain(context.schema, ty),
        Element::Named(id) => {
            let name = format_ident!("{}", context.schema.json_type(id).name);
            quote!(#name)
        }
    }
}
