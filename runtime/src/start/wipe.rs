//! Tables and rows in an order in which they can go away, and a schema's tables dropped in it.

use seedbed_schema::{Dialect, ddl};

use super::history;
use super::inspect::{Scope, inspect};
use crate::Result;
use crate::meta::{self, Association, Model};
use crate::session::Session;
use crate::statement::Text;

/// Drops the tables of the schema that there are, and forgets what was ever applied for it.
pub(super) async fn drop_tables(session: Session<'_>) -> Result<()> {
    let order = in_key_order(session.schema());
    let names: Vec<String> = order.iter().map(|model| model.table.to_owned()).collect();
    let found = inspect(session, &names, Scope::Visible).await?;
    let there: Vec<String> =
        names.iter().filter(|name| found.table(name).is_some()).map(|name| ddl::quote(name)).collect();
    let mut texts = Vec::new();
    match session.dialect() {
        // All at once, since they may refer to each other in a circle.
        Dialect::Postgres => texts.extend((!there.is_empty()).then(|| format!("DROP TABLE {}", there.join(", ")))),
        Dialect::Sqlite => {
            // The tables may be those of an older schema.
            let has = |link: &Link| {
                let table = found.table(link.model.table);
                table.is_some_and(|table| link.fields.iter().all(|field| table.column(field.column).is_some()))
            };
            texts.extend(links(&order).iter().filter(|link| has(link)).map(Link::unlink));
            texts.extend(there.iter().map(|table| format!("DROP TABLE {table}")));
        }
    }
    for text in texts {
        session.execute_text(Text::Once(text.into())).await?;
    }
    history::forget(session, None).await
}

/// The models, each before those that it must refer to, and, but for circles, before all that it may refer to: SQLite does
/// not change a row whose table has a foreign key to one that is gone.
pub(crate) fn in_key_order(schema: &'static meta::Schema) -> Vec<&'static Model> {
    let (mut order, mut left) = (Vec::new(), schema.models.to_vec());
    while !left.is_empty() {
        let (free, others) = [refers, must_refer]
            .into_iter()
            .map(|is_first| unreferred(&left, is_first))
            .find(|(free, _)| !free.is_empty())
            // The generator refuses schemas in which each row needs another one first.
            .unwrap_or_else(|| (left.clone(), Vec::new()));
        order.extend(free);
        left = others;
    }
    order
}

/// The models before which no other one has to come, and the rest.
fn unreferred(
    left: &[&'static Model],
    is_first: fn(&'static Model, &Model) -> bool,
) -> (Vec<&'static Model>, Vec<&'static Model>) {
    left.iter().partition(|model| !left.iter().any(|other| other.name != model.name && is_first(other, model)))
}

fn refers(model: &'static Model, target: &Model) -> bool {
    keys(model, target).next().is_some()
}

fn must_refer(model: &'static Model, target: &Model) -> bool {
    keys(model, target).any(|key| nullable(model, key).next().is_none())
}

fn keys(model: &'static Model, target: &Model) -> impl Iterator<Item = &'static Association> {
    model.associations.iter().filter(|key| key.is_own() && key.target == target.name)
}

fn nullable(model: &'static Model, key: &'static Association) -> impl Iterator<Item = &'static meta::Field> {
    key.fields.iter().map(|&at| &model.fields[at]).filter(|field| field.nullable)
}

/// Takes back what rows refer to that go away before them: SQLite refuses to delete such at once, whatever comes later.
#[cfg(feature = "testing")]
pub(crate) fn unlinked(order: &[&'static Model]) -> impl Iterator<Item = String> {
    links(order).into_iter().map(|link| link.unlink())
}

/// Fields of a model that refer to rows which go away before those of the model, and may be NULL.
struct Link {
    model: &'static Model,
    fields: Vec<&'static meta::Field>,
}

impl Link {
    fn unlink(&self) -> String {
        let fields: Vec<String> =
            self.fields.iter().map(|field| format!("{} = NULL", ddl::quote(field.column))).collect();
        format!("UPDATE {} SET {}", ddl::quote(self.model.table), fields.join(", "))
    }
}

fn links(order: &[&'static Model]) -> Vec<Link> {
    let place = |name: &str| order.iter().position(|model| model.name == name);
    let keys =
        order.iter().enumerate().flat_map(|(at, &model)| model.associations.iter().map(move |key| (at, model, key)));
    keys.filter(|(at, _, key)| key.is_own() && place(key.target) <= Some(*at))
        .map(|(_, model, key)| Link { model, fields: nullable(model, key).collect() })
        .filter(|link| !link.fields.is_empty())
        .collect()
}
