//! Errors as clients see them: a status, and `{"error": {"kind": …, "message": …}}`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use salacia_db::Error;
use serde::Serialize;

/// What went wrong with a request.
#[derive(Debug, Serialize)]
pub(super) struct ApiError {
    #[serde(skip)]
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: ApiError,
        }

        (self.status, Json(Body { error: self })).into_response()
    }
}

impl From<Error> for ApiError {
    /// What the client can do something about is explained; the rest is for the log.
    fn from(error: Error) -> Self {
        let (status, kind) = describe(&error);
        if status.is_server_error() {
            eprintln!("error: {error}");
            return Self { status, kind, message: "the service cannot answer now".to_owned() };
        }
        Self { status, kind, message: error.to_string() }
    }
}

/// The status and the kind of an error: the same ones on every database.
fn describe(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        Error::Unique { .. } => (StatusCode::CONFLICT, "unique"),
        Error::ForeignKey { .. } => (StatusCode::CONFLICT, "foreign_key"),
        Error::Check { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "check"),
        Error::TooLong { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too_long"),
        Error::OutOfRange { .. } | Error::Value { .. } | Error::NotNull { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "value")
        }
        Error::Cursor { .. } => (StatusCode::BAD_REQUEST, "cursor"),
        Error::Stale { .. } => (StatusCode::CONFLICT, "stale"),
        Error::Busy(_)
        | Error::Retryable(_)
        | Error::PoolTimeout(_)
        | Error::Timeout { .. }
        | Error::Connection(_)
        | Error::Closed => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// An extractor whose refusals have the form of this interface's errors.
pub(super) struct Checked<E>(pub(super) E);

impl<S: Send + Sync, E: FromRequest<S, Rejection: Into<ApiError>>> FromRequest<S> for Checked<E> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        E::from_request(request, state).await.map(Self).map_err(Into::into)
    }
}

impl<S: Send + Sync, E: FromRequestParts<S, Rejection: Into<ApiError>>> FromRequestParts<S> for Checked<E> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        E::from_request_parts(parts, state).await.map(Self).map_err(Into::into)
    }
}

macro_rules! from_rejections {
    ($($rejection:ident),+) => {$(
        impl From<$rejection> for ApiError {
            fn from(rejection: $rejection) -> Self {
                Self { status: rejection.status(), kind: "request", message: rejection.body_text() }
            }
        }
    )+};
}

from_rejections!(JsonRejection, PathRejection, QueryRejection);
