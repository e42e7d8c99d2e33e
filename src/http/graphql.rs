//! POST and GET on `/graphql`.
//!
//! Of async-graphql-axum we take `GraphQLResponse`, which writes an executed answer. Not its request extractor: it ignores body
//! limits, runs mutations by GET, reads `text/plain` as JSON (which a page of any site may send), takes batches and unlimited
//! multipart, and answers refusals as debug text. Not its socket either: see [`super::socket`].

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request};
use axum::response::Response;

use super::accept::{self, Media};
use super::bearer::{self, Bearer};
use super::frame::{Operation, Seen};
use super::read::{self, Unreadable};
use super::{Server, payload, reply, socket, sse};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::error::{Code, Error};
use crate::graphql::api::{Caller, GraphqlRequest, SharedSession};
use crate::graphql::delivered::Delivered;
use crate::language::Said;
use crate::say;

pub(super) async fn graphql(
    State(server): State<Server>,
    Extension(seen): Extension<Seen>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method == Method::GET && socket::is_upgrade(&parts.headers) {
        return socket::upgrade(server, seen, parts).await;
    }
    match answer(&server, &seen, parts, body).await {
        Ok(response) => response,
        Err((status, error)) => {
            let mut response = reply::refuse(&server.0.api, status, error, &seen.request_id);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            }
            if status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::PAYLOAD_TOO_LARGE {
                // The rest of the body is not read, so the connection cannot carry another request.
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    }
}

async fn answer(server: &Server, seen: &Seen, parts: request::Parts, body: Body) -> Result<Response, Unreadable> {
    if parts.method != Method::GET && parts.method != Method::POST {
        return Err(not_allowed(say!("`/graphql` takes GET and POST."), say!("Send a POST.")));
    }
    let wanted = Media::wanted(&parts.headers);
    let takes_events = parts.method == Method::POST && accept::takes_events(&parts.headers);
    if wanted.is_none() && !takes_events {
        let error = Error::with(Code::BadUserInput, "The answer would be of no type that `Accept` names.")
            .hint("Accept application/graphql-response+json or application/json; for subscriptions text/event-stream.");
        return Err((StatusCode::NOT_ACCEPTABLE, error));
    }
    let media = wanted.unwrap_or(Media::GraphqlResponse);
    let (mut caller, expires_at) = caller(server, seen, &parts.headers).await?;
    if takes_events {
        caller.resume = sse::resume(&parts.headers).map_err(|error| (StatusCode::BAD_REQUEST, error))?;
    }
    let by_get = parts.method == Method::GET;
    let request = read_request(server, &parts, body).await?;
    let secrets = payload::request(&seen.request_id, &request);
    let api = &server.0.api;
    let admitted = match api.admit(request, &caller) {
        Ok(admitted) => admitted,
        Err(refusal) => return Ok(reply::answer(*refusal, media)),
    };
    if by_get && admitted.kind() != OperationType::Query {
        let mut response = reply::refuse(
            api,
            StatusCode::METHOD_NOT_ALLOWED,
            Error::with(Code::BadUserInput, "GET answers queries only.").hint("Send a POST."),
            &seen.request_id,
        );
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return Ok(response);
    }
    let name = admitted.name().map(str::to_owned);
    // Whoever takes both is answered in JSON as far as one answer goes.
    if takes_events && (wanted.is_none() || admitted.kind() == OperationType::Subscription) {
        let place = server.0.place().map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error))?;
        let mut response = sse::answer(server, caller, admitted, (secrets, expires_at), place);
        response.extensions_mut().insert(Operation(name));
        return Ok(response);
    }
    let answer = api.execute(admitted).await;
    payload::response(&seen.request_id, &answer, secrets);
    let mut response = reply::answer(answer, media);
    response.extensions_mut().insert(Operation(name));
    Ok(response)
}

async fn read_request(server: &Server, parts: &request::Parts, body: Body) -> Result<GraphqlRequest, Unreadable> {
    if parts.method == Method::GET {
        return read::query_string(&parts.uri);
    }
    read::check_content_type(&parts.headers)?;
    let settings = &server.0;
    let bytes = read::body(&parts.headers, body, settings.body_bytes, settings.body_timeout).await?;
    read::json(&bytes)
}

/// Who asks, and when their token expires.
async fn caller(server: &Server, seen: &Seen, headers: &HeaderMap) -> Result<(Caller, Timestamp), Unreadable> {
    let refused = |error: Error| match error.code() {
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, error),
        Code::InternalError => (StatusCode::INTERNAL_SERVER_ERROR, error),
        Code::RateLimited => (StatusCode::TOO_MANY_REQUESTS, error),
        _ => (StatusCode::UNAUTHORIZED, error),
    };
    let known = match bearer::token(headers).map_err(refused)? {
        Some(token) => server.0.authenticate.authenticate(token, seen.client).await.map_err(refused)?,
        None => Bearer { actor: Actor::anonymous(), expires_at: Timestamp::NEVER },
    };
    let actor = known.actor;
    let caller = Caller {
        actor: Actor { request_id: Some(seen.request_id.clone()), address: Some(seen.client), ..actor },
        client: seen.client,
        request_id: seen.request_id.clone(),
        delivered: Delivered::default(),
        session: SharedSession::default(),
        resume: None,
    };
    Ok((caller, known.expires_at))
}

fn not_allowed(message: Said, hint: Said) -> Unreadable {
    (StatusCode::METHOD_NOT_ALLOWED, Error::with(Code::BadUserInput, message).hint(hint))
}
