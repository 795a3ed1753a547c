//! `src/enums.rs`: the enums of the spec.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::Enum;

use super::{Context, print};

/// The content of `src/enums.rs`.
pub(super) fn emit(context: &Context<'_>) -> String {
    let items: TokenStream =
        context.schema.enums.iter().enumerate().map(|(at, enumeration)| item(at, enumeration)).collect();
    print::file("src/enums.rs", context.source, "The enums of the schema.", items)
}

fn item(at: usize, item: &Enum) -> TokenStream {
    let at = proc_macro2::Literal::usize_unsuffixed(at);
    let name = format_ident!("{}", item.name);
    let text_name = &item.name;
    let doc = print::doc(item.doc.as_deref().unwrap_or(&format!("The values of `{}`.", item.name)));
    let texts: Vec<&String> = item.values.iter().map(|value| &value.text).collect();
    let variants: Vec<_> = item.values.iter().map(|value| format_ident!("{}", value.variant)).collect();
    let declared = item.values.iter().zip(&variants).map(|(value, variant)| {
        let doc = print::doc(value.doc.as_deref().unwrap_or(&format!("`{}`", value.text)));
        let text = &value.text;
        quote!(#doc #[serde(rename = #text)] #variant)
    });
    quote! {
        #doc
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, seedbed::serde::Serialize, seedbed::serde::Deserialize)]
        #[serde(crate = "seedbed::serde")]
        pub enum #name { #(#declared),* }

        impl #name {
            /// Every value, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
        }

        impl seedbed::Enumeration for #name {
            const NAME: &'static str = #text_name;
            const TYPE: seedbed::Type = seedbed::Type::enumeration(#at);

            fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #texts),* }
            }

            fn from_text(text: &str) -> Option<Self> {
                match text { #(#texts => Some(Self::#variants),)* _ => None }
            }
        }

        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(seedbed::Enumeration::as_str(*self))
            }
        }
    }
}
