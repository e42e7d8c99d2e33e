//! Reading a request: the query string of a GET, the JSON body of a POST, both held to size, time and shape.
//!
//! Absent: batches, multipart, forms, and JSON under another content type: each is a way around the CSRF defence or the price.

use std::time::Duration;

use async_graphql::Variables;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Code, Error};
use crate::graphql::api::GraphqlRequest;
use crate::language::Said;
use crate::say;

/// Why a request could not be read: a status and an error.
pub(super) type Unreadable = (StatusCode, Error);

fn malformed(message: impl Into<Said>, field: &str) -> Unreadable {
    let error = Error::with(Code::BadUserInput, message);
    (StatusCode::BAD_REQUEST, if field.is_empty() { error } else { error.at(field) })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// The request of a GET.
pub(super) fn query_string(uri: &Uri) -> Result<GraphqlRequest, Unreadable> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(uri).map_err(|_| {
        malformed(say!("The query string cannot be read: each parameter may stand once, percent-encoded."), "")
    })?;
    let json = |text: Option<String>, field: &str| match text {
        Some(text) if !text.is_empty() => serde_json::from_str::<Value>(&text).map_err(|error| {
            malformed(say!("`{field}` is not JSON: {error}.", field, error = error.to_string()), field)
        }),
        _ => Ok(Value::Null),
    };
    build(
        parameters.query.map_or(Value::Null, Value::String),
        parameters.operation_name.map_or(Value::Null, Value::String),
        json(parameters.variables, "variables")?,
        json(parameters.extensions, "extensions")?,
    )
}

/// Whether the content type is JSON in UTF-8.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Unreadable> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json");
    let utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, charset)| {
        let charset = charset.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || charset.eq_ignore_ascii_case("utf-8")
            || charset.eq_ignore_ascii_case("utf8")
    });
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity");
    if json && utf8 && !encoded {
        return Ok(());
    }
    let error = Error::with(Code::BadUserInput, "A request's body is JSON in UTF-8, not compressed.")
        .hint("Send `Content-Type: application/json`.");
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, error))
}

/// Reads a body, but not more than `limit` bytes, and not for longer than `timeout`.
pub(super) async fn body(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    timeout: Duration,
) -> Result<Bytes, Unreadable> {
    let too_large = || {
        let error = Error::with(Code::PayloadTooLarge, say!("A request's body has at most {limit} bytes.", limit));
        (StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(timeout, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(malformed(say!("The request's body broke off."), "")),
        Err(_) => {
            let message = say!("The request's body did not arrive within {ms} ms.", ms = timeout.as_millis());
            let error = Error::with(Code::Timeout, message).hint("Nothing was executed: send it again.");
            Err((StatusCode::REQUEST_TIMEOUT, error))
        }
    }
}

/// The request of a POST.
pub(super) fn json(body: &[u8]) -> Result<GraphqlRequest, Unreadable> {
    let value = serde_json::from_slice::<Value>(body)
        .map_err(|error| malformed(say!("The body is not JSON: {error}.", error = error.to_string()), ""))?;
    object(value)
}

/// The request in a JSON object, of a body or of a socket's message. Keys beside the four are nobody's and tolerated.
pub(super) fn object(value: Value) -> Result<GraphqlRequest, Unreadable> {
    match value {
        Value::Object(mut fields) => {
            let mut take = |name: &str| fields.remove(name).unwrap_or(Value::Null);
            build(take("query"), take("operationName"), take("variables"), take("extensions"))
        }
        Value::Array(_) => Err(malformed(say!("Batches are not taken: send one request at a time."), "")),
        _ => Err(malformed(say!("The body is not a JSON object."), "")),
    }
}

fn build(query: Value, name: Value, variables: Value, extensions: Value) -> Result<GraphqlRequest, Unreadable> {
    let extensions = match extensions {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        _ => return Err(malformed(say!("`extensions` is not an object."), "extensions")),
    };
    let query = match query {
        Value::String(query) if !query.is_empty() => query,
        // A hash stands for the document; whether it is known is not a question of shape.
        Value::Null | Value::String(_) if extensions.contains_key("persistedQuery") => String::new(),
        Value::Null | Value::String(_) => return Err(malformed(say!("The request has no `query`."), "query")),
        _ => return Err(malformed(say!("`query` is not a string."), "query")),
    };
    let operation_name = match name {
        Value::String(name) => Some(name),
        Value::Null => None,
        _ => return Err(malformed(say!("`operationName` is not a string."), "operationName")),
    };
    let variables = match variables {
        Value::Null => Variables::default(),
        Value::Object(_) => Variables::from_json(variables),
        _ => return Err(malformed(say!("`variables` is not an object."), "variables")),
    };
    Ok(GraphqlRequest { query, operation_name, variables, extensions })
}
