//! Asks the router as HTTP would, without a port.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use salacia_db::{Db, Json};
use tower::ServiceExt;

/// Somebody who asks.
pub(crate) struct Client {
    router: Router,
}

impl Client {
    pub(crate) fn new(db: &Db) -> Self {
        Self { router: salacia::api::router(db.clone()) }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Json) {
        self.send("GET", path, Body::empty()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Json) {
        self.send("DELETE", path, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> (u16, Json) {
        self.send("POST", path, Body::from(body.to_string())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Json) -> (u16, Json) {
        self.send("PATCH", path, Body::from(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: Json) -> (u16, Json) {
        self.send("PUT", path, Body::from(body.to_string())).await
    }

    /// The status of the answer, and its body, which is always JSON unless there is none.
    async fn send(&self, method: &str, path: &str, body: Body) -> (u16, Json) {
        let request = Request::builder().method(method).uri(path).header(USER_AGENT, "the tests");
        let request = request.header(CONTENT_TYPE, "application/json").body(body).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let json = if body.is_empty() { Json::Null } else { serde_json::from_slice(&body).expect("JSON") };
        (status, json)
    }
}
