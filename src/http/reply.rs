//! Answers as HTTP: a body that is always JSON, a status by the media type's rules, the budget in headers.

use async_graphql_axum::GraphQLResponse;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::accept::Media;
use crate::error::{Code, Detail, Error};
use crate::graphql::api::{Answer, Api};

/// The request's id, both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The allowance of a minute.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// What remains of it.
pub(super) const RATE_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// Seconds until it is full again.
pub(super) const RATE_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What a GraphQL answer says when there is no `data` to speak of.
#[derive(Serialize)]
pub(super) struct Refusal<'a> {
    errors: &'a [async_graphql::ServerError],
}

impl<'a> Refusal<'a> {
    pub(super) fn of(answer: &'a Answer) -> Self {
        Self { errors: &answer.response.errors }
    }
}

/// What an answer says, as JSON. Serialising numbers, texts and lists of them into memory cannot fail; an empty text would still be one.
pub(super) fn text(answer: &Answer) -> String {
    let text = if answer.refused {
        serde_json::to_string(&Refusal::of(answer))
    } else {
        serde_json::to_string(&answer.response)
    };
    text.unwrap_or_default()
}

/// An answer of the executor, or of the gate before it.
pub(super) fn answer(answer: Answer, media: Media) -> Response {
    let status = if answer.refused { refused_status(answer.code, media) } else { StatusCode::OK };
    write(answer, status, media)
}

/// A request that was refused before it was read, always as JSON with a status that says so.
pub(super) fn refuse(api: &Api, status: StatusCode, error: Error, request_id: &str) -> Response {
    let wait = match error.details() {
        Detail::RetryAfter(ms) => Some(seconds(*ms)),
        _ => None,
    };
    let mut response = write(api.refuse(error, request_id), status, Media::Json);
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

fn write(answer: Answer, status: StatusCode, media: Media) -> Response {
    let (left, code) = (answer.left, answer.code);
    let mut response = if answer.refused {
        Response::new(Body::from(text(&answer)))
    } else {
        GraphQLResponse::from(answer.response).into_response()
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    if let Some(left) = left {
        headers.insert(RATE_LIMIT, left.limit.into());
        headers.insert(RATE_REMAINING, left.remaining.into());
        headers.insert(RATE_RESET, seconds(left.reset_ms).into());
        if code == Some(Code::RateLimited) {
            headers.insert(header::RETRY_AFTER, seconds(left.reset_ms).into());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
    }
    response
}

fn seconds(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0).div_ceil(1_000).max(1)
}

/// The status of a request that was refused as a whole.
fn refused_status(code: Option<Code>, media: Media) -> StatusCode {
    match (code, media) {
        (Some(Code::RateLimited), _) => StatusCode::TOO_MANY_REQUESTS,
        (Some(Code::PayloadTooLarge), _) => StatusCode::PAYLOAD_TOO_LARGE,
        (_, Media::Json) => StatusCode::OK,
        (Some(Code::InternalError), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (Some(Code::Unavailable), _) => StatusCode::SERVICE_UNAVAILABLE,
        (Some(Code::Timeout), _) => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}
