//! Names of the runtime inside generated files: plain where no name of the user's is the same, qualified where one is.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::Schema;

/// The names that generated files take from the runtime.
pub(super) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// The scope of a schema's files.
    pub(super) fn new(schema: &Schema) -> Self {
        let models = schema
            .models
            .iter()
            .flat_map(|model| [model.name.clone(), format!("New{}", model.name), format!("{}Patch", model.name)]);
        let enums = schema.enums.iter().map(|item| item.name.clone());
        let types = schema.types.iter().map(|item| item.name.clone());
        Self { taken: models.chain(enums).chain(types).collect() }
    }

    /// A name of the runtime, as it is written in a file that has [`Scope::imports`].
    pub(super) fn name(&self, name: &str) -> TokenStream {
        let ident = format_ident!("{name}");
        if self.taken.contains(name) { quote!(seedbed::#ident) } else { quote!(#ident) }
    }

    /// Whether the name is free.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }

    /// The import of some names of the runtime, without those that are taken.
    pub(super) fn imports(&self, names: &[&str]) -> TokenStream {
        let free = names.iter().filter(|name| self.is_free(name)).map(|name| format_ident!("{name}"));
        quote!(use seedbed::{#(#free),*};)
    }
}
