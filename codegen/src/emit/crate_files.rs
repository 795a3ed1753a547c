//! The files around the code: the manifest, the read-me, and the lowered schema as JSON.

use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use seedbed_schema::JsonKind;
use serde::Serialize;

use super::Context;

/// JSON that a diff of reads well.
///
/// # Panics
/// The value has no form in JSON: a bug of its type.
pub(super) fn pretty(value: &impl Serialize) -> String {
    match serde_json::to_string_pretty(value) {
        Ok(json) => json + "\n",
        Err(error) => panic!("a value of the generator has no form in JSON: {error}"),
    }
}

/// `Cargo.toml`
pub(super) fn manifest(context: &Context<'_>) -> String {
    let packages = context.schema.types.iter().filter_map(|item| match &item.kind {
        JsonKind::Rust { package, .. } => package.clone(),
        JsonKind::Shape(_) | JsonKind::List(_) => None,
    });
    let packages = Vec::from_iter(packages.collect::<BTreeSet<String>>());
    let view = context! { source => context.source, package => &context.schema.package, packages };
    render(include_str!("templates/Cargo.toml.j2"), view)
}

/// `README.md`
pub(super) fn readme(context: &Context<'_>) -> String {
    let schema = context.schema;
    let models = schema.models().map(|(id, model)| {
        let associations = schema.belongs_to(id).map(|(_, association)| association.name.clone());
        let inverses =
            schema.inverses(id).filter_map(|(_, association)| Some(association.inverse.as_ref()?.name.clone()));
        let names: Vec<String> = associations.chain(inverses).map(|name| format!("`{name}`")).collect();
        context! { name => &model.name, table => &model.table, associations => names.join(", ") }
    });
    let models: Vec<_> = models.collect();
    render(
        include_str!("templates/README.md.j2"),
        context! { source => context.source, package => &schema.package, models },
    )
}

/// Fills a template. Nothing is escaped, and a name that the template misses is an error.
///
/// # Panics
/// The template does not fit its values: a bug of the emitter.
fn render(template: &str, view: minijinja::Value) -> String {
    match try_render(template, view) {
        Ok(text) => text,
        Err(error) => panic!("a template does not fit its values: {error:#}"),
    }
}

fn try_render(template: &str, view: minijinja::Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
    environment.render_str(template, view)
}
