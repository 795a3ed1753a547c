//! Interactions: recorded, answered, listed.

use salacia_db::seedbed::{Cursor, Page};
use salacia_db::{
    AiInteraction, AiInteractionPatch, Db, InteractionStatus, Json, NewAiInteraction, Result, ai_interaction,
};
use serde::Deserialize;

/// An interaction, and the provider that it was with.
pub type WithProvider = ai_interaction::With<ai_interaction::Provider>;

/// What a client says of a new interaction.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The model that was asked.
    pub model: String,
    /// What it was asked.
    pub request: Json,
    /// The provider that it was asked of.
    pub provider_id: Option<i64>,
}

/// What came back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer, if there was one.
    pub response: Option<Json>,
    /// Why there was none.
    pub error: Option<String>,
    /// What the provider counts.
    #[serde(default)]
    pub total_tokens: i32,
    /// How long it took.
    #[serde(default)]
    pub response_time_ms: i32,
}

/// Which interactions a list has.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Wanted {
    /// Those of a model.
    pub model: Option<String>,
    /// Those in a state.
    pub status: Option<InteractionStatus>,
    /// Where the list goes on, from another page of it.
    pub cursor: Option<Cursor>,
    /// How many.
    pub limit: Option<u64>,
}

/// How many rows a page has unless somebody says, and at most.
const PAGE: u64 = 20;
const LARGEST_PAGE: u64 = 100;

/// Writes down that a model is asked.
///
/// # Errors
/// There is no such provider, or a value does not fit its field.
pub async fn record(db: &Db, recorded: Recorded) -> Result<AiInteraction> {
    let Recorded { model, request, provider_id } = recorded;
    AiInteraction::create(db, NewAiInteraction::builder().model(model).request(request).provider_id(provider_id)).await
}

/// Writes down what came back: the interaction is processed then.
///
/// # Errors
/// There is no such interaction, or a value does not fit its field.
pub async fn answer(db: &Db, id: i64, answer: Answer) -> Result<AiInteraction> {
    let patch = AiInteractionPatch::new()
        .response(answer.response)
        .error(answer.error)
        .total_tokens(answer.total_tokens)
        .response_time_ms(answer.response_time_ms)
        .status(InteractionStatus::Processed);
    AiInteraction::update_by_key(db, id, patch).await
}

/// One interaction.
///
/// # Errors
/// There is no such interaction.
pub async fn get(db: &Db, id: i64) -> Result<WithProvider> {
    AiInteraction::query().include(ai_interaction::provider()).get(db, id).await
}

/// Newest first, a page at a time.
///
/// # Errors
/// The cursor is not one of this list.
pub async fn list(db: &Db, wanted: Wanted) -> Result<Page<AiInteraction>> {
    AiInteraction::query()
        .filter_some(wanted.model, |model| ai_interaction::MODEL.eq(model))
        .filter_some(wanted.status, |status| ai_interaction::STATUS.eq(status))
        .order_by(ai_interaction::CREATED_AT.desc())
        .limit(wanted.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE))
        .fetch_page(db, wanted.cursor)
        .await
}

/// Forgets an interaction.
///
/// # Errors
/// There is no such interaction.
pub async fn delete(db: &Db, id: i64) -> Result<()> {
    AiInteraction::delete_by_key(db, id).await
}

/// Marks what is pending as processed, and says how many that were.
///
/// # Errors
/// The database cannot be reached.
pub async fn process_pending(db: &Db) -> Result<u64> {
    AiInteraction::query()
        .filter(ai_interaction::STATUS.eq(InteractionStatus::Pending))
        .update(db, AiInteractionPatch::new().status(InteractionStatus::Processed))
        .await
}
