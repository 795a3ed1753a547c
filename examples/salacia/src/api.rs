//! The HTTP interface: JSON in, JSON out, errors in one form, and each request written down.

mod error;
mod log;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use salacia_db::seedbed::Page;
use salacia_db::{AiInteraction, AiProvider, Db, Error, HealthCheck, SystemMetadata};
use serde::Serialize;

use crate::services::interactions::{Answer, Recorded, Wanted, WithProvider};
use crate::services::providers::{Added, WithInteractions};
use crate::services::statistics::Statistics;
use crate::services::{interactions, providers, statistics, system};
use error::{ApiError, Checked};

type Answered<T> = Result<Json<T>, ApiError>;
type Created<T> = Result<(StatusCode, Json<T>), ApiError>;

/// Everything that can be asked for.
pub fn router(db: Db) -> Router {
    Router::new()
        .route("/health", get(check_health))
        .route("/api/metadata/{key}", get(setting).put(set))
        .route("/api/providers", get(list_providers).post(add_provider))
        .route("/api/interactions", get(list_interactions).post(record))
        .route("/api/interactions/process", post(process_pending))
        .route("/api/interactions/{id}", get(interaction).patch(answer).delete(forget))
        .route("/api/statistics", get(all_statistics))
        .layer(middleware::from_fn_with_state(db.clone(), log::log))
        .with_state(db)
}

async fn check_health(State(db): State<Db>) -> Answered<HealthCheck> {
    Ok(Json(system::check_health(&db).await?))
}

async fn setting(State(db): State<Db>, Checked(Path(key)): Checked<Path<String>>) -> Answered<SystemMetadata> {
    let setting = system::setting(&db, &key).await?;
    Ok(Json(setting.ok_or(Error::NotFound { model: "SystemMetadata" })?))
}

async fn set(
    State(db): State<Db>,
    Checked(Path(key)): Checked<Path<String>>,
    Checked(Json(value)): Checked<Json<salacia_db::Json>>,
) -> Answered<SystemMetadata> {
    Ok(Json(system::set(&db, key, value).await?))
}

async fn list_providers(State(db): State<Db>) -> Answered<Vec<WithInteractions>> {
    Ok(Json(providers::list(&db).await?))
}

async fn add_provider(State(db): State<Db>, Checked(Json(added)): Checked<Json<Added>>) -> Created<AiProvider> {
    Ok((StatusCode::CREATED, Json(providers::add(&db, added).await?)))
}

async fn list_interactions(
    State(db): State<Db>,
    Checked(Query(wanted)): Checked<Query<Wanted>>,
) -> Answered<Page<AiInteraction>> {
    Ok(Json(interactions::list(&db, wanted).await?))
}

async fn record(State(db): State<Db>, Checked(Json(recorded)): Checked<Json<Recorded>>) -> Created<AiInteraction> {
    Ok((StatusCode::CREATED, Json(interactions::record(&db, recorded).await?)))
}

async fn interaction(State(db): State<Db>, Checked(Path(id)): Checked<Path<i64>>) -> Answered<WithProvider> {
    Ok(Json(interactions::get(&db, id).await?))
}

async fn answer(
    State(db): State<Db>,
    Checked(Path(id)): Checked<Path<i64>>,
    Checked(Json(answer)): Checked<Json<Answer>>,
) -> Answered<AiInteraction> {
    Ok(Json(interactions::answer(&db, id, answer).await?))
}

async fn forget(State(db): State<Db>, Checked(Path(id)): Checked<Path<i64>>) -> Result<StatusCode, ApiError> {
    interactions::delete(&db, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many rows were changed.
#[derive(Serialize)]
struct Changed {
    changed: u64,
}

async fn process_pending(State(db): State<Db>) -> Answered<Changed> {
    Ok(Json(Changed { changed: interactions::process_pending(&db).await? }))
}

async fn all_statistics(State(db): State<Db>) -> Answered<Statistics> {
    Ok(Json(statistics::all(&db).await?))
}
