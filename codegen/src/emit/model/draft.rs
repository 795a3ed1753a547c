//! The builder of a new row, which knows at compile time what is still missing, and the patch.

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use seedbed_schema::Field;

use super::{Emitter, constant, ident};
use crate::emit::print;

impl Emitter<'_> {
    /// `New…`: a type parameter per required field says whether it has been set.
    pub(super) fn new_row(&self) -> TokenStream {
        let (name, new, given) = (&self.name, &self.new, self.runtime("Given"));
        let required: Vec<&Field> = self.model.fields.iter().filter(|field| field.required()).collect();
        let states = self.states(&required);
        let setters = self.required_setters(&required, &states);
        let doc = print::doc(&format!(
            "A new `{name}`: `{new}::builder()`, then its setters.{}",
            if required.is_empty() { "" } else { " The parameters say which required fields are set." }
        ));
        let parameters = self.parameters(&states);
        let defaults = self.defaulted(&states);
        let (draft, missing) = (self.runtime("Draft"), self.runtime("Missing"));
        let marked = states.iter().map(|state| quote!(#missing<required::#state>));
        let marked = self.parameters(&marked.collect::<Vec<_>>());
        let optional = self.setters(self.model.fields.iter().filter(|field| !field.required()));
        quote! {
            #doc
            #[derive(Debug, Clone)]
            pub struct #new #defaults(#draft<#name, (#(#states,)*)>);

            impl #new {
                /// Nothing is set yet.
                pub fn builder() -> #new #marked {
                    #new(#draft::new())
                }
            }

            #setters

            impl #parameters #new #parameters { #optional }

            impl seedbed::New<#name> for #new {
                fn into_given(self) -> #given<#name> {
                    self.0.into_given()
                }
            }
        }
    }

    /// The type parameters and markers of the required fields, `RoleId`; one that would hide another type gets a `_`.
    fn states(&self, required: &[&Field]) -> Vec<Ident> {
        let mut states: Vec<Ident> = Vec::with_capacity(required.len());
        for field in required {
            let mut name = field.name.to_upper_camel_case();
            while self.hides_a_type(&name) || states.iter().any(|state| *state == name) {
                name.push('_');
            }
            states.push(format_ident!("{name}"));
        }
        states
    }

    /// Whether the signatures of the builder use a type of that name.
    fn hides_a_type(&self, name: &str) -> bool {
        self.name == name || self.new == name || RUNTIME.contains(&name) || PRELUDE.contains(&name)
    }

    /// Setters that fill in what is required, one line each.
    fn required_setters(&self, required: &[&Field], states: &[Ident]) -> TokenStream {
        if required.is_empty() {
            return TokenStream::new();
        }
        let new = &self.new;
        let lines = required.iter().zip(states).map(|(field, state)| {
            let (ident, ty, constant) = (ident(field), self.type_of(field), constant(field));
            quote!(#ident: (#state, #ty) = #constant;)
        });
        quote!(seedbed::required_setters! { for #new; #(#lines)* })
    }

    /// Setters that do not change what is required, one line each.
    fn setters<'f>(&self, fields: impl Iterator<Item = &'f Field>) -> TokenStream {
        let lines = fields.map(|field| {
            let (ident, ty, constant) = (ident(field), self.type_of(field), constant(field));
            quote!(#ident: #ty = #constant;)
        });
        quote!(seedbed::setters! { #(#lines)* })
    }

    /// `…Patch`: every field but the key; one that is not named is kept.
    pub(super) fn patch(&self) -> TokenStream {
        let (name, patch, given) = (&self.name, &self.patch, self.runtime("Given"));
        let setters = self.setters(self.model.fields.iter().filter(|field| !self.is_key(field) && !field.version));
        let doc = print::doc(&format!(
            "Changes to a row of `{name}`. What is not named is kept; a nullable field given `None` becomes NULL."
        ));
        quote! {
            #doc
            #[derive(Debug, Clone, Default)]
            pub struct #patch(#given<#name>);

            impl #patch {
                seedbed::patch!(#name);

                #setters
            }

            impl seedbed::Patch<#name> for #patch {
                fn into_given(self) -> #given<#name> {
                    self.0
                }
            }
        }
    }

    fn parameters<T: ToTokens>(&self, states: &[T]) -> TokenStream {
        if states.is_empty() { quote!() } else { quote!(<#(#states),*>) }
    }

    fn defaulted(&self, states: &[Ident]) -> TokenStream {
        let set = self.runtime("Set");
        if states.is_empty() { quote!() } else { quote!(<#(#states = #set),*>) }
    }
}

/// Types of the runtime that stand in the signatures of the builder.
const RUNTIME: &[&str] = &["Draft", "Missing", "Set"];
/// Types of the prelude that a type parameter would hide from the rest of the signature.
const PRELUDE: &[&str] = &["Option", "Self", "String", "Vec"];
