//! Writes down each request and how it was answered.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::USER_AGENT;
use axum::middleware::Next;
use axum::response::Response;
use salacia_db::Db;

use crate::services::system::{self, Answered};

/// Answers the request, and writes it down. That this fails is no reason not to answer.
pub(super) async fn log(State(db): State<Db>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let user_agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let status_code = response.status().as_u16();
    let answered = Answered { method, path, user_agent, status_code, taken: begun.elapsed() };
    if let Err(error) = system::log(&db, answered).await {
        eprintln!("error: the request was not written down: {error}");
    }
    response
}
