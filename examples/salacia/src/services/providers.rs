//! Providers: added, with a first interaction that shows whether they answer, and listed.

use salacia_db::{
    AiInteraction, AiProvider, Db, Json, NewAiInteraction, NewAiProvider, Result, ai_interaction, ai_provider,
};
use serde::Deserialize;

/// A provider, and interactions with it.
pub type WithInteractions = ai_provider::With<ai_provider::Interactions>;

/// What a client says of a new provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub base_url: String,
    /// What it asks for before it answers.
    pub api_key: Option<String>,
    /// A model to try, if it is to be tried.
    pub probe: Option<String>,
}

/// Adds a provider, and the interaction that tries it: both or neither.
///
/// # Errors
/// There is one of that name, or a value does not fit its field.
pub async fn add(db: &Db, added: Added) -> Result<AiProvider> {
    db.transaction(async |tx| {
        let new = NewAiProvider::builder().name(added.name).base_url(added.base_url);
        let provider = AiProvider::create(tx, new.api_key(added.api_key.map(Into::into))).await?;
        if let Some(model) = added.probe {
            let probe = NewAiInteraction::builder().model(model).request(Json::from("ping"));
            AiInteraction::create(tx, probe.provider_id(provider.id)).await?;
        }
        Ok(provider)
    })
    .await
}

/// The active providers by name, each with its last interactions that did not fail.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(db: &Db) -> Result<Vec<WithInteractions>> {
    let succeeded = ai_provider::interactions().filter(ai_interaction::ERROR.is_null());
    AiProvider::query()
        .filter(ai_provider::ACTIVE.eq(true))
        .include(succeeded.order_by(ai_interaction::CREATED_AT.desc()).limit(10))
        .order_by(ai_provider::NAME.asc())
        .all(db)
        .await
}
