//! Subscriptions over Server-Sent Events: the protocol of graphql-sse in its distinct mode, for whom WebSockets do not reach.
//!
//! A POST that accepts `text/event-stream` is answered with `next` for each item and `complete` at the end. The `id` of an item is the
//! event cursor behind it; whoever comes back with `Last-Event-ID` goes on from there. A stream that is cut off before its end, because
//! the process stops, the token expires or the session ends, says no `complete`: the client comes back.
//!
//! Absent: the single connection mode, and GET, which `EventSource` sends without a token.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::payload::{self, Secrets};
use super::{Server, reply};
use crate::clock::Timestamp;
use crate::error::{Code, Error, Result};
use crate::event_log::EventCursor;
use crate::graphql::api::{Admitted, Answer, Caller};
use crate::language;

/// How often a comment says that the connection lives.
const ALIVE: Duration = Duration::from_secs(15);
/// Where the client has come to.
const LAST_EVENT_ID: &str = "last-event-id";

/// Where the client wants to go on, if it says so.
///
/// # Errors
/// `BAD_USER_INPUT` for what is no cursor.
pub(super) fn resume(headers: &HeaderMap) -> Result<Option<EventCursor>> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(None) };
    let cursor = value.to_str().ok().and_then(|text| text.parse().ok());
    cursor.map(Some).ok_or_else(|| {
        Error::with(Code::BadUserInput, "Last-Event-ID is no event cursor.")
            .at("Last-Event-ID")
            .hint("Send the `id` of the last event that you have seen, or leave the header out.")
    })
}

/// Answers an admitted request as events, at most until its token expires. `place` is kept as long.
pub(super) fn answer(
    server: &Server,
    caller: Caller,
    admitted: Admitted,
    (secrets, expires_at): (Secrets, Timestamp),
    place: OwnedSemaphorePermit,
) -> Response {
    let inner = &server.0;
    let left = expires_at.after(Duration::from_secs(inner.websocket.token_grace_seconds)).since(inner.clock.real());
    let deadline = tokio::time::Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0)).min(FOREVER);
    let (shutdown, ended) = (inner.shutdown.clone(), inner.authenticate.ended(&caller.actor));
    let streams = admitted.kind() == OperationType::Subscription;
    let cut = async move {
        // What has one answer gives it, however late.
        if !streams {
            return std::future::pending().await;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = ended => {}
            () = tokio::time::sleep_until(deadline) => {}
        }
    };
    let events = events(server, caller, admitted, secrets).take_until(Box::pin(cut)).map(move |event| {
        let _ = &place;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // Proxies of this kind would gather what should come at once.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// Longer than any token lives.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// What an admitted request answers. It runs in a task of its own, for it speaks the client's language; one answer waits for the client
/// at most, and what was not taken is not produced.
fn events(server: &Server, caller: Caller, admitted: Admitted, secrets: Secrets) -> impl Stream<Item = Event> + use<> {
    let (send, mut produced) = mpsc::channel(1);
    let (api, cursor) = (server.0.api.clone(), server.0.cursor.clone());
    let (shutdown, authenticate) = (server.0.shutdown.clone(), server.0.authenticate.clone());
    let work = async move {
        let streams = admitted.kind() == OperationType::Subscription;
        let mut answers = api.answers(admitted);
        while let Some(answer) = answers.next().await {
            payload::response(&caller.request_id, &answer, secrets);
            let id = caller.delivered.now().and_then(|seq| cursor(Some(seq)));
            if send.send(next(&answer, id)).await.is_err() {
                return;
            }
        }
        // A stream ends by itself too when nobody may see it any more; that is no end that its client should believe in.
        let cut = streams && (shutdown.is_cancelled() || authenticate.renewed(&caller.actor).await.is_err());
        if !cut {
            let _ = send.send(Event::default().event("complete").data("")).await;
        }
    };
    let task = AbortOnDropHandle::new(tokio::spawn(language::speaking(language::present(), work)));
    async_stream::stream! {
        let _task = task;
        while let Some(event) = produced.recv().await {
            yield event;
        }
    }
}

fn next(answer: &Answer, id: Option<String>) -> Event {
    let event = Event::default().event("next").data(reply::text(answer));
    match id {
        Some(id) => event.id(id),
        None => event,
    }
}
