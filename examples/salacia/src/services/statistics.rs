//! What the log says as a whole, for each model, and for each day.

use salacia_db::seedbed::{Bucket, Isolation, TxOptions, count};
use salacia_db::{AiInteraction, ApiRequest, Db, Decimal, Result, Timestamp, Tx, ai_interaction, api_request};
use serde::Serialize;

/// How many models and paths the lists have at most.
const TOP: u64 = 10;

/// Everything, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistics {
    /// All interactions.
    pub total: Total,
    /// The models that took most tokens.
    pub models: Vec<OfModel>,
    /// Each day, from the first one on.
    pub days: Vec<OfDay>,
    /// The paths that were asked for most.
    pub paths: Vec<OfPath>,
}

/// All interactions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Total {
    /// How many there are.
    pub interactions: i64,
    /// How many failed.
    pub errors: i64,
    /// The tokens of all of them.
    pub tokens: i64,
    /// How long they took, on average.
    pub average_response_time_ms: Option<Decimal>,
    /// How long 95 of a hundred took at most.
    pub response_time_ms_p95: Option<f64>,
}

/// The interactions with a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfModel {
    /// The model.
    pub model: String,
    /// How many there are.
    pub interactions: i64,
    /// Their tokens.
    pub tokens: i64,
}

/// The interactions of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfDay {
    /// When it began, in UTC.
    pub day: Timestamp,
    /// How many there were.
    pub interactions: i64,
}

/// The requests for a path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfPath {
    /// The path.
    pub path: String,
    /// How many there were.
    pub requests: i64,
    /// The longest one.
    pub slowest_ms: Option<i32>,
}

/// Everything, in one snapshot.
///
/// # Errors
/// The database cannot be reached.
pub async fn all(db: &Db) -> Result<Statistics> {
    let snapshot = TxOptions::new().isolation(Isolation::RepeatableRead).read_only();
    db.transaction_with(snapshot, async |tx| {
        Ok(Statistics {
            total: total(tx).await?,
            models: models(tx).await?,
            days: days(tx).await?,
            paths: paths(tx).await?,
        })
    })
    .await
}

async fn total(tx: &Tx) -> Result<Total> {
    let response_time = ai_interaction::RESPONSE_TIME_MS;
    let (interactions, errors, tokens, average_response_time_ms, response_time_ms_p95) = AiInteraction::query()
        .select((
            count(),
            ai_interaction::ERROR.count(),
            ai_interaction::TOTAL_TOKENS.sum(),
            response_time.avg(),
            response_time.percentile(0.95),
        ))
        .one(tx)
        .await?;
    Ok(Total { interactions, errors, tokens: tokens.unwrap_or(0), average_response_time_ms, response_time_ms_p95 })
}

async fn models(tx: &Tx) -> Result<Vec<OfModel>> {
    let tokens = ai_interaction::TOTAL_TOKENS.sum();
    let rows = AiInteraction::query()
        .group_by(ai_interaction::MODEL)
        .select((ai_interaction::MODEL, count(), tokens.clone()))
        .order_by([tokens.desc(), ai_interaction::MODEL.asc()])
        .limit(TOP)
        .all(tx)
        .await?;
    let model =
        |(model, interactions, tokens): (_, _, Option<_>)| OfModel { model, interactions, tokens: tokens.unwrap_or(0) };
    Ok(rows.into_iter().map(model).collect())
}

async fn days(tx: &Tx) -> Result<Vec<OfDay>> {
    let day = ai_interaction::CREATED_AT.bucket(Bucket::Day);
    let rows =
        AiInteraction::query().group_by(day.clone()).select((day.clone(), count())).order_by(day.asc()).all(tx).await?;
    Ok(rows.into_iter().map(|(day, interactions)| OfDay { day, interactions }).collect())
}

async fn paths(tx: &Tx) -> Result<Vec<OfPath>> {
    let rows = ApiRequest::query()
        .group_by(api_request::PATH)
        .select((api_request::PATH, count(), api_request::RESPONSE_TIME_MS.max()))
        .order_by([count().desc(), api_request::PATH.asc()])
        .limit(TOP)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(path, requests, slowest_ms)| OfPath { path, requests, slowest_ms }).collect())
}
