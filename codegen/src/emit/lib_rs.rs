//! `src/lib.rs`: the index of the generated crate, and the schema as static data.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::{Dialect, Seed, SeedRows, Service, SyncMode};

use super::scope::Scope;
use super::{Context, print};

/// The names of the runtime that services need.
const REEXPORTS: &[&str] = &[
    "Builder",
    "Config",
    "Db",
    "Decimal",
    "Dialect",
    "Error",
    "Filter",
    "Json",
    "NaiveDate",
    "NaiveTime",
    "Query",
    "Result",
    "Secret",
    "Timestamp",
    "Tx",
    "Uuid",
];

/// The content of `src/lib.rs`.
pub(super) fn emit(context: &Context<'_>, scope: &Scope, json: &str) -> String {
    let schema = context.schema;
    let mut modules: Vec<&str> = schema.models.iter().map(|model| model.module.as_str()).collect();
    modules.sort_unstable();
    let modules: Vec<_> = modules.into_iter().map(identifier).collect();
    let enums = (!schema.enums.is_empty()).then(|| {
        let names = schema.enums.iter().map(|item| format_ident!("{}", item.name));
        quote!(mod enums; pub use enums::{#(#names),*};)
    });
    let types = (!schema.types.is_empty()).then(|| {
        let names = schema.types.iter().map(|item| format_ident!("{}", item.name));
        quote!(mod types; pub use types::{#(#names),*};)
    });
    let models = schema.models.iter().map(|model| {
        let (module, name) = (identifier(&model.module), format_ident!("{}", model.name));
        let (new, patch) = (format_ident!("New{}", model.name), format_ident!("{}Patch", model.name));
        quote!(pub use #module::{#new, #name, #patch};)
    });
    let typed = (!schema.types.is_empty()).then_some("Typed");
    let mut names: Vec<&str> = REEXPORTS.iter().copied().chain(typed).filter(|name| scope.is_free(name)).collect();
    names.sort_unstable();
    let names = names.into_iter().map(|name| format_ident!("{name}"));
    let functions = functions(scope);
    let statics = statics(context, json);
    let doc = format!(
        "Typed access to the database that `{}` describes: [`connect`], then a model's own functions.",
        context.source
    );
    print::file(
        "src/lib.rs",
        context.source,
        &doc,
        quote! {
            #![allow(clippy::type_complexity, reason = "a new row has a parameter per required field")]
            #![allow(clippy::self_named_constructors, reason = "a model may be called `Query`")]
            #![allow(rustdoc::broken_intra_doc_links, reason = "what the spec says is no code")]
            #enums
            #types
            #(pub mod #modules;)*
            #(#models)*
            pub use seedbed;
            #[cfg(feature = "testing")]
            pub use seedbed::testing;
            pub use seedbed::{#(#names),*};
            #functions
            #statics
        },
    )
}

fn functions(scope: &Scope) -> TokenStream {
    let (builder, db, result) = (scope.name("Builder"), scope.name("Db"), scope.name("Result"));
    quote! {
        /// Connects as the environment says, creates what is missing, and loads the seeds.
        ///
        /// # Errors
        /// A setting is wrong, the database cannot be reached, or its tables do not fit the schema.
        pub async fn connect() -> #result<#db> {
            builder().connect().await
        }

        /// Connects as the environment says, except where the builder says otherwise.
        pub fn builder() -> #builder {
            #builder::new(&SCHEMA)
        }

        /// Creates what is missing in the database, and reports what differs.
        ///
        /// # Errors
        /// The database refuses a statement, or its tables do not fit the schema.
        pub async fn sync(db: &#db) -> #result<seedbed::SyncReport> {
            seedbed::sync(db).await
        }

        /// Loads the seeds that the database does not have yet.
        ///
        /// # Errors
        /// A seed is wrong; nothing is loaded then.
        pub async fn seed(db: &#db) -> #result<seedbed::Report> {
            seedbed::seed(db).await
        }
    }
}

fn statics(context: &Context<'_>, json: &str) -> TokenStream {
    let schema = context.schema;
    let package = &schema.package;
    let models = schema.models.iter().map(|model| {
        let (module, meta) = (identifier(&model.module), super::model::meta_name(model));
        quote!(&#module::#meta)
    });
    let enums = schema.enums.iter().map(|item| {
        let (name, values) = (&item.name, item.values.iter().map(|value| &value.text));
        quote!(seedbed::meta::Enum { name: #name, values: &[#(#values),*] })
    });
    let seeds = schema.seeds.iter().map(|item| seed(context, item));
    let services = schema.services.iter().map(|item| service(context, item));
    let connect = connect(context);
    let hash = super::schema_hash(json);
    let files = context.seed_files.iter().map(|path| {
        let relative = Path::new(context.spec_folder).join(path);
        let relative = relative.to_string_lossy().replace('\\', "/");
        quote!((#path, include_bytes!(#relative)))
    });
    quote! {
        /// The schema as static data.
        pub static SCHEMA: seedbed::meta::Schema = seedbed::meta::Schema {
            package: #package,
            models: &[#(#models),*],
            enums: &[#(#enums),*],
            seeds: &[#(#seeds),*],
            services: &[#(#services),*],
            connect: #connect,
            json: include_str!("../schema.json"),
            hash: #hash,
            files: &[#(#files),*],
        };
    }
}

fn seed(context: &Context<'_>, seed: &Seed) -> TokenStream {
    let model = context.schema.model(seed.model);
    let name = &model.name;
    let file = match &seed.rows {
        SeedRows::File(path) => quote!(Some(#path)),
        SeedRows::Inline { .. } => quote!(None),
    };
    let key = seed.key.iter().map(|&id| &model.field(id).name);
    let (when, set) = (option(seed.when.as_deref()), option(seed.set.as_deref()));
    quote!(seedbed::meta::Seed { model: #name, file: #file, key: &[#(#key),*], when: #when, set: #set })
}

fn service(context: &Context<'_>, service: &Service) -> TokenStream {
    let schema = context.schema;
    let name = &service.name;
    let owns = service.owns.iter().map(|&id| &schema.model(id).name);
    let reads = service.reads.iter().map(|read| {
        let model = schema.model(read.model);
        let fields = read.fields.iter().flatten().map(|&id| &model.field(id).name);
        let name = &model.name;
        quote!((#name, &[#(#fields),*]))
    });
    quote!(seedbed::meta::Service { name: #name, owns: &[#(#owns),*], reads: &[#(#reads),*] })
}

fn connect(context: &Context<'_>) -> TokenStream {
    let connect = &context.schema.connect;
    let dialect = match connect.default {
        Dialect::Postgres => quote!(Postgres),
        Dialect::Sqlite => quote!(Sqlite),
    };
    let storage = option(connect.storage.as_deref());
    let (tls, sync) = (connect.tls_required, connect.sync != SyncMode::Off);
    quote! {
        seedbed::meta::Connect {
            dialect: seedbed::Dialect::#dialect,
            storage: #storage,
            tls_required: #tls,
            sync: #sync,
        }
    }
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn identifier(name: &str) -> proc_macro2::Ident {
    super::model::raw(name)
}
