//! The system itself: its settings, how it is, and what it was asked.

use std::time::{Duration, Instant};

use salacia_db::{
    ApiRequest, Db, HealthCheck, HealthStatus, Json, NewApiRequest, NewHealthCheck, NewSystemMetadata, Result,
    SystemMetadata, system_metadata,
};

/// From when on an answer of the database is a sign of trouble.
const SLOW: Duration = Duration::from_secs(1);

/// Asks the database for a sign of life, and writes down how long that took.
///
/// # Errors
/// It gives none.
pub async fn check_health(db: &Db) -> Result<HealthCheck> {
    let begun = Instant::now();
    db.health().await?;
    let taken = begun.elapsed();
    let status = if taken < SLOW { HealthStatus::Healthy } else { HealthStatus::Degraded };
    let details = Json::from_iter([("dialect", db.dialect().name())]);
    let check = NewHealthCheck::builder().component("database").status(status).details(details);
    HealthCheck::create(db, check.response_time_ms(milliseconds(taken))).await
}

/// A setting by its name, if there is one.
///
/// # Errors
/// The database cannot be reached.
pub async fn setting(db: &Db, key: &str) -> Result<Option<SystemMetadata>> {
    SystemMetadata::find_by_key(db, key).await
}

/// Sets a setting, whether it is there or not.
///
/// # Errors
/// The name is too long, or the database cannot be reached.
pub async fn set(db: &Db, key: String, value: Json) -> Result<SystemMetadata> {
    SystemMetadata::upsert(db, system_metadata::KEY, NewSystemMetadata::builder().key(key).value(value)).await
}

/// A request and how it was answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// `GET`, `POST` and their like.
    pub method: String,
    /// What was asked for, without parameters.
    pub path: String,
    /// What the program says that asked.
    pub user_agent: Option<String>,
    /// The status of the answer.
    pub status_code: u16,
    /// How long it took.
    pub taken: Duration,
}

/// Writes down a request that was answered.
///
/// # Errors
/// A value does not fit its field, or the database cannot be reached.
pub async fn log(db: &Db, answered: Answered) -> Result<ApiRequest> {
    let request = NewApiRequest::builder()
        .method(answered.method)
        .path(answered.path)
        .user_agent(answered.user_agent)
        .status_code(i32::from(answered.status_code))
        .response_time_ms(milliseconds(answered.taken));
    ApiRequest::create(db, request).await
}

fn milliseconds(taken: Duration) -> i32 {
    i32::try_from(taken.as_millis()).unwrap_or(i32::MAX)
}
